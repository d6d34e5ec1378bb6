"""The service governance: from the protocol and its parties to the bodies, the plan and what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition, Worker
from insieme_events.settings import ServiceSettings
from insieme_events.several import SeveralReactions
from insieme_events.subscription import Subscription
from insieme_governance.aggregates import AGGREGATES
from insieme_governance.api import ROUTERS
from insieme_governance.reactions import BoardMerges, PlanReductions
from insieme_governance.timers import TIMERS
from insieme_governance.views.told import CompaniesView


class GovernanceSettings(ServiceSettings):
    port: int = Field(8005, validation_alias="INSIEME_GOVERNANCE_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_GOVERNANCE", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_GOVERNANCE_OWNER", repr=False)


def subscriptions(service: Running) -> Sequence[Worker]:
    reactions = SeveralReactions(BoardMerges(), PlanReductions())
    return [
        Subscription.of(service, name="governance.companies", contexts=("matching",), handler=CompaniesView()),
        Reactions.to(service, "governance.reactions", ("matching", "funding"), reactions),
    ]


SERVICE = ServiceDefinition(
    name="governance",
    title="Insieme per il lavoro: governance",
    description="From the protocol and its parties to the bodies, the plan and what is decided (P01-P05, P46-P84).",
    settings=GovernanceSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    aggregates=AGGREGATES,
    subscriptions=subscriptions,
    timers=TIMERS,
)
