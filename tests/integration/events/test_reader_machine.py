"""The store's reader as a state machine: writers with open transactions, on a real PostgreSQL (decision 2)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from insieme_events import store
from insieme_events.store import START, Connection, Position, Record
from insieme_events.testing.road import Road, accepted, chain

pytestmark = pytest.mark.integration

NOW = datetime(2021, 1, 1, tzinfo=UTC)
WRITERS = 3
STREAMS = 4
PATIENCE = 20.0
SETTINGS = settings(max_examples=25, stateful_step_count=20, deadline=None, database=None, report_multiple_bugs=False)
# A control only has to find the failure, not its smallest form.
FINDING = settings(SETTINGS, max_examples=300, phases=[Phase.generate])

T = TypeVar("T")


class Store:
    """Connections of three writers and one reader, in an event loop of their own; and a place to begin reading."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.Runner()
        self.writers = [self.run(self._connect(url)) for _ in range(WRITERS)]
        self.reader = self.run(self._connect(url))
        self.run(self.reader.set_autocommit(True))
        self.begin = START

    @staticmethod
    async def _connect(url: str) -> Connection:
        connection = await psycopg.AsyncConnection.connect(url)
        # Only the machine says how long a transaction stays open.
        await connection.execute("set idle_in_transaction_session_timeout = 0")
        await connection.execute("set transaction_timeout = 0")
        await connection.commit()
        return connection

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    def close(self) -> None:
        for connection in (*self.writers, self.reader):
            self.run(connection.close())
        self.loop.close()


@dataclass
class Open:
    """A transaction that a writer has open: what it appended, none where it only has its id."""

    records: list[Record] = field(default_factory=list)


