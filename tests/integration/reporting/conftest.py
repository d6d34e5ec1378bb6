"""A reporting database with the facts of version 1, filled by hand-made histories."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from insieme_events.envelope import Stored
from insieme_events.projection import ProjectionHandler, create_tables
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.testing import databases
from insieme_local.provision import Provisioned
from insieme_reporting import measuring
from insieme_reporting.measuring import Question
from insieme_reporting.service import SERVICE
from insieme_reporting.versions import NEWEST

VERSION = NEWEST
SINCE, TO = date(2017, 6, 1), date(2021, 12, 31)


@dataclass
class Facts:
    """One connection whose transaction is rolled back at the end of the test."""

    connection: Connection

    async def fill(self, events: Iterable[Stored], batch: int = 1000) -> None:
        handler, waiting = ProjectionHandler(VERSION.definition), list(events)
        for start in range(0, len(waiting), batch):
            await handler.apply(self.connection, waiting[start : start + batch])
        await measuring.read_from(self.connection, VERSION.definition.schema)

    async def rows(
        self, measure: str, since: date = SINCE, to: date = TO, by: str = "", known_at: datetime | None = None
    ) -> list[dict[str, Any]]:
        question = Question(VERSION.measures.by_name[measure], since, to, tuple(by.split(",")) if by else (), known_at)
        assert question.refused() is None
        return await measuring.answer(self.connection, VERSION.measures, question)

    async def value(self, measure: str, **query: Any) -> Any:
        (row,) = await self.rows(measure, **query)
        return row["value"]

    async def by(self, measure: str, by: str, **query: Any) -> dict[Any, Any]:
        return {row[by]: row["value"] for row in await self.rows(measure, by=by, **query)}


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> str:
    """The URL of a database with every table of reporting, the facts' among them.

    They are made once for a module: two hundred statements, each compiled, are more than most tests do.
    """
    databases.upgraded(provisioned.urls["reporting_owner"], "reporting", SERVICE.migrations)
    asyncio.run(_make_tables(provisioned.urls["reporting"]))
    return provisioned.urls["reporting"]


async def _make_tables(url: str) -> None:
    async with open_pool(url, 1, "facts") as pool, pool.connection() as connection:
        await create_tables(connection, VERSION.definition)


@pytest.fixture
async def facts(migrated: str) -> AsyncIterator[Facts]:
    async with open_pool(migrated, 1, "facts") as pool, pool.connection() as connection:
        yield Facts(connection)
        await connection.rollback()
