"""The road on real servers: one database and one set of topics per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from insieme_events.testing.road import Road, road
from insieme_local.servers import Servers
from insieme_local.testing import Database


@pytest.fixture
async def way(servers: Servers, database: Database, topic_prefix: str) -> AsyncIterator[Road]:
    """A migrated database, its topics, a pool and a command runner."""
    urls = {"intake": database.url, "intake_owner": database.owner_url}
    async with road(urls, servers.bootstrap, topic_prefix.rstrip(".")) as made:
        yield made
