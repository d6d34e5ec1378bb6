"""What governance does when funding answers an amendment, and when matching merged two companies (P52, P59, P66)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused
from insieme_events.contracts.matching import CompaniesMerged
from insieme_events.envelope import Stored
from insieme_events.testing.reactions import when
from insieme_governance.aggregates import BOARD, PLAN_YEARS
from insieme_governance.board_membership import CedeMembership, TakeOverMembership
from insieme_governance.plan_year import AcceptReduction, RefuseReduction, plan_year_id
from insieme_governance.reactions import BOARD_LOCK, BoardMerges, PlanReductions
from insieme_governance.testing.plan import AMENDMENT_ID, COMPANY_ID, JUNE, OTHER_COMPANY, YEAR


def stored(event: DomainEvent) -> Stored:
    return Stored(UUID(int=1), "stream", 1, datetime(2022, 6, 10, tzinfo=UTC), event)


@pytest.mark.clause("P52", "P66")
async def test_funding_s_answer_settles_the_amendment_of_its_year() -> None:
    accepted = PlanReductionAccepted(year=YEAR, amendment_id=AMENDMENT_ID, occurred_on=JUNE)
    command = AcceptReduction(amendment_id=AMENDMENT_ID, on=JUNE)
    (await when(PlanReductions(), stored(accepted))).then((PLAN_YEARS, plan_year_id(YEAR), command))
    refused = PlanReductionRefused(year=YEAR, amendment_id=AMENDMENT_ID, occurred_on=JUNE)
    refuse = RefuseReduction(amendment_id=AMENDMENT_ID, on=JUNE)
    (await when(PlanReductions(), stored(refused))).then((PLAN_YEARS, plan_year_id(YEAR), refuse))


@pytest.mark.clause("P59")
async def test_merged_companies_are_one_member_of_the_board() -> None:
    merged = CompaniesMerged(company_id=OTHER_COMPANY, merged_id=COMPANY_ID, occurred_on=JUNE)
    unit = (await when(BoardMerges(), stored(merged))).then(
        (BOARD, COMPANY_ID, CedeMembership(into=OTHER_COMPANY, on=JUNE)),
        (BOARD, OTHER_COMPANY, TakeOverMembership(company_id=OTHER_COMPANY, merged_id=COMPANY_ID, on=JUNE)),
    )
    assert unit.locks == (BOARD_LOCK,)
    assert len(unit.also) == 1
