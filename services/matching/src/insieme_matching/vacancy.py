"""Vacancy (offerta): a company looks for so many persons of a profile; selections are run on it (P31, P32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts.matching import (
    PositionFilled,
    PositionFreed,
    Positions,
    SelectionClosed,
    SelectionOpened,
    VacancyClosed,
    VacancyCloseReason,
    VacancyFilled,
    VacancyOpened,
    VacancyWithdrawn,
    VacancyWithdrawReason,
)
from insieme_events.contracts.vocabulary import Comune, ProfileCode, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_matching.gates import COMPANY_UNKNOWN, not_after
from insieme_matching.vacancy_state import (
    Closed,
    Filled,
    InSelection,
    NotOpened,
    Offer,
    Open,
    Vacancy,
    Withdrawn,
    evolve,
)

VACANCY_UNKNOWN = Refused(
    code="matching.vacancy_unknown",
    sentence="There is no vacancy with this id: open it first.",
    clause="P31",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_OPENED = Refused(
    code="matching.vacancy_already_opened",
    sentence="This vacancy is open already: open another one under an id of its own.",
    clause="P31",
)
VACANCY_FULL = Refused(
    code="matching.vacancy_full",
    sentence="Every position of this vacancy is taken: open a new vacancy, or record the placement without one.",
    clause="P31",
)
VACANCY_OVER = Refused(
    code="matching.vacancy_over",
    sentence="This vacancy was closed or withdrawn: open a new one.",
    clause="P31",
)
BEFORE_OPENING = Refused(
    code="matching.before_opening",
    sentence="The vacancy was opened on {opened_on}: nothing of it can be dated earlier.",
    clause="P31",
)
SELECTION_OPEN = Refused(
    code="matching.selection_open",
    sentence="Selection {number} of this vacancy is still open: close it before the next one.",
    clause="P32",
)
NO_SELECTION_OPEN = Refused(
    code="matching.no_selection_open",
    sentence="No selection is open on this vacancy: open one first.",
    clause="P32",
)
BEFORE_SELECTION = Refused(
    code="matching.before_selection",
    sentence="The selection was opened on {opened_on}: it cannot be closed earlier.",
    clause="P32",
)
OTHER_COMPANY = Refused(
    code="matching.other_company",
    sentence="The vacancy belongs to another company than the placement: check both ids.",
    clause="P31",
)


class NewVacancy(Command):
    """What is told of a vacancy that is to be opened; `need_id` is the need that it comes out of."""

    company_id: UUID
    need_id: UUID | None = None
    profile: ProfileCode
    positions: Positions
    comune: Comune
    strand: Strand = Strand.MATCHING
    on: Day


class OpenVacancy(NewVacancy):
    """With `need_id`, the unit also holds ConvertNeed on that need."""

    vacancy_id: UUID


class OpenSelection(Command):
    on: Day


class CloseSelection(Command):
    on: Day


class FillPosition(Command):
    """A placement takes a position: part of the same unit as StartPlacement; `on` is the placement's first day."""

    employment_id: UUID
    company_id: UUID
    on: Day


class FreePosition(Command):
    """A placement was voided as a whole: part of the same unit as VoidPlacement."""

    employment_id: UUID
    on: Day


class CloseVacancy(Command):
    reason: VacancyCloseReason
    on: Day


class WithdrawVacancy(Command):
    reason: VacancyWithdrawReason
    on: Day


VacancyCommand = (
    OpenVacancy | OpenSelection | CloseSelection | FillPosition | FreePosition | CloseVacancy | WithdrawVacancy
)


@dataclass(frozen=True, slots=True)
class VacancyCircumstances(Circumstances):
    """`company_known`: whether the company of an OpenVacancy is registered."""

    company_known: bool


def decide(command: VacancyCommand, state: Vacancy, circumstances: VacancyCircumstances) -> Decision:
    match command:
        case FillPosition():
            # A contract is communicated before it starts, so its first day may be ahead.
            return fill(command, state)
        case _ if future := not_after(circumstances.today, command.on):
            return future
        case OpenVacancy():
            return open_vacancy(command, state, circumstances)
        case OpenSelection(on=on):
            return open_selection(state, on)
        case CloseSelection(on=on):
            return close_selection(state, on)
        case FreePosition(employment_id=employment_id, on=on):
            return free(state, employment_id, on)
        case CloseVacancy() | WithdrawVacancy():
            return finish(command, state)
        case _:
            assert_never(command)


