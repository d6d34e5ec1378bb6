"""What other services' events make governance do: funding's answer to lower ceilings, matching's merged companies."""

from __future__ import annotations

from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused
from insieme_events.contracts.matching import CompaniesMerged
from insieme_events.envelope import Stored
from insieme_events.units import Step, Unit
from insieme_governance.aggregates import BOARD, PLAN_YEARS
from insieme_governance.board_membership import CedeMembership, TakeOverMembership
from insieme_governance.plan_year import AcceptReduction, RefuseReduction, plan_year_id
from insieme_governance.views import told

FUNDING = Actor(party="citta_metropolitana", role="process", purpose="plan_amendment")
MATCHING = Actor(party="citta_metropolitana", role="process", purpose="merged_companies")
BOARD_LOCK = "governance.board"
"""Taken by whoever changes the Board: a merge looks at two companies, and nobody joins meanwhile."""


class PlanReductions:
    """Funding says whether its budgets fit under lower ceilings: the plan is amended, or stays as it is (P52, P66).

    The answer is to an event of our own stream, so its cause is always there; heard twice, it changes nothing.
    """

    types: frozenset[type[DomainEvent]] = frozenset({PlanReductionAccepted, PlanReductionRefused})

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, PlanReductionAccepted | PlanReductionRefused)
        kind = AcceptReduction if isinstance(event, PlanReductionAccepted) else RefuseReduction
        command = kind(amendment_id=event.amendment_id, on=event.occurred_on)
        return Unit((Step(PLAN_YEARS, plan_year_id(event.year), command),), FUNDING)


class BoardMerges:
    """Two ids of a company were merged: a membership goes on under the id that stays, and there is one of it (P59).

    Also where the Board never heard of either: who joins later is told which id to use.
    """

    types: frozenset[type[DomainEvent]] = frozenset({CompaniesMerged})

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, CompaniesMerged)
        stays, goes, on = event.company_id, event.merged_id, event.occurred_on
        steps = (
            Step(BOARD, goes, CedeMembership(into=stays, on=on)),
            Step(BOARD, stays, TakeOverMembership(company_id=stays, merged_id=goes, on=on)),
        )
        return Unit(steps, MATCHING, also=(told.merged(stays, goes),), locks=(BOARD_LOCK,))
