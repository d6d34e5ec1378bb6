"""A process that reads whole partitions for a rebuild, one after the other, and copies the rows that they make.

One partition at a time, so what a process holds is bounded by the streams of the largest partition, not by the
history. Rows go in transactions of a few thousand lines, adapted to LONGEST, each behind the fence of the attempt.
"""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from insieme_events import placing, projection_versions, rebuild_tables, topics
from insieme_events.connecting import patient_session
from insieme_events.crash_points import reached
from insieme_events.projection import ProjectionDefinition
from insieme_events.rebuild_fold import Chunk, PartitionFold, persons
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.vault import KeyVault, MasterKey

LONGEST = 0.15
"""Seconds that a copying transaction aims at; decision 2 allows 0.2."""
FEWEST, MOST = 500, 10_000
SEQUENCES = 10_000
FETCH = 4000
OURS = re.compile(r"[a-z]+\.[a-z_]+: ")
SILENCE = 30.0
"""Seconds without a record or an end after which a partition counts as unreadable."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a rebuild reads and writes; goes to every process of it."""

    bootstrap: str
    prefix: str
    database_url: str = field(repr=False)
    keys_url: str | None = field(repr=False, default=None)
    master_key: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition from its first offset up to `end`, the offset of the next record when the rebuild began."""

    topic: str
    number: int
    partitions: int
    end: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a process is told of its rebuild."""

    definition: ProjectionDefinition
    attempt: int
    decided: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Folded:
    """What is left of a partition once its rows are copied; see PartitionFold. `longest` in seconds.

    `next_offset` is that behind the last record, as a subscription has it: the end may lie behind the mark of a
    transaction too, and whoever stands there would seem to be ahead of the others for ever.
    """

    partition: Partition
    next_offset: int = 0
    handled: int = 0
    ignored: int = 0
    longest: float = 0.0
    deferred: dict[bytes, int] = field(default_factory=dict)
    erased: list[tuple[int, str, int]] = field(default_factory=list)
    last_event_id: str | None = None
    last_recorded_at: Any = None


@dataclass(frozen=True, slots=True)
class Read:
    """So many offsets more are behind a process."""

    offsets: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a process ended; a sentence of ours, any other message may quote somebody's data."""

    sentence: str


class Unreachable(Exception):
    """`projections.unreadable`: a partition could not be read to its end."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(
            f"projections.unreadable: {partition.topic}[{partition.number}] gave nothing for {SILENCE:.0f} s; "
            "is Kafka well? Then start the rebuild again."
        )


def work(surroundings: Surroundings, assignment: Assignment, pipe: Pipe) -> None:
    """The process: partitions come through the pipe, progress and outcomes go back; ends when the pipe does."""
    # Nothing of the fold is cyclic, and the collector would walk through all of it again and again.
    gc.disable()
    try:
        asyncio.run(_work(surroundings, assignment, pipe))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:  # noqa: BLE001 - told to the parent, which ends with it
        pipe.send(Failed(str(error) if OURS.match(str(error)) else f"{type(error).__name__} in a reading process"))


async def _work(surroundings: Surroundings, assignment: Assignment, pipe: Pipe) -> None:
    connection = await connect(surroundings.database_url)
    async with keys_of(surroundings) as keys, connection:
        # Not one commit waits for the disk: the cursors' does, at the end, and before it a rebuild is nothing.
        await connection.execute("set synchronous_commit = off")
        with reading(surroundings.bootstrap) as consumer:
            while (partition := pipe.recv()) is not None:
                pipe.send(await fold(connection, keys, consumer, assignment, partition, pipe.send))


@asynccontextmanager
async def keys_of(surroundings: Surroundings) -> AsyncIterator[KeyVault | None]:
    """The keys of persons, where the service reads them."""
    async with AsyncExitStack() as stack:
        if surroundings.keys_url is None or surroundings.master_key is None:
            yield None
            return
        pool = open_pool(surroundings.keys_url, 2, "insieme-rebuild")
        await stack.enter_async_context(pool)
        yield KeyVault(pool, MasterKey.from_base64(surroundings.master_key))


async def connect(url: str) -> Connection:
    """A connection that commits by itself; the role's limit of time is for requests, not for this work."""
    connection = await patient_session(url, "insieme-rebuild")
    await connection.execute("set transaction_timeout = 0")
    return connection


