"""What ten times the history costs a live projection."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from aiokafka import TopicPartition
from tests.benchmarks.history import History
from tests.benchmarks.place import Place
from tests.benchmarks.projecting import forget, version
from tests.benchmarks.rounds import Row, row

from insieme_events import cursors
from insieme_events.applying import BatchTransaction
from insieme_events.clock import system_clock
from insieme_events.cursors import Advance, Claim
from insieme_events.envelope import outgoing
from insieme_events.projection import ProjectionDefinition, ProjectionHandler, create_tables
from insieme_events.store import Connection, Record
from insieme_events.subscription import MAX_RECORDS, step_over
from insieme_events.testing.road import Wire

TIMES = 10
PARTITION = TopicPartition("bench", 0)


@dataclass
class Applying:
    """A projection that is given records without Kafka: what is measured is the handling and the database."""

    connection: Connection
    definition: ProjectionDefinition
    history: History = field(default_factory=History)
    claim: Claim = field(kw_only=True)

    async def take(self, records: Iterable[Record]) -> None:
        """Applies these in batches of a subscription's size."""
        wires = self._wires(records)
        transaction = BatchTransaction(
            self.definition.subscription, ProjectionHandler(self.definition), None, system_clock, True
        )
        while batch := list(islice(wires, MAX_RECORDS)):
            step: Advance = step_over(PARTITION, self.claim, batch)
            found = await transaction.run(self.connection, batch, [step])
            assert found.handled == len(batch), found
            self.claim = Claim(step.next_offset, self.claim.epoch)

    def _wires(self, records: Iterable[Record]) -> Iterator[Wire]:
        for offset, record in enumerate(records, self.claim.next_offset):
            sent, _ = outgoing(record, "matching")
            yield Wire(PARTITION.topic, PARTITION.partition, offset, sent.key, sent.value, sent.headers)


async def _with_history(connection: Connection, place: Place, count: int) -> Applying:
    definition = version(place)
    await create_tables(connection, definition)
    claim = await cursors.claim(connection, definition.subscription, PARTITION.topic, PARTITION.partition, "bench")
    await connection.commit()
    made = Applying(connection, definition, claim=claim)
    await made.take(made.history.grow(count))
    return made


async def cost(place: Place) -> list[Row]:
    """The same new events for companies of a history, and of one ten times as long; seconds."""
    count = place.sized(5_000)
    async with place.connections("reporting", 1) as [connection]:
        await connection.set_autocommit(True)
        both = [await _with_history(connection, place, place.sized(n)) for n in (12_000 * TIMES, 12_000)]
        await connection.execute("analyze")
        found: list[list[float]] = [[], []]
        for number in range(place.rounds + 1):
            for applying, times in zip(both, found, strict=True):
                # As many different streams on both sides: the history is what differs.
                chance = random.Random(number)
                chosen = chance.choices(chance.sample(applying.history.companies, count // 10), k=count)
                records = list(applying.history.contacts(chosen))
                gc.collect()
                started = time.perf_counter()
                await applying.take(records)
                if number:
                    times.append(time.perf_counter() - started)
        for applying in both:
            await forget(place, applying.definition)
    reference = f"1 × ({count:,} events)"
    return [row(f"live cost at {TIMES} × the history", reference, "≤1.1", "s", found[0], found[1])]
