"""Positions that a vacancy or a need keeps for courses of strand 2.b: each for one course and for no other (P39).

A source answers a request once, with PositionsReserved or ReservationRefused. What is kept counts as not free until a
placement out of the course uses it, the course returns it, or the source ends and releases it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import PositionSource
from insieme_events.contracts.matching import (
    PositionFreed,
    Positions,
    PositionsReleased,
    PositionsReserved,
    ReservationRefusal,
    ReservationRefused,
    ReservedPositionUsed,
)
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.days import Day
from insieme_events.decider import Command, Decision, RefusalKind, Refused

NO_AGREEMENT = Refused(
    code="matching.no_agreement",
    sentence="Matching knows no agreement that had begun by {on}, which says what counts as a position: it has to be "
    "adopted in governance first.",
    clause="P39",
    kind=RefusalKind.RETRY,
)
RESERVATION_UNKNOWN = Refused(
    code="matching.reservation_unknown",
    sentence="Nobody asked for this reservation here yet: try again in a moment, or check its id.",
    clause="P39",
    kind=RefusalKind.RETRY,
)
RESERVATION_NOT_HELD = Refused(
    code="matching.reservation_not_held",
    sentence="No position is kept under this reservation any more: record the placement without it.",
    clause="P39",
)
POSITIONS_RESERVED = Refused(
    code="matching.positions_reserved",
    sentence="Every position that is left is kept for a course: name the reservation if the person comes from that "
    "course, or open another vacancy.",
    clause="P39",
)


class ReservePositions(Command):
    """A course asks for positions (reaction to training's PositionsRequested); the source answers by an event (P39)."""

    reservation_id: UUID
    course_id: UUID
    source_id: UUID
    strand: Strand
    positions: Positions
    on: Day


class ReturnPositions(Command):
    """The course does not need the reservation any more (reaction to training's PositionsReturned; P39)."""

    reservation_id: UUID
    on: Day


@dataclass(frozen=True, slots=True)
class Reservation:
    """`left` positions are still kept; `used` are the placements that took one of the others."""

    reservation_id: UUID
    course_id: UUID
    strand: Strand
    left: int
    used: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """The vacancy or the need that answers."""

    kind: PositionSourceKind
    source_id: UUID
    company_id: UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """The reservations of one source; `answered` holds also those that were refused, returned or released."""

    held: tuple[Reservation, ...] = ()
    answered: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def reserved(self) -> int:
        return sum(reservation.left for reservation in self.held)

    def of(self, reservation_id: UUID) -> Reservation | None:
        return next((one for one in self.held if one.reservation_id == reservation_id), None)


def admitted(source: PositionSourceKind, agreement: Agreement) -> bool:
    """Whether the agreement counts such a source as an identified position."""
    kinds = {
        PositionSourceKind.VACANCY: PositionSource.OPEN_VACANCY,
        PositionSourceKind.NEED: PositionSource.SIGNED_NEED,
    }
    return kinds[source] in agreement.position_sources


def reserve(command: ReservePositions, kept: Kept, source: Source, free: int) -> Decision:
    """Keeps the positions, if so many are free: `free` counts neither those taken nor those kept already."""
    if command.reservation_id in kept.answered:
        return []
    if command.positions > free:
        return refuse(command, source.kind, ReservationRefusal.NOT_ENOUGH_FREE)
    return [
        PositionsReserved(
            reservation_id=command.reservation_id,
            course_id=command.course_id,
            source_kind=source.kind,
            source_id=source.source_id,
            strand=command.strand,
            company_id=source.company_id,
            positions=command.positions,
            occurred_on=command.on,
        )
    ]


def refuse(command: ReservePositions, kind: PositionSourceKind, reason: ReservationRefusal) -> list[DomainEvent]:
    """The answer that no position is kept; an event as well, since training waits for it."""
    return [
        ReservationRefused(
            reservation_id=command.reservation_id,
            course_id=command.course_id,
            source_kind=kind,
            source_id=command.source_id,
            strand=command.strand,
            reason=reason,
            occurred_on=command.on,
        )
    ]


def give_back(command: ReturnPositions, kept: Kept, source: Source) -> Decision:
    reservation = kept.of(command.reservation_id)
    if reservation is not None:
        return [released(reservation, source, 0, command.on)]
    return [] if command.reservation_id in kept.answered else RESERVATION_UNKNOWN


def release_all(kept: Kept, source: Source, on: date) -> list[PositionsReleased]:
    """The source is over: of each reservation only what placements out of the course took is left."""
    return [released(reservation, source, len(reservation.used), on) for reservation in kept.held]


def use(reservation: Reservation, source: Source, employment_id: UUID, on: date) -> ReservedPositionUsed:
    return ReservedPositionUsed(
        reservation_id=reservation.reservation_id,
        course_id=reservation.course_id,
        source_kind=source.kind,
        source_id=source.source_id,
        strand=reservation.strand,
        employment_id=employment_id,
        positions=reservation.left - 1,
        occurred_on=on,
    )


def take_over(reservations: Sequence[Reservation], source: Source, on: date) -> list[PositionsReserved]:
    """What a vacancy keeps from its first day on: the reservations of the need that it came out of."""
    return [
        PositionsReserved(
            reservation_id=one.reservation_id,
            course_id=one.course_id,
            source_kind=source.kind,
            source_id=source.source_id,
            strand=one.strand,
            company_id=source.company_id,
            positions=one.left,
            occurred_on=on,
        )
        for one in reservations
        if one.left > 0
    ]


def released(reservation: Reservation, source: Source, left: int, on: date) -> PositionsReleased:
    return PositionsReleased(
        reservation_id=reservation.reservation_id,
        course_id=reservation.course_id,
        source_kind=source.kind,
        source_id=source.source_id,
        strand=reservation.strand,
        positions=left,
        occurred_on=on,
    )


def after(kept: Kept, event: DomainEvent) -> Kept:
    """What one more event of the source makes of its reservations."""
    match event:
        case PositionsReserved(reservation_id=reservation_id):
            reservation = Reservation(reservation_id, event.course_id, event.strand, event.positions)
            return Kept((*kept.held, reservation), kept.answered | {reservation_id})
        case ReservationRefused(reservation_id=reservation_id):
            return replace(kept, answered=kept.answered | {reservation_id})
        case PositionsReleased(reservation_id=reservation_id):
            return replace(kept, held=tuple(one for one in kept.held if one.reservation_id != reservation_id))
        case ReservedPositionUsed(reservation_id=reservation_id, positions=left):
            (found,) = [one for one in kept.held if one.reservation_id == reservation_id]
            return _put(kept, replace(found, left=left, used=found.used | {event.employment_id}))
        case PositionFreed(employment_id=employment_id):
            # A place that was taken out of a course goes back to that course, as long as it is kept for it.
            for found in [one for one in kept.held if employment_id in one.used]:
                kept = _put(kept, replace(found, left=found.left + 1, used=found.used - {employment_id}))
            return kept
        case _:
            raise TypeError(f"{type(event).__name__} says nothing of reservations")


def _put(kept: Kept, changed: Reservation) -> Kept:
    held = tuple(changed if one.reservation_id == changed.reservation_id else one for one in kept.held)
    return replace(kept, held=held)
