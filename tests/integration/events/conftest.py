"""The road on real servers: an empty store and topics of its own for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from insieme_events import migrate
from insieme_events.service import open_pool
from insieme_events.testing.road import Road, road
from insieme_events.vault import KeyVault, MasterKey
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers


def emptied(url: str, schema: str) -> None:
    """Forgets everything that an earlier test of the module left."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"drop schema if exists {schema}, public cascade".encode())
        owner.execute("create schema public")
        owner.execute("grant usage on schema public to public")


@pytest.fixture
async def way(servers: Servers, provisioned: Provisioned, topic_prefix: str) -> AsyncIterator[Road]:
    """A migrated database, its topics, a pool and a command runner."""
    emptied(provisioned.urls["intake_owner"], "events")
    async with road(provisioned.urls, servers.bootstrap, topic_prefix.rstrip(".")) as made:
        yield made


@pytest.fixture
async def vault(provisioned: Provisioned) -> AsyncIterator[KeyVault]:
    """An empty key database, as intake's role sees it."""
    emptied(provisioned.urls["keys_owner"], "keys")
    migrate.upgrade_keys(provisioned.urls["keys_owner"])
    async with open_pool(provisioned.urls["intake@keys"], 3, "test-keys") as pool:
        yield KeyVault(pool, MasterKey(bytes(32)))


@pytest.fixture
def forget_key(provisioned: Provisioned) -> Callable[[UUID], None]:
    """Takes a key's row away, as a key database restored without it would."""

    def forget(person: UUID) -> None:
        with psycopg.connect(provisioned.urls["keys_owner"]) as owner:
            owner.execute("delete from keys.keys where key_id = %s", (person,))

    return forget


@pytest.fixture
def owned(way: Road) -> Road:
    """The same road, whose urls log in as the owner."""
    return replace(way, url=way.owner_url)