async def fold(
    connection: Connection,
    keys: KeyVault | None,
    consumer: Consumer,
    assignment: Assignment,
    partition: Partition,
    tell: Callable[[Read], None],
) -> Folded:
    """Reads, folds and copies one partition, then its sequences. Raises Superseded, KeysUnavailable, Unreachable."""

    def misplaced(key: bytes) -> bool:
        return placing.partition_of(key, partition.partitions) != partition.number

    found = Folded(partition)
    folding = PartitionFold(assignment.definition, misplaced, assignment.decided)
    size, position = FEWEST * 4, 0
    for messages in _messages(consumer, partition):
        while messages:
            part, messages = messages[:size], messages[size:]
            candidates = folding.glance(part)
            sealed = persons(candidates)
            opened = await keys.read(sealed) if keys is not None and sealed else {}
            chunk = folding.take(candidates, opened)
            seconds = await _copy(connection, assignment, folding, chunk)
            size = min(max(int(size * min(LONGEST / max(seconds, 0.001), 2)), FEWEST), MOST)
            _count(found, chunk, seconds)
            after = part[-1].offset() + 1
            tell(Read(after - position))
            position = after
    tell(Read(partition.end - position))
    found.next_offset = position
    await _copy_sequences(connection, assignment, folding)
    found.deferred, found.erased = folding.deferred, folding.erased
    return found


def _count(found: Folded, chunk: Chunk, seconds: float) -> None:
    found.handled += chunk.handled
    found.ignored += chunk.ignored
    found.longest = max(found.longest, seconds)
    if chunk.last_event_id is not None:
        found.last_event_id, found.last_recorded_at = chunk.last_event_id, chunk.last_recorded_at


async def _copy(connection: Connection, assignment: Assignment, folding: PartitionFold, chunk: Chunk) -> float:
    """One short transaction; answers its seconds."""
    if not any(chunk.lines):
        return LONGEST / 2
    began = time.monotonic()
    reached("rebuild.before_rows")
    async with connection.transaction():
        await projection_versions.hold(connection, assignment.definition, assignment.attempt)
        for writer, lines in zip(folding.writers, chunk.lines, strict=True):
            if lines:
                async with connection.cursor() as cursor, cursor.copy(writer.copy) as out:
                    await out.write("".join(lines))
    reached("rebuild.after_rows")
    return time.monotonic() - began


async def _copy_sequences(connection: Connection, assignment: Assignment, folding: PartitionFold) -> None:
    subscription = assignment.definition.subscription
    lines = [(state.name, state.sequence, state.event_id.decode()) for state in folding.streams.values()]
    for first in range(0, len(lines), SEQUENCES):
        reached("rebuild.before_sequences")
        async with connection.transaction():
            await projection_versions.hold(connection, assignment.definition, assignment.attempt)
            await rebuild_tables.copy_sequences(connection, subscription, lines[first : first + SEQUENCES])
        reached("rebuild.after_sequences")


@contextmanager
def reading(bootstrap: str) -> Iterator[Consumer]:
    """A consumer of committed records, of no group's partitions; one for all that a process reads."""
    consumer = Consumer(
        {
            **topics.client(bootstrap),
            "group.id": "insieme-rebuild",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
            "fetch.min.bytes": 100_000,
            "fetch.wait.max.ms": 50,
            "queued.min.messages": 20_000,
            "queued.max.messages.kbytes": 32_768,
        }
    )
    try:
        yield consumer
    finally:
        consumer.close()


def _messages(consumer: Consumer, partition: Partition, start: int = 0) -> Iterator[list[Any]]:
    """The records of a partition from `start` up to its end, as they come."""
    silent_since = time.monotonic()
    place = partition.number, partition.topic
    consumer.assign([TopicPartition(partition.topic, partition.number, start)])
    while start < partition.end:
        found: list[Any] = []
        for message in consumer.consume(FETCH, 0.05):
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                if not error.retriable():
                    raise KafkaException(error)
            elif (message.partition(), message.topic()) != place:
                continue  # of the partition before
            elif error is None and (message.offset() or 0) < partition.end:
                found.append(message)
            else:
                start = partition.end
                break
        if found:
            silent_since = time.monotonic()
            yield found
        elif time.monotonic() - silent_since > SILENCE:
            raise Unreachable(partition)


def deferred_records(consumer: Consumer, folded: Folded) -> Iterator[list[Any]]:
    """The records of deferred streams of a partition, in order, from where each was deferred."""
    deferred = folded.deferred
    for messages in _messages(consumer, folded.partition, min(deferred.values())):
        found = [
            message
            for message in messages
            if (held := deferred.get(message.key() or b"")) is not None and held <= message.offset()
        ]
        if found:
            yield found
