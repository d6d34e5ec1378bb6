"""From the call of a command to its fact, at 200 commands a second, beside a transactional record to its reader."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tests.benchmarks.appending import contacting, registering
from tests.benchmarks.history import History
from tests.benchmarks.place import Place
from tests.benchmarks.projecting import CountedTransaction, forget, version
from tests.benchmarks.rounds import Row, row

from insieme_events import catalogue
from insieme_events.applying import Applied
from insieme_events.commands import Commands, Done
from insieme_events.cursors import Advance
from insieme_events.envelope import KafkaRecord, Outgoing, outgoing
from insieme_events.projection import ProjectionHandler, create_tables
from insieme_events.relay import Relay
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import at_work, eventually

RATE = 200
WARM = 200
COMPANIES = 100


@dataclass
class Clocked:
    """When each event was asked for and when it could be seen, by its id."""

    asked: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    async def pace(self, count: int, ask: Callable[[int], Awaitable[str]]) -> None:
        """Asks at the rate, whether or not what was asked before is answered."""

        async def one(number: int) -> None:
            started = time.perf_counter()
            self.asked[await ask(number)] = started

        began = time.perf_counter()
        async with asyncio.TaskGroup() as asking:
            for number in range(count):
                await asyncio.sleep(max(began + number / RATE - time.perf_counter(), 0))
                asking.create_task(one(number))

    async def all_seen(self) -> bool:
        return self.asked.keys() <= self.seen.keys()

    def percentiles(self) -> tuple[float, float]:
        """The 50th and the 99th, in milliseconds, without the first ones."""
        measured = sorted(self.asked.items(), key=lambda each: each[1])[WARM:]
        took = sorted((self.seen[event_id] - started) * 1000 for event_id, started in measured)
        return took[len(took) // 2], took[len(took) * 99 // 100]


class ClockedTransaction(CountedTransaction):
    """Notes when the facts of an event are committed."""

    clocked: Clocked

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        found = await super().run(connection, records, steps)
        for record in records:
            self.clocked.seen[dict(record.headers)["ce_id"].decode()] = self.last
        return found


async def _ours(place: Place, count: int) -> tuple[float, float]:
    """Command runner, relay and subscription, each with the connections that a service gives it."""
    place.emptied()
    prefix, definition, clocked = await place.prefix(), version(place), Clocked()
    async with (
        open_pool(place.urls["matching"], 6, "bench") as writing,
        open_pool(place.urls["reporting"], 6, "bench") as reading,
    ):
        commands = Commands("matching", writing)
        companies = [uuid4() for _ in range(COMPANIES)]
        await commands.run_all([registering(one) for one in companies])
        async with reading.connection() as connection:
            await create_tables(connection, definition)
        handler = ProjectionHandler(definition)
        subscription = Subscription(
            definition.subscription, ["matching"], handler, reading, None, place.bootstrap, prefix, park_unknown=True
        )
        counted = ClockedTransaction(definition.subscription, handler, None, subscription.transaction.now, True)
        counted.clocked = clocked
        subscription.transaction = counted
        relay = Relay("matching", place.urls["matching"], place.bootstrap, prefix, commands.appended)

        async def ask(number: int) -> str:
            answer = await commands.run(contacting(companies[number % COMPANIES]))
            assert isinstance(answer, Done), answer
            return str(answer.results[0].event_ids[0])

        async def caught_up() -> bool:
            return subscription.ready() and counted.applied >= COMPANIES

        async with at_work(relay, subscription):
            await eventually(caught_up, 60)
            await clocked.pace(WARM + count, ask)
            await eventually(clocked.all_seen, 60)
        await forget(place, definition)
    return clocked.percentiles()


async def _theirs(place: Place, count: int) -> tuple[float, float]:
    """A producer that sends what waits in one transaction after another, and a consumer of committed records."""
    prefix, clocked = await place.prefix(), Clocked()
    topic = catalogue.restricted_topic(prefix, "matching")
    ready = [outgoing(record, "matching")[0] for record in History().grow(WARM + count)]
    waiting: asyncio.Queue[Outgoing] = asyncio.Queue()

    async def ask(number: int) -> str:
        waiting.put_nowait(ready[number])
        return dict(ready[number].headers)["ce_id"].decode()

    async with _raw(place.bootstrap, topic, f"{prefix}.raw") as (producer, consumer):

        async def produce() -> None:
            while True:
                batch = [await waiting.get()]
                while not waiting.empty():
                    batch.append(waiting.get_nowait())
                await producer.begin_transaction()
                sent = [await producer.send(topic, each.value, each.key, headers=each.headers) for each in batch]
                await asyncio.gather(*sent)
                await producer.commit_transaction()

        async def consume() -> None:
            while True:
                found = await consumer.getmany(timeout_ms=200)
                now = time.perf_counter()
                for records in found.values():
                    for record in records:
                        clocked.seen[dict(record.headers)["ce_id"].decode()] = now

        tasks = [asyncio.create_task(produce()), asyncio.create_task(consume())]
        try:
            await clocked.pace(WARM + count, ask)
            await eventually(clocked.all_seen, 60)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return clocked.percentiles()


@asynccontextmanager
async def _raw(bootstrap: str, topic: str, name: str) -> AsyncIterator[tuple[AIOKafkaProducer, AIOKafkaConsumer]]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=name, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    async with contextlib.AsyncExitStack() as stack:
        for part in (producer, consumer):
            await part.start()
            stack.push_async_callback(part.stop)
        yield producer, consumer


async def freshness(place: Place) -> list[Row]:
    """p50 and p99 of both sides, in the same rounds."""
    count = place.sized(1000)
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _ in range(place.rounds):
        gc.collect()
        ours.append(await _ours(place, count))
        gc.collect()
        theirs.append(await _theirs(place, count))
    return [
        row(
            f"freshness, {name}",
            "produce, read_committed",
            "≤4",
            "ms",
            [each[n] for each in ours],
            [each[n] for each in theirs],
        )
        for n, name in enumerate(("p50", "p99"))
    ]
