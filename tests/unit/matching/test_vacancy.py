"""A vacancy has positions that placements take and voids free; selections are run on it one at a time (P31, P32)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.matching import (
    PositionFilled,
    PositionFreed,
    SelectionClosed,
    SelectionOpened,
    VacancyClosed,
    VacancyCloseReason,
    VacancyFilled,
    VacancyWithdrawn,
    VacancyWithdrawReason,
)
from insieme_events.testing import scenario
from insieme_matching.testing import COMPANY_ID, VACANCY_ID, opened, vacancy_circumstances
from insieme_matching.vacancy import (
    VACANCY,
    CloseSelection,
    CloseVacancy,
    FillPosition,
    FreePosition,
    OpenSelection,
    OpenVacancy,
    WithdrawVacancy,
)
from insieme_matching.vacancy_state import Closed, Filled, Open

given = scenario(VACANCY, vacancy_circumstances())
FIRST, SECOND, THIRD = (UUID(int=n) for n in (51, 52, 53))
MARCH_1, MARCH_2, APRIL_1 = date(2021, 3, 1), date(2021, 3, 2), date(2021, 4, 1)


def open_vacancy() -> OpenVacancy:
    return OpenVacancy(
        vacancy_id=VACANCY_ID,
        company_id=COMPANY_ID,
        profile="8.1.4",
        positions=2,
        comune="037006",
        on=date(2021, 2, 1),
    )


def selection_opened(number: int = 1, on: date = MARCH_1) -> SelectionOpened:
    return SelectionOpened(vacancy_id=VACANCY_ID, company_id=COMPANY_ID, selection_no=number, occurred_on=on)


def selection_closed(number: int = 1, on: date = MARCH_2) -> SelectionClosed:
    return SelectionClosed(vacancy_id=VACANCY_ID, selection_no=number, occurred_on=on)


def fill(employment_id: UUID, on: date = APRIL_1, company_id: UUID = COMPANY_ID) -> FillPosition:
    return FillPosition(employment_id=employment_id, company_id=company_id, on=on)


def filled(employment_id: UUID) -> PositionFilled:
    return PositionFilled(vacancy_id=VACANCY_ID, employment_id=employment_id, occurred_on=APRIL_1)


ALL_TAKEN = VacancyFilled(vacancy_id=VACANCY_ID, occurred_on=APRIL_1)
FULL = (opened(), filled(FIRST), filled(SECOND), ALL_TAKEN)
CLOSE = CloseVacancy(reason=VacancyCloseReason.EXPIRED, on=APRIL_1)
CLOSED = VacancyClosed(vacancy_id=VACANCY_ID, reason=VacancyCloseReason.EXPIRED, occurred_on=APRIL_1)
WITHDRAW = WithdrawVacancy(reason=VacancyWithdrawReason.NEED_CEASED, on=APRIL_1)
WITHDRAWN = VacancyWithdrawn(vacancy_id=VACANCY_ID, reason=VacancyWithdrawReason.NEED_CEASED, occurred_on=APRIL_1)


@pytest.mark.clause("P31")
def test_a_registered_company_opens_a_vacancy_once() -> None:
    given().when(open_vacancy()).then(opened())
    given(opened()).when(open_vacancy()).then_refused("matching.vacancy_already_opened", clause="P31")
    unknown = vacancy_circumstances(company_known=False)
    given().under(unknown).when(open_vacancy()).then_refused("matching.company_unknown")


@pytest.mark.clause("P32")
def test_selections_are_numbered_and_run_one_after_the_other() -> None:
    given(opened()).when(OpenSelection(on=MARCH_1)).then(selection_opened())
    given(opened(), selection_opened()).when(OpenSelection(on=MARCH_1)).then_refused("matching.selection_open")
    given(opened(), selection_opened()).when(CloseSelection(on=MARCH_2)).then(selection_closed())
    again = given(opened(), selection_opened(), selection_closed()).when(OpenSelection(on=MARCH_2))
    again.then(selection_opened(number=2, on=MARCH_2))


def test_a_selection_is_closed_only_while_open_and_not_before_it_began() -> None:
    given(opened()).when(CloseSelection(on=MARCH_2)).then_refused("matching.no_selection_open", clause="P32")
    early = given(opened(), selection_opened()).when(CloseSelection(on=date(2021, 2, 28)))
    early.then_refused("matching.before_selection")


@pytest.mark.clause("P31")
def test_placements_take_positions_until_all_are_taken() -> None:
    given(opened()).when(fill(FIRST)).then(filled(FIRST))
    given(opened(), filled(FIRST)).when(fill(SECOND)).then(filled(SECOND), ALL_TAKEN)
    given(*FULL).when(fill(THIRD)).then_refused("matching.vacancy_full", clause="P31")
    assert isinstance(VACANCY.fold(FULL), Filled)


def test_a_placement_takes_one_position_however_often_it_is_told() -> None:
    given(opened(), filled(FIRST)).when(fill(FIRST)).then_nothing()
    given(*FULL).when(fill(FIRST)).then_nothing()


def test_the_position_goes_to_a_placement_in_the_same_company_since_the_opening() -> None:
    given(opened()).when(fill(FIRST, company_id=UUID(int=77))).then_refused("matching.other_company")
    given(opened()).when(fill(FIRST, on=date(2021, 1, 31))).then_refused("matching.before_opening")


def test_a_position_may_be_taken_by_a_contract_that_starts_later_than_today() -> None:
    given(opened()).when(fill(FIRST, on=date(2022, 1, 3))).then_types(PositionFilled)


def test_the_last_position_closes_an_open_selection_too() -> None:
    taking = given(opened(positions=1), selection_opened()).when(fill(FIRST))
    taking.then(filled(FIRST), selection_closed(on=APRIL_1), ALL_TAKEN)


def test_a_void_frees_the_position_and_the_vacancy_is_open_again() -> None:
    freed = PositionFreed(vacancy_id=VACANCY_ID, employment_id=FIRST, occurred_on=date(2021, 5, 1))
    given(*FULL).when(FreePosition(employment_id=FIRST, on=date(2021, 5, 1))).then(freed)
    assert isinstance(VACANCY.fold([*FULL, freed]), Open)
    given(*FULL, freed).when(fill(THIRD)).then(filled(THIRD), ALL_TAKEN)
    given(*FULL).when(FreePosition(employment_id=THIRD, on=APRIL_1)).then_nothing()


def test_a_position_freed_after_the_vacancy_closed_does_not_open_it_again() -> None:
    history = (opened(), filled(FIRST), CLOSED)
    freed = given(*history).when(FreePosition(employment_id=FIRST, on=date(2021, 5, 1))).then_types(PositionFreed)
    assert isinstance(VACANCY.fold([*history, *freed]), Closed)


@pytest.mark.clause("P31")
def test_a_vacancy_closes_or_is_withdrawn_with_its_selection() -> None:
    given(opened()).when(CLOSE).then(CLOSED)
    given(opened()).when(WITHDRAW).then(WITHDRAWN)
    given(opened(), selection_opened()).when(CLOSE).then(selection_closed(on=APRIL_1), CLOSED)
    given(opened(), selection_opened()).when(WITHDRAW).then(selection_closed(on=APRIL_1), WITHDRAWN)


def test_after_its_end_a_vacancy_takes_nothing_more() -> None:
    for end in (CLOSED, WITHDRAWN):
        given(opened(), end).when(OpenSelection(on=APRIL_1)).then_refused("matching.vacancy_over")
        given(opened(), end).when(fill(FIRST)).then_refused("matching.vacancy_over")
    given(opened(), CLOSED).when(CLOSE).then_nothing()
    given(opened(), WITHDRAWN).when(WITHDRAW).then_nothing()
    given(opened(), CLOSED).when(WITHDRAW).then_refused("matching.vacancy_over")
    given(*FULL).when(CLOSE).then_refused("matching.vacancy_full")
