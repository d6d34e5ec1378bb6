"""The positions of a vacancy: taken by placements, freed by voids, kept for courses and given back (P31, P39)."""

from __future__ import annotations

from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    PositionFilled,
    PositionFreed,
    ReservationRefusal,
    SelectionClosed,
    VacancyFilled,
)
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.decider import Decision
from insieme_matching import reservations
from insieme_matching.reservations import (
    NO_AGREEMENT,
    POSITIONS_RESERVED,
    RESERVATION_NOT_HELD,
    RESERVATION_UNKNOWN,
    ReservePositions,
    ReturnPositions,
    Source,
)
from insieme_matching.vacancy.commands import (
    BEFORE_OPENING,
    OTHER_COMPANY,
    VACANCY_FULL,
    VACANCY_OVER,
    VACANCY_UNKNOWN,
    FillPosition,
    VacancyCircumstances,
)
from insieme_matching.vacancy_state import (
    Closed,
    Filled,
    InSelection,
    NotOpened,
    Offer,
    Open,
    Vacancy,
    Withdrawn,
)


def fill(command: FillPosition, vacancy: Vacancy, circumstances: VacancyCircumstances) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) | Filled(offer=offer) if command.employment_id in offer.taken:
            return []
        case Open(offer=offer) | InSelection(offer=offer) if (
            command.company_id != offer.company_id and offer.company_id not in circumstances.alike
        ):
            return OTHER_COMPANY
        case Open(offer=offer) | InSelection(offer=offer) if command.on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open() | InSelection():
            return take(command, vacancy)
        case Filled():
            return VACANCY_FULL
        case Closed() | Withdrawn():
            return VACANCY_OVER
        case _:
            assert_never(vacancy)


def take(command: FillPosition, vacancy: Open | InSelection) -> Decision:
    """The position, and the vacancy's end with it where it was the last one."""
    offer = vacancy.offer
    events: list[DomainEvent] = [
        PositionFilled(
            vacancy_id=offer.vacancy_id,
            strand=offer.strand,
            employment_id=command.employment_id,
            occurred_on=command.on,
        )
    ]
    if command.reservation_id is not None:
        reservation = offer.kept.of(command.reservation_id)
        if reservation is None or reservation.left == 0:
            return RESERVATION_NOT_HELD
        events.append(reservations.use(reservation, source_of(offer), command.employment_id, command.on))
    elif free_places(offer) == 0:
        return POSITIONS_RESERVED
    if len(offer.taken) + 1 < offer.positions:
        return events
    filled = VacancyFilled(vacancy_id=offer.vacancy_id, strand=offer.strand, occurred_on=command.on)
    return [*events, *ended_selection(vacancy, command.on), filled]


def reserve(command: ReservePositions, vacancy: Vacancy, circumstances: VacancyCircumstances) -> Decision:
    """Answers a course that asks for positions; also a refusal is an event, and comes once (P39)."""
    if command.reservation_id in vacancy.kept.answered:
        return []
    agreement = circumstances.agreement or circumstances.last_known
    match vacancy:
        case NotOpened():
            return reservations.refuse(command, PositionSourceKind.VACANCY, ReservationRefusal.UNKNOWN_SOURCE)
        case _ if agreement is None:
            return NO_AGREEMENT.about(on=command.on)
        case _ if not reservations.admitted(PositionSourceKind.VACANCY, agreement):
            return reservations.refuse(command, PositionSourceKind.VACANCY, ReservationRefusal.NOT_ADMITTED)
        case Open(offer=offer) | InSelection(offer=offer) if command.on >= offer.opened_on:
            return reservations.reserve(command, offer.kept, source_of(offer), free_places(offer))
        case Filled():
            return reservations.refuse(command, PositionSourceKind.VACANCY, ReservationRefusal.NOT_ENOUGH_FREE)
        case Open() | InSelection() | Closed() | Withdrawn():
            return reservations.refuse(command, PositionSourceKind.VACANCY, ReservationRefusal.NOT_OPEN)
        case _:
            assert_never(vacancy)


def give_back(command: ReturnPositions, vacancy: Vacancy) -> Decision:
    match vacancy:
        case NotOpened(kept=kept):
            return [] if command.reservation_id in kept.answered else RESERVATION_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) | Filled(offer=offer):
            return reservations.give_back(command, offer.kept, source_of(offer))
        case Closed(offer=offer) | Withdrawn(offer=offer):
            return reservations.give_back(command, offer.kept, source_of(offer))
        case _:
            assert_never(vacancy)


def free_places(offer: Offer) -> int:
    """Positions that nobody took and that are kept for no course."""
    return offer.positions - len(offer.taken) - offer.kept.reserved


def source_of(offer: Offer) -> Source:
    return Source(PositionSourceKind.VACANCY, offer.vacancy_id, offer.company_id)


def free(vacancy: Vacancy, employment_id: UUID, on: date) -> Decision:
    """Also after the vacancy closed: that it stays closed does not make the placement's position taken."""
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open() | InSelection() | Filled() | Closed() | Withdrawn() if employment_id not in vacancy.offer.taken:
            return []
        case Open(offer=offer) | InSelection(offer=offer) | Filled(offer=offer):
            return [position_freed(offer, employment_id, on)]
        case Closed(offer=offer) | Withdrawn(offer=offer):
            return [position_freed(offer, employment_id, on)]
        case _:
            assert_never(vacancy)


def selection_closed(offer: Offer, on: date) -> SelectionClosed:
    return SelectionClosed(
        vacancy_id=offer.vacancy_id, strand=offer.strand, selection_no=offer.selections, occurred_on=on
    )


def ended_selection(vacancy: Open | InSelection, on: date) -> list[SelectionClosed]:
    """A selection does not outlive its vacancy; never dated before it was opened."""
    match vacancy:
        case Open():
            return []
        case InSelection(offer=offer, selection_opened_on=opened_on):
            return [selection_closed(offer, max(on, opened_on))]
        case _:
            assert_never(vacancy)


def position_freed(offer: Offer, employment_id: UUID, on: date) -> PositionFreed:
    return PositionFreed(vacancy_id=offer.vacancy_id, strand=offer.strand, employment_id=employment_id, occurred_on=on)
