"""How far a subscription is and whether its loop turns: lag, heart-beat, and what liveness is told.

Nothing here comes from asking whether the broker is well: a heart-beat is a turn of the loop that hands records to
the handler, together with an answer to the client's own fetch of that partition, which comes about ten times a second
also where there is nothing to read.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from insieme_events import metrics
from insieme_events.assignment import Assignments
from insieme_events.clock import Clock

EVERY = 2.0
ANSWER_SECONDS = 1.0
STUCK_AFTER = 60.0
"""Seconds without a turn: far more than any batch takes, so that a slow one is not killed over and over."""


@dataclass
class _Partition:
    """`next_offset`, `applied` (instant of recording of the last event) and `waiting` (of the first one that was read
    and is not applied) are of the work; `end`, `at_end` (when nothing waited) and the fetches are what was seen last.
    """

    since: datetime
    next_offset: int | None = None
    applied: datetime | None = None
    waiting: datetime | None = None
    end: int | None = None
    at_end: datetime | None = None
    fetched_ms: int | None = None
    fetch_seen: float = 0.0

    def oldest(self) -> datetime:
        """The instant from which on something waits, as far as it is known."""
        if self.waiting is not None:
            return self.waiting
        known = [at for at in (self.applied, self.at_end) if at is not None]
        return max(known) if known else self.since


class Progress:
    """Of one subscription: told of its turns and batches, it is to measure every `every` seconds."""

    every = EVERY

    def __init__(self, name: str, assignments: Assignments, clock: Clock, stuck_after: float = STUCK_AFTER) -> None:
        self.name = name
        self.stuck_after = stuck_after
        self._assignments = assignments
        self._clock = clock
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._working: frozenset[TopicPartition] = frozenset()
        self._running = False
        self._turn = monotonic()
        self._turned_at = clock()
        self._answering_since: float | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """While the subscription consumes; what it exposes goes with it."""
        self._running = True
        self.turned()
        try:
            yield
        finally:
            self._running = False
            self._forget(list(self._partitions))

    def turned(self) -> None:
        self._turn = monotonic()
        self._turned_at = self._clock()

    def claimed(self, partition: TopicPartition, last_recorded_at: datetime | None) -> None:
        """The cursor that a claim has read."""
        self._of(partition).applied = last_recorded_at

    @contextlib.contextmanager
    def batch(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> Iterator[None]:
        """These records are in hand; a record's timestamp is the instant of its recording."""
        for partition, found in records.items():
            self._of(partition).waiting = _instant(found[0].timestamp)
        self._working = frozenset(records)
        try:
            yield
        finally:
            self._working = frozenset()

    def applied(self, partition: TopicPartition, last_recorded_at: datetime | None) -> None:
        """A step is committed: that is a turn too, in a batch of many."""
        self.turned()
        one = self._of(partition)
        one.applied = last_recorded_at or one.applied
        one.waiting = None

    def stuck(self) -> str | None:
        """What does not turn though there are partitions to read; None where all is well, or the broker is away."""
        if not self._running or not self._assignments.assigned:
            return None
        now = monotonic()
        if now - self._turn > self.stuck_after:
            return f"the loop has not turned for {now - self._turn:.0f} s"
        if self._answering_since is None:
            return None
        for partition, one in self._partitions.items():
            silent = now - max(one.fetch_seen, self._answering_since)
            if partition in self._assignments.claims and partition not in self._working and silent > self.stuck_after:
                return f"{partition.topic}/{partition.partition} has not been fetched for {silent:.0f} s"
        return None

    async def measure(self, consumer: AIOKafkaConsumer) -> None:
        """Takes at most a second."""
        self._forget([one for one in self._partitions if one not in self._assignments.assigned])
        mine = [one for one in self._assignments.assigned if one in consumer.assignment()]
        if not mine:
            self._answering_since = None
            return
        for partition, end in (await self._ends(consumer, mine)).items():
            self._of(partition).end = end
        for partition in mine:
            if partition in self._assignments.assigned and partition in consumer.assignment():
                await self._look(partition, consumer)

    async def _ends(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        """The ends as a reader of committed records sees them; none where the broker does not answer."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        except (KafkaError, TimeoutError, OSError):
            self._answering_since = None
            return {}
        self._answering_since = self._answering_since or monotonic()
        return ends

    async def _look(self, partition: TopicPartition, consumer: AIOKafkaConsumer) -> None:
        one = self._of(partition)
        fetched = consumer.last_poll_timestamp(partition)
        claim = self._assignments.claims.get(partition)
        if fetched != one.fetched_ms or claim is None:
            one.fetched_ms, one.fetch_seen = fetched, monotonic()
        labels = self.name, f"{partition.topic}/{partition.partition}"
        if fetched is not None:
            metrics.HEARTBEAT.labels(*labels).set(min(self._turned_at.timestamp(), fetched / 1000))
        if claim is not None:
            one.next_offset = claim.next_offset
        if one.next_offset is None or one.end is None:
            return
        behind = max(one.end - one.next_offset, 0)
        # Markers of transactions have offsets too: who has fetched up to the end and holds nothing is at the end.
        # A claimed partition has a position, so that nothing is waited for here.
        if claim is not None and partition not in self._working and await consumer.position(partition) >= one.end:
            behind = 0
        now = self._clock()
        if behind == 0:
            one.at_end, one.waiting = now, None
        metrics.LAG.labels(*labels).set(behind)
        metrics.LAG_SECONDS.labels(*labels).set(max((now - one.oldest()).total_seconds(), 0) if behind else 0)

    def _of(self, partition: TopicPartition) -> _Partition:
        found = self._partitions.get(partition)
        if found is None:
            found = self._partitions[partition] = _Partition(self._clock(), fetch_seen=monotonic())
        return found

    def _forget(self, partitions: list[TopicPartition]) -> None:
        """Another process measures them now: two answers for one partition would be one too many."""
        for partition in partitions:
            del self._partitions[partition]
            for gauge in (metrics.LAG, metrics.LAG_SECONDS, metrics.HEARTBEAT):
                gauge.remove(self.name, f"{partition.topic}/{partition.partition}")


def _instant(milliseconds: int) -> datetime | None:
    """None for what no calendar holds: a foreign producer may stamp anything."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
