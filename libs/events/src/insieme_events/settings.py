"""What a service is told: environment over file over default. One class per service derives from this one."""

from __future__ import annotations

import os
from functools import cached_property

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from insieme_events.vault import MasterKey


class RoadSettings(BaseSettings):
    """What every process on the road is told. `INSIEME_ENV_FILE` names the file."""

    model_config = SettingsConfigDict(
        env_file=os.environ.get("INSIEME_ENV_FILE", ".local/env"), extra="ignore", populate_by_name=True
    )

    kafka_bootstrap_servers: str = Field("127.0.0.1:19092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    topic_prefix: str = Field("insieme", validation_alias="INSIEME_TOPIC_PREFIX")


class ServiceSettings(RoadSettings):
    """URLs are libpq URLs; the master key is 32 bytes in base64.

    `timers_seconds`: how often the process looks for what is due because a day has come; 0 for never.
    """

    host: str = Field("127.0.0.1", validation_alias="INSIEME_HOST")
    database_url_keys: str | None = Field(None, validation_alias="DATABASE_URL_KEYS")
    database_url_keys_owner: str | None = Field(None, validation_alias="DATABASE_URL_KEYS_OWNER")
    master_key_text: str | None = Field(None, validation_alias="INSIEME_MASTER_KEY", repr=False)
    timers_seconds: float = Field(60.0, validation_alias="INSIEME_TIMERS_SECONDS", ge=0, le=86_400)
    pool_size: int = Field(6, validation_alias="INSIEME_POOL_SIZE", ge=2, le=100)

    # Every service's class names the variables of its own database and port.
    port: int
    database_url: str = Field(repr=False)
    database_url_owner: str | None = Field(None, repr=False)

    @cached_property
    def master_key(self) -> MasterKey:
        """Raises ValueError with a sentence where the key is not set or no 32 bytes."""
        if self.master_key_text is None:
            raise ValueError("settings.master_key: set INSIEME_MASTER_KEY to 32 random bytes in base64")
        return MasterKey.from_base64(self.master_key_text)
