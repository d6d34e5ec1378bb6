"""A live projection, Kafka to facts, beside a raw consumer and beside one commit per event."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson
import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.benchmarks.history import History, fill_topic
from tests.benchmarks.place import Place
from tests.benchmarks.rounds import Row, side_by_side

from insieme_events import catalogue
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.cursors import Advance
from insieme_events.envelope import KafkaRecord
from insieme_events.projection import ProjectionDefinition, ProjectionHandler, create_tables
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import at_work, eventually
from insieme_reporting.v1.facts import DEFINITION


class CountedTransaction(BatchTransaction):
    """Notes how many events it has applied, and when it did so last."""

    applied = 0
    last = 0.0

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        found = await super().run(connection, records, steps)
        self.applied += found.handled
        self.last = time.perf_counter()
        assert found.parked == found.ignored == 0, found
        return found


@dataclass(frozen=True)
class Filled:
    """A topic of matching with so many events."""

    place: Place
    prefix: str
    count: int

    @property
    def topic(self) -> str:
        return catalogue.restricted_topic(self.prefix, "matching")

    @property
    def partitions(self) -> list[TopicPartition]:
        return [TopicPartition(self.topic, number) for number in range(catalogue.PARTITIONS["matching"])]


async def filled(place: Place, count: int) -> Filled:
    prefix = await place.prefix()
    made = await asyncio.to_thread(fill_topic, place.bootstrap, prefix, History().grow(count))
    return Filled(place, prefix, made)


def version(place: Place) -> ProjectionDefinition:
    """The facts of reporting in tables of their own, with a cursor of their own."""
    return replace(DEFINITION, name=f"bench{next(place.numbers)}")


async def apply(topic: Filled) -> float:
    """Seconds from the claim of the partitions to the commit of the last event, by a subscription of reporting."""
    place, definition = topic.place, version(topic.place)
    async with open_pool(place.urls["reporting"], 4, "bench") as pool:
        async with pool.connection() as connection:
            await create_tables(connection, definition)
        handler = ProjectionHandler(definition)
        # Matching's topic alone: every event on it makes facts.
        subscription = Subscription(
            definition.subscription, ["matching"], handler, pool, None, place.bootstrap, topic.prefix, park_unknown=True
        )
        counted = CountedTransaction(definition.subscription, handler, None, subscription.transaction.now, True)
        subscription.transaction = counted

        async def done() -> bool:
            return counted.applied >= topic.count

        async with at_work(subscription):
            while not subscription.ready():  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.002)
            started = time.perf_counter()
            await eventually(done, 600)
        await forget(place, definition)
    return counted.last - started


async def forget(place: Place, definition: ProjectionDefinition) -> None:
    """Takes the tables away, so that a later round does not meet what an earlier one left to vacuum."""
    async with place.connections("reporting", 1) as [connection]:
        await connection.execute(f"drop schema {definition.schema} cascade".encode())
        await connection.commit()


async def getmany(topic: Filled) -> float:
    """Seconds for a raw consumer to be given every record, and to do nothing with them."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=topic.place.bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        consumer.assign(topic.partitions)
        started, seen = time.perf_counter(), 0
        while seen < topic.count:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=200)).values()))
        return time.perf_counter() - started
    finally:
        await consumer.stop()


PER_EVENT = """
create schema if not exists bench;
create table if not exists bench.facts (
    stream text, sequence integer, event_id uuid, recorded_at timestamptz, data json, primary key (stream, sequence)
);
create table if not exists bench.cursor (partition integer primary key, next_offset bigint);
insert into bench.cursor select n, 0 from generate_series(0, 11) n on conflict do nothing;
truncate bench.facts;
"""


async def per_event(topic: Filled, seconds: float = 2.0) -> float:
    """Events a second of a plain consumer: for each record one fact row and the offset, and a commit."""
    url = topic.place.urls["reporting_owner"]
    with psycopg.connect(url) as owner:
        owner.execute(PER_EVENT)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=topic.place.bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign(topic.partitions)
        async with topic.place.connections("reporting_owner", 1) as [connection]:
            started, seen = time.perf_counter(), 0
            while time.perf_counter() < started + seconds:
                for records in (await consumer.getmany(timeout_ms=200, max_records=50)).values():
                    for record in records:
                        headers = {name: value.decode() for name, value in record.headers}
                        data = orjson.loads(record.value)
                        await connection.execute(
                            "insert into bench.facts values (%s, %s, %s, %s, %s)",
                            (
                                headers["ce_subject"],
                                int(headers["ce_sequence"]),
                                headers["ce_id"],
                                headers["ce_recordedtime"],
                                orjson.dumps(data).decode(),
                            ),
                        )
                        await connection.execute(
                            "update bench.cursor set next_offset = %s where partition = %s",
                            (record.offset + 1, record.partition),
                        )
                        await connection.commit()
                        seen += 1
            return seen / (time.perf_counter() - started)
    finally:
        await consumer.stop()


async def live(place: Place) -> list[Row]:
    """A subscription of reporting from the claim to the last commit."""
    topic = await filled(place, place.sized(30_000))

    async def ours() -> float:
        return topic.count / await apply(topic)

    async def raw() -> float:
        return topic.count / await getmany(topic)

    async def single() -> float:
        return await per_event(topic)

    return [
        await side_by_side("live projection", "aiokafka getmany", "≥0.2", "events/s", place.rounds, ours, raw),
        await side_by_side("live projection", "one commit per event", "≥15", "events/s", place.rounds, ours, single),
    ]
