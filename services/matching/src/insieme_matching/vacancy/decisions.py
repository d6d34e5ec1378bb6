"""Vacancy (offerta): a company looks for so many persons of a profile; selections are run on it (P31, P32)."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from insieme_events.contracts.matching import (
    SelectionOpened,
    VacancyClosed,
    VacancyOpened,
    VacancyRequirementsStated,
    VacancyWithdrawn,
)
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.decider import Decider, Decision
from insieme_matching.gates import COMPANY_UNKNOWN, not_after
from insieme_matching.reservations import ReservePositions, ReturnPositions, Source, release_all, take_over
from insieme_matching.vacancy.commands import (
    ALREADY_OPENED,
    BEFORE_OPENING,
    BEFORE_SELECTION,
    NO_SELECTION_OPEN,
    RESERVED_FOR_COURSES,
    SELECTION_OPEN,
    VACANCY_FULL,
    VACANCY_OVER,
    VACANCY_UNKNOWN,
    CloseSelection,
    CloseVacancy,
    FillPosition,
    FreePosition,
    OpenSelection,
    OpenVacancy,
    StateRequirements,
    VacancyCircumstances,
    VacancyCommand,
    WithdrawVacancy,
)
from insieme_matching.vacancy.positions import (
    ended_selection,
    fill,
    free,
    give_back,
    reserve,
    selection_closed,
    source_of,
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
    evolve,
)


def decide(command: VacancyCommand, state: Vacancy, circumstances: VacancyCircumstances) -> Decision:
    match command:
        case FillPosition():
            # A contract is communicated before it starts, so its first day may be ahead.
            return fill(command, state, circumstances)
        case _ if future := not_after(circumstances.today, command.on):
            return future
        case OpenVacancy():
            return open_vacancy(command, state, circumstances)
        case StateRequirements():
            return state_requirements(command, state)
        case ReservePositions():
            return reserve(command, state, circumstances)
        case ReturnPositions():
            return give_back(command, state)
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
            kept = circumstances.kept_by_need
            if (reserved := sum(one.left for one in kept)) > command.positions:
                return RESERVED_FOR_COURSES.about(reserved=reserved)
            source = Source(PositionSourceKind.VACANCY, command.vacancy_id, command.company_id)
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
                ),
                *take_over(kept, source, command.on),
            ]
        case Open() | InSelection() | Filled() | Closed() | Withdrawn():
            return ALREADY_OPENED
        case _:
            assert_never(vacancy)


def state_requirements(command: StateRequirements, vacancy: Vacancy) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) if command.on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open(offer=offer) | InSelection(offer=offer):
            return [
                VacancyRequirementsStated(
                    vacancy_id=offer.vacancy_id,
                    strand=offer.strand,
                    hours=command.hours,
                    licence=command.licence,
                    languages=command.languages,
                    occurred_on=command.on,
                )
            ]
        case Filled():
            return VACANCY_FULL
        case Closed() | Withdrawn():
            return VACANCY_OVER
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


def finish(command: CloseVacancy | WithdrawVacancy, vacancy: Vacancy) -> Decision:
    match vacancy:
        case NotOpened():
            return VACANCY_UNKNOWN
        case Open(offer=offer) | InSelection(offer=offer) if command.on < offer.opened_on:
            return BEFORE_OPENING.about(opened_on=offer.opened_on)
        case Open() | InSelection():
            offer = vacancy.offer
            kept = release_all(offer.kept, source_of(offer), command.on)
            return [*ended_selection(vacancy, command.on), *kept, over(command, offer)]
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


VACANCY: Decider[Vacancy, VacancyCommand, VacancyCircumstances] = Decider(
    context="matching", name="vacancy", initial=NotOpened(), decide=decide, evolve=evolve
)
