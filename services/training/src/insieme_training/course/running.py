"""Activation, start, end and cancelling of a course; the hard rule of strand 2.b stands here (P36, P39, P64; I1)."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.training import PositionsReturned
from insieme_events.contracts.training_courses import CourseActivated, CourseCancelled, CourseEnded, CourseStarted
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.course.circumstances import CourseCircumstances
from insieme_training.course.commands import ActivateCourse, CancelCourse, EndCourse, RunningCommand, StartCourse
from insieme_training.course.positions import BEFORE_PLAN, COURSE_OVER, PLAN_FIRST, sources_of
from insieme_training.course.state import (
    Activated,
    Cancelled,
    Course,
    Ended,
    Factor,
    Identified,
    NotThere,
    Offer,
    Open,
    Planned,
    Proposed,
    Started,
    Withdrawn,
)
from insieme_training.gates import AGREEMENT_UNKNOWN, COURSE_UNKNOWN

POSITIONS_FIRST = Refused(
    code="training.positions_first",
    sentence="No position of work is identified for this course: ask matching for positions first, then activate it.",
    clause="P39",
)
POSITIONS_BEFORE_ACTIVATION = Refused(
    code="training.positions_before_activation",
    sentence="The positions were identified on {identified_on}: the course can be activated from the day after on.",
    clause="P39",
)
SEATS_BEYOND_POSITIONS = Refused(
    code="training.seats_beyond_positions",
    sentence="{positions} positions identified before {on} carry fewer than {seats} seats by the agreement {version} "
    "({percent} seats per 100 positions): ask for more positions, or plan a smaller course.",
    clause="P39",
)
FUNDING_UNDECIDED = Refused(
    code="training.funding_undecided",
    sentence="The programme is to pay for this course, and the Comitato di gestione has not decided yet, as far as "
    "training has heard: try again once it has.",
    clause="P64",
    kind=RefusalKind.RETRY,
)
FUNDING_LATER = Refused(
    code="training.funding_later",
    sentence="The Comitato di gestione decided to fund this course on {funded_on}: activate it from that day on.",
    clause="P64",
)
ACTIVATE_FIRST = Refused(
    code="training.activate_first",
    sentence="The course is not activated yet: activate it first.",
    clause="P36",
)
START_FIRST = Refused(
    code="training.start_first",
    sentence="The course has not started yet: record the start, or cancel it.",
    clause="P36",
)
STEP_TAKEN = Refused(
    code="training.step_taken",
    sentence="The course is past this step already: look at it again.",
    clause="P36",
)
BEFORE_LAST_STEP = Refused(
    code="training.before_last_step",
    sentence="The step before was on {last_on}: this one cannot be dated earlier.",
    clause="P36",
)


def decide_running(command: RunningCommand, state: Course, found: CourseCircumstances) -> Decision:
    match state:
        case NotThere():
            return COURSE_UNKNOWN
        case Proposed(proposal=proposal) if isinstance(command, CancelCourse):
            if command.on < proposal.occurred_on:
                return BEFORE_LAST_STEP.about(last_on=proposal.occurred_on)
            return [
                CourseCancelled(
                    course_id=proposal.course_id, strand=proposal.strand, reason=command.reason, occurred_on=command.on
                )
            ]
        case Proposed():
            return PLAN_FIRST
        case Ended() if isinstance(command, EndCourse):
            return []
        case Cancelled() | Withdrawn() if isinstance(command, CancelCourse):
            return []
        case Ended(on=on) | Cancelled(on=on) | Withdrawn(on=on):
            return COURSE_OVER.about(on=on)
        case Planned() | Identified() | Activated() | Started():
            return of_open(command, state, found)
        case _:
            assert_never(state)


def of_open(command: RunningCommand, course: Open, found: CourseCircumstances) -> Decision:
    match command:
        case ActivateCourse(on=on):
            return activate(course, on, found)
        case StartCourse(on=on):
            return start(course, on)
        case EndCourse(on=on):
            return end(course, on)
        case CancelCourse():
            return cancel(command, course)
        case _:
            assert_never(command)


def activate(course: Open, on: date, found: CourseCircumstances) -> Decision:
    match course:
        case Planned(offer=offer) | Identified(offer=offer) if on < offer.plan.occurred_on:
            return BEFORE_PLAN.about(planned_on=offer.plan.occurred_on)
        case Planned(offer=offer) | Identified(offer=offer):
            if offer.plan.funded_by_programme and found.funded_on is None:
                return FUNDING_UNDECIDED
            if offer.plan.funded_by_programme and found.funded_on is not None and found.funded_on > on:
                return FUNDING_LATER.about(funded_on=found.funded_on)
            if offer.plan.strand is Strand.TRAINING_TARGETED:
                return activate_targeted(offer, on, found.agreement)
            if found.last_known is None:
                return AGREEMENT_UNKNOWN.about(on=on)
            return [activated(offer, on, 0, found.last_known)]
        case Activated():
            return []
        case Started():
            return STEP_TAKEN
        case _:
            assert_never(course)


def activate_targeted(offer: Offer, on: date, agreement: Agreement | None) -> Decision:
    """«Si attiva solo laddove siano state preventivamente individuate le posizioni di lavoro» (P39, I1).

    The positions stand in the course's own stream, so at an earlier version than the activation; that the day is an
    earlier one is looked at here. Positions that another unit records meanwhile make this one decide again.
    """
    if agreement is None:
        return AGREEMENT_UNKNOWN.about(on=on)
    factor = Factor(agreement.seats_per_position_percent, agreement.version)
    sources = sources_of(agreement)
    positions = offer.positions_before(on, sources)
    if positions == 0:
        days = [r.identified_on for r in offer.reservations.values() if r.left and r.source_kind in sources]
        identified_on = min((day for day in days if day is not None), default=None)
        if identified_on is None:
            return POSITIONS_FIRST
        return POSITIONS_BEFORE_ACTIVATION.about(identified_on=identified_on)
    if not factor.carries(positions, offer.plan.seats):
        return SEATS_BEYOND_POSITIONS.about(
            positions=positions, on=on, seats=offer.plan.seats, version=factor.version, percent=factor.percent
        )
    return [activated(offer, on, positions, agreement)]


def activated(offer: Offer, on: date, positions: int, agreement: Agreement) -> CourseActivated:
    return CourseActivated(
        course_id=offer.course_id,
        strand=offer.plan.strand,
        course_code=offer.plan.course_code,
        positions=positions,
        seats=offer.plan.seats,
        seats_per_position_percent=agreement.seats_per_position_percent,
        agreement_version=agreement.version,
        occurred_on=on,
    )


def start(course: Open, on: date) -> Decision:
    match course:
        case Planned() | Identified():
            return ACTIVATE_FIRST
        case Activated(offer=offer) if offer.activated_on is not None and on < offer.activated_on:
            return BEFORE_LAST_STEP.about(last_on=offer.activated_on)
        case Activated(offer=offer):
            plan = offer.plan
            return [
                CourseStarted(
                    course_id=plan.course_id, strand=plan.strand, course_code=plan.course_code, occurred_on=on
                )
            ]
        case Started():
            return []
        case _:
            assert_never(course)


def end(course: Open, on: date) -> Decision:
    match course:
        case Planned() | Identified():
            return ACTIVATE_FIRST
        case Activated():
            return START_FIRST
        case Started(offer=offer) if offer.started_on is not None and on < offer.started_on:
            return BEFORE_LAST_STEP.about(last_on=offer.started_on)
        case Started(offer=offer):
            plan = offer.plan
            ended = CourseEnded(
                course_id=plan.course_id, strand=plan.strand, course_code=plan.course_code, occurred_on=on
            )
            return [*returned(offer, on), ended]
        case _:
            assert_never(course)


def cancel(command: CancelCourse, course: Open) -> Decision:
    plan = course.offer.plan
    since = course.offer.started_on or course.offer.activated_on or plan.occurred_on
    if command.on < since:
        return BEFORE_LAST_STEP.about(last_on=since)
    cancelled = CourseCancelled(
        course_id=plan.course_id, strand=plan.strand, reason=command.reason, occurred_on=command.on
    )
    return [*returned(course.offer, command.on), cancelled]


def returned(offer: Offer, on: date) -> list[DomainEvent]:
    """What the course keeps, or may still be given: matching frees it (P39)."""
    return [
        PositionsReturned(
            course_id=offer.course_id,
            strand=offer.plan.strand,
            reservation_id=reservation.reservation_id,
            source_kind=reservation.source_kind,
            source_id=reservation.source_id,
            occurred_on=on,
        )
        for reservation in offer.reservations.values()
        if reservation.open
    ]
