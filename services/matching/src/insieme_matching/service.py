"""The service matching: companies, what they look for, candidacies and placements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from insieme_events.in_charge import InChargeView
from insieme_events.parameters import ParametersView
from insieme_events.service import Running, ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.subscription import Subscription
from insieme_matching.aggregates import CANDIDACIES, COMPANIES, EMPLOYMENTS, NEEDS, VACANCIES
from insieme_matching.api import ROUTERS
from insieme_matching.views import employments


class MatchingSettings(ServiceSettings):
    port: int = Field(8002, validation_alias="INSIEME_MATCHING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_MATCHING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_MATCHING_OWNER", repr=False)


def subscriptions(service: Running) -> Sequence[Subscription]:
    view = InChargeView(changed=employments.flag)
    return [
        Subscription.of(service, name="matching.in_charge", contexts=("intake",), handler=view),
        Subscription.of(service, name="matching.parameters", contexts=("governance",), handler=ParametersView()),
    ]


SERVICE = ServiceDefinition(
    name="matching",
    title="Insieme per il lavoro: matching",
    description="From a company's need to a placement and what becomes of it (P21, P31-P33, P60).",
    settings=MatchingSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    aggregates=(COMPANIES, NEEDS, VACANCIES, CANDIDACIES, EMPLOYMENTS),
    subscriptions=subscriptions,
)
