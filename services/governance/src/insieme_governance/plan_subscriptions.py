"""What governance hears of other services: matching's companies, funding's answers to lower ceilings (P52, P59)."""

from __future__ import annotations

from collections.abc import Sequence

from insieme_events.reactions import Reactions
from insieme_events.service import Running
from insieme_events.several import SeveralReactions
from insieme_events.subscription import Subscription
from insieme_governance.plan_reactions import BoardMerges, PlanReductions
from insieme_governance.views.companies import CompaniesView


def plan_subscriptions(service: Running) -> Sequence[Subscription]:
    reactions = SeveralReactions(BoardMerges(), PlanReductions())
    return [
        Subscription.of(service, name="governance.companies", contexts=("matching",), handler=CompaniesView()),
        Reactions.to(service, "governance.reactions", ("matching", "funding"), reactions),
    ]
