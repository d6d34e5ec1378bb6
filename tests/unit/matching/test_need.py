"""A need looks ahead: declared before a vacancy exists, then converted or expired (P60)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.matching import NeedConverted, NeedExpired
from insieme_events.testing import scenario
from insieme_matching.need import NEED, ConvertNeed, DeclareNeed, ExpireNeed
from insieme_matching.testing import COMPANY_ID, NEED_ID, VACANCY_ID, declared, need_circumstances

given = scenario(NEED, need_circumstances())
CONVERT = ConvertNeed(vacancy_id=VACANCY_ID, on=date(2021, 4, 1))
CONVERTED = NeedConverted(need_id=NEED_ID, vacancy_id=VACANCY_ID, occurred_on=date(2021, 4, 1))
EXPIRE = ExpireNeed(on=date(2021, 10, 1))
EXPIRED = NeedExpired(need_id=NEED_ID, occurred_on=date(2021, 10, 1))


def declare(horizon: date = date(2021, 9, 30)) -> DeclareNeed:
    return DeclareNeed(
        need_id=NEED_ID,
        company_id=COMPANY_ID,
        profile="8.1.4",
        positions=2,
        horizon=horizon,
        on=date(2021, 2, 1),
    )


@pytest.mark.clause("P60")
def test_a_registered_company_declares_a_need_once() -> None:
    given().when(declare()).then(declared())
    given(declared()).when(declare()).then_refused("matching.need_already_declared", clause="P60")
    given().under(need_circumstances(company_known=False)).when(declare()).then_refused("matching.company_unknown")


def test_its_horizon_is_not_in_the_past() -> None:
    given().when(declare(horizon=date(2021, 1, 31))).then_refused("matching.horizon_passed", clause="P60")


@pytest.mark.clause("P60")
def test_one_vacancy_comes_out_of_it() -> None:
    given(declared()).when(CONVERT).then(CONVERTED)
    given(declared(), CONVERTED).when(CONVERT).then_nothing()
    other = ConvertNeed(vacancy_id=UUID(int=99), on=date(2021, 4, 2))
    given(declared(), CONVERTED).when(other).then_refused("matching.need_converted", clause="P60")
    early = ConvertNeed(vacancy_id=VACANCY_ID, on=date(2021, 1, 31))
    given(declared()).when(early).then_refused("matching.before_declaration")


@pytest.mark.clause("P60")
def test_it_expires_only_after_its_horizon() -> None:
    given(declared()).when(ExpireNeed(on=date(2021, 9, 30))).then_refused("matching.horizon_ahead", clause="P60")
    given(declared()).when(EXPIRE).then(EXPIRED)
    given(declared(), EXPIRED).when(EXPIRE).then_nothing()
    given(declared(), EXPIRED).when(CONVERT).then_refused("matching.need_expired")
    given(declared(), CONVERTED).when(EXPIRE).then_refused("matching.need_converted")


def test_a_need_that_nobody_declared_is_not_found() -> None:
    given().when(CONVERT).then_refused("matching.need_unknown")
    given().when(EXPIRE).then_refused("matching.need_unknown")
