"""From the call of a command to its fact, at 200 commands a second, beside a transactional record to its reader."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
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
from insieme_events.process import settle_collector
from insieme_events.projection import ProjectionDefinition, ProjectionHandler, create_tables
from insieme_events.relay import Relay
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import at_work, eventually

RATE = 200
WARM = 200
COMPANIES = 100
CONNECTIONS = 6


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

    def percentiles(self) -> tuple[float, float]:
        """The 50th and the 99th, in milliseconds, without the first ones."""
        measured = sorted(self.asked.items(), key=lambda each: each[1])[WARM:]
        took = sorted((self.seen[event_id] - started) * 1000 for event_id, started in measured)
        return took[len(took) // 2], took[len(took) * 99 // 100]


class ClockedTransaction(CountedTransaction):
    """Notes when the facts of an event are committed."""

    seen: dict[str, float]

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        found = await super().run(connection, records, steps)
        for record in records:
            self.seen[dict(record.headers)["ce_id"].decode()] = self.last
        return found


@dataclass(frozen=True)
class Reading:
    """What a reading process is told: where to read, and for our side the version and its database."""

    bootstrap: str
    prefix: str
    definition: ProjectionDefinition | None = None
    url: str = ""


def read(told: Reading, pipe: Pipe) -> None:
    """The reading process, as in production another one than the writing one."""
    settle_collector()
    asyncio.run(_facts(told, pipe) if told.definition else _committed(told, pipe))


async def _facts(told: Reading, pipe: Pipe) -> None:
    """A subscription of reporting with the connections that the service gives it."""
    definition = told.definition
    assert definition is not None
    async with open_pool(told.url, CONNECTIONS, "bench") as pool:
        handler = ProjectionHandler(definition)
        subscription = Subscription(
            definition.subscription, ["matching"], handler, pool, None, told.bootstrap, told.prefix, park_unknown=True
        )
        clocked = ClockedTransaction(definition.subscription, handler, None, subscription.transaction.now, True)
        clocked.seen = {}
        subscription.transaction = clocked
        async with at_work(subscription):
            while not subscription.ready():  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.01)
            await _answer(pipe, clocked.seen)


async def _committed(told: Reading, pipe: Pipe) -> None:
    """A consumer of committed records that does nothing with them."""
    seen: dict[str, float] = {}
    consumer = AIOKafkaConsumer(
        catalogue.restricted_topic(told.prefix, "matching"),
        bootstrap_servers=told.bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    await consumer.start()

    async def consume() -> None:
        while True:
            found = await consumer.getmany(timeout_ms=200)
            now = time.perf_counter()
            for records in found.values():
                for record in records:
                    seen[dict(record.headers)["ce_id"].decode()] = now

    consuming = asyncio.create_task(consume())
    try:
        await _answer(pipe, seen)
    finally:
        consuming.cancel()
        await asyncio.gather(consuming, return_exceptions=True)
        await consumer.stop()


async def _answer(pipe: Pipe, seen: dict[str, float]) -> None:
    """Says that it reads; then whenever it is asked what it has seen, until it is asked to end."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def asked() -> None:
        if pipe.recv():
            pipe.send(seen)
        else:
            over.set()

    pipe.send({})
    loop.add_reader(pipe.fileno(), asked)
    await over.wait()
    loop.remove_reader(pipe.fileno())


@asynccontextmanager
async def _reader(told: Reading, clocked: Clocked) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """A reading process at work; gives what asks it whether everything was seen."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=read, args=(told, theirs), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()

    async def all_seen() -> bool:
        ours.send(True)
        clocked.seen = await asyncio.to_thread(ours.recv)
        return clocked.asked.keys() <= clocked.seen.keys()

    try:
        await asyncio.to_thread(ours.recv)
        yield all_seen
    finally:
        ours.send(False)
        await asyncio.to_thread(process.join, 20)
        process.kill()
        ours.close()


async def _ours(place: Place, count: int) -> tuple[float, float]:
    """Command runner and relay, as in a service; the subscription in the process of another one."""
    place.emptied()
    prefix, definition, clocked = await place.prefix(), version(place), Clocked()
    async with place.connections("reporting", 1) as [connection]:
        await create_tables(connection, definition)
        await connection.commit()
    async with open_pool(place.urls["matching"], CONNECTIONS, "bench") as pool:
        commands = Commands("matching", pool)
        companies = [uuid4() for _ in range(COMPANIES)]
        await commands.run_all([registering(one) for one in companies])
        relay = Relay("matching", place.urls["matching"], place.bootstrap, prefix, commands.appended)

        # Who finds every connection in use waits, however long: it counts.
        gate = asyncio.Semaphore(CONNECTIONS)

        async def ask(number: int) -> str:
            async with gate:
                answer = await commands.run(contacting(companies[number % COMPANIES]))
            assert isinstance(answer, Done), answer
            return str(answer.results[0].event_ids[0])

        told = Reading(place.bootstrap, prefix, definition, place.urls["reporting"])
        async with at_work(relay), _reader(told, clocked) as all_seen:
            await clocked.pace(WARM + count, ask)
            await eventually(all_seen, 60)
    await forget(place, definition)
    return clocked.percentiles()


async def _theirs(place: Place, count: int) -> tuple[float, float]:
    """A producer that sends what waits in one transaction after another, and the process of a consumer."""
    prefix, clocked = await place.prefix(), Clocked()
    topic = catalogue.restricted_topic(prefix, "matching")
    ready = [outgoing(record, "matching")[0] for record in History().grow(WARM + count)]
    waiting: asyncio.Queue[Outgoing] = asyncio.Queue()

    async def ask(number: int) -> str:
        waiting.put_nowait(ready[number])
        return dict(ready[number].headers)["ce_id"].decode()

    producer = AIOKafkaProducer(
        bootstrap_servers=place.bootstrap, transactional_id=f"{prefix}.raw", acks="all", linger_ms=0
    )
    await producer.start()

    async def produce() -> None:
        while True:
            batch = [await waiting.get()]
            while not waiting.empty():
                batch.append(waiting.get_nowait())
            await producer.begin_transaction()
            sent = [await producer.send(topic, each.value, each.key, headers=each.headers) for each in batch]
            await asyncio.gather(*sent)
            await producer.commit_transaction()

    producing = asyncio.create_task(produce())
    try:
        async with _reader(Reading(place.bootstrap, prefix), clocked) as all_seen:
            await clocked.pace(WARM + count, ask)
            await eventually(all_seen, 60)
    finally:
        producing.cancel()
        await asyncio.gather(producing, return_exceptions=True)
        await producer.stop()
    return clocked.percentiles()


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
