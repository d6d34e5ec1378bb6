"""From the store to Kafka: every stored event once, in order per key (decision 3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import orjson
import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from confluent_kafka import KafkaException
from opentelemetry.trace import SpanKind

from insieme_events import catalogue, metrics, store, telemetry, topics
from insieme_events.clock import Clock, system_clock
from insieme_events.crash_points import reached
from insieme_events.envelope import Outgoing, outgoing
from insieme_events.settings import ServiceSettings
from insieme_events.store import START, Connection, Position, Record

BATCH = 2000
IDLE_POLL = 0.2
STANDBY = 1.0
RETRY = 0.5
MAX_BATCH_BYTES = 1_000_000
POSITION_KEY = b"relay"
# A producer that was fenced while it sent answers the next send with IllegalOperation, which is no KafkaError.
INTERRUPTIONS = (psycopg.Error, KafkaError, IllegalOperation, OSError, KafkaException)


class PositionLost(Exception):
    """`relay.position_lost`: going on would send everything again under new offsets."""

    def __init__(self, topic: str, restricted: str) -> None:
        super().__init__(
            f"relay.position_lost: {topic} holds no position, but {restricted} is not empty. "
            "Restore the position topic, or refill the topics from the store under a new prefix."
        )


class NotLeader(Exception):
    """Another relay of this service holds the lock."""


class Relay:
    """One per service runs; a second one stands by until the first one's database session ends.

    The lock chooses the leader, the transactional id fences a leader that lost the lock without knowing.
    """

    def __init__(
        self,
        context: str,
        database_url: str,
        bootstrap: str,
        prefix: str,
        wake: asyncio.Event,
        clock: Clock = system_clock,
        batch: int = BATCH,
    ) -> None:
        self.name = f"relay.{context}"
        self.context = context
        self._url = database_url
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._wake = wake
        self._clock = clock
        self._batch = batch
        self._stopping = asyncio.Event()
        self._healthy = False
        self._restricted = catalogue.restricted_topic(prefix, context)
        self._party = catalogue.party_topic(prefix, context)
        self._position_topic = catalogue.position_topic(prefix, context)
        self._partitions = catalogue.PARTITIONS[context]

    @classmethod
    def of(cls, context: str, settings: ServiceSettings, wake: asyncio.Event) -> Relay:
        return cls(context, settings.database_url, settings.kafka_bootstrap_servers, settings.topic_prefix, wake)

    def ready(self) -> bool:
        """Leads, or stands by."""
        return self._healthy

    async def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Leads or stands by until stopped. What may pass is tried again; PositionLost ends it."""
        while not self._stopping.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, application_name=self.name, connect_timeout=3
                ) as connection:
                    await self._lead(connection)
            except NotLeader:
                self._healthy = True
                await self._pause(STANDBY)
            except INTERRUPTIONS as error:
                self._healthy = False
                telemetry.log.warning("relay_interrupted", relay=self.name, error=type(error).__name__)
                await self._pause(RETRY)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _lead(self, connection: Connection) -> None:
        row = await (
            await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (self.name,))
        ).fetchone()
        if row is None or not row[0]:
            raise NotLeader
        reached("relay.after_lock")
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            transactional_id=f"{self._prefix}.{self.name}",
            transaction_timeout_ms=10_000,
            acks="all",
            linger_ms=0,
            compression_type="lz4",
            max_request_size=MAX_BATCH_BYTES,
            max_batch_size=MAX_BATCH_BYTES,
            request_timeout_ms=10_000,
        )
        try:
            # start() fences every older relay and ends its open transaction; only then the position is final.
            await producer.start()
            reached("relay.after_fencing")
            position = await asyncio.to_thread(self._read_position)
            self._healthy = True
            telemetry.log.info("relay_leads", relay=self.name, position=position.position)
            while not self._stopping.is_set():
                position = await self._round(connection, producer, position)
        finally:
            self._healthy = False
            # A fenced producer raises AssertionError when it is told to abort: it is discarded in any case.
            with contextlib.suppress(KafkaError, IllegalOperation, AssertionError, asyncio.TimeoutError):
                await asyncio.wait_for(producer.stop(), 5)

    def _read_position(self) -> Position:
        value = topics.last_value(self._bootstrap, self._position_topic)
        if value is not None:
            found = orjson.loads(value)
            return Position(found["epoch"], found["transaction_id"], found["position"])
        # Offsets alone prove nothing: a relay that was killed in its first transaction left aborted records.
        if topics.holds_records(self._bootstrap, self._restricted):
            raise PositionLost(self._position_topic, self._restricted)
        return START

    async def _round(self, connection: Connection, producer: AIOKafkaProducer, position: Position) -> Position:
        """Sends what waits, or waits for something to send."""
        self._wake.clear()
        waiting = await store.read(connection, position, self._batch)
        if not waiting:
            metrics.UNRELAYED_AGE.labels(self.context).set(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE_POLL)
            return position
        reached("relay.after_read")
        records = [record for _, record in waiting]
        age = (self._clock() - min(record.recorded_at for record in records)).total_seconds()
        metrics.UNRELAYED_AGE.labels(self.context).set(max(age, 0))
        parents = [orjson.loads(record.metadata)["traceparent"] for record in records]
        with telemetry.tracer.start_as_current_span(
            f"relay {self.context}", kind=SpanKind.PRODUCER, links=telemetry.links(parents)
        ) as span:
            span.set_attribute("messaging.batch.message_count", len(records))
            last, newest = waiting[-1]
            await self._send(producer, records, last, newest)
        metrics.RELAYED.labels(self.context).inc(len(records))
        return last

    async def _send(
        self, producer: AIOKafkaProducer, records: Sequence[Record], last: Position, newest: Record
    ) -> None:
        """One Kafka transaction: both topics and the position."""
        await producer.begin_transaction()
        reached("relay.after_begin")
        batches = _Batches(producer, self._partitions)
        for record in records:
            complete, reduced = outgoing(record, self.context)
            await batches.add(self._restricted, complete)
            if reduced is not None:
                await batches.add(self._party, reduced)
        await batches.flush()
        reached("relay.before_position")
        value = {
            "epoch": last.epoch,
            "transaction_id": last.transaction_id,
            "position": last.position,
            "event_id": str(newest.event_id),
        }
        sent = await producer.send(self._position_topic, orjson.dumps(value), POSITION_KEY, 0)
        await asyncio.gather(*batches.sent, sent)
        reached("relay.before_commit")
        await producer.commit_transaction()
        reached("relay.after_commit")


