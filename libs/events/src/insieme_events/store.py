"""The event store: one table per service database, which is the outbox too (decisions 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors

Connection = AsyncConnection[Any]

GONE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
"""The connection is lost, and with it what it had not committed. The last two are how the server ends the session of
a process that slept in a transaction; psycopg counts them among the internal errors."""

AHEAD = timedelta(minutes=5)
MAX_EVENT_BYTES = 900_000
"""Kafka refuses records above 1 MiB with their headers; the append refuses first, or the relay would stand still."""


class StoreError(Exception):
    """`events.<rule>`: the append cannot be done as asked."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class VersionConflict(Exception):
    """Somebody else appended to one of the streams since they were loaded."""


class EventIdTaken(Exception):
    """One of the event ids stands in the store already: an append whose answer was lost did commit."""


class CommitState(StrEnum):
    COMMITTED = "committed"
    ABORTED = "aborted"
    IN_PROGRESS = "in progress"


@dataclass(frozen=True, slots=True)
class Record:
    """An event as the store holds it: `data` and `metadata` are JSON text, sealed fields are ciphertext."""

    event_id: UUID
    stream: str
    sequence: int
    type: str
    schema_version: int
    data: str
    metadata: str
    occurred_on: date
    recorded_at: datetime
    predecessor: UUID | None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in commit order; the triple is what a reader checkpoints."""

    epoch: int
    transaction_id: int
    position: int


START = Position(0, 0, 0)

COLUMNS = (
    "event_id, stream, version, type, schema_version, data::text, metadata::text, occurred_on, recorded_at, predecessor"
)

LOAD = f"select {COLUMNS} from events.events where stream = any(%s) order by stream, version"

REFUSALS = frozenset({"EV001", "EV003", "EV004"})
"""SQL states of the append's own refusals: their message begins with the code."""

APPEND = "select events.append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)::text"

# Both bounds are row comparisons on the columns of one index, so the poll is one index scan without a sort.
# (The names in ORDER BY are qualified: a bare one would mean the cast column of the answer, and be sorted.)
# A transaction below the snapshot's xmin is over; what it wrote is all there, and nothing earlier can follow.
READ_COMMITTED_ORDER = f"""
select {COLUMNS}, epoch, transaction_id::text::bigint, position from events.events
where (epoch, transaction_id, position) > (%s, %s::text::xid8, %s)
  and (epoch, transaction_id) < ((select epoch from events.epoch), pg_snapshot_xmin(pg_current_snapshot()))
order by events.epoch, events.transaction_id, events.position limit %s
"""

# psycopg writes an array element by element, which costs more than the append itself: here it is text.
TEXTS: tuple[Callable[[Record], str | None], ...] = (
    lambda record: str(record.event_id),
    lambda record: quoted(record.stream),
    lambda record: str(record.sequence),
    lambda record: quoted(record.type),
    lambda record: str(record.schema_version),
    lambda record: quoted(record.data),
    lambda record: quoted(record.metadata),
    lambda record: record.occurred_on.isoformat(),
    lambda record: quoted(record.recorded_at.isoformat()),
    lambda record: None if record.predecessor is None else str(record.predecessor),
)
"""The parameters of events.append, in order, each an element of PostgreSQL's text form of an array."""


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def array(elements: Iterable[str | None]) -> str:
    return f"{{{','.join('NULL' if element is None else element for element in elements)}}}"


async def load(connection: Connection, streams: Collection[str]) -> dict[str, list[Record]]:
    """Every event of these streams, in order; an unknown stream is an empty list. A plain SELECT."""
    return await loaded(await ask(connection, streams), streams)


async def ask(connection: Connection, streams: Collection[str]) -> AsyncCursor[Any]:
    """The question of `load` alone, for a pipeline; `loaded` reads its answer once the pipeline is over."""
    return await connection.execute(LOAD, (list(streams),))


async def loaded(asked: AsyncCursor[Any], streams: Collection[str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {stream: [] for stream in streams}
    for row in await asked.fetchall():
        found[row[1]].append(Record(*row))
    return found


async def append(connection: Connection, records: Sequence[Record], now: datetime) -> int:
    """Appends events of one or several streams as the first write of the open transaction.

    Answers the transaction id. Raises VersionConflict, EventIdTaken, and StoreError `events.append_not_first`,
    `events.recorded_ahead` (recorded_at more than five minutes ahead of `now`), `events.too_large`, or
    `events.store_moved` and `events.store_behind` (see `moved`).
    """
    for record in records:
        if record.recorded_at > now + AHEAD:
            raise StoreError(
                "events.recorded_ahead",
                f"the stream {record.stream} was recorded until {record.recorded_at.isoformat()}, ahead of this "
                "process's clock; set the clock right",
            )
        size = len(record.data.encode())
        if size > MAX_EVENT_BYTES:
            raise StoreError("events.too_large", f"an event of {record.stream} has {size} bytes, too large")
    columns = [array([text(record) for record in records]) for text in TEXTS]
    try:
        row = await (await connection.execute(APPEND, columns)).fetchone()
    except errors.UniqueViolation as taken:
        if taken.diag.constraint_name == "events_event_id":
            raise EventIdTaken from taken
        raise VersionConflict from taken
    except errors.DatabaseError as refused:
        if refused.sqlstate in REFUSALS:
            code, _, sentence = (refused.diag.message_primary or "").partition(": ")
            raise StoreError(code, sentence) from refused
        raise
    assert row is not None
    return int(row[0])


async def read(connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
    """The next events in commit order, none skipped: only what no open transaction can still precede."""
    rows = await connection.execute(
        READ_COMMITTED_ORDER, (after.epoch, str(after.transaction_id), after.position, limit)
    )
    return [(Position(*row[10:]), Record(*row[:10])) for row in await rows.fetchall()]


async def commit_state(connection: Connection, transaction_id: int) -> CommitState:
    """What became of a transaction whose commit got no answer; may say IN_PROGRESS for a while: ask again.

    A server that never gave this id took another one's place: for it the transaction did not happen.
    """
    try:
        answer = await connection.execute("select pg_xact_status(%s::text::xid8)", (str(transaction_id),))
    except errors.InvalidParameterValue:
        await connection.rollback()
        return CommitState.ABORTED
    row = await answer.fetchone()
    assert row is not None
    return CommitState(row[0]) if row[0] is not None else CommitState.ABORTED


async def contains(connection: Connection, event_id: UUID) -> bool:
    row = await (await connection.execute("select 1 from events.events where event_id = %s", (event_id,))).fetchone()
    return row is not None


async def first_beyond(connection: Connection, position: Position, event_ids: Collection[UUID]) -> UUID | None:
    """The first of these events that stands behind the position in commit order; None where there is none."""
    if not event_ids:
        return None
    row = await (
        await connection.execute(
            """select event_id from events.events
               where event_id = any(%s) and (epoch, transaction_id, position) > (%s, %s::text::xid8, %s)
               order by epoch, transaction_id, position limit 1""",
            (list(event_ids), position.epoch, str(position.transaction_id), position.position),
        )
    ).fetchone()
    return None if row is None else row[0]
