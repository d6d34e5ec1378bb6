"""The service funding: budgets, projects and the committees that evaluate and fund them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from insieme_events.parameters import ParametersView
from insieme_events.service import Running, ServiceDefinition, Worker
from insieme_events.settings import ServiceSettings
from insieme_events.subscription import Subscription
from insieme_funding.aggregates import AGGREGATES
from insieme_funding.api import ROUTERS


class FundingSettings(ServiceSettings):
    port: int = Field(8004, validation_alias="INSIEME_FUNDING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_FUNDING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_FUNDING_OWNER", repr=False)


def subscriptions(service: Running) -> Sequence[Worker]:
    return [Subscription.of(service, name="funding.parameters", contexts=("governance",), handler=ParametersView())]


SERVICE = ServiceDefinition(
    name="funding",
    title="Insieme per il lavoro: funding",
    description="Budgets, projects and the committees that evaluate and fund them (P43-P45, P61, P63, P64, P66, P69).",
    settings=FundingSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    aggregates=AGGREGATES,
    subscriptions=subscriptions,
)
