"""The results of a year are presented in public once, out of a frozen set that is known (P56, I6)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.governance_plan import (
    AnnualPresentationOverdue,
    AnnualResultsPresented,
    PresentationKind,
)
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_governance.presentation import ANNUAL_PRESENTATION, NotePresentationOverdue, PresentAnnualResults
from insieme_governance.testing.plan import HASH, JUNE, SNAPSHOT_ID, YEAR, presentation_circumstances

given = scenario(ANNUAL_PRESENTATION, presentation_circumstances())
NEW_YEAR = date(YEAR + 1, 1, 1)
NOTE = NotePresentationOverdue(year=YEAR, on=NEW_YEAR)
OVERDUE = AnnualPresentationOverdue(year=YEAR, due_on=date(YEAR, 12, 31), occurred_on=NEW_YEAR)


def present(**changes: Any) -> PresentAnnualResults:
    values: dict[str, Any] = {
        "year": YEAR,
        "snapshot_id": SNAPSHOT_ID,
        "snapshot_hash": HASH,
        "comune": "037006",
        "kind": PresentationKind.BOTH,
        "on": JUNE,
    }
    return PresentAnnualResults(**{**values, **changes})


def presented(**changes: Any) -> AnnualResultsPresented:
    values: dict[str, Any] = {**present().model_dump(exclude={"on"}), "late": False, "occurred_on": JUNE}
    return AnnualResultsPresented(**{**values, **changes})


@pytest.mark.clause("P56")
@pytest.mark.invariant("I6", "command")
def test_a_year_is_presented_once() -> None:
    given().when(present()).then(presented())
    given(presented()).when(present()).then_nothing()
    again = present(snapshot_id=UUID(int=999))
    given(presented()).when(again).then_refused("governance.presented_already", clause="P56")
    given(presented()).when(present(on=date(YEAR, 7, 1))).then_refused("governance.presented_already")


@pytest.mark.clause("P56")
@pytest.mark.invariant("I6", "command")
def test_only_a_frozen_set_that_is_known_is_presented_and_exactly_that() -> None:
    unheard_of = presentation_circumstances(snapshot_hash=None)
    refused = given().under(unheard_of).when(present()).then_refused("governance.snapshot_unknown", clause="P56")
    assert refused.kind is RefusalKind.RETRY
    given().when(present(snapshot_hash="cd" * 32)).then_refused("governance.snapshot_differs", clause="P56")


@pytest.mark.clause("P56")
def test_it_is_the_year_of_the_plan_that_counts() -> None:
    given().when(present(on=date(YEAR - 1, 12, 31))).then_refused("governance.before_the_year", clause="P56")
    last_day, next_day = date(YEAR, 12, 31), NEW_YEAR
    given().when(present(on=last_day)).then(presented(occurred_on=last_day))
    given().when(present(on=next_day)).then(presented(occurred_on=next_day, late=True))


@pytest.mark.clause("P56")
@pytest.mark.invariant("I6", "clock")
def test_it_is_overdue_once_the_year_is_over() -> None:
    early = NotePresentationOverdue(year=YEAR, on=date(YEAR, 12, 31))
    given().when(early).then_refused("governance.presentation_not_overdue", clause="P56")
    given().when(NOTE).then(OVERDUE)
    given(OVERDUE).when(NOTE).then_nothing()
    given(presented()).when(NOTE).then_nothing()
    given(OVERDUE).when(present(on=NEW_YEAR)).then(presented(occurred_on=NEW_YEAR, late=True))
    nobody = presentation_circumstances(in_force=False)
    given().under(nobody).when(NOTE).then_refused("governance.presentation_not_owed", clause="P56")
