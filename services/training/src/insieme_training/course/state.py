"""The states of a course and how its events lead from one to the next.

proposed → planned → positions_identified (2.b) → activated → started → ended; cancelled (aggregates.md section 1).
That positions were lost is a flag beside the status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import PositionSourceKind, PositionsRequested, PositionsReturned
from insieme_events.contracts.training_courses import (
    ApplicantsRanked,
    CourseActivated,
    CourseCancelled,
    CourseEnded,
    CoursePlanned,
    CourseProposed,
    CourseStarted,
    PositionsIdentified,
    PositionsLost,
    PositionsRecovered,
    PositionsRefused,
    PositionsWithdrawn,
    SeatAwaited,
    SeatGivenUp,
    SeatTaken,
)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Positions asked for. `at_most`: what a withdrawal left, also one that is heard of before the positions are."""

    reservation_id: UUID
    source_kind: PositionSourceKind
    source_id: UUID
    asked: int
    requested_on: date
    identified_on: date | None = None
    company_id: UUID | None = None
    positions: int = 0
    at_most: int | None = None
    refusal: ReservationRefusal | None = None
    returned: bool = False

    @property
    def left(self) -> int:
        """How many positions are kept for the course."""
        return self.positions if self.at_most is None else min(self.positions, self.at_most)

    @property
    def open(self) -> bool:
        """Whether matching keeps positions for it, or may still answer that it does."""
        if self.returned or self.refusal is not None:
            return False
        return self.left > 0 if self.identified_on is not None else self.at_most != 0


@dataclass(frozen=True, slots=True)
class Factor:
    """Seats per position in per cent, of that version of the agreement."""

    percent: int
    version: str

    def carries(self, positions: int, seats: int) -> bool:
        """Whether so many positions are enough for so many seats (P39)."""
        return seats * 100 <= positions * self.percent


@dataclass(frozen=True, slots=True)
class Offer:
    """What a course is in every status from planned on; `factor` is the one that the activation used."""

    plan: CoursePlanned
    reservations: Mapping[UUID, Reservation] = field(default_factory=dict)
    taken: frozenset[UUID] = frozenset()
    waiting: frozenset[UUID] = frozenset()
    ranked: frozenset[UUID] = frozenset()
    ranked_on: date | None = None
    exclusive: bool = False
    lost: bool = False
    factor: Factor | None = None
    activated_on: date | None = None
    started_on: date | None = None

    @property
    def course_id(self) -> UUID:
        return self.plan.course_id

    @property
    def positions(self) -> int:
        """All positions that are kept for the course."""
        return sum(reservation.left for reservation in self.reservations.values())

    def positions_before(self, day: date, sources: frozenset[PositionSourceKind]) -> int:
        """Those identified on an earlier day, of the sources that the agreement counts (P39)."""
        return sum(
            reservation.left
            for reservation in self.reservations.values()
            if reservation.identified_on is not None
            and reservation.identified_on < day
            and reservation.source_kind in sources
        )


@dataclass(frozen=True, slots=True)
class NotThere:
    pass


@dataclass(frozen=True, slots=True)
class Proposed:
    proposal: CourseProposed


@dataclass(frozen=True, slots=True)
class Planned:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Identified:
    """Planned, with positions that are kept for it."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class Activated:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Started:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Ended:
    offer: Offer
    on: date


@dataclass(frozen=True, slots=True)
class Cancelled:
    offer: Offer
    on: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was cancelled was only a proposal."""

    proposal: CourseProposed
    on: date


Open = Planned | Identified | Activated | Started
"""Whoever asks for the course may still get a seat, and positions may still come and go."""

Course = NotThere | Proposed | Withdrawn | Open | Ended | Cancelled


def evolve(state: Course, event: DomainEvent) -> Course:
    match state, event:
        case NotThere(), CourseProposed():
            return Proposed(event)
        case NotThere() | Proposed(), CoursePlanned():
            return Planned(Offer(event))
        case Planned() | Identified(), CourseActivated():
            factor = Factor(event.seats_per_position_percent, event.agreement_version)
            return Activated(replace(state.offer, factor=factor, activated_on=event.occurred_on))
        case Activated(offer=offer), CourseStarted():
            return Started(replace(offer, started_on=event.occurred_on))
        case Started(offer=offer), CourseEnded():
            return Ended(offer, event.occurred_on)
        case Proposed(proposal=proposal), CourseCancelled():
            return Withdrawn(proposal, event.occurred_on)
        case Planned() | Identified() | Activated() | Started(), CourseCancelled():
            return Cancelled(state.offer, event.occurred_on)
        case Planned() | Identified(), _:
            offer = changed(state.offer, event)
            return Identified(offer) if offer.positions else Planned(offer)
        case Activated() | Started() | Ended() | Cancelled(), _:
            return replace(state, offer=changed(state.offer, event))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a course's stream")


def changed(offer: Offer, event: DomainEvent) -> Offer:
    """What an event makes of positions, seats and flag."""
    match event:
        case PositionsRequested():
            asked = Reservation(
                event.reservation_id, event.source_kind, event.source_id, event.positions, event.occurred_on
            )
            return replace(offer, reservations={**offer.reservations, event.reservation_id: asked})
        case PositionsIdentified():
            return with_reservation(
                offer,
                event.reservation_id,
                identified_on=event.occurred_on,
                company_id=event.company_id,
                positions=event.positions,
            )
        case PositionsRefused(reservation_id=reservation_id, reason=reason):
            return with_reservation(offer, reservation_id, refusal=reason)
        case PositionsWithdrawn(reservation_id=reservation_id, positions=positions):
            return with_reservation(offer, reservation_id, at_most=positions)
        case PositionsReturned(reservation_id=reservation_id):
            return with_reservation(offer, reservation_id, at_most=0, returned=True)
        case PositionsLost():
            return replace(offer, lost=True)
        case PositionsRecovered():
            return replace(offer, lost=False)
        case SeatTaken(participation_id=one):
            return replace(offer, taken=offer.taken | {one}, waiting=offer.waiting - {one})
        case SeatAwaited(participation_id=one):
            return replace(offer, waiting=offer.waiting | {one})
        case SeatGivenUp(participation_id=one):
            return replace(offer, taken=offer.taken - {one}, waiting=offer.waiting - {one})
        case ApplicantsRanked():
            ranked = offer.ranked | set(event.participations)
            return replace(offer, ranked=ranked, ranked_on=event.occurred_on, exclusive=event.exclusive)
        case _:
            raise TypeError(f"{type(event).__name__} is none of a course's stream")


def with_reservation(offer: Offer, reservation_id: UUID, **values: object) -> Offer:
    reservation = replace(offer.reservations[reservation_id], **values)  # type: ignore[arg-type]
    return replace(offer, reservations={**offer.reservations, reservation_id: reservation})
