"""A key database that is away, and one that was restored empty, while canaries come and events wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg import sql
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy.canaries import Canary
from tests.end_to_end.privacy.journey import ASSESSED, Journey

from insieme_events.testing.road import eventually
from insieme_local.servers import Servers
from insieme_reporting.versions import NEWEST

DEFINITION = NEWEST.definition

FACTS = f"select c::text from {DEFINITION.schema}.case_versions c order by case_id, sequence"
LETTERS = "select count(*) from events.dead_letters"
EVENTS = "select count(*) from events.events"
KEYS = "select key_id, wrapped, made_at, destroyed_at from keys.keys order by key_id"
PUT_KEY = "insert into keys.keys (key_id, wrapped, made_at, destroyed_at) values (%s, %s, %s, %s)"
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = %s"

Rows = list[tuple[Any, ...]]


@dataclass
class Seen:
    """What an outage left: reporting's facts, the totals, how much is parked and stored, the keys."""

    facts: Rows
    enrolled: list[dict[str, Any]]
    by_gender: list[dict[str, Any]]
    parked: int
    stored: int
    keys: Rows

    def case(self, case_id: str) -> Rows:
        return [row for row in self.facts if case_id in row[0]]


def query(platform: Platform, role: str, statement: str) -> Rows:
    with psycopg.connect(platform.provisioned.urls[role]) as connection:
        return connection.execute(statement.encode()).fetchall()


async def see(platform: Platform) -> Seen:
    period = {"from": "2024-01-01", "to": "2025-12-31"}
    return Seen(
        query(platform, "reporting", FACTS),
        await platform.figure("enrolled", **period),
        await platform.figure("enrolled", **period, by="gender"),
        query(platform, "reporting", LETTERS)[0][0],
        query(platform, "intake_owner", EVENTS)[0][0],
        query(platform, "keys_owner", KEYS),
    )


@asynccontextmanager
async def journey_on(platform: Platform) -> AsyncIterator[Journey]:
    async with AsyncExitStack() as stack:
        intake = await stack.enter_async_context(platform.client("intake"))
        matching = await stack.enter_async_context(platform.client("matching"))
        yield Journey(platform, {"intake": intake, "matching": matching})


@contextmanager
def keys_away(platform: Platform, servers: Servers, roles: Sequence[str]) -> Iterator[None]:
    """These roles lose the key database: their connections are cut and no new one is let in."""
    database = platform.provisioned.databases[-1]
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        names = sql.Identifier(database), sql.SQL(", ").join(map(sql.Identifier, roles))
        admin.execute(sql.SQL("revoke connect on database {} from {}").format(*names))
        try:
            for role in roles:
                admin.execute(CUT, (database, role))
            yield
        finally:
            admin.execute(sql.SQL("grant connect on database {} to {}").format(*names))


@contextmanager
def keys_restored_empty(platform: Platform) -> Iterator[None]:
    """The rows are gone, and come back at the end beside those that were made meanwhile."""
    with psycopg.connect(platform.provisioned.urls["keys_owner"], autocommit=True) as connection:
        saved = connection.execute(KEYS).fetchall()
        connection.execute("delete from keys.keys")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.executemany(PUT_KEY, saved)


async def reporting_backs_off(platform: Platform, error: str) -> None:
    """Waits until reporting's log tells of a batch that this error of the surroundings kept from being applied."""
    seen = len(platform.logs()["reporting"])

    async def failed() -> bool:
        lines = platform.logs()["reporting"][seen:].splitlines()
        return any("batch_failed" in line and "surroundings" in line and error in line for line in lines)

    await eventually(failed, 60)


async def refusals(journey: Journey, canary: Canary) -> dict[str, httpx.Response]:
    """What a known canary's data cannot be asked for while the keys are not there."""
    way = journey.ways[canary.number]
    assess = {"on": ASSESSED, "band": "medium", "instrument_version": "2024.1"}
    erase = {"ground": "request", "on": ASSESSED}
    answers = await asyncio.gather(
        journey.intake.post(f"/v1/cases/{way.case_id}/assess-fragility", json=assess),
        journey.intake.post("/v1/applications", json=canary.application()),
        journey.intake.post(f"/v1/persons/{way.person_id}/erasure", json=erase),
        journey.intake.get(f"/v1/persons/{way.person_id}/identity"),
    )
    return dict(zip(("assess", "apply", "erase", "identity"), answers, strict=True))
