"""What is told of a course: training the course and who takes part, intake their interventions, matching the positions.

Intake's answer to a request is told on its own day, before the event that would make intake give it by itself, which so
changes nothing any more. Matching's answer to a request for positions is not: told before the course, it would reach
training, where a load ends just then, before training knows of what is answered, and be put aside. So training is told
of the positions with the request, and matching keeps them by itself when it hears of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from uuid import UUID

from insieme_demo.courses import Course, Pupil
from insieme_demo.days import recorded
from insieme_demo.happening import TRAINING_PARTY, CoursePhase, Happening, Kind, Order, Phase
from insieme_demo.ids import made
from insieme_events.contracts.training import PositionSourceKind
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

EVIDENCE = "needs-2020"


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

    def person_id(self, pupil: Pupil) -> UUID:
        return made(self.seed, "person", pupil.way.person.number)

    @property
    def need_id(self) -> UUID:
        return made(self.seed, f"need of course {self.course.days.code}", 0)

    @property
    def reservation_id(self) -> UUID:
        return made(self.seed, f"reservation {self.course.days.code}", 0)

    @property
    def reserved_on(self) -> date:
        return self.course.days.planned_on + timedelta(days=7)


def of_intake(chance: Random, seed: int, courses: list[Course]) -> Iterator[Happening]:
    """The interventions of everybody who takes part, from the request to the end (P25)."""
    for course in courses:
        teller = Teller(seed, chance, course)
        for pupil in course.pupils:
            person_id, one = teller.person_id(pupil), pupil.participation_id
            register = RegisterIntervention(
                person_id=person_id,
                intervention_id=one,
                kind=InterventionKind.VOCATIONAL_TRAINING,
                party=TRAINING_PARTY,
                starts_on=course.days.starts_on,
                ends_on=course.days.ends_on,
                on=pupil.requested_on,
            )
            ended_on = course.days.ends_on if pupil.dropped is None else pupil.dropped[0]
            after = None
            for command in (register, FollowEnd(intervention_id=one, on=ended_on)):
                order = Order(Kind.LEDGER, person_id, command)
                told = teller.tell(command.on, Phase.AMENDMENTS, order, after=after, persons=(person_id,))
                after = told.recorded_at
                yield told


def of_matching(chance: Random, seed: int, courses: list[Course]) -> Iterator[Happening]:
    """A need that a company signs, of which a course of strand 2b asks for the positions (P39)."""
    for course in courses:
        if course.days.strand is not Strand.TRAINING_TARGETED:
            continue
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
        yield from _opened(teller, [pupil for pupil, _ in ways])
        yield from (happening for _, told in ways for happening in told)
        last = max(told[-1].recorded_at for _, told in ways)
        end = EndCourse(on=course.days.ends_on)
        yield teller.tell(course.days.proof[1], CoursePhase.LESSONS, *teller.of_course(end), after=last)


def _opened(teller: Teller, order: list[Pupil]) -> Iterator[Happening]:
    """Planned, given its positions, activated; its applicants ranked where the strand asks for it; started."""
    course, days = teller.course, teller.course.days
    plan = PlanCourse(
        course_id=course.course_id,
        strand=days.strand,
        course_code=days.code,
        profile=days.profile,
        demand_evidence=EVIDENCE if days.strand is Strand.TRAINING_EXPERIMENTAL else None,
        hours=days.hours,
        seats=len(course.pupils),
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
    if days.ranked_on is not None:
        yield _ranked(teller, days.ranked_on, order)
    yield teller.tell(days.starts_on, CoursePhase.STARTS, *teller.of_course(StartCourse(on=days.starts_on)))


def _ranked(teller: Teller, on: date, order: list[Pupil]) -> Happening:
    """The ranking with the seats that follow from it: nobody moves up in between (P42)."""
    ones = tuple(pupil.participation_id for pupil in order)
    orders = [*teller.of_course(RankApplicants(participations=ones, on=on))]
    orders += [Order(Kind.COURSE_PARTICIPATION, one, ApplyPriority(on=on)) for one in ones]
    for one in ones:
        orders += teller.of_course(TakeSeat(participation_id=one, on=on))
        orders.append(Order(Kind.COURSE_PARTICIPATION, one, EnrolParticipant(on=on)))
    persons = tuple(teller.person_id(pupil) for pupil in order)
    return teller.tell(on, CoursePhase.RANKINGS, *orders, persons=persons)


def _participation(teller: Teller, pupil: Pupil) -> Iterator[Happening]:
    days, one, on = teller.course.days, pupil.participation_id, pupil.requested_on

    def mine(*commands: ParticipationCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.COURSE_PARTICIPATION, one, command) for command in commands)

    request = RequestParticipation(
        participation_id=one,
        course_id=teller.course.course_id,
        person_id=teller.person_id(pupil),
        channel_class=pupil.way.person.channel,
        on=on,
    )
    if days.ranked_on is None:
        seat = (*teller.of_course(TakeSeat(participation_id=one, on=on)), *mine(EnrolParticipant(on=on)))
    else:
        seat = (*teller.of_course(AwaitSeat(participation_id=one, on=on)), *mine(WaitlistParticipant(on=on)))
    needs = (f"{Kind.CASE}-{pupil.way.case_id}",)
    last = teller.tell(on, CoursePhase.REQUESTS, *mine(request), *seat, needs=needs)
    yield last
    minutes = days.lesson_hours * 60
    began: tuple[ParticipationCommand, ...] = (StartParticipant(on=days.starts_on),)
    numbered = [
        RecordAttendance(lesson_no=number, minutes=minutes, attendance=attendance, on=day)
        for number, (day, attendance) in enumerate(pupil.lessons, start=1)
    ]
    for _, lessons in groupby(numbered, key=lambda lesson: (lesson.on.year, lesson.on.month)):
        # The register is entered at the end of each month.
        entered = list(lessons)
        last = teller.tell(entered[-1].on, CoursePhase.LESSONS, *mine(*began, *entered), after=last.recorded_at)
        began = ()
        yield last
    if pupil.dropped is not None:
        day, reason = pupil.dropped
        gone = (
            *mine(DropParticipant(reason=reason, on=day)),
            *teller.of_course(GiveUpSeat(participation_id=one, on=day)),
        )
        yield teller.tell(day, CoursePhase.LESSONS, *gone, after=last.recorded_at)
        return
    completed = mine(CompleteParticipant(on=days.ends_on))
    last = teller.tell(days.ends_on, CoursePhase.LESSONS, *completed, after=last.recorded_at)
    yield last
    kind, issued_on = days.proof
    issued = mine(IssueCertificate(kind=kind, on=issued_on))
    yield teller.tell(issued_on, CoursePhase.LESSONS, *issued, after=last.recorded_at)
