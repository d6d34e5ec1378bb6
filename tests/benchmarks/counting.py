"""What each path costs in things that are the same on every machine: statements, round trips, rows, WAL records.

`counts.json` holds them, and a test compares. Who changes a path on purpose writes the file again:
`python -m tests.benchmarks --counts`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import orjson
from psycopg import AsyncConnection
from tests.benchmarks.appending import contacting, fresh, registering
from tests.benchmarks.growing import PARTITION
from tests.benchmarks.history import History
from tests.benchmarks.tap import Tap, tapped

from insieme_events import cursors, store
from insieme_events.applying import BatchTransaction
from insieme_events.clock import system_clock
from insieme_events.commands import Commands
from insieme_events.envelope import outgoing
from insieme_events.projection import ProjectionHandler, create_tables
from insieme_events.relay import BATCH
from insieme_events.service import open_pool
from insieme_events.store import START
from insieme_events.subscription import step_over
from insieme_events.testing.road import Wire
from insieme_reporting.v1.facts import DEFINITION

COUNTS = Path(__file__).parent / "counts.json"
TRIES = 5
BATCHED = 300


@dataclass(frozen=True, order=True)
class Counts:
    """Of one use of a path; `rows` are rows inserted, updated and deleted, `wal_records` counts no page images."""

    statements: int
    round_trips: int
    rows: int
    wal_records: int


ROWS = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int from pg_stat_user_tables"
WAL = "select wal_records from pg_stat_get_backend_wal(%s)"


@dataclass
class Counter:
    """`pid` is the backend that the path uses; `admin_url` may read everybody's statistics."""

    tap: Tap
    connection: store.Connection
    admin_url: str

    async def count(self, use: Callable[[], Awaitable[object]]) -> Counts:
        """The least of several uses: a page split, or a client that was kept waiting, may add to one of them."""
        await use()
        return min([await self._once(use) for _ in range(TRIES)])

    async def _once(self, use: Callable[[], Awaitable[object]]) -> Counts:
        rows, wal = await self._statistics()
        self.tap.reset()
        await use()
        statements, round_trips = self.tap.statements, self.tap.round_trips
        rows_after, wal_after = await self._statistics()
        return Counts(statements, round_trips, rows_after - rows, wal_after - wal)

    async def _statistics(self) -> tuple[int, int]:
        """What the backend has written so far; it tells when it is idle, at once where it was asked to."""
        await self.connection.execute("select pg_stat_force_next_flush()")
        await self.connection.commit()
        pid = self.connection.info.backend_pid
        async with await AsyncConnection.connect(self.admin_url) as admin:
            found = [await (await admin.execute(ROWS)).fetchone(), await (await admin.execute(WAL, (pid,))).fetchone()]
        return found[0][0], found[1][0]  # type: ignore[index] # each answers one row


@asynccontextmanager
async def _counter(url: str, admin_url: str) -> AsyncIterator[Counter]:
    async with tapped(url) as tap:
        connection = await AsyncConnection.connect(tap.url(url))
        try:
            yield Counter(tap, connection, admin_url)
        finally:
            await connection.close()


async def writing(url: str, admin_url: str) -> dict[str, Counts]:
    """An append of one event, a command on a company, and the relay's read of a batch; `url` is matching's."""
    company = uuid4()
    async with tapped(url) as tap, open_pool(tap.url(url), 1, "counts") as pool:
        async with pool.connection() as connection:
            counter = Counter(tap, connection, admin_url)
        commands = Commands("matching", pool)
        await commands.run_all([registering(company)])

        async def append() -> None:
            async with pool.connection() as connection, connection.transaction():
                await store.append(connection, [fresh()], system_clock())

        async def command() -> None:
            await commands.run(contacting(company))

        async def relay() -> None:
            await store.read(counter.connection, START, BATCH)
            await counter.connection.commit()

        return {
            "append of one event": await counter.count(append),
            "command": await counter.count(command),
            "relay, one round": await counter.count(relay),
        }


async def applying(url: str, admin_url: str) -> dict[str, Counts]:
    """A batch of a live projection; `url` is reporting's."""
    definition = replace(DEFINITION, name=f"counts{uuid4().hex[:8]}")
    history, handler = History(), ProjectionHandler(definition)
    transaction = BatchTransaction(definition.subscription, handler, None, system_clock, True)
    async with _counter(url, admin_url) as counter:
        await create_tables(counter.connection, definition)
        claim = await cursors.claim(
            counter.connection, definition.subscription, PARTITION.topic, PARTITION.partition, "counts"
        )
        await counter.connection.commit()
        offsets = count(claim.next_offset)

        async def batch() -> None:
            nonlocal claim
            wires = [_wire(record, next(offsets)) for record in history.grow(BATCHED)]
            step = step_over(PARTITION, claim, wires)
            applied = await transaction.run(counter.connection, wires, [step])
            assert applied.handled == BATCHED, applied
            claim = replace(claim, next_offset=step.next_offset)

        return {f"batch of {BATCHED} events": await counter.count(batch)}


def _wire(record: store.Record, offset: int) -> Wire:
    sent, _ = outgoing(record, "matching")
    return Wire(PARTITION.topic, PARTITION.partition, offset, sent.key, sent.value, sent.headers)


async def counts(matching: str, reporting: str, admin_url: str) -> dict[str, Counts]:
    """Every path; `admin_url` is a role that may read everybody's statistics, on any database."""
    return {
        **await writing(matching, same_database(admin_url, matching)),
        **await applying(reporting, same_database(admin_url, reporting)),
    }


def same_database(admin_url: str, url: str) -> str:
    return urlunsplit(urlsplit(admin_url)._replace(path=urlsplit(url).path))


def written() -> dict[str, Counts]:
    return {path: Counts(**found) for path, found in orjson.loads(COUNTS.read_bytes()).items()}


def differences(found: Mapping[str, Counts], expected: Mapping[str, Counts]) -> list[str]:
    """What is not as written: WAL records by more than a tenth, as page splits fall where they may; else anything."""
    wrong = []
    for path, counts in found.items():
        there = expected[path]
        alike = abs(counts.wal_records - there.wal_records) <= max(there.wal_records // 10, 1)
        if not alike or replace(counts, wal_records=0) != replace(there, wal_records=0):
            wrong.append(f"{path}: {counts}, written {there}")
    return wrong


def write(found: Mapping[str, Counts]) -> None:
    content = {path: asdict(each) for path, each in found.items()}
    COUNTS.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
