"""The service reporting: facts from every service's events, measures over them, the coordination table."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from insieme_events.service import ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_reporting import api, versions


class ReportingSettings(ServiceSettings):
    port: int = Field(8006, validation_alias="INSIEME_REPORTING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_REPORTING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_REPORTING_OWNER", repr=False)


SERVICE = ServiceDefinition(
    name="reporting",
    title="Insieme per il lavoro: reporting",
    description="Figures that can be explained and recomputed, as known on any day.",
    settings=ReportingSettings,
    routers=(api.router,),
    migrations=Path(__file__).parent / "migrations",
    publishes=False,
    reads_keys=True,
    subscriptions=versions.subscriptions,
    before_serving=versions.prepare,
    edits_letters=False,
)