class Reader(RuleBasedStateMachine):
    """Whatever writers begin, commit and roll back, in whatever order, with transactions open as long as they like:
    a reader that polls in pages of any size sees committed events only, each once, every stream in order; and once
    no transaction is open it has seen all of them.

    Progress: at the end every writer ends its transaction, and the reader has to have seen exactly what committed.
    """

    store: ClassVar[Store]

    def __init__(self) -> None:
        super().__init__()
        self.at = self.store.begin
        self.open: dict[int, Open] = {}
        self.streams: dict[str, list[Record]] = {f"referral-{uuid4()}": [] for _ in range(STREAMS)}
        self.committed: set[UUID] = set()
        self.seen: list[Record] = []

    async def page(self, connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
        return await store.read(connection, after, limit)

    @precondition(lambda self: len(self.open) < WRITERS and self.free())
    @rule(data=st.data(), count=st.integers(1, 2))
    def appends(self, data: st.DataObject, count: int) -> None:
        """To one or two streams at once; to none that another open transaction appends to, or it would wait."""
        writer = data.draw(st.sampled_from([n for n in range(WRITERS) if n not in self.open]))
        names = data.draw(st.lists(st.sampled_from(self.free()), min_size=1, max_size=2, unique=True))
        records = [record for name in names for record in following(name, self.streams[name], count)]
        self.store.run(store.append(self.store.writers[writer], records, NOW))
        self.open[writer] = Open(records)

    def free(self) -> list[str]:
        taken = {record.stream for other in self.open.values() for record in other.records}
        return [name for name in self.streams if name not in taken]

    @precondition(lambda self: len(self.open) < WRITERS)
    @rule(data=st.data())
    def takes_an_id(self, data: st.DataObject) -> None:
        """A writer of something else: it holds the horizon as any other does."""
        writer = data.draw(st.sampled_from([n for n in range(WRITERS) if n not in self.open]))
        self.store.run(self.store.writers[writer].execute("select pg_current_xact_id()"))
        self.open[writer] = Open()

    @precondition(lambda self: self.open)
    @rule(data=st.data(), and_is_read=st.booleans())
    def commits(self, data: st.DataObject, and_is_read: bool) -> None:
        self.end(data.draw(st.sampled_from(sorted(self.open))), commit=True)
        if and_is_read:
            self.read(10)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def rolls_back(self, data: st.DataObject) -> None:
        self.end(data.draw(st.sampled_from(sorted(self.open))), commit=False)

    @rule(limit=st.integers(1, 4))
    def reads(self, limit: int) -> None:
        self.read(limit)

    def end(self, writer: int, commit: bool) -> None:
        connection = self.store.writers[writer]
        self.store.run(connection.commit() if commit else connection.rollback())
        ended = self.open.pop(writer)
        if not commit:
            return
        for record in ended.records:
            self.committed.add(record.event_id)
            self.streams[record.stream].append(record)

    def read(self, limit: int) -> int:
        found = self.store.run(self.page(self.store.reader, self.at, limit))
        for position, record in found:
            assert record.event_id in self.committed, "nothing is seen that is not committed"
            assert record.sequence == sum(one.stream == record.stream for one in self.seen) + 1, "in order, each once"
            self.seen.append(record)
            self.at = position
        return len(found)

    def teardown(self) -> None:
        for writer in list(self.open):
            self.end(writer, commit=writer % 2 == 0)
        until = monotonic() + PATIENCE
        try:
            while len(self.seen) < len(self.committed) and (self.read(3) or self.held()) and monotonic() < until:
                pass
        finally:
            self.store.begin = self.store.run(newest(self.store.reader))
        assert {record.event_id for record in self.seen} == self.committed, "in the end all of them are seen"

    def held(self) -> bool:
        """Whether somebody's transaction is still open: the server's own ANALYZE may be, for a moment."""
        query = "select pg_snapshot_xmin(s) < pg_snapshot_xmax(s) from pg_current_snapshot() as s"
        return bool(self.store.run(one_row(self.store.reader, query))[0])


def following(name: str, before: list[Record], count: int) -> list[Record]:
    """The next events of a stream."""
    made = chain(name, *[accepted(uuid4())] * count)
    first = replace(made[0], predecessor=before[-1].event_id if before else None)
    return [replace(record, sequence=len(before) + n) for n, record in enumerate([first, *made[1:]], 1)]


async def one_row(connection: Connection, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row


async def newest(connection: Connection) -> Position:
    return Position(
        *await one_row(
            connection,
            "select coalesce(max(epoch), 0), coalesce(max(transaction_id::text::bigint), 0), coalesce(max(position), 0)"
            " from events.events",
        )
    )


class ByNumber(Reader):
    """Reads by the number that an event got when it was written."""

    QUERY = (
        f"select {store.COLUMNS}, epoch, transaction_id::text::bigint, position from events.events "
        "where position > %s order by position limit %s"
    )

    async def page(self, connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
        rows = await connection.execute(self.QUERY.encode(), (after.position, limit))
        return [(Position(*row[10:]), Record(*row[:10])) for row in await rows.fetchall()]


class WithoutTheHorizon(Reader):
    """Reads in the order of transactions, whether or not an earlier one is still open."""

    QUERY = store.READ_COMMITTED_ORDER.replace(
        "and (epoch, transaction_id) < ((select epoch from events.epoch), pg_snapshot_xmin(pg_current_snapshot()))", ""
    )

    async def page(self, connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
        place = after.epoch, str(after.transaction_id), after.position, limit
        rows = await connection.execute(self.QUERY.encode(), place)
        return [(Position(*row[10:]), Record(*row[:10])) for row in await rows.fetchall()]


class DoesNothing(Reader):
    """Reads nothing, and so nothing wrong."""

    async def page(self, connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
        return []


def run(machine: type[Reader], way: Road, how: settings) -> None:
    Reader.store = Store(way.url)
    try:
        run_state_machine_as_test(machine, settings=how)
    finally:
        Reader.store.close()


def test_a_reader_sees_what_committed_once_in_order_and_in_the_end_all_of_it(way: Road) -> None:
    run(Reader, way, SETTINGS)


@pytest.mark.parametrize("broken", [ByNumber, WithoutTheHorizon, DoesNothing])
def test_control_with_the_guard_off_the_same_machine_finds_it(way: Road, broken: type[Reader]) -> None:
    with pytest.raises(AssertionError):
        run(broken, way, FINDING)
