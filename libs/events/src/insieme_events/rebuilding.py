"""A version of a projection made anew from the first offset, beside the one that is read (decision 13).

Several processes read partitions and copy rows (rebuild_reader.py); then this one makes the indexes, blanks what was
erased, lets the live path's own code handle what was set aside, and writes the cursors. From there the version's
subscription catches up. Killed anywhere before the cursors, a rebuild leaves a version that is `building`: nobody
reads it, no subscription runs on it, and the next rebuild clears it first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import errors, sql

from insieme_events import catalogue, cursors, decisions, projection_versions, rebuild_tables, topics
from insieme_events.applying import BatchTransaction
from insieme_events.clock import Clock, system_clock
from insieme_events.contracts import Actor
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance
from insieme_events.decider import Refused
from insieme_events.projection import UNKNOWN, ProjectionDefinition, ProjectionHandler, row_name
from insieme_events.projection_versions import RUNNING, State
from insieme_events.rebuild_processes import Readers, RebuildFailed
from insieme_events.rebuild_reader import (
    Assignment,
    Folded,
    Partition,
    Read,
    Surroundings,
    connect,
    deferred_records,
    keys_of,
    reading,
)
from insieme_events.store import Connection

BLANKED_AT_ONCE = 200
DEFERRED_AT_ONCE = 500
REPORTED_EVERY = 1.0

ACTIVE = Refused(
    "projections.active",
    "Version {version} is the one that is read. Give the changed definition a new number and rebuild that.",
)
BUILT = Refused(
    "projections.built",
    "Version {version} is built already. To make it anew from the first offset, ask for it again with --again.",
)
RUNS = Refused("projections.rebuilding", "A rebuild of version {version} runs already; `projections status` shows it.")


KEY_TWICE = (
    "projections.key_twice: two streams made a row of the same key and sequence in {}. The live path parks the second: "
    "build this version with --by-subscription"
)


class RebuildRefused(Exception):
    """Nothing was changed; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused.code}: {refused.sentence}")
        self.refused = refused


