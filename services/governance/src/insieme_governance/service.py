"""The service governance: from the protocol and its parties to the bodies, the plan and what they decide."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from insieme_events.service import ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_governance.aggregates import AGGREGATES
from insieme_governance.api import ROUTERS
from insieme_governance.plan_deadlines import PLAN_TIMERS
from insieme_governance.plan_subscriptions import plan_subscriptions
from insieme_governance.timers import TIMERS


class GovernanceSettings(ServiceSettings):
    port: int = Field(8005, validation_alias="INSIEME_GOVERNANCE_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_GOVERNANCE", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_GOVERNANCE_OWNER", repr=False)


SERVICE = ServiceDefinition(
    name="governance",
    title="Insieme per il lavoro: governance",
    description="From the protocol and its parties to the bodies, the plan and what is decided (P01-P05, P46-P84).",
    settings=GovernanceSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    aggregates=AGGREGATES,
    subscriptions=plan_subscriptions,
    timers=(*TIMERS, *PLAN_TIMERS),
)