class _Batches:
    """One open batch per partition: three times as quick as sending records one by one."""

    def __init__(self, producer: AIOKafkaProducer, partitions: int) -> None:
        self._producer = producer
        self._partitions = partitions
        self._open: dict[tuple[str, int], BatchBuilder] = {}
        self.sent: list[asyncio.Future[object]] = []

    async def add(self, topic: str, record: Outgoing) -> None:
        # The same partition as every Kafka client's default partitioner picks for this key.
        place = topic, (murmur2(record.key) & 0x7FFFFFFF) % self._partitions
        batch = self._open.get(place) or self._open.setdefault(place, self._producer.create_batch())
        if self._append(batch, record):
            return
        await self._ship(place)
        batch = self._open[place] = self._producer.create_batch()
        if not self._append(batch, record):
            raise ValueError(f"events.too_large: an event of {record.key.decode()} does not fit one batch")

    @staticmethod
    def _append(batch: BatchBuilder, record: Outgoing) -> bool:
        meta = batch.append(key=record.key, value=record.value, timestamp=record.timestamp_ms, headers=record.headers)
        return meta is not None

    async def _ship(self, place: tuple[str, int]) -> None:
        batch = self._open.pop(place)
        batch.close()
        sent = await self._producer.send_batch(batch, place[0], partition=place[1])
        sent.add_done_callback(_looked_at)
        self.sent.append(sent)

    async def flush(self) -> None:
        for place in list(self._open):
            await self._ship(place)


def _looked_at(sent: asyncio.Future[object]) -> None:
    """The first failure ends the transaction and is told; the others would be logged whenever they are collected."""
    if not sent.cancelled():
        sent.exception()
