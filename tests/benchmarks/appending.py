"""Appends and commands beside a raw INSERT and COMMIT of the same row, and beside the package `eventsourcing`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import psycopg
from tests.benchmarks.history import History
from tests.benchmarks.place import Place
from tests.benchmarks.rounds import Row, side_by_side

from insieme_events import store
from insieme_events.clock import system_clock
from insieme_events.commands import Commands, Done, Step, Unit
from insieme_events.contracts.matching import AtecoVersion, ContactKind
from insieme_events.contracts.vocabulary import CompanySize
from insieme_events.service import open_pool
from insieme_events.store import Connection, Record
from insieme_matching.aggregates import COMPANIES
from insieme_matching.company import RecordCompanyContact, RegisterCompany
from insieme_matching.testing import ACTOR, TODAY

RAW_TABLE = """
create schema if not exists bench;
create table if not exists bench.events (like events.events including all);
grant usage on schema bench to matching;
grant insert, select on bench.events to matching;
"""
RAW_INSERT = """
insert into bench.events
    (event_id, stream, version, type, schema_version, data, metadata, occurred_on, recorded_at, predecessor, epoch)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1)
"""
COLUMNS = (
    "event_id",
    "stream",
    "sequence",
    "type",
    "schema_version",
    "data",
    "metadata",
    "occurred_on",
    "recorded_at",
    "predecessor",
)


async def _each(
    connections: Sequence[Connection], records: Sequence[Record], work: Callable[[Connection, Record], Awaitable[None]]
) -> float:
    """Every connection takes its share, one record after the other; answers records a second."""

    async def share(number: int) -> None:
        for record in records[number :: len(connections)]:
            await work(connections[number], record)

    started = time.perf_counter()
    await asyncio.gather(*(share(number) for number in range(len(connections))))
    return len(records) / (time.perf_counter() - started)


async def _append(connection: Connection, record: Record) -> None:
    async with connection.transaction():
        await store.append(connection, [record], system_clock())


async def _insert(connection: Connection, record: Record) -> None:
    async with connection.transaction():
        await connection.execute(RAW_INSERT, [getattr(record, name) for name in COLUMNS])


def _fresh(count: int) -> list[Record]:
    """First events of so many streams, which is what both sides can store in any order."""
    return [record for record in History().grow(count * 3) if record.sequence == 1][:count]


def _make_raw_table(place: Place) -> None:
    with psycopg.connect(place.urls["matching_owner"]) as owner:
        owner.execute(RAW_TABLE)


async def append(place: Place) -> list[Row]:
    """store.append and commit of one event, on 1 connection and on 8."""
    _make_raw_table(place)
    rows = []
    for width, count in ((1, place.sized(1500)), (8, place.sized(4000))):
        async with place.connections("matching", width) as connections:
            rows.append(
                await side_by_side(
                    f"append, {width} connection{'s' if width > 1 else ''}",
                    "psycopg INSERT, COMMIT",
                    "≥0.7",
                    "events/s",
                    place.rounds,
                    lambda: _each(connections, _fresh(count), _append),  # noqa: B023 - run before the next turn
                    lambda: _each(connections, _fresh(count), _insert),  # noqa: B023
                )
            )
    return rows


async def command(place: Place) -> list[Row]:
    """The command runner of matching: a contact with a company that has a few events already."""
    _make_raw_table(place)
    count = place.sized(600)
    async with open_pool(place.urls["matching"], 4, "bench") as pool, place.connections("matching", 1) as connections:
        commands = Commands("matching", pool)
        companies = [uuid4() for _ in range(count)]
        for start in range(0, count, 200):
            await commands.run_all([registering(one) for one in companies[start : start + 200]])
        await commands.run_all([contacting(one) for one in companies])

        async def run() -> float:
            started = time.perf_counter()
            for one in companies:
                answer = await commands.run(contacting(one))
                assert isinstance(answer, Done), answer
            return count / (time.perf_counter() - started)

        return [
            await side_by_side(
                "command",
                "psycopg INSERT, COMMIT",
                "≥0.4",
                "events/s",
                place.rounds,
                run,
                lambda: _each(connections, _fresh(count), _insert),
            )
        ]


def registering(company_id: UUID) -> Unit:
    registering = RegisterCompany(
        company_id=company_id,
        size=CompanySize.SMALL,
        ateco_version=AtecoVersion.ATECO_2007,
        ateco_section="G",
        comune="037006",
        on=TODAY,
    )
    return Unit((Step(COMPANIES, company_id, registering),), ACTOR)


def contacting(company_id: UUID) -> Unit:
    return Unit((Step(COMPANIES, company_id, RecordCompanyContact(kind=ContactKind.CALL, on=TODAY)),), ACTOR)


async def eventsourcing(place: Place) -> list[Row]:
    """The application recorder of the package `eventsourcing`: one event per call, a thread per connection."""
    # A package that only `make bench` installs.
    from eventsourcing.persistence import StoredEvent
    from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

    parts = urlsplit(place.urls["matching_owner"])
    rows = []
    for width, count in ((1, place.sized(1000)), (8, place.sized(3000))):
        datastore = PostgresDatastore(
            parts.path.removeprefix("/"),
            parts.hostname or "",
            parts.port or 5432,
            parts.username or "",
            unquote(parts.password or ""),
            pool_size=width,
        )
        recorder = PostgresApplicationRecorder(datastore, events_table_name="bench_stored_events")
        recorder.create_table()

        def insert(records: Sequence[Record], recorder: PostgresApplicationRecorder = recorder) -> None:
            for record in records:
                recorder.insert_events([StoredEvent(record.event_id, 1, record.type, record.data.encode())])

        async def theirs(width: int = width, count: int = count) -> float:
            records = _fresh(count)
            started = time.perf_counter()
            await asyncio.gather(*(asyncio.to_thread(insert, records[n::width]) for n in range(width)))
            return count / (time.perf_counter() - started)

        try:
            async with place.connections("matching", width) as connections:
                rows.append(
                    await side_by_side(
                        f"append, {width} connection{'s' if width > 1 else ''}",
                        "eventsourcing 9.5",
                        "≥5",
                        "events/s",
                        place.rounds,
                        lambda: _each(connections, _fresh(count), _append),  # noqa: B023
                        theirs,
                    )
                )
        finally:
            datastore.close()
    return rows
