"""What is told of a course: training the course and who takes part, intake their interventions, matching the positions.

Intake's answer to a request is told on its own day, before the event that would make intake give it by itself, which so
changes nothing any more. Matching's answer to a request for positions is not: told before the course, it would reach
training, where a load ends just then, before training knows of what is answered, and be put aside. So training is told
of the positions with the request, and matching keeps them by itself when it hears of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from uuid import UUID

from insieme_demo.courses import Applicant, Calendar, Course, Pupil
from insieme_demo.days import recorded
from insieme_demo.happening import TRAINING_PARTY, CoursePhase, Happening, Kind, Order, Phase
from insieme_demo.ids import made
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.training_participations import (
    AssessedAt,
    AssessmentMethod,
    Attendance,
    DropReason,
    LanguageLevel,
    LanguageSkill,
)
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_intake.ledger import FollowEnd, RegisterIntervention
from insieme_matching.need import DeclareNeed
from insieme_training.course.commands import (
    ActivateCourse,
    AwaitSeat,
    CourseCommand,
    EndCourse,
    GiveUpSeat,
    IdentifyPositions,
    PlanCourse,
    RankApplicants,
    RequestPositions,
    StartCourse,
    TakeSeat,
)
from insieme_training.participation.commands import (
    ApplyPriority,
    AssessLanguage,
    CompleteParticipant,
    DropParticipant,
    EnrolParticipant,
    IssueCertificate,
    ParticipationCommand,
    RecordAttendance,
    RequestParticipation,
    StartParticipant,
    WaitlistParticipant,
)


@dataclass
class Teller:
    """Makes the happenings of one course; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    course: Course
    told: int = 0

    def tell(
        self,
        on: date,
        phase: Phase | CoursePhase,
        *orders: Order,
        delay: int = 0,
        after: datetime | None = None,
        needs: tuple[str, ...] = (),
        persons: tuple[UUID, ...] = (),
    ) -> Happening:
        self.told += 1
        key = made(self.seed, f"course act {self.course.days.code}", self.told)
        instant = recorded(self.chance, on, delay, after)
        return Happening(instant, key, orders, phase, needs=needs, of_persons=persons)

    def of_course(self, *commands: CourseCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.COURSE, self.course.course_id, command) for command in commands)

    def person_id(self, one: Pupil | Applicant) -> UUID:
        return made(self.seed, "person", one.way.person.number)

    @property
    def need_id(self) -> UUID:
        return made(self.seed, f"need of course {self.course.days.code}", 0)

    @property
    def reservation_id(self) -> UUID:
        return made(self.seed, f"reservation {self.course.days.code}", 0)

    @property
    def reserved_on(self) -> date:
        return self.course.days.planned_on + timedelta(days=7)


def of_intake(chance: Random, seed: int, courses: Iterable[Course]) -> Iterator[Happening]:
    """The interventions of everybody who asked for a course, from the request to the end (P25)."""
    for course in courses:
        teller = Teller(seed, chance, course)
        for asked in course.everybody:
            person_id, one = teller.person_id(asked), asked.participation_id
            register = RegisterIntervention(
                person_id=person_id,
                intervention_id=one,
                kind=_kind(course.days),
                party=TRAINING_PARTY,
                starts_on=course.days.starts_on,
                ends_on=course.days.ends_on,
                on=asked.requested_on,
            )
            left = asked.left if isinstance(asked, Applicant) else asked.dropped
            ended_on = course.days.ends_on if left is None else left[0]
            after = None
            for command in (register, FollowEnd(intervention_id=one, on=ended_on)):
                order = Order(Kind.LEDGER, person_id, command)
                told = teller.tell(command.on, Phase.AMENDMENTS, order, after=after, persons=(person_id,))
                after = told.recorded_at
                yield told


def _kind(days: Calendar) -> InterventionKind:
    """Italian, soft skills and safety are basic training; the modules that orient are not held in this history."""
    if days.strand is Strand.TRAINING_BASIC:
        return InterventionKind.BASIC_TRAINING
    return InterventionKind.VOCATIONAL_TRAINING


