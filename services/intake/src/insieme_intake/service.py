"""The service intake: applications, cases, referrals, and the vault of identities."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from insieme_events.parameters import ParametersView
from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.several import SeveralReactions
from insieme_events.subscription import Subscription
from insieme_intake import deadlines, erasure
from insieme_intake.aggregates import CASES, LEDGERS, PARTICIPATIONS, PERSONS, REFERRALS
from insieme_intake.api import ROUTERS
from insieme_intake.ledger_reaction import LedgerReaction


class IntakeSettings(ServiceSettings):
    port: int = Field(8001, validation_alias="INSIEME_INTAKE_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_INTAKE", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_INTAKE_OWNER", repr=False)


def subscriptions(service: Running) -> list[Subscription]:
    assert service.keys is not None
    process = erasure.ErasureProcess(service.pool, service.keys, service.clock)
    answers = SeveralReactions(erasure.ErasureAnswers(), LedgerReaction(service.pool))
    return [
        Reactions.to(service, "intake.erasure", ["intake"], process),
        Reactions.to(service, "intake.reactions", ["matching", "training", "funding", "reporting"], answers),
        Subscription.of(service, name="intake.parameters", contexts=("governance",), handler=ParametersView()),
    ]


SERVICE = ServiceDefinition(
    name="intake",
    title="Insieme per il lavoro: intake",
    description="From an application to a person in charge, and all that is known of a case (P06-P29, P48, P75).",
    settings=IntakeSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    reads_keys=True,
    owns_keys=True,
    aggregates=(PERSONS, CASES, REFERRALS, LEDGERS, PARTICIPATIONS),
    subscriptions=subscriptions,
    timers=deadlines.TIMERS,
    before_serving=erasure.apply_again,
)
