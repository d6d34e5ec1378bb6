"""From the store to Kafka: every stored event once, in order per key (decision 3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Self

import orjson
import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, KafkaError
from confluent_kafka import KafkaException
from opentelemetry.trace import SpanKind

from insieme_events import catalogue, metrics, moved, store, telemetry
from insieme_events.batches import Batches
from insieme_events.clock import Clock, system_clock
from insieme_events.connecting import session
from insieme_events.crash_points import reached
from insieme_events.envelope import Outgoing, outgoing
from insieme_events.moved import StoreBehind, StoreMoved
from insieme_events.position import RelayTopics, Standing, spot, unchanged, verified
from insieme_events.position import read as read_standing
from insieme_events.settings import ServiceSettings
from insieme_events.store import START, Connection, Position, Record
from insieme_events.unrelayed import Unrelayed
from insieme_events.watching import CHECK_EVERY, watching

BATCH = 2000
IDLE_POLL = 0.2
STANDBY = 1.0
HELD = 15.0
LET_GO = "select set_config('idle_session_timeout', %s, false)"
SIGN_OF_LIFE = "select"
RETRY = 0.5
MAX_BATCH_BYTES = 1_000_000
POSITION_KEY = b"relay"
# A producer that was fenced while it sent answers the next send with IllegalOperation, which is no KafkaError.
INTERRUPTIONS = (psycopg.Error, KafkaError, IllegalOperation, OSError, KafkaException, StoreMoved)


class NotLeader(Exception):
    """Another relay of this service holds the lock."""


class Relay:
    """One per service runs; a second one stands by until the first one's database session ends.

    The lock chooses the leader, the transactional id fences a leader that lost the lock without knowing.
    """

    check_every = CHECK_EVERY
    held = HELD
    """Seconds until a store that is behind is looked at again: each time the whole topic is compared with it."""
    let_go = 20.0
    """Seconds without a word from a leader after which the server ends its session, and with it the lock: one whose
    link is dead, or who sleeps, would keep every other relay out. A leader that lives gives a sign four times as often,
    also while it waits for Kafka."""

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
        self._topics = RelayTopics.of(prefix, context)
        self._standing = Standing(START)
        self.unrelayed = Unrelayed(context, clock, self._stored_position)
        self._partitions = catalogue.PARTITIONS[context]

    @classmethod
    def of(cls, context: str, settings: ServiceSettings, wake: asyncio.Event) -> Self:
        return cls(context, settings.database_url, settings.kafka_bootstrap_servers, settings.topic_prefix, wake)

    def ready(self) -> bool:
        """Leads, or stands by."""
        return self._healthy

    async def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Leads or stands by until stopped. What may pass is tried again, also a store that is behind.

        RelayError and TopicError end it.
        """
        while not self._stopping.is_set():
            try:
                async with await session(self._url, self.name) as connection:
                    await self._lead(connection)
            except NotLeader:
                self._healthy = True
                await self._pause(STANDBY)
            except StoreBehind as behind:
                self._healthy = False
                telemetry.log.error("store_behind", relay=self.name, detail=str(behind))
                await self._pause(self.held)
            except INTERRUPTIONS as error:
                self._healthy = False
                telemetry.log.warning("relay_interrupted", relay=self.name, error=type(error).__name__)
                await self._pause(RETRY)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _lead(self, connection: Connection) -> None:
        await self._lock(connection)
        reached("relay.after_lock")
        await connection.execute(LET_GO, (f"{self.let_go * 1000:.0f}ms",))

        async def live() -> None:
            await connection.execute(SIGN_OF_LIFE)

        async with watching(live, self.let_go / 4, f"{self.name} session"):
            await self._work(connection)

    async def _work(self, connection: Connection) -> None:
        producer = self._producer()
        try:
            # start() fences every older relay and ends its open transaction; only then the position is final.
            await producer.start()
            reached("relay.after_fencing")
            self._standing = await self._look(connection)
            await self._settle(connection, self._standing)
            position = self._standing.position
            self._healthy = True
            self.unrelayed.leading(position)
            telemetry.log.info("relay_leads", relay=self.name, position=position.position)
            async with watching(self._unchanged, self.check_every, self.name) as failed:
                while not self._stopping.is_set() and not failed.done():
                    position = await self._round(connection, producer, position)
        finally:
            self._healthy = False
            self.unrelayed.gave_up()
            await self._discard(producer)

    async def _lock(self, connection: Connection) -> None:
        """Leads for as long as this session lives. Raises NotLeader."""
        row = await (
            await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (self.name,))
        ).fetchone()
        if row is None or not row[0]:
            raise NotLeader

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
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

    @staticmethod
    async def _discard(producer: AIOKafkaProducer) -> None:
        # A fenced producer raises AssertionError when it is told to abort: it is discarded in any case.
        with contextlib.suppress(KafkaError, IllegalOperation, AssertionError, asyncio.TimeoutError):
            await asyncio.wait_for(producer.stop(), 5)

    async def _look(self, connection: Connection) -> Standing:
        """Where it stands, on topics that are what it left. Raises RelayError and TopicError."""
        return await verified(connection, self._bootstrap, self._topics)

    def _stored_position(self) -> Position | None:
        standing = read_standing(self._bootstrap, self._topics.position)
        return None if standing is None else standing.position

    async def _settle(self, connection: Connection, last: Standing) -> None:
        """Lets writers go on in a store that moved and has all that was sent. Raises StoreBehind."""
        await moved.settle(connection, last, self._url, self._bootstrap, self._topics)

    async def _unchanged(self) -> None:
        """A topic that is deleted and made again takes records as if nothing had happened: so it is asked."""
        await unchanged(self._bootstrap, self._topics, self._standing.generations)

    async def _round(self, connection: Connection, producer: AIOKafkaProducer, position: Position) -> Position:
        """Sends what waits, or waits for something to send."""
        self._wake.clear()
        waiting = await store.read(connection, position, self._batch)
        if not waiting:
            # A session that was opened on a standby outlives its promotion.
            if not (await moved.home(connection)).settled:
                raise StoreMoved
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE_POLL)
            return position
        reached("relay.after_read")
        records = [record for _, record in waiting]
        parents = [orjson.loads(record.metadata)["traceparent"] for record in records]
        with telemetry.span(f"relay {self.context}", kind=SpanKind.PRODUCER, links=telemetry.links(parents)) as span:
            span.set_attribute("messaging.batch.message_count", len(records))
            last, newest = waiting[-1]
            await self._send(producer, records, last, newest)
        metrics.RELAYED.labels(self.context).inc(len(records))
        self.unrelayed.leading(last)
        return last

    async def _send(
        self, producer: AIOKafkaProducer, records: Sequence[Record], last: Position, newest: Record
    ) -> None:
        """One Kafka transaction: both topics and the position."""
        await producer.begin_transaction()
        reached("relay.after_begin")
        batches = Batches(producer, self._partitions)
        for record in records:
            for topic, made in self._outgoing(record):
                await batches.add(topic, made, record.event_id)
        await batches.flush()
        reached("relay.before_position")
        ends = {**self._standing.last, **{spot(*place): str(one) for place, one in batches.last.items()}}
        standing = Standing(last, str(newest.event_id), self._standing.generations, ends)
        sent = await producer.send(self._topics.position, standing.encode(), POSITION_KEY, 0)
        await asyncio.gather(*batches.sent, sent)
        reached("relay.before_commit")
        await producer.commit_transaction()
        reached("relay.after_commit")
        self._standing = standing

    def _outgoing(self, record: Record) -> list[tuple[str, Outgoing]]:
        """What is sent of an event, and to which topic."""
        complete, reduced = outgoing(record, self.context)
        if reduced is None:
            return [(self._topics.restricted, complete)]
        return [(self._topics.restricted, complete), (self._topics.party, reduced)]
