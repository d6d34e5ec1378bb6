"""Courses of 2022 to 2026: some four a year, of every strand of training (P36-P42). All of them are invented.

Sizes and how many complete a course and find work are like those of the two published ones. More people ask than there
are places, some give theirs up before the first lesson, and whoever waits moves up (P37, P42). No course begins once
the term is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.board import Membership
from insieme_demo.courses import Applicant, Calendar, Course, Pupil, pupil
from insieme_demo.days import between
from insieme_demo.diary import Diary
from insieme_demo.funnel import Way
from insieme_demo.ids import made
from insieme_demo.offers import Company
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import Attendance, CertificateKind, DropReason, LanguageLevel
from insieme_events.contracts.vocabulary import Strand

BASIC, TARGETED, EXPERIMENTAL = Strand.TRAINING_BASIC, Strand.TRAINING_TARGETED, Strand.TRAINING_EXPERIMENTAL


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same whenever such a course is held. `seats` are those at the whole scale; `drop` is the share of
    those who began it and leave it, `work` how often who completed it is hired afterwards.
    """

    strand: Strand
    hours: int
    lesson_hours: int
    weeks: int
    seats: int
    certificate: CertificateKind
    drop: float
    work: float = 0.0
    module: ModuleKind | None = None


ITALIAN = Kind(BASIC, 60, 3, 8, 14, CertificateKind.ATTENDANCE, 0.25, module=ModuleKind.ITALIAN)
SAFETY = Kind(BASIC, 12, 4, 2, 12, CertificateKind.SAFETY, 0.08, module=ModuleKind.SAFETY)
TRADE = Kind(TARGETED, 240, 6, 10, 12, CertificateKind.COMPETENCES, 0.18, work=0.8)
TRIAL = Kind(EXPERIMENTAL, 60, 4, 5, 12, CertificateKind.ATTENDANCE, 0.28, work=0.45)

HELD: tuple[tuple[str, Kind, str | None, date], ...] = (
    ("safety-2022", SAFETY, None, date(2022, 6, 6)),
    ("warehouse-2022", TRADE, "8.1.3.2.0", date(2022, 9, 26)),
    ("italian-2023", ITALIAN, None, date(2023, 1, 16)),
    ("kitchen-2023", TRADE, "5.2.2.1.0", date(2023, 3, 20)),
    ("safety-2023", SAFETY, None, date(2023, 4, 17)),
    ("packaging-2023", TRIAL, "8.1.3.1.0", date(2023, 5, 15)),
    ("gardens-2023", TRIAL, "6.4.1.3.0", date(2023, 10, 9)),
    ("italian-2024", ITALIAN, None, date(2024, 3, 18)),
    ("tailoring-2024", TRADE, "6.5.3.3.0", date(2024, 4, 22)),
    ("reception-2024", TRIAL, "4.2.2.2.0", date(2024, 5, 13)),
    ("mechanics-2024", TRADE, "6.2.3.3.0", date(2024, 9, 16)),
    ("safety-2024", SAFETY, None, date(2024, 11, 4)),
    ("canteen-2025", TRIAL, "5.2.2.2.0", date(2025, 3, 24)),
    ("care-2025", TRADE, "5.4.4.3.0", date(2025, 4, 7)),
    ("italian-2025", ITALIAN, None, date(2025, 9, 15)),
    ("safety-2025", SAFETY, None, date(2025, 10, 20)),
    ("cleaning-2026", TRIAL, "8.1.4.3.0", date(2026, 1, 19)),
    ("italian-2026", ITALIAN, None, date(2026, 2, 16)),
)
"""Code, kind, profile and first day of each."""
CANCELLED = "tailoring-2024"
"""Planned, with positions and activated; a third of its places were asked for."""
BENCH, GIVEN_UP = 3, 2
"""How many more than there are places ask at the whole scale, and how many give theirs up before the first lesson."""
NOT_TAKEN_UP = (DropReason.WITHDREW, DropReason.OTHER_PATH, DropReason.NOT_REACHABLE)
LEVELS = (LanguageLevel.A0, LanguageLevel.PRE_A1, LanguageLevel.A1, LanguageLevel.A2)


