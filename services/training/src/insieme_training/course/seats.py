"""Seats and waiting list of a course: its stream is the single writer of both, so no seat is given twice (P37, P42).

Who waits is next by priority, then by date. The order is brought in from the view: the facts behind a priority are
sealed, and nothing readable of them stands in a course's stream. Each of these commands is one half of a unit whose
other half is on the participation; a choice that somebody else was quicker with is refused and chosen again.
"""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from insieme_events.contracts.training_courses import ApplicantsRanked, SeatAwaited, SeatGivenUp, SeatTaken
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.course.circumstances import CourseCircumstances
from insieme_training.course.commands import AwaitSeat, GiveUpSeat, RankApplicants, SeatCommand, TakeSeat
from insieme_training.course.positions import BEFORE_PLAN, COURSE_OVER, PLAN_FIRST
from insieme_training.course.state import (
    Activated,
    Cancelled,
    Course,
    Ended,
    Identified,
    NotThere,
    Offer,
    Planned,
    Proposed,
    Started,
    Withdrawn,
)
from insieme_training.gates import AGREEMENT_UNKNOWN, COURSE_UNKNOWN, SEATS_CHANGED

NO_PRIORITY = Refused(
    code="training.no_priority",
    sentence="Only applicants for a course of strand 2c are ranked: the seats of this one go by date.",
    clause="P42",
    kind=RefusalKind.INVALID,
)


def decide_seats(command: SeatCommand, state: Course, found: CourseCircumstances) -> Decision:
    match state:
        case NotThere():
            return COURSE_UNKNOWN
        case Proposed():
            return PLAN_FIRST
        case Ended(offer=offer) | Cancelled(offer=offer) if isinstance(command, GiveUpSeat):
            return give_up(command, offer)
        case Ended(on=on) | Cancelled(on=on) | Withdrawn(on=on):
            return COURSE_OVER.about(on=on)
        case Planned(offer=offer) | Identified(offer=offer) | Activated(offer=offer) | Started(offer=offer):
            return of_open(command, offer, found)
        case _:
            assert_never(state)


def of_open(command: SeatCommand, offer: Offer, found: CourseCircumstances) -> Decision:
    match command:
        case TakeSeat():
            return take(command, offer, found.order)
        case AwaitSeat():
            return await_seat(command, offer, found.order)
        case GiveUpSeat():
            return give_up(command, offer)
        case RankApplicants():
            return rank(command, offer, found)
        case _:
            assert_never(command)


def next_in(offer: Offer, order: tuple[UUID, ...]) -> UUID | None:
    """Who waits and is first in that order."""
    return next((one for one in order if one in offer.waiting), None)


def comes_in(offer: Offer, one: UUID, order: tuple[UUID, ...]) -> bool:
    """Whether there is a seat, and it is this participation's turn.

    The seats of a 2.c course are given once its applicants are ranked: a priority that came after them would be none.
    """
    if len(offer.taken) >= offer.plan.seats:
        return False
    if offer.plan.strand is Strand.TRAINING_EXPERIMENTAL and offer.ranked_on is None:
        return False
    if one in offer.waiting:
        return next_in(offer, order) == one
    return next_in(offer, order) is None and not offer.exclusive


def take(command: TakeSeat, offer: Offer, order: tuple[UUID, ...]) -> Decision:
    one = command.participation_id
    if one in offer.taken:
        return []
    if not comes_in(offer, one, order):
        return SEATS_CHANGED
    return [
        SeatTaken(course_id=offer.course_id, strand=offer.plan.strand, participation_id=one, occurred_on=command.on)
    ]


def await_seat(command: AwaitSeat, offer: Offer, order: tuple[UUID, ...]) -> Decision:
    one = command.participation_id
    if one in offer.taken or one in offer.waiting:
        return []
    if comes_in(offer, one, order):
        return SEATS_CHANGED
    return [
        SeatAwaited(course_id=offer.course_id, strand=offer.plan.strand, participation_id=one, occurred_on=command.on)
    ]


def give_up(command: GiveUpSeat, offer: Offer) -> Decision:
    one = command.participation_id
    if one not in offer.taken and one not in offer.waiting:
        return []
    return [
        SeatGivenUp(course_id=offer.course_id, strand=offer.plan.strand, participation_id=one, occurred_on=command.on)
    ]


def rank(command: RankApplicants, offer: Offer, found: CourseCircumstances) -> Decision:
    agreement = found.last_known
    if offer.plan.strand is not Strand.TRAINING_EXPERIMENTAL:
        return NO_PRIORITY
    if command.on < offer.plan.occurred_on:
        return BEFORE_PLAN.about(planned_on=offer.plan.occurred_on)
    if agreement is None:
        return AGREEMENT_UNKNOWN.about(on=command.on)
    if set(command.participations) != offer.waiting - offer.ranked - found.nameless:
        return SEATS_CHANGED
    if not command.participations and offer.ranked_on is not None:
        return []
    return [
        ApplicantsRanked(
            course_id=offer.course_id,
            strand=offer.plan.strand,
            participations=command.participations,
            exclusive=agreement.pandemic_exclusive,
            agreement_version=agreement.version,
            occurred_on=command.on,
        )
    ]
