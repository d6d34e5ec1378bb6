"""The service intake: applications, cases, referrals, and the vault of identities."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from insieme_events.parameters import ParametersView
from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.subscription import Subscription
from insieme_intake import erasure
from insieme_intake.aggregates import CASES, PERSONS, REFERRALS
from insieme_intake.api import applications, cases, persons, referrals


class IntakeSettings(ServiceSettings):
    port: int = Field(8001, validation_alias="INSIEME_INTAKE_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_INTAKE", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_INTAKE_OWNER", repr=False)


def subscriptions(service: Running) -> list[Subscription]:
    assert service.keys is not None
    process = erasure.ErasureProcess(service.pool, service.keys, service.clock)
    return [
        Reactions.to(service, "intake.erasure", ["intake"], process),
        Subscription.of(service, name="intake.parameters", contexts=("governance",), handler=ParametersView()),
    ]


SERVICE = ServiceDefinition(
    name="intake",
    title="Insieme per il lavoro: intake",
    description="From an application to a person in charge, and everything that is known of a case (P10-P29).",
    settings=IntakeSettings,
    routers=(applications.router, cases.router, referrals.router, persons.router),
    migrations=Path(__file__).parent / "migrations",
    reads_keys=True,
    owns_keys=True,
    aggregates=(PERSONS, CASES, REFERRALS),
    subscriptions=subscriptions,
    before_serving=erasure.apply_again,
)
