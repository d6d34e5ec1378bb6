"""The service matching: companies and persons, what they look for, candidacies, internships and placements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from insieme_events.in_charge import InChargeView
from insieme_events.parameters import ParametersView
from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.several import SeveralReactions, SeveralViews
from insieme_events.subscription import Subscription
from insieme_matching.aggregates import (
    CANDIDACIES,
    COMPANIES,
    EMPLOYMENTS,
    ERASURES,
    INTERNSHIPS,
    NEEDS,
    PROFILES,
    VACANCIES,
)
from insieme_matching.api import ROUTERS
from insieme_matching.reactions import Erasing, LedgerAnswers, Reserving
from insieme_matching.timers import TIMERS
from insieme_matching.views import employments
from insieme_matching.views.told import BoardView, FundingView, RestrictionView


class MatchingSettings(ServiceSettings):
    port: int = Field(8002, validation_alias="INSIEME_MATCHING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_MATCHING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_MATCHING_OWNER", repr=False)


def subscriptions(service: Running) -> Sequence[Subscription]:
    in_charge = SeveralViews(InChargeView(changed=employments.flag), RestrictionView())
    parameters = SeveralViews(ParametersView(), BoardView(), FundingView())
    reactions = SeveralReactions(Reserving(service.pool), LedgerAnswers(service.pool), Erasing(service.clock))
    return [
        Subscription.of(service, name="matching.in_charge", contexts=("intake",), handler=in_charge),
        Subscription.of(service, name="matching.parameters", contexts=("governance", "funding"), handler=parameters),
        Reactions.to(service, "matching.reactions", ("training", "intake"), reactions),
    ]


SERVICE = ServiceDefinition(
    name="matching",
    title="Insieme per il lavoro: matching",
    description="From a company's need to a placement and what becomes of it (P21, P31-P35, P39, P60, P76).",
    settings=MatchingSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    reads_keys=True,
    aggregates=(COMPANIES, NEEDS, VACANCIES, PROFILES, CANDIDACIES, INTERNSHIPS, EMPLOYMENTS, ERASURES),
    subscriptions=subscriptions,
    timers=TIMERS,
)
