"""The servers of one run, and databases and topics of its own for every measurement."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import AsyncConnection

from insieme_events import catalogue, topics
from insieme_events.store import Connection
from insieme_events.testing.databases import upgraded
from insieme_local import folders, ladder
from insieme_local.provision import Provisioned, provision
from insieme_local.servers import Servers
from insieme_local.testing import session_folders
from insieme_matching.service import SERVICE as MATCHING
from insieme_reporting.service import SERVICE as REPORTING


@dataclass
class Place:
    """`scale` multiplies how much every round does; `rounds` is how many of each side."""

    servers: Servers
    databases: Provisioned
    rounds: int
    scale: float
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def urls(self) -> Mapping[str, str]:
        return self.databases.urls

    @property
    def bootstrap(self) -> str:
        return self.servers.bootstrap

    def sized(self, count: int) -> int:
        return max(int(count * self.scale), 1)

    async def prefix(self) -> str:
        """A topic prefix of its own, with its topics."""
        name = f"bench{os.getpid()}x{next(self.numbers)}"
        await asyncio.to_thread(topics.apply, self.bootstrap, name)
        # Asking for their ends waits until every partition has a leader.
        await asyncio.to_thread(topics.describe, self.bootstrap, [topic.name for topic in catalogue.topics(name)])
        return name

    @asynccontextmanager
    async def connections(self, role: str, count: int) -> AsyncIterator[list[Connection]]:
        """Open connections of that role, as psycopg makes them."""
        async with contextlib.AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(await AsyncConnection.connect(self.urls[role])) for _ in range(count)
            ]

    def emptied(self) -> None:
        """Forgets the events of matching."""
        with psycopg.connect(self.urls["matching_owner"]) as owner:
            owner.execute("truncate events.events")


@contextmanager
def place(rounds: int, scale: float) -> Iterator[Place]:
    """Servers of this run's own, migrated databases of matching and reporting; everything is gone afterwards."""
    where = session_folders()
    servers = ladder.for_tests(where)
    try:
        servers.start()
        databases = provision(servers)
        upgraded(databases.urls["matching_owner"], "matching", MATCHING.migrations)
        upgraded(databases.urls["reporting_owner"], "reporting", REPORTING.migrations)
        yield Place(servers, databases, rounds, scale)
    finally:
        servers.discard()
        folders.forget(where)
