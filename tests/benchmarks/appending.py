"""Appends and commands beside a raw INSERT and COMMIT of the same row, and beside the package `eventsourcing`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import psycopg
from tests.benchmarks.history import History
from tests.benchmarks.place import Place
from tests.benchmarks.rounds import Row, side_by_side
from uuid_utils.compat import uuid7

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

SECONDS = 1.5
"""How long one round of one side takes."""

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
    connections: Sequence[Connection], seconds: float, work: Callable[[Connection, Record], Awaitable[None]]
) -> float:
    """Every connection takes one record after the other until the time is over; answers records a second."""

    async def share(connection: Connection) -> int:
        done = 0
        while time.perf_counter() < until:
            await work(connection, fresh())
            done += 1
        return done

    started = time.perf_counter()
    until = started + seconds
    done = await asyncio.gather(*(share(connection) for connection in connections))
    return sum(done) / (time.perf_counter() - started)


async def _append(connection: Connection, record: Record) -> None:
    async with connection.transaction():
        await store.append(connection, [record], system_clock())


async def _insert(connection: Connection, record: Record) -> None:
    async with connection.transaction():
        await connection.execute(RAW_INSERT, [getattr(record, name) for name in COLUMNS])


FIRST = next(History().grow(1))


def fresh() -> Record:
    """The first event of a new stream, which both sides can store in any order."""
    return replace(FIRST, event_id=UUID(int=uuid7().int), stream=f"company-{uuid4()}")


def _make_raw_table(place: Place) -> None:
    with psycopg.connect(place.urls["matching_owner"]) as owner:
        owner.execute(RAW_TABLE)


async def append(place: Place) -> list[Row]:
    """store.append and commit of one event, on 1 connection and on 8."""
    _make_raw_table(place)
    rows = []
    for width in (1, 8):
        async with place.connections("matching", width) as connections:
            rows.append(
                await side_by_side(
                    f"append, {width} connection{'s' if width > 1 else ''}",
                    "psycopg INSERT, COMMIT",
                    "≥0.7",
                    "events/s",
                    place.rounds,
                    lambda: _each(connections, SECONDS * place.scale, _append),
                    lambda: _each(connections, SECONDS * place.scale, _insert),
                )
            )
    return rows


async def command(place: Place) -> list[Row]:
    """The command runner of matching: a contact with a company that has a few events already."""
    _make_raw_table(place)
    companies = [uuid4() for _ in range(300)]
    async with open_pool(place.urls["matching"], 4, "bench") as pool, place.connections("matching", 1) as connections:
        commands = Commands("matching", pool)
        await commands.run_all([registering(one) for one in companies])
        await commands.run_all([contacting(one) for one in companies])

        async def run() -> float:
            """Each company in turn, so that the streams stay as short as a company's are."""
            started, done = time.perf_counter(), 0
            while time.perf_counter() < started + SECONDS * place.scale:
                answer = await commands.run(contacting(companies[done % len(companies)]))
                assert isinstance(answer, Done), answer
                done += 1
            return done / (time.perf_counter() - started)

        return [
            await side_by_side(
                "command",
                "psycopg INSERT, COMMIT",
                "≥0.4",
                "events/s",
                place.rounds,
                run,
                lambda: _each(connections, SECONDS * place.scale, _insert),
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
    for width in (1, 8):
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

        def insert(until: float, recorder: PostgresApplicationRecorder = recorder) -> int:
            done = 0
            while time.perf_counter() < until:
                record = fresh()
                recorder.insert_events([StoredEvent(record.event_id, 1, record.type, record.data.encode())])
                done += 1
            return done

        async def theirs(width: int = width) -> float:
            started = time.perf_counter()
            until = started + SECONDS * place.scale
            done = await asyncio.gather(*(asyncio.to_thread(insert, until) for _ in range(width)))
            return sum(done) / (time.perf_counter() - started)

        try:
            async with place.connections("matching", width) as connections:
                rows.append(
                    await side_by_side(
                        f"append, {width} connection{'s' if width > 1 else ''}",
                        "eventsourcing 9.5",
                        "≥5",
                        "events/s",
                        place.rounds,
                        lambda: _each(connections, SECONDS * place.scale, _append),
                        theirs,
                    )
                )
        finally:
            datastore.close()
    return rows