@dataclass
class Progress:
    """How far a rebuild is: `read` of `total` offsets since `began` (monotonic seconds)."""

    phase: str
    total: int
    read: int = 0
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Offsets per second of reading."""
        elapsed = self.seconds or time.monotonic() - self.began
        return self.read / elapsed if elapsed > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until everything is read; None before anything is."""
        return (self.total - self.read) / self.rate if self.rate else None

    def as_row(self) -> dict[str, Any]:
        left = round(self.left, 1) if self.left is not None else None
        return {
            "phase": self.phase,
            "read": self.read,
            "total": self.total,
            "per_second": round(self.rate),
            "seconds_left": left,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rebuild did. `longest` is its longest copying transaction, in seconds."""

    handled: int
    ignored: int
    deferred_streams: int
    erased: int
    seconds: float
    reading_seconds: float
    longest: float


class RebuildTransaction(BatchTransaction):
    """The live path's batch, behind the fence of a rebuild: the version has no cursors yet."""

    definition: ProjectionDefinition
    attempt: int

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        await projection_versions.hold(connection, self.definition, self.attempt)


@dataclass
class Rebuild:
    """One rebuild. `tell` is called with its progress several times a second. With `by_subscription` only empty
    tables are made, and the version's subscription reads everything: slow, and right whatever stands on the topics.
    """

    definition: ProjectionDefinition
    surroundings: Surroundings
    actor: Actor
    processes: int = 2
    again: bool = False
    by_subscription: bool = False
    tell: Callable[[Progress], None] = lambda _: None
    clock: Clock = system_clock

    async def run(self) -> Outcome:
        """Raises RebuildRefused, RebuildFailed, CursorError, TopicError, KeysUnavailable or Superseded."""
        began = time.monotonic()
        async with await connect(self.surroundings.database_url) as connection, self._alone(connection):
            attempt = await self._begin(connection)
            try:
                outcome = await self._build(connection, attempt, began)
            except Exception as error:
                await self._audit(connection, "rebuild_failed", getattr(error, "code", type(error).__name__))
                raise
            await self._audit(connection, "rebuild_done")
            return outcome

    @asynccontextmanager
    async def _alone(self, connection: Connection) -> AsyncIterator[None]:
        """Of two rebuilds of one version the second is refused; the lock ends with the process."""
        name = f"rebuild/{self.definition.subscription}"
        row = await (
            await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (name,))
        ).fetchone()
        if row is None or not row[0]:
            raise RebuildRefused(RUNS.about(version=self.definition.version))
        yield

    async def _begin(self, connection: Connection) -> int:
        name, version = self.definition.name, self.definition.version
        async with connection.transaction():
            active = await projection_versions.active_of(connection, name)
            there = (await projection_versions.rows_of(connection, name)).get(version)
            refused = None
            if active is not None and active.version == version:
                refused = ACTIVE.about(version=version)
            elif there is not None and there.state in RUNNING and not self.again:
                refused = BUILT.about(version=version)
            if refused is None:
                attempt = await projection_versions.begin(connection, self.definition, self.clock())
        if refused is not None:
            await self._audit(connection, "rebuild", refused)
            raise RebuildRefused(refused)
        reached("rebuild.after_begin")
        await self._audit(connection, "rebuild")
        return attempt

    async def _audit(self, connection: Connection, action: str, outcome: Refused | str = "done") -> None:
        definition = self.definition
        now = self.clock()
        await projection_versions.audit(
            connection, definition.name, definition.version, action, self.actor, now, outcome
        )

    async def _build(self, connection: Connection, attempt: int, began: float) -> Outcome:
        definition, subscription = self.definition, self.definition.subscription
        await self._clear(connection)
        if self.by_subscription:
            return await self._leave_to_subscription(connection, attempt)
        found, partitions = await self._partitions()
        progress = Progress("reading", sum(partition.end for partition in partitions))
        decided = await decisions.of_consumer(connection, definition.consumer)
        assignment = Assignment(definition, attempt, frozenset(subject.encode() for subject in decided))
        folded = await self._read(connection, assignment, partitions, progress)
        progress.seconds = time.monotonic() - progress.began
        await self._report(connection, progress, "indexing")
        try:
            await rebuild_tables.create_indexes(connection, definition)
        except errors.UniqueViolation as twice:
            raise RebuildFailed(KEY_TWICE.format(twice.diag.table_name)) from None
        reached("rebuild.after_indexes")
        await self._blank(connection, attempt, folded)
        await self._report(connection, progress, "set aside")
        await self._deferred(connection, attempt, folded)
        reached("rebuild.before_cursors")
        async with connection.transaction():
            await projection_versions.hold(connection, definition, attempt)
            for one in folded:
                place, facts = one.partition, found[one.partition.topic]
                next_offset = max(one.next_offset, facts.ends[place.number][0])
                await cursors.place(
                    connection, subscription, place.topic, place.number, next_offset, facts.generation,
                    one.last_event_id, one.last_recorded_at,
                )  # fmt: skip
            building = State.BUILDING
            await projection_versions.to_state(
                connection, definition.name, definition.version, State.CATCHING_UP, building
            )
        reached("rebuild.after_cursors")
        await self._report(connection, progress, "done")
        return Outcome(
            sum(one.handled for one in folded),
            sum(one.ignored for one in folded),
            sum(len(one.deferred) for one in folded),
            len({stream for one in folded for _, stream, _ in one.erased}),
            time.monotonic() - began,
            progress.seconds,
            max((one.longest for one in folded), default=0.0),
        )

    async def _leave_to_subscription(self, connection: Connection, attempt: int) -> Outcome:
        """Without cursors the version's subscription begins at the first offset."""
        await rebuild_tables.create_indexes(connection, self.definition)
        definition, building = self.definition, State.BUILDING
        reached("rebuild.before_leaving")
        async with connection.transaction():
            await projection_versions.hold(connection, definition, attempt)
            await projection_versions.to_state(
                connection, definition.name, definition.version, State.CATCHING_UP, building
            )
        return Outcome(0, 0, 0, 0, 0.0, 0.0, 0.0)

    async def _clear(self, connection: Connection) -> None:
        """What an earlier attempt left, and the empty tables. What still writes of it is fenced."""
        await rebuild_tables.drop(connection, self.definition)
        await rebuild_tables.forget(connection, self.definition.subscription)
        reached("rebuild.after_clearing")
        async with connection.transaction():
            await rebuild_tables.create_bare(connection, self.definition)

    async def _partitions(self) -> tuple[dict[str, topics.TopicFacts], list[Partition]]:
        """Every partition with the offset up to which this rebuild reads, the longest first."""
        settings = self.surroundings
        names = [catalogue.restricted_topic(settings.prefix, context) for context in self.definition.contexts]
        found = await asyncio.to_thread(topics.describe, settings.bootstrap, names)
        partitions = []
        cursors.check(self.definition.subscription, {}, found.values())
        for name, facts in found.items():
            partitions += [Partition(name, n, len(facts.ends), end) for n, (_, end) in facts.ends.items()]
        return found, sorted(partitions, key=lambda partition: -partition.end)

    async def _read(
        self, connection: Connection, assignment: Assignment, partitions: Collection[Partition], progress: Progress
    ) -> list[Folded]:
        """All partitions, each by one process; a process that is done takes the next."""
        readers = Readers(self.surroundings, assignment, min(self.processes, len(partitions)))
        reported = 0.0
        try:
            waiting = list(partitions)
            folded: list[Folded] = []
            await asyncio.to_thread(readers.start)
            readers.give(waiting)
            while len(folded) < len(partitions):
                for said in await asyncio.to_thread(readers.said):
                    if isinstance(said, Read):
                        progress.read += said.offsets
                    else:
                        folded.append(said)
                readers.give(waiting)
                self.tell(progress)
                if time.monotonic() - reported > REPORTED_EVERY:
                    reported = time.monotonic()
                    await projection_versions.report(connection, self.definition, progress.as_row())
            return folded
        finally:
            readers.stop()

    async def _report(self, connection: Connection, progress: Progress, phase: str) -> None:
        progress.phase = phase
        self.tell(progress)
        await projection_versions.report(connection, self.definition, progress.as_row())

    async def _blank(self, connection: Connection, attempt: int, folded: Sequence[Folded]) -> None:
        """Blanks the rows before each erasure, as the live path does when the marker comes."""
        by_fact: dict[int, list[tuple[str, int]]] = {}
        for one in folded:
            for number, stream, sequence in one.erased:
                by_fact.setdefault(number, []).append((stream, sequence))
        for number, erased in by_fact.items():
            row = self.definition.facts[number].row
            blanks = sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(UNKNOWN)) for name in row.sealed
            )
            statement = sql.SQL(
                "update {} as t set {} from unnest(%s::text[], %s::int[]) as e (stream, sequence) "
                "where t.stream = e.stream and t.sequence < e.sequence"
            ).format(sql.Identifier(self.definition.schema, row_name(self.definition.facts[number])), blanks)
            for first in range(0, len(erased), BLANKED_AT_ONCE):
                part = erased[first : first + BLANKED_AT_ONCE]
                async with connection.transaction():
                    await projection_versions.hold(connection, self.definition, attempt)
                    await connection.execute(statement, ([s for s, _ in part], [n for _, n in part]))
                reached("rebuild.after_blanking")

    async def _deferred(self, connection: Connection, attempt: int, folded: Sequence[Folded]) -> None:
        """The rest of the streams that are not regular, through the code of the live path."""
        aside = [one for one in folded if one.deferred]
        if not aside:
            return
        async with keys_of(self.surroundings) as keys:
            handler = ProjectionHandler(self.definition)
            transaction = RebuildTransaction(
                self.definition.subscription,
                handler,
                keys,
                self.clock,
                park_unknown=True,
                consumer=self.definition.consumer,
            )
            transaction.definition, transaction.attempt = self.definition, attempt
            with reading(self.surroundings.bootstrap) as consumer:
                for one in aside:
                    for messages in deferred_records(consumer, one):
                        records = [_Fetched(message) for message in messages]
                        for first in range(0, len(records), DEFERRED_AT_ONCE):
                            await transaction.run(connection, records[first : first + DEFERRED_AT_ONCE], ())


class _Fetched:
    """A message of one client where the live path knows that of another."""

    def __init__(self, message: Any) -> None:
        self.topic: str = message.topic()
        self.partition: int = message.partition()
        self.offset: int = message.offset()
        self.key: bytes | None = message.key()
        self.value: bytes | None = message.value()
        self.headers: Sequence[tuple[str, bytes]] = message.headers() or []
