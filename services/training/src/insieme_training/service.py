"""The service training: courses of the strands 2.a, 2.b and 2.c, who takes part in them and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from insieme_events.in_charge import InChargeView
from insieme_events.parameters import ParametersView
from insieme_events.reactions import Reactions
from insieme_events.service import Running, ServiceDefinition, Worker
from insieme_events.settings import ServiceSettings
from insieme_events.several import SeveralReactions, SeveralViews
from insieme_events.subscription import Subscription
from insieme_training.aggregates import AGGREGATES
from insieme_training.api import ROUTERS
from insieme_training.reactions.erasure import ErasureProcess
from insieme_training.reactions.interventions import LedgerAnswers
from insieme_training.reactions.reservations import ReservationAnswers
from insieme_training.reactions.succession import Succession
from insieme_training.views import participations
from insieme_training.views.told import FundingView, JobLossView


class TrainingSettings(ServiceSettings):
    port: int = Field(8003, validation_alias="INSIEME_TRAINING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_TRAINING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_TRAINING_OWNER", repr=False)


def subscriptions(service: Running) -> Sequence[Worker]:
    pool = service.pool
    in_charge, job_losses = InChargeView(participations.flag), JobLossView()
    parameters = SeveralViews(ParametersView(), FundingView())
    erasing = ErasureProcess(pool, service.clock)
    reactions = SeveralReactions(ReservationAnswers(), LedgerAnswers(pool), Succession(pool), erasing)
    return [
        Subscription.of(service, name="training.parameters", contexts=("governance", "funding"), handler=parameters),
        Subscription.of(service, name="training.in_charge", contexts=("intake",), handler=in_charge),
        # Alone, because it needs keys: the others go on where the key database is away.
        Subscription.of(service, name="training.job_losses", contexts=("intake",), handler=job_losses),
        Reactions.to(service, "training.reactions", ("matching", "intake", "training"), reactions),
    ]


SERVICE = ServiceDefinition(
    name="training",
    title="Insieme per il lavoro: training",
    description="Courses of the strands 2.a, 2.b and 2.c, who takes part in them and what comes of it (P36-P42).",
    settings=TrainingSettings,
    routers=ROUTERS,
    migrations=Path(__file__).parent / "migrations",
    reads_keys=True,
    aggregates=AGGREGATES,
    subscriptions=subscriptions,
)
