"""The road on real servers: an empty store and topics of its own for every test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from insieme_events import migrate, topics
from insieme_events.commands import Commands
from insieme_events.service import open_pool
from insieme_events.testing import databases
from insieme_events.testing.road import Road
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
    """A migrated database, a pool and a command runner; no topics."""
    url, owner_url = provisioned.urls["intake"], provisioned.urls["intake_owner"]
    emptied(owner_url, "events")
    databases.upgraded(owner_url, "intake", None)
    async with open_pool(url, 8, "test-road") as pool:
        yield Road(servers.bootstrap, topic_prefix.rstrip("."), url, owner_url, pool, Commands("intake", pool))


@pytest.fixture
async def broad_way(way: Road) -> Road:
    """The same with its topics."""
    await asyncio.to_thread(topics.apply, way.bootstrap, way.prefix)
    return way


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
