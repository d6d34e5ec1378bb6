"""Two courses of the programme with who took part in them: so many started, completed and were placed as was published.

Nobody is placed for a course: those are chosen who were in charge when it began, did not work while it ran, and have a
contract after it in the history as it is, or none any more. So the placements stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.chains import Chain
from insieme_demo.days import between, later
from insieme_demo.funnel import Way
from insieme_demo.ids import made
from insieme_demo.offers import Company
from insieme_demo.quotas import CourseQuota, Quotas
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import Attendance, CertificateKind, DropReason, LanguageLevel
from insieme_events.contracts.vocabulary import Strand

PLACED_WITHIN = timedelta(days=240)
SEATS_PER_POSITION = 1.5
"""As in the agreements of those years."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a course. Who takes part asks for it from `requests_from` on; `ranked_on` for a course of strand 2c.

    `proof` is the certificate of who completed it, and the day on which it is issued. A course of strand 2a has a
    `module` and no profile.
    """

    code: str
    strand: Strand
    profile: str | None
    hours: int
    lesson_hours: int
    planned_on: date
    activated_on: date
    requests_from: date
    requests_to: date
    starts_on: date
    ends_on: date
    proof: tuple[CertificateKind, date]
    ranked_on: date | None = None
    module: ModuleKind | None = None


OSS = Calendar(
    code="oss",
    strand=Strand.TRAINING_TARGETED,
    profile="5.3.1.1.0",
    hours=600,
    lesson_hours=6,
    planned_on=date(2020, 7, 6),
    activated_on=date(2020, 7, 27),
    requests_from=date(2020, 8, 24),
    requests_to=date(2020, 9, 14),
    starts_on=date(2020, 9, 21),
    ends_on=date(2021, 3, 12),
    proof=(CertificateKind.QUALIFICATION, date(2021, 3, 26)),
)
CLEANING = Calendar(
    code="cleaning",
    strand=Strand.TRAINING_EXPERIMENTAL,
    profile="8.1.4.3.0",
    hours=60,
    lesson_hours=4,
    planned_on=date(2020, 11, 16),
    activated_on=date(2020, 12, 22),
    requests_from=date(2020, 12, 1),
    requests_to=date(2020, 12, 16),
    starts_on=date(2021, 1, 18),
    ends_on=date(2021, 2, 26),
    proof=(CertificateKind.ATTENDANCE, date(2021, 3, 5)),
    ranked_on=date(2020, 12, 21),
)


@dataclass(frozen=True, slots=True)
class Pupil:
    """One participation. `dropped` is when and why it ended early, None for who completed the course.

    `lessons` are the days with what was recorded of each, up to the end of the participation. `corrected` is the number
    of a lesson that was entered as missed without an excuse, and when that was put right; `levels` are those of Italian
    entering and leaving the course, the second one for who completed it.
    """

    participation_id: UUID
    way: Way
    requested_on: date
    lessons: tuple[tuple[date, Attendance], ...]
    dropped: tuple[date, DropReason] | None
    placed: bool
    corrected: tuple[int, date] | None = None
    levels: tuple[LanguageLevel, LanguageLevel] | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who asked for a course and did not begin it. `successor` is the participation that got the seat then."""

    participation_id: UUID
    way: Way
    requested_on: date
    left: tuple[date, DropReason]
    successor: UUID | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """`company` signed a need of so many positions where the strand asks for them (P39).

    `pupils` and `others` are all who asked for it, `asked` their participations in the order in which they did; where
    it is empty, nobody but the pupils asked. `cancelled_on` is the day on which the course was given up.
    """

    course_id: UUID
    days: Calendar
    company: Company
    pupils: tuple[Pupil, ...]
    others: tuple[Applicant, ...] = ()
    asked: tuple[UUID, ...] = ()
    places: int | None = None
    cancelled_on: date | None = None

    @property
    def seats(self) -> int:
        """Without a number of places, one for each who began it."""
        return len(self.pupils) if self.places is None else self.places

    @property
    def positions(self) -> int:
        """The fewest that carry the seats."""
        return -int(-self.seats // SEATS_PER_POSITION)

    @property
    def everybody(self) -> list[Pupil | Applicant]:
        """All who asked for it, in the order in which they did where that is known."""
        found: list[Pupil | Applicant] = [*self.pupils, *self.others]
        place = {one: n for n, one in enumerate(self.asked)}
        return sorted(found, key=lambda one: place.get(one.participation_id, 0))

    @property
    def completed(self) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.dropped is None)