def of_matching(chance: Random, seed: int, courses: Iterable[Course]) -> Iterator[Happening]:
    """A need that a company signs, of which a course of strand 2b asks for the positions (P39)."""
    for course in courses:
        if course.days.strand is not Strand.TRAINING_TARGETED:
            continue
        assert course.days.profile is not None, "a course of strand 2b prepares for a profile"
        teller = Teller(seed, chance, course, told=1_000_000)
        declared_on = course.days.planned_on - timedelta(days=5)
        declare = DeclareNeed(
            need_id=teller.need_id,
            company_id=course.company.company_id,
            profile=course.days.profile,
            positions=course.positions,
            horizon=course.days.ends_on + timedelta(days=180),
            signed_on=declared_on,
            on=declared_on,
        )
        yield teller.tell(declared_on, Phase.VACANCIES, Order(Kind.NEED, teller.need_id, declare))


def of_training(chance: Random, seed: int, courses: list[Course]) -> Iterator[Happening]:
    """The course from its plan to its end, and everybody's way through it."""
    for course in courses:
        teller = Teller(seed, chance, course, told=2_000_000)
        ways = [(pupil, list(_participation(teller, pupil))) for pupil in course.pupils]
        # Nobody has a priority: the seats go by the day of the request, and of one day by the instant (P42).
        ways.sort(key=lambda way: (way[0].requested_on, way[1][0].recorded_at, way[0].participation_id))
        yield from opened(teller)
        if course.days.ranked_on is not None:
            ones = [pupil.participation_id for pupil, _ in ways]
            yield ranked(teller, course.days.ranked_on, ones, [teller.person_id(pupil) for pupil, _ in ways])
        starts_on = course.days.starts_on
        yield teller.tell(starts_on, CoursePhase.STARTS, *teller.of_course(StartCourse(on=starts_on)))
        yield from (happening for _, told in ways for happening in told)
        last = max(told[-1].recorded_at for _, told in ways)
        end = EndCourse(on=course.days.ends_on)
        yield teller.tell(course.days.proof[1], CoursePhase.LESSONS, *teller.of_course(end), after=last)


def opened(teller: Teller) -> Iterator[Happening]:
    """Planned, given its positions, activated."""
    course, days = teller.course, teller.course.days
    plan = PlanCourse(
        course_id=course.course_id,
        strand=days.strand,
        course_code=days.code,
        module_kind=days.module,
        profile=days.profile,
        demand_evidence=f"needs-{days.planned_on.year}" if days.strand is Strand.TRAINING_EXPERIMENTAL else None,
        hours=days.hours,
        seats=course.seats,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        on=days.planned_on,
    )
    last = teller.tell(days.planned_on, CoursePhase.PLANS, *teller.of_course(plan))
    yield last
    if days.strand is Strand.TRAINING_TARGETED:
        on = teller.reserved_on
        request = RequestPositions(
            reservation_id=teller.reservation_id,
            source_kind=PositionSourceKind.NEED,
            source_id=teller.need_id,
            positions=course.positions,
            on=on,
        )
        identify = IdentifyPositions(
            reservation_id=teller.reservation_id,
            company_id=course.company.company_id,
            positions=course.positions,
            on=on,
        )
        asked = teller.of_course(request, identify)
        last = teller.tell(on, CoursePhase.PLANS, *asked, after=last.recorded_at)
        yield last
    activate = teller.of_course(ActivateCourse(on=days.activated_on))
    yield teller.tell(days.activated_on, CoursePhase.PLANS, *activate, after=last.recorded_at)


def ranked(teller: Teller, on: date, ones: Sequence[UUID], persons: Iterable[UUID]) -> Happening:
    """The ranking of all these participations, and a seat for each, in their order, as long as there are seats (P42).

    Both in one unit: nobody moves up in between.
    """
    orders = [*teller.of_course(RankApplicants(participations=tuple(ones), on=on))]
    orders += [Order(Kind.COURSE_PARTICIPATION, one, ApplyPriority(on=on)) for one in ones]
    for one in ones[: teller.course.seats]:
        orders += seated(teller, one, on)
    return teller.tell(on, CoursePhase.RANKINGS, *orders, persons=tuple(persons))


def seated(teller: Teller, one: UUID, on: date) -> tuple[Order, ...]:
    enrol = Order(Kind.COURSE_PARTICIPATION, one, EnrolParticipant(on=on))
    return (*teller.of_course(TakeSeat(participation_id=one, on=on)), enrol)