def open_vacancy(command: OpenVacancy, vacancy: Vacancy, circumstances: VacancyCircumstances) -> Decision:
    match vacancy:
        case NotOpened() if not circumstances.company_known:
            return COMPANY_UNKNOWN
        case NotOpened():
            return [
                VacancyOpened(
                    vacancy_id=command.vacancy_id,
                    company_id=command.company_id,
                    need_id=command.need_id,
                    profile=command.profile,
                    positions=command.positions,
                    comune=command.comune,
                    strand=command.strand,
                    occurred_on=command.on,
                )
            ]
        case Open() | InSelection() | Filled() | Closed() | Withdrawn():
            return ALREADY_OPENED
        case _:
            assert_never(vacancy)


def open_selection(vacancy: Vacancy, on: date) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) if on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open(offer=offer):
            return [
                SelectionOpened(
                    vacancy_id=offer.vacancy_id,
                    strand=offer.strand,
                    company_id=offer.company_id,
                    selection_no=offer.selections + 1,
                    occurred_on=on,
                )
            ]
        case InSelection(offer=offer):
            return SELECTION_OPEN.about(number=offer.selections)
        case Filled():
            return VACANCY_FULL
        case Closed() | Withdrawn():
            return VACANCY_OVER
        case _:
            assert_never(vacancy)


def close_selection(vacancy: Vacancy, on: date) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case InSelection(selection_opened_on=opened_on) if on < opened_on:
            return BEFORE_SELECTION.about(opened_on=opened_on)
        case InSelection(offer=offer):
            return [selection_closed(offer, on)]
        case Open() | Filled():
            return NO_SELECTION_OPEN
        case Closed() | Withdrawn():
            return VACANCY_OVER
        case _:
            assert_never(vacancy)


def fill(command: FillPosition, vacancy: Vacancy) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) | Filled(offer=offer) if command.employment_id in offer.taken:
            return []
        case Open(offer=offer) | InSelection(offer=offer) if command.company_id != offer.company_id:
            return OTHER_COMPANY
        case Open(offer=offer) | InSelection(offer=offer) if command.on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open(offer=offer) | InSelection(offer=offer):
            taken = PositionFilled(
                vacancy_id=offer.vacancy_id,
                strand=offer.strand,
                employment_id=command.employment_id,
                occurred_on=command.on,
            )
            if len(offer.taken) + 1 < offer.positions:
                return [taken]
            filled = VacancyFilled(vacancy_id=offer.vacancy_id, strand=offer.strand, occurred_on=command.on)
            return [taken, *ended_selection(vacancy, command.on), filled]
        case Filled():
            return VACANCY_FULL
        case Closed() | Withdrawn():
            return VACANCY_OVER
        case _:
            assert_never(vacancy)


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


def finish(command: CloseVacancy | WithdrawVacancy, vacancy: Vacancy) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) if command.on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open() | InSelection():
            return [*ended_selection(vacancy, command.on), over(command, vacancy.offer)]
        case Filled():
            return VACANCY_FULL
        case Closed():
            return [] if isinstance(command, CloseVacancy) else VACANCY_OVER
        case Withdrawn():
            return [] if isinstance(command, WithdrawVacancy) else VACANCY_OVER
        case _:
            assert_never(vacancy)


def over(command: CloseVacancy | WithdrawVacancy, offer: Offer) -> VacancyClosed | VacancyWithdrawn:
    match command:
        case CloseVacancy(reason=reason, on=on):
            return VacancyClosed(vacancy_id=offer.vacancy_id, strand=offer.strand, reason=reason, occurred_on=on)
        case WithdrawVacancy(reason=why, on=on):
            return VacancyWithdrawn(vacancy_id=offer.vacancy_id, strand=offer.strand, reason=why, occurred_on=on)
        case _:
            assert_never(command)


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


VACANCY: Decider[Vacancy, VacancyCommand, VacancyCircumstances] = Decider(
    context="matching", name="vacancy", initial=NotOpened(), decide=decide, evolve=evolve
)
