"""The relay beside a transactional aiokafka producer that is given the same records one by one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from tests.benchmarks.history import History
from tests.benchmarks.place import Place
from tests.benchmarks.rounds import Row, side_by_side

from insieme_events import catalogue, store
from insieme_events.clock import system_clock
from insieme_events.envelope import Outgoing, outgoing
from insieme_events.relay import BATCH, MAX_BATCH_BYTES, Relay
from insieme_events.store import START, Connection, Position


class TimedRelay(Relay):
    """Notes when it led first and when it found nothing more to send, and stops."""

    first = last = 0.0

    async def _round(self, connection: Connection, producer: AIOKafkaProducer, position: Position) -> Position:
        self.first = self.first or time.perf_counter()
        following = await super()._round(connection, producer, position)
        if following == position:
            await self.stop()
        else:
            self.last = time.perf_counter()
        return following


async def _fill_store(place: Place, count: int) -> int:
    place.emptied()
    records = list(History().grow(count))
    async with place.connections("matching", 1) as [connection]:
        for start in range(0, len(records), 1000):
            async with connection.transaction():
                await store.append(connection, records[start : start + 1000], system_clock())
    return len(records)


async def relay(place: Place) -> list[Row]:
    """Store to both topics with the position, against the same records ready in memory."""
    count = await _fill_store(place, place.sized(30_000))
    async with place.connections("matching", 1) as [connection]:
        records = [record for _, record in await store.read(connection, START, count)]
        await connection.rollback()
    ready = [outgoing(record, "matching") for record in records]

    async def ours() -> float:
        relay = TimedRelay("matching", place.urls["matching"], place.bootstrap, await place.prefix(), asyncio.Event())
        await relay.run()
        return count / (relay.last - relay.first)

    async def theirs() -> float:
        return count / await _send(place.bootstrap, await place.prefix(), ready)

    reference = "aiokafka transactional send"
    return [await side_by_side("relay, both topics", reference, "≥0.8", "events/s", place.rounds, ours, theirs)]


async def _send(bootstrap: str, prefix: str, ready: Sequence[tuple[Outgoing, Outgoing | None]]) -> float:
    """Seconds for all of them, in transactions of the relay's size with the relay's settings."""
    restricted, party = catalogue.restricted_topic(prefix, "matching"), catalogue.party_topic(prefix, "matching")
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=f"{prefix}.raw",
        acks="all",
        linger_ms=0,
        compression_type="lz4",
        max_request_size=MAX_BATCH_BYTES,
        max_batch_size=MAX_BATCH_BYTES,
    )
    await producer.start()
    try:
        started = time.perf_counter()
        for start in range(0, len(ready), BATCH):
            await producer.begin_transaction()
            sent = []
            for complete, reduced in ready[start : start + BATCH]:
                for topic, record in ((restricted, complete), (party, reduced)):
                    if record is not None:
                        sent.append(
                            await producer.send(
                                topic,
                                record.value,
                                record.key,
                                timestamp_ms=record.timestamp_ms,
                                headers=record.headers,
                            )
                        )
            await asyncio.gather(*sent)
            await producer.commit_transaction()
        return time.perf_counter() - started
    finally:
        await producer.stop()