@dataclass
class Makers:
    """What courses are made from. `done` are the persons, by number, with the strands of which they took a course."""

    chance: Random
    seed: int
    scale: float
    ways: Sequence[Way]
    diary: Diary
    hosts: Sequence[Membership]
    companies: Sequence[Company]
    done: dict[int, set[Strand]] = field(default_factory=dict)

    def of_scale(self, count: int) -> int:
        return max(round(count * self.scale), 1)

    def company(self, on: date) -> Company:
        """One of the Board on that day, any where it had none."""
        return self.chance.choice([one.company for one in self.hosts if one.holds(on)] or self.companies)


@dataclass(frozen=True, slots=True)
class Asked:
    """`left` is the day on which somebody was out of it before the first lesson, None for who began the course."""

    participation_id: UUID
    way: Way
    requested_on: date
    left: tuple[date, DropReason] | None = None
    successor: UUID | None = None


def make(
    chance: Random,
    seed: int,
    scale: float,
    ways: Sequence[Way],
    diary: Diary,
    hosts: Sequence[Membership],
    companies: Sequence[Company],
) -> list[Course]:
    """Every course that somebody began, and the cancelled one. `hosts` are the memberships of the Board."""
    makers = Makers(chance, seed, scale, ways, diary, hosts, companies)
    found = (_course(makers, calendar(code, kind, profile, on), kind) for code, kind, profile, on in HELD)
    return [course for course in found if course is not None]


def calendar(code: str, kind: Kind, profile: str | None, starts_on: date) -> Calendar:
    """Planned ten weeks before, asked for from the sixth week before to the second; over on a Friday."""
    ends_on = starts_on + timedelta(days=7 * kind.weeks - 3)

    def before(days: int) -> date:
        return starts_on - timedelta(days=days)

    return Calendar(
        code=code,
        strand=kind.strand,
        profile=profile,
        hours=kind.hours,
        lesson_hours=kind.lesson_hours,
        planned_on=before(70),
        activated_on=before(20),
        requests_from=before(42),
        requests_to=before(14),
        starts_on=starts_on,
        ends_on=ends_on,
        proof=(kind.certificate, ends_on + timedelta(days=11)),
        ranked_on=before(10) if kind.strand is EXPERIMENTAL else None,
        module=kind.module,
    )