def make(
    chance: Random, seed: int, quotas: Quotas, ways: list[Way], chains: list[Chain], companies: list[Company]
) -> list[Course]:
    """The courses that somebody started at this scale. Raises ValueError where the history has too few such persons."""
    work: dict[int, list[Chain]] = {}
    for chain in chains:
        # A placement that was keyed by mistake stood in the files for a while: such a person is not chosen.
        work.setdefault(chain.way.person.number, []).append(chain)
    several = {way.person.number for way in ways if way.second}
    free = [way for way in ways if way.person.number not in several and _steady(way)]
    found: list[Course] = []
    for days, quota in zip((OSS, CLEANING), quotas.courses, strict=True):
        if quota.started == 0:
            continue
        course = _course(chance, seed, days, quota, free, work, companies)
        taken = {pupil.way.person.number for pupil in course.pupils}
        free = [way for way in free if way.person.number not in taken]
        found.append(course)
    return found


def _steady(way: Way) -> bool:
    return way.taken_on is not None and way.suspended is None and way.reopened is None


def _course(
    chance: Random,
    seed: int,
    days: Calendar,
    quota: CourseQuota,
    free: Iterable[Way],
    work: dict[int, list[Chain]],
    companies: list[Company],
) -> Course:
    placed, others = _candidates(days, free, work)
    if len(placed) < quota.placed or len(others) < quota.started - quota.placed:
        raise ValueError(f"too few persons could take part in the course {days.code}: take a larger scale")
    chosen = [
        *((way, True, True) for way in chance.sample(placed, quota.placed)),
        *(
            (way, n < quota.completed - quota.placed, False)
            for n, way in enumerate(chance.sample(others, quota.started - quota.placed))
        ),
    ]
    # In the order in which they asked, which no more tells who completes it.
    asked = sorted((between(chance, days.requests_from, days.requests_to), *each) for each in _shuffled(chance, chosen))
    pupils = tuple(
        pupil(chance, made(seed, f"participation {days.code}", n), days, requested_on, way, completes, finds_work)
        for n, (requested_on, _, way, completes, finds_work) in enumerate(asked)
    )
    known = [company for company in companies if company.registered_on < days.planned_on - timedelta(days=30)]
    fitting = [company for company in known if company.section == "Q"] or known
    return Course(made(seed, f"course {days.code}", 0), days, chance.choice(fitting), pupils)


def _shuffled(chance: Random, chosen: list[tuple[Way, bool, bool]]) -> list[tuple[float, Way, bool, bool]]:
    return [(chance.random(), *each) for each in chosen]


def _candidates(days: Calendar, free: Iterable[Way], work: dict[int, list[Chain]]) -> tuple[list[Way], list[Way]]:
    """Who could take part and finds work some time after the course, and who could and has no contract any more."""
    placed, others = [], []
    for way in free:
        if way.available_from > days.requests_from or (way.closed_on is not None and way.closed_on <= days.proof[1]):
            continue
        chains = work.get(way.person.number, [])
        if any(chain.voided for chain in chains):
            continue
        if any(chain.starts_on <= days.ends_on and chain.busy_until >= days.requests_from for chain in chains):
            continue
        starts = [start for chain in chains for start in chain.starts if start >= days.starts_on]
        if not starts:
            others.append(way)
        elif min(starts) <= days.ends_on + PLACED_WITHIN:
            placed.append(way)
    return placed, others


def pupil(
    chance: Random,
    participation_id: UUID,
    days: Calendar,
    requested_on: date,
    way: Way,
    completes: bool,
    placed: bool,
) -> Pupil:
    """How somebody's way through the course went, lesson by lesson."""
    dropped = None
    if not completes:
        length = (days.ends_on - days.starts_on).days
        on = later(chance, days.starts_on, length // 4, length * 3 // 4)
        reasons = (DropReason.WITHDREW, DropReason.OTHER_PATH, DropReason.TOO_OFTEN_ABSENT, DropReason.NOT_REACHABLE)
        dropped = on, chance.choice(reasons)
    until = days.ends_on if dropped is None else dropped[0] - timedelta(days=1)
    weights = [93, 4, 3] if completes else [78, 8, 14]
    lessons = tuple(
        (day, Attendance.PRESENT if n == 0 else chance.choices(list(Attendance), weights)[0])
        for n, day in enumerate(lesson_days(days))
        if day <= until
    )
    return Pupil(participation_id, way, requested_on, lessons, dropped, placed)


def lesson_days(days: Calendar) -> list[date]:
    """Weekdays from the first to the last day, so many as the hours need, evenly spread; the first and the last too."""
    weekdays = [
        day
        for n in range((days.ends_on - days.starts_on).days + 1)
        if (day := days.starts_on + timedelta(days=n)).weekday() < 5
    ]
    count = days.hours // days.lesson_hours
    return [weekdays[round(n * (len(weekdays) - 1) / (count - 1))] for n in range(count)]
