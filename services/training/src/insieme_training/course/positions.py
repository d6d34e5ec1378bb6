"""Positions of a 2.b course: asked for, kept by matching, withdrawn again (P39, I1).

Matching's answers may come twice, late or in another order than they were given: what is left of a reservation is the
least that was ever said of it, so the order does not matter.
"""

from __future__ import annotations

from datetime import date
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import PositionSource
from insieme_events.contracts.training import PositionSourceKind, PositionsRequested
from insieme_events.contracts.training_courses import (
    PositionsIdentified,
    PositionsLost,
    PositionsRecovered,
    PositionsRefused,
    PositionsWithdrawn,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.course.circumstances import CourseCircumstances
from insieme_training.course.commands import (
    IdentifyPositions,
    NoteRefusal,
    PositionsCommand,
    RequestPositions,
    WithdrawPositions,
)
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
    changed,
)
from insieme_training.gates import AGREEMENT_UNKNOWN, COURSE_UNKNOWN

PLAN_FIRST = Refused(
    code="training.plan_first",
    sentence="The course is only proposed yet: plan it first.",
    clause="P36",
)
COURSE_OVER = Refused(
    code="training.course_over",
    sentence="The course ended or was cancelled on {on}: plan another one.",
    clause="P36",
)
BEFORE_PLAN = Refused(
    code="training.before_plan",
    sentence="The course was planned on {planned_on}: nothing of it can be dated earlier.",
    clause="P36",
)
NO_POSITIONS_NEEDED = Refused(
    code="training.no_positions_needed",
    sentence="Only a course of strand 2b is bound to positions of work: activate this one without.",
    clause="P39",
)
SOURCE_NOT_COUNTED = Refused(
    code="training.source_not_counted",
    sentence="The agreement {version} does not count a {source} as an identified position: ask another source.",
    clause="P39",
)
RESERVATION_KNOWN = Refused(
    code="training.reservation_known",
    sentence="These positions were asked for already: ask for more under a request of its own.",
    clause="P39",
)
RESERVATION_UNKNOWN = Refused(
    code="training.reservation_unknown",
    sentence="The course did not ask for these positions, as far as training knows: it is tried again.",
    clause="P39",
    kind=RefusalKind.RETRY,
)

SOURCES = {
    PositionSource.OPEN_VACANCY: PositionSourceKind.VACANCY,
    PositionSource.SIGNED_NEED: PositionSourceKind.NEED,
}


def sources_of(agreement: Agreement) -> frozenset[PositionSourceKind]:
    """Where positions may come from, by the agreement (P39)."""
    return frozenset(SOURCES[source] for source in agreement.position_sources)


def decide_positions(command: PositionsCommand, state: Course, found: CourseCircumstances) -> Decision:
    match state:
        case NotThere() if isinstance(command, RequestPositions):
            return COURSE_UNKNOWN
        case NotThere() | Proposed() if not isinstance(command, RequestPositions):
            return RESERVATION_UNKNOWN
        case NotThere() | Proposed():
            return PLAN_FIRST
        case Ended(on=on) | Cancelled(on=on) | Withdrawn(on=on) if isinstance(command, RequestPositions):
            return COURSE_OVER.about(on=on)
        case Ended() | Cancelled() | Withdrawn():
            # Every reservation was returned with the course: matching frees the positions when it hears of that.
            return []
        case Planned() | Identified() | Activated() | Started():
            return of_open(command, state, found)
        case _:
            assert_never(state)


def of_open(command: PositionsCommand, course: Open, found: CourseCircumstances) -> Decision:
    match command:
        case RequestPositions():
            return request(command, course, found)
        case _ if command.reservation_id not in course.offer.reservations:
            return RESERVATION_UNKNOWN
        case IdentifyPositions():
            return identify(command, course.offer, found)
        case NoteRefusal():
            return note_refusal(command, course.offer)
        case WithdrawPositions():
            return withdraw(command, course, found)
        case _:
            assert_never(command)


def request(command: RequestPositions, course: Open, found: CourseCircumstances) -> Decision:
    offer = course.offer
    if offer.plan.strand is not Strand.TRAINING_TARGETED:
        return NO_POSITIONS_NEEDED
    if command.on < offer.plan.occurred_on:
        return BEFORE_PLAN.about(planned_on=offer.plan.occurred_on)
    if found.agreement is None:
        return AGREEMENT_UNKNOWN.about(on=command.on)
    if command.source_kind not in sources_of(found.agreement):
        return SOURCE_NOT_COUNTED.about(version=found.agreement.version, source=command.source_kind.value)
    if command.reservation_id in offer.reservations:
        return RESERVATION_KNOWN
    return [
        PositionsRequested(
            course_id=offer.course_id,
            strand=offer.plan.strand,
            reservation_id=command.reservation_id,
            source_kind=command.source_kind,
            source_id=command.source_id,
            positions=command.positions,
            occurred_on=command.on,
        )
    ]


def identify(command: IdentifyPositions, offer: Offer, found: CourseCircumstances) -> Decision:
    reservation = offer.reservations[command.reservation_id]
    positions = command.positions if reservation.at_most is None else min(command.positions, reservation.at_most)
    if reservation.identified_on is not None or reservation.returned or positions == 0:
        return []
    identified = PositionsIdentified(
        course_id=offer.course_id,
        strand=offer.plan.strand,
        reservation_id=reservation.reservation_id,
        source_kind=reservation.source_kind,
        source_id=reservation.source_id,
        company_id=command.company_id,
        positions=positions,
        occurred_on=command.on,
    )
    return [identified, *(flagged(changed(offer, identified), found, command.on) if offer.lost else [])]


def note_refusal(command: NoteRefusal, offer: Offer) -> Decision:
    reservation = offer.reservations[command.reservation_id]
    if reservation.refusal is not None or reservation.identified_on is not None or reservation.returned:
        return []
    return [
        PositionsRefused(
            course_id=offer.course_id,
            strand=offer.plan.strand,
            reservation_id=command.reservation_id,
            reason=command.reason,
            occurred_on=command.on,
        )
    ]


def withdraw(command: WithdrawPositions, course: Open, found: CourseCircumstances) -> Decision:
    offer = course.offer
    reservation = offer.reservations[command.reservation_id]
    known = reservation.left if reservation.identified_on is not None else reservation.at_most
    if known is not None and command.positions >= known:
        return []
    withdrawn = PositionsWithdrawn(
        course_id=offer.course_id,
        strand=offer.plan.strand,
        reservation_id=command.reservation_id,
        positions=command.positions,
        occurred_on=command.on,
    )
    if reservation.identified_on is None:
        # Heard of before the positions were identified: the course never had them.
        return [withdrawn]
    return [withdrawn, *flagged(changed(offer, withdrawn), found, command.on)]


def flagged(offer: Offer, found: CourseCircumstances, on: date) -> list[DomainEvent]:
    """Whether what is left carries the seats: by the factor of the activation, before it by that of the day (I1)."""
    factor = offer.factor
    if factor is None and found.last_known is not None:
        factor = Factor(found.last_known.seats_per_position_percent, found.last_known.version)
    if factor is None:
        return []
    carried = factor.carries(offer.positions, offer.plan.seats)
    if carried is not offer.lost:
        return []
    kind = PositionsRecovered if carried else PositionsLost
    return [
        kind(
            course_id=offer.course_id,
            strand=offer.plan.strand,
            positions=offer.positions,
            seats=offer.plan.seats,
            agreement_version=factor.version,
            occurred_on=on,
        )
    ]