def leaving(teller: Teller, one: UUID, on: date, reason: DropReason) -> tuple[Order, ...]:
    drop = Order(Kind.COURSE_PARTICIPATION, one, DropParticipant(reason=reason, on=on))
    return (drop, *teller.of_course(GiveUpSeat(participation_id=one, on=on)))


def requested(teller: Teller, asked: Pupil | Applicant, *, seat: bool, after: datetime | None = None) -> Happening:
    """The request, with a seat at once or a place on the waiting list."""
    one, on = asked.participation_id, asked.requested_on
    request = RequestParticipation(
        participation_id=one,
        course_id=teller.course.course_id,
        person_id=teller.person_id(asked),
        channel_class=asked.way.person.channel,
        on=on,
    )
    orders = [Order(Kind.COURSE_PARTICIPATION, one, request)]
    if seat:
        orders += seated(teller, one, on)
    else:
        orders += teller.of_course(AwaitSeat(participation_id=one, on=on))
        orders.append(Order(Kind.COURSE_PARTICIPATION, one, WaitlistParticipant(on=on)))
    needs = (f"{Kind.CASE}-{asked.way.case_id}",)
    return teller.tell(on, CoursePhase.REQUESTS, *orders, after=after, needs=needs)


def _participation(teller: Teller, pupil: Pupil) -> Iterator[Happening]:
    asked = requested(teller, pupil, seat=teller.course.days.ranked_on is None)
    yield asked
    yield from attended(teller, pupil, asked)


def attended(teller: Teller, pupil: Pupil, last: Happening) -> Iterator[Happening]:
    """From the first lesson to the certificate, or to the day on which the person left; `last` is what came before."""
    days, one = teller.course.days, pupil.participation_id

    def mine(*commands: ParticipationCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.COURSE_PARTICIPATION, one, command) for command in commands)

    # A level is sealed: nobody may be erased while it is written.
    persons = (teller.person_id(pupil),) if pupil.levels is not None else ()
    began: tuple[ParticipationCommand, ...] = (StartParticipant(on=days.starts_on),)
    if pupil.levels is not None:
        began += (_level(AssessedAt.ENTRY, pupil.levels[0], days.starts_on),)
    for entered, on in _registers(days, pupil):
        orders = mine(*began, *entered)
        last = teller.tell(on, CoursePhase.LESSONS, *orders, after=last.recorded_at, persons=persons if began else ())
        began = ()
        yield last
    if pupil.dropped is not None:
        day, reason = pupil.dropped
        yield teller.tell(day, CoursePhase.LESSONS, *leaving(teller, one, day, reason), after=last.recorded_at)
        return
    completed = mine(CompleteParticipant(on=days.ends_on))
    if pupil.levels is not None:
        completed += mine(_level(AssessedAt.EXIT, pupil.levels[1], days.ends_on))
    last = teller.tell(days.ends_on, CoursePhase.LESSONS, *completed, after=last.recorded_at, persons=persons)
    yield last
    kind, issued_on = days.proof
    issued = mine(IssueCertificate(kind=kind, on=issued_on))
    yield teller.tell(issued_on, CoursePhase.LESSONS, *issued, after=last.recorded_at)


def _registers(days: Calendar, pupil: Pupil) -> Iterator[tuple[list[RecordAttendance], date]]:
    """The register is entered at the end of each month; what was found wrong in it, once more some weeks later."""
    wrong, put_right_on = pupil.corrected or (0, date.max)
    minutes = days.lesson_hours * 60
    numbered = [
        RecordAttendance(lesson_no=number, minutes=minutes, attendance=attendance, on=day)
        for number, (day, attendance) in enumerate(pupil.lessons, start=1)
    ]
    entered = [
        one.model_copy(update={"attendance": Attendance.ABSENT}) if one.lesson_no == wrong else one for one in numbered
    ]
    blocks = [list(block) for _, block in groupby(entered, key=lambda lesson: (lesson.on.year, lesson.on.month))]
    found = [(block, block[-1].on) for block in blocks]
    found += [([one], put_right_on) for one in numbered if one.lesson_no == wrong]
    yield from sorted(found, key=lambda block: block[1])


def _level(assessed_at: AssessedAt, level: LanguageLevel, on: date) -> AssessLanguage:
    return AssessLanguage(
        skill=LanguageSkill.SPEAKING, assessed_at=assessed_at, method=AssessmentMethod.TEST, level=level, on=on
    )
