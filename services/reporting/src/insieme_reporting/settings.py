"""What reporting is told."""

from __future__ import annotations

from pydantic import Field

from insieme_events.settings import ServiceSettings


class ReportingSettings(ServiceSettings):
    port: int = Field(8006, validation_alias="INSIEME_REPORTING_PORT")
    database_url: str = Field(validation_alias="DATABASE_URL_REPORTING", repr=False)
    database_url_owner: str | None = Field(None, validation_alias="DATABASE_URL_REPORTING_OWNER", repr=False)
