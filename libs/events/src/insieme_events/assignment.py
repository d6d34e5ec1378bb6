"""Which partitions this process may work on: claims in the database, made on assignment (decision 5).

aiokafka fetches before a rebalance listener has ended and only logs what it raises. So on assignment the
partitions are paused and sought to a provisional offset first; a partition is resumed only after its claim, at the
offset that the database has.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from insieme_events import telemetry
from insieme_events.cursors import Claim
from insieme_events.passing import MAY_PASS

CLAIM_SECONDS = 3.0
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 5.0

MakeClaim = Callable[[TopicPartition], Awaitable[Claim]]


class Assignments(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """The claims of one consumer. `generation` rises with every change of the assignment."""

    def __init__(self, name: str, make_claim: MakeClaim, consumer: Callable[[], AIOKafkaConsumer | None]) -> None:
        self.name = name
        self.claims: dict[TopicPartition, Claim] = {}
        self.assigned: frozenset[TopicPartition] = frozenset()
        self.generation = 0
        self.failure: BaseException | None = None
        self._make_claim = make_claim
        self._consumer = consumer
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        partitions = list(assigned)
        self.generation += 1
        self.claims.clear()
        self.assigned = frozenset(partitions)
        consumer = self._consumer()
        if consumer is None or not partitions:
            return
        consumer.pause(*partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
        for partition in partitions:
            self.claim_later(partition, 0.0)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Lets the batch in flight end, for at most as long as a rebalance may wait."""
        self.generation += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), CLAIM_SECONDS)
        self.claims.clear()
        self.assigned = frozenset()

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        self._idle.clear()
        try:
            yield
        finally:
            self._idle.set()

    def drop(self, partitions: Iterable[TopicPartition], after: float) -> None:
        """Gives claims up: the partition is paused and claimed again, which reads the truth from the database."""
        consumer = self._consumer()
        for partition in partitions:
            self.claims.pop(partition, None)
            if consumer is not None and partition in self.assigned:
                consumer.pause(partition)
                self.claim_later(partition, after)

    def claim_later(self, partition: TopicPartition, after: float) -> None:
        task = asyncio.create_task(self._claim(partition, self.generation, after))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _claim(self, partition: TopicPartition, generation: int, after: float) -> None:
        """Claims until it works or the assignment changes; an error that will not pass ends the subscription."""
        await asyncio.sleep(after)
        backoff = FIRST_BACKOFF
        while generation == self.generation:
            try:
                claim = await asyncio.wait_for(self._make_claim(partition), CLAIM_SECONDS)
            except (*MAY_PASS, TimeoutError) as error:
                telemetry.log.warning(
                    "claim_failed", subscription=self.name, partition=partition.partition, error=type(error).__name__
                )
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF)
                continue
            except Exception as error:  # noqa: BLE001 - kept for the subscription, which ends with it
                self.failure = error
                return
            consumer = self._consumer()
            # No await between this check and the seek: the assignment cannot change in between.
            if generation == self.generation and consumer is not None:
                consumer.seek(partition, claim.next_offset)
                self.claims[partition] = claim
                consumer.resume(partition)
            return

    async def close(self) -> None:
        self.generation += 1
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
