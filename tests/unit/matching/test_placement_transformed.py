"""A transformation changes a running contract, towards permanent or full time only (standards 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.matching import PlacementTransformed, TransformationCode
from insieme_events.contracts.vocabulary import ContractClass, WorkingTime
from insieme_events.testing import scenario
from insieme_matching.employment import EMPLOYMENT, ExtendPlacement, TransformPlacement
from insieme_matching.testing import (
    COMPANY_ID,
    EMPLOYMENT_ID,
    PERSON,
    employment_circumstances,
    extended,
    placed,
)

given = scenario(EMPLOYMENT, employment_circumstances())
APRIL_1 = date(2021, 4, 1)
DI, AI, FI, II, FF, PP = (TransformationCode(code) for code in ("DI", "AI", "FI", "II", "FF", "PP"))
APPRENTICE = placed(contract_type="A.03.09", contract_class=ContractClass.APPRENTICESHIP)
PART_TIME = placed(working_time=WorkingTime.VERTICAL)
PERMANENT = placed(contract_type="A.01.00", contract_class=ContractClass.PERMANENT, ends_on=None)


def transform(code: TransformationCode, to: str | None = "A.01.00", on: date = APRIL_1) -> TransformPlacement:
    return TransformPlacement(code=code, contract_type=to, on=on)


def transformed(code: TransformationCode, **changes: Any) -> PlacementTransformed:
    values: dict[str, Any] = {
        "employment_id": EMPLOYMENT_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "code": code,
        "contract_type": "A.01.00",
        "contract_class": ContractClass.PERMANENT,
        "ends_on": None,
        "working_time": WorkingTime.FULL,
        "occurred_on": APRIL_1,
    }
    return PlacementTransformed(**{**values, **changes})


def test_a_fixed_term_becomes_permanent_and_loses_its_end() -> None:
    given(placed()).when(transform(DI)).then(transformed(DI))
    after = given(placed(), transformed(DI)).when(ExtendPlacement(ends_on=date(2021, 9, 30)))
    after.then_refused("matching.no_end_to_extend")


def test_an_apprentice_becomes_permanent_by_codes_of_its_own() -> None:
    for code in (AI, FF):
        given(APPRENTICE).when(transform(code)).then(transformed(code))
        given(placed()).when(transform(code)).then_refused("matching.transformation_not_from_this")
    given(APPRENTICE).when(transform(DI)).then_refused("matching.transformation_not_from_this")


def test_training_and_insertion_contracts_become_permanent() -> None:
    training = placed(contract_type="F.01.00", contract_class=ContractClass.OTHER)
    for code in (FI, II):
        given(training).when(transform(code)).then(transformed(code))
        given(placed()).when(transform(code)).then_refused("matching.transformation_not_from_this")


def test_a_permanent_contract_goes_nowhere_else() -> None:
    for code in (DI, AI, FI, II, FF):
        given(PERMANENT).when(transform(code)).then_refused("matching.transformation_not_from_this")


@pytest.mark.parametrize("to", [None, "A.02.00", "A.03.09", "B.03.00", "C.01.00", "Z.01.00"])
def test_what_it_becomes_is_permanent_subordinate_work(to: str | None) -> None:
    given(placed()).when(transform(DI, to=to)).then_refused("matching.transformation_not_permanent")


def test_part_time_becomes_full_time_and_nothing_else_changes() -> None:
    full_time = transformed(
        PP, contract_type="A.02.00", contract_class=ContractClass.FIXED_TERM, ends_on=date(2021, 5, 31)
    )
    given(PART_TIME).when(transform(PP, to=None)).then(full_time)
    given(PART_TIME).when(transform(PP)).then_refused("matching.transformation_keeps_type")
    given(placed()).when(transform(PP, to=None)).then_refused("matching.transformation_not_from_this")
    later = transform(PP, to=None, on=date(2021, 5, 1))
    given(PART_TIME, full_time).when(later).then_refused("matching.transformation_not_from_this")


def test_an_extension_after_it_is_full_time_too() -> None:
    full_time = transformed(
        PP, contract_type="A.02.00", contract_class=ContractClass.FIXED_TERM, ends_on=date(2021, 5, 31)
    )
    again = given(PART_TIME, full_time, extended()).when(transform(PP, to=None, on=date(2021, 7, 1)))
    again.then_refused("matching.transformation_not_from_this")


def test_it_takes_effect_after_the_movement_before_it_and_before_the_contract_is_over() -> None:
    for day in (date(2021, 2, 1), date(2021, 3, 1), date(2021, 6, 2)):
        given(placed()).when(transform(DI, on=day)).then_refused("matching.transformation_outside")
    given(placed(), extended()).when(transform(DI)).then_refused("matching.transformation_outside")
    the_day_after = date(2021, 6, 1)
    given(placed()).when(transform(DI, on=the_day_after)).then(transformed(DI, occurred_on=the_day_after))
    given(PART_TIME).when(transform(PP, to=None, on=the_day_after)).then_refused("matching.transformation_outside")


def test_autonomous_work_is_not_transformed() -> None:
    freelance = placed(contract_type="B.03.00", contract_class=ContractClass.COLLABORATION)
    given(freelance).when(transform(DI)).then_refused("matching.autonomous_contract")