def _course(makers: Makers, days: Calendar, kind: Kind) -> Course | None:
    company, seats = makers.company(days.planned_on), makers.of_scale(kind.seats)
    cancelled = days.starts_on - timedelta(days=6) if days.code == CANCELLED else None
    wanted = seats + makers.of_scale(BENCH) if cancelled is None else max(seats // 3, 1)
    asked = _asked(makers, days, wanted)
    if cancelled is not None:
        asked = [replace(one, left=(cancelled, DropReason.COURSE_CANCELLED)) for one in asked]
    else:
        asked = _moved_up(makers, days, seats, asked)
    began = [one for one in asked if one.left is None]
    if not began and cancelled is None:
        return None
    dropped = makers.chance.sample(began, round(len(began) * kind.drop))
    pupils = tuple(_pupil(makers, days, kind, company, one, one not in dropped) for one in began)
    if days.module is ModuleKind.ITALIAN:
        pupils = tuple(replace(one, levels=_levels(makers.chance, one)) for one in pupils)
    for one in asked:
        if one.left is None:
            makers.done.setdefault(one.way.person.number, set()).add(days.strand)
        else:
            makers.diary.take(one.way, one.requested_on, one.left[0])
    return Course(
        course_id=made(makers.seed, f"course {days.code}", 0),
        days=days,
        company=company,
        pupils=_put_right(makers.chance, days, pupils),
        others=tuple(
            Applicant(one.participation_id, one.way, one.requested_on, one.left, one.successor)
            for one in asked
            if one.left is not None
        ),
        asked=tuple(one.participation_id for one in asked),
        places=seats,
        cancelled_on=cancelled,
    )


def _asked(makers: Makers, days: Calendar, wanted: int) -> list[Asked]:
    """So many, or all who could come, in the order in which they asked."""
    able = [
        way
        for way in makers.ways
        if days.strand not in makers.done.get(way.person.number, set())
        and makers.diary.free(way, days.requests_from, days.proof[1])
    ]
    chosen = makers.chance.sample(able, min(wanted, len(able)))
    asking = sorted(between(makers.chance, days.requests_from, days.requests_to) for _ in chosen)
    return [
        Asked(made(makers.seed, f"participation {days.code}", n), way, on)
        for n, (way, on) in enumerate(zip(chosen, asking, strict=True))
    ]


def _moved_up(makers: Makers, days: Calendar, seats: int, asked: list[Asked]) -> list[Asked]:
    """Some give their seat up, and the first who waits gets it; who still waits on the first day is let go."""
    chance, bench = makers.chance, [one.participation_id for one in asked[seats:]]
    leaving = min(makers.of_scale(GIVEN_UP), len(asked) - 1 if asked else 0)
    first, last = days.starts_on - timedelta(days=8), days.starts_on - timedelta(days=1)
    given_up = chance.sample(range(min(seats, len(asked))), min(leaving, seats, len(asked)))
    found = {one.participation_id: one for one in asked}
    for n, on in zip(given_up, sorted(between(chance, first, last) for _ in given_up), strict=True):
        one = asked[n]
        successor = bench.pop(0) if bench else None
        found[one.participation_id] = replace(one, left=(on, chance.choice(NOT_TAKEN_UP)), successor=successor)
    for waiting in bench:
        found[waiting] = replace(found[waiting], left=(days.starts_on, DropReason.OTHER_PATH))
    return list(found.values())


def _pupil(makers: Makers, days: Calendar, kind: Kind, company: Company, one: Asked, completes: bool) -> Pupil:
    """With the work that came after: of strand 2b at the company whose positions the course was for."""
    chance, diary, way = makers.chance, makers.diary, one.way
    went = pupil(chance, one.participation_id, days, one.requested_on, way, completes, False)
    until = days.proof[1] if went.dropped is None else went.dropped[0]
    diary.take(way, days.requests_from, until)
    if completes and chance.random() < kind.work:
        starts_on = until + timedelta(days=chance.randint(4, 40))
        diary.hire(chance, way, company if kind.strand is TARGETED else makers.company(days.ends_on), starts_on)
    return replace(went, placed=diary.works_from(way, days.starts_on))


def _levels(chance: Random, one: Pupil) -> tuple[LanguageLevel, LanguageLevel]:
    entry = chance.randrange(len(LEVELS) - 1)
    return LEVELS[entry], LEVELS[entry + (one.dropped is None and chance.random() < 0.7)]


def _put_right(chance: Random, days: Calendar, pupils: Iterable[Pupil]) -> tuple[Pupil, ...]:
    """Of a course that goes on for months one excused absence of the first month is entered as if it had no excuse."""
    found = list(pupils)
    for n, one in enumerate(found):
        months = sorted({(day.year, day.month) for day, _ in one.lessons})
        if one.dropped is not None or len(months) < 3:
            continue
        entered = [max(day for day, _ in one.lessons if (day.year, day.month) == month) for month in months[:2]]
        first = entered[0] + timedelta(days=6)
        last = min(entered[0] + timedelta(days=21), entered[1] - timedelta(days=2))
        excused = [
            number
            for number, (day, attendance) in enumerate(one.lessons, start=1)
            if attendance is Attendance.EXCUSED and day <= entered[0]
        ]
        if excused and first <= last:
            found[n] = replace(one, corrected=(excused[0], between(chance, first, last)))
            break
    return tuple(found)
