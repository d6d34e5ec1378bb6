"""The states of a vacancy and how its events lead from one to the next (P31)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    PositionFilled,
    PositionFreed,
    ReservationEvent,
    SelectionClosed,
    SelectionOpened,
    VacancyClosed,
    VacancyFilled,
    VacancyOpened,
    VacancyRequirementsStated,
    VacancyWithdrawn,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_matching.reservations import Kept, after


@dataclass(frozen=True, slots=True)
class Offer:
    """What a vacancy is in every status; `selections` counts those opened so far."""

    vacancy_id: UUID
    company_id: UUID
    strand: Strand
    positions: int
    opened_on: date
    taken: frozenset[UUID] = frozenset()
    selections: int = 0
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class NotOpened:
    """`kept` remembers courses that asked for a vacancy that there is not."""

    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class Open:
    offer: Offer

    @property
    def kept(self) -> Kept:
        return self.offer.kept


@dataclass(frozen=True, slots=True)
class InSelection:
    offer: Offer
    selection_opened_on: date

    @property
    def kept(self) -> Kept:
        return self.offer.kept


@dataclass(frozen=True, slots=True)
class Filled:
    """Every position is taken since `over_on`, the first day of the placement that took the last one."""

    offer: Offer
    over_on: date

    @property
    def kept(self) -> Kept:
        return self.offer.kept


@dataclass(frozen=True, slots=True)
class Closed:
    """Over since `over_on`."""

    offer: Offer
    over_on: date

    @property
    def kept(self) -> Kept:
        return self.offer.kept


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Over since `over_on`."""

    offer: Offer
    over_on: date

    @property
    def kept(self) -> Kept:
        return self.offer.kept


Vacancy = NotOpened | Open | InSelection | Filled | Closed | Withdrawn


def evolve(state: Vacancy, event: DomainEvent) -> Vacancy:
    match state, event:
        case NotOpened(kept=kept), ReservationEvent():
            return NotOpened(after(kept, event))
        case Open() | InSelection() | Filled() | Closed() | Withdrawn(), ReservationEvent():
            return replace(state, offer=replace(state.offer, kept=after(state.offer.kept, event)))
        case Open() | InSelection(), VacancyRequirementsStated():
            return state
        case NotOpened(kept=kept), VacancyOpened():
            return Open(
                Offer(
                    vacancy_id=event.vacancy_id,
                    company_id=event.company_id,
                    strand=event.strand,
                    positions=event.positions,
                    opened_on=event.occurred_on,
                    kept=kept,
                )
            )
        case Open(offer=offer), SelectionOpened(selection_no=number):
            return InSelection(replace(offer, selections=number), selection_opened_on=event.occurred_on)
        case InSelection(offer=offer), SelectionClosed():
            return Open(offer)
        case Open() | InSelection(), PositionFilled(employment_id=employment_id):
            return replace(state, offer=replace(state.offer, taken=state.offer.taken | {employment_id}))
        case Filled(offer=offer), PositionFreed(employment_id=employment_id):
            return Open(replace(offer, taken=offer.taken - {employment_id}, kept=after(offer.kept, event)))
        case Open() | InSelection() | Closed() | Withdrawn(), PositionFreed(employment_id=employment_id):
            offer = state.offer
            return replace(
                state, offer=replace(offer, taken=offer.taken - {employment_id}, kept=after(offer.kept, event))
            )
        case Open(offer=offer) | InSelection(offer=offer), VacancyFilled():
            return Filled(offer, event.occurred_on)
        case Open(offer=offer) | InSelection(offer=offer), VacancyClosed():
            return Closed(offer, event.occurred_on)
        case Open(offer=offer) | InSelection(offer=offer), VacancyWithdrawn():
            return Withdrawn(offer, event.occurred_on)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a vacancy's stream")
