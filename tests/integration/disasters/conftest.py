"""Stores that are lost and restored: each module has a PostgreSQL server of its own, Kafka is the session's."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.integration.disasters.cluster import Cluster, beside

from insieme_events.testing.road import Road, road
from insieme_local import folders, ladder
from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import session_folders

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def cluster(servers: Servers) -> Iterator[Cluster]:
    where = Folders(session_folders().root / f"cluster-{next(NUMBERS)}")
    made = beside(servers, ladder.own(where, "its PostgreSQL is restored"))
    try:
        made.start()
        yield made
    finally:
        made.server.discard()
        folders.forget(where)


@pytest.fixture
def made(cluster: Cluster, topic_prefix: str) -> Provisioned:
    return cluster.provision(topic_prefix.rstrip("."))


@pytest.fixture
async def way(made: Provisioned, servers: Servers) -> AsyncIterator[Road]:
    """The road on that server."""
    async with road(made.urls, servers.bootstrap, made.topic_prefix) as found:
        yield found
