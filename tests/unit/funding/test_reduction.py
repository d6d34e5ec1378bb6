"""Funding answers lower ceilings once, whatever is known later (I3; P52, P66)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused
from insieme_events.testing import scenario
from insieme_funding.reduction import REDUCTION, AnswerReduction
from insieme_funding.testing import ACCOUNTS

AMENDMENT, ON = UUID(int=5), date(2022, 6, 1)
given = scenario(REDUCTION, ACCOUNTS)
FITS = AnswerReduction(amendment_id=AMENDMENT, year=2022, fits=True, on=ON)
DOES_NOT = FITS.model_copy(update={"fits": False})
ACCEPTED = PlanReductionAccepted(amendment_id=AMENDMENT, year=2022, occurred_on=ON)
REFUSED = PlanReductionRefused(amendment_id=AMENDMENT, year=2022, occurred_on=ON)


@pytest.mark.clause("P52", "P66")
@pytest.mark.invariant("I3", "command")
def test_a_reduction_is_accepted_where_every_budget_fits_and_else_refused() -> None:
    given().when(FITS).then(ACCEPTED)
    given().when(DOES_NOT).then(REFUSED)


@pytest.mark.clause("P52")
def test_the_first_answer_stands() -> None:
    for answered in (ACCEPTED, REFUSED):
        for again in (FITS, DOES_NOT):
            given(answered).when(again).then_nothing()
