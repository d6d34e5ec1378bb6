"""The service funding: budgets, projects and the committees that evaluate and fund them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from pydantic import Field

from insieme_events.erasing import Acknowledging
from insieme_events.in_charge import InChargeView
from insieme_events.parameters import ParametersView
from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition, Worker
from insieme_events.settings import ServiceSettings
from insieme_events.several import SeveralReactions, SeveralViews
from insieme_events.subscription import Subscription
from insieme_events.units import Write
from insieme_funding.aggregates import AGGREGATES, ERASURES
from insieme_funding.api import ROUTERS
from insieme_funding.reactions.placements import FollowingPlacements
from insieme_funding.reactions.plan import FollowingPlan
from insieme_funding.views.told import BoardView


class FundingSettings(ServiceSettings):
    port: int = Field(8004, validation_alias="INSIEME_FUNDING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_FUNDING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_FUNDING_OWNER", repr=False)


def blank(person_id: UUID) -> Sequence[Write]:
    """Funding copied nothing of a person but opaque ids: of who proposed a project, and of who was placed."""
    return ()


def subscriptions(service: Running) -> Sequence[Worker]:
    erasing = Acknowledging(ERASURES, service.clock, blank)
    plan = FollowingPlan(service.pool, service.clock)
    placements = FollowingPlacements(service.pool, service.clock)
    parameters = SeveralViews(ParametersView(), BoardView(), InChargeView())
    reactions = SeveralReactions(plan, placements, erasing)
    return [
        Subscription.of(service, name="funding.parameters", contexts=("governance", "intake"), handler=parameters),
        Reactions.to(service, "funding.reactions", ("governance", "matching", "intake"), reactions),
    ]


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
