"""From Kafka to a handler, effect once: the one place where a FastStream subscriber is declared (decisions 5, 6)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.kafka.schemas import Topic
from opentelemetry.trace import SpanKind
from psycopg_pool import AsyncConnectionPool

from insieme_events import catalogue, cursors, envelope, metrics, releasing, scanning, telemetry, topics
from insieme_events.applying import Applied, BatchHandler, BatchTransaction
from insieme_events.assignment import Assignments
from insieme_events.clock import Clock, system_clock
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance, Claim, Cursor, Fenced
from insieme_events.envelope import KafkaRecord
from insieme_events.passing import MAY_PASS, Patience
from insieme_events.progress import STUCK_AFTER, Progress
from insieme_events.scanning import Place
from insieme_events.store import Connection
from insieme_events.topics import TopicFacts
from insieme_events.vault import KeyVault
from insieme_events.watching import CHECK_EVERY, watching

SESSION_MS = 6000
MAX_RECORDS = 5000
FENCED_PAUSE = 1.5 * SESSION_MS / 1000
RETRY = 0.5
IDLE_MS = 500
"""How long one request for records waits where there are none; a record that arrives ends the waiting at once."""
LOOK = 1.0
THOROUGH_LOOK = 30.0
# FastStream tells of every batch and every assignment; our metrics and spans say it better.
LOGGER = logging.getLogger("insieme.faststream")
LOGGER.setLevel(logging.ERROR)


class Subscription:
    """One consumer group with its cursor in the service's database.

    Runs until stopped. A broker or a database that is away is waited for; CursorError and TopicError end it: the
    topics are looked at before each start of a consumer, and again every `check_every` seconds.
    """

    check_every = CHECK_EVERY

    def __init__(
        self,
        name: str,
        contexts: Sequence[str],
        handler: BatchHandler,
        pool: AsyncConnectionPool[Connection],
        keys: KeyVault | None,
        bootstrap: str,
        prefix: str,
        clock: Clock = system_clock,
        park_unknown: bool = False,
        max_records: int = MAX_RECORDS,
        consumer: str | None = None,
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        self.name = name
        self.topics = [catalogue.restricted_topic(prefix, context) for context in contexts]
        self.pool = pool
        self.keys = keys
        self.max_records = max_records
        self._bootstrap = bootstrap
        self._group = f"{prefix}.{name}"
        self._generations: dict[str, str] = {}
        self._stopping = asyncio.Event()
        self._subscriber: Any = None
        self._backoff = RETRY
        # Batches and releases of parked events take turns: both move the same claims.
        self._turn = asyncio.Lock()
        self._patience = Patience()
        self._looked = 0.0
        self._looked_well = 0.0
        self._looked_at = -1
        self.transaction = BatchTransaction(name, handler, keys, clock, park_unknown, consumer)
        self.assignments = Assignments(name, self._claim, lambda: self._subscriber and self._subscriber.consumer)
        self.progress = Progress(name, self.assignments, clock, stuck_after)

    @classmethod
    def of(
        cls, service: Any, name: str, contexts: Sequence[str], handler: BatchHandler, **options: Any
    ) -> Subscription:
        """A subscription of a running service."""
        settings = service.settings
        return cls(
            name,
            contexts,
            handler,
            service.pool,
            service.keys,
            settings.kafka_bootstrap_servers,
            settings.topic_prefix,
            service.clock,
            **options,
        )

    def ready(self) -> bool:
        """In its group, and every partition that it was given is claimed."""
        consumer = self._subscriber and self._subscriber.consumer
        if not consumer or self.assignments.failure is not None:
            return False
        return bool(self.assignments.generation) and self.assignments.assigned <= self.assignments.claims.keys()

    def stuck(self) -> str | None:
        """What does not turn any more and only a new start can help; None where all is well."""
        return self.progress.stuck()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._check_topics()
                await self._consume()
            except (KafkaError, KafkaException, *MAY_PASS) as error:
                telemetry.log.warning("subscription_interrupted", subscription=self.name, error=type(error).__name__)
                await self._pause(RETRY)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _check_topics(self) -> None:
        """Raises TopicError or CursorError where a topic is not the one that the cursors were made on."""
        async with self.pool.connection() as connection:
            known = await cursors.standing(connection, self.name)
        found = await asyncio.to_thread(topics.describe, self._bootstrap, self.topics)
        cursors.check(self.name, known, found.values())
        await self._check_lasts({place: cursor for place, cursor in known.items() if place[0] in found}, found)
        self._generations = {name: facts.generation for name, facts in found.items()}

    async def _check_lasts(self, known: dict[Place, Cursor], found: dict[str, TopicFacts]) -> None:
        """Raises CursorError where the record before a cursor is none that this subscription has seen."""
        offsets = {place: cursor.next_offset for place, cursor in known.items()}
        lasts = await asyncio.to_thread(scanning.last_before, self._bootstrap, offsets, found)
        async with self.pool.connection() as connection:
            for place, record in lasts.items():
                with contextlib.suppress(envelope.Unreadable):
                    await cursors.check_last(connection, self.name, known[place], envelope.received(record))

    async def _consume(self) -> None:
        """Joins the group and works until stopped or until something ends it."""
        broker = KafkaBroker(
            self._bootstrap.split(","),
            apply_types=False,
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=20.0,
            retry_backoff_ms=500,
            logger=LOGGER,
        )
        self._subscriber = broker.subscriber(
            *(Topic(name, declare=False) for name in self.topics),
            batch=True,
            group_id=self._group,
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            listener=self.assignments,
            parser=_raw_parser,
            decoder=_raw_decoder,
            auto_offset_reset="none",
            isolation_level="read_committed",
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=1000,
            rebalance_timeout_ms=10_000,
            fetch_max_wait_ms=IDLE_MS,
        )
        self._subscriber(self._handle)
        self._subscriber.get_msg = self._ask
        with self.progress.running():
            try:
                await broker.start()
                async with (
                    watching(self._check_topics, self.check_every, self.name) as failed,
                    watching(self._measure, self.progress.every, self.name) as blind,
                ):
                    while not (self._stopping.is_set() or self.assignments.failure or failed.done() or blind.done()):
                        await self._pause(0.2)
                        await self._look()
            finally:
                await self.assignments.close()
                await broker.stop()
                self._subscriber = None
        if self.assignments.failure is not None:
            raise self.assignments.failure

    async def _measure(self) -> None:
        await self.progress.measure(self._subscriber.consumer)

    async def _ask(self, consumer: AIOKafkaConsumer) -> tuple[ConsumerRecord, ...]:
        """In the place of FastStream's own, which sleeps once more after each look that found nothing."""
        self.progress.turned()
        found = await consumer.getmany(timeout_ms=IDLE_MS, max_records=self.max_records)
        return tuple(itertools.chain(*found.values()))

    async def _claim(self, partition: TopicPartition) -> Claim:
        async with self.pool.connection() as connection:
            claim = await cursors.claim(
                connection, self.name, partition.topic, partition.partition, self._generations[partition.topic]
            )
            reached("claim.before_commit")
        reached("claim.after_commit")
        self.progress.claimed(partition, claim.last_recorded_at)
        return claim

    async def _handle(self, records: tuple[ConsumerRecord, ...]) -> None:
        """Lets no exception escape: FastStream would swallow it and go on behind the lost batch."""
        # Before any waiting: a claim that is made anew meanwhile may stand before these records.
        claims = dict(self.assignments.claims)
        async with self._turn:
            with self.assignments.busy():
                mine, dropped = _claimed(records, claims, self.assignments.claims)
                if dropped:
                    metrics.CONSUMED.labels(self.name, "not_ours").inc(dropped)
                if not mine:
                    return
                try:
                    with self.progress.batch(mine), self._span(mine):
                        await self._work(mine, claims)
                    self._backoff = RETRY
                except Fenced:
                    telemetry.log.warning("fenced", subscription=self.name)
                    self.assignments.drop(mine, FENCED_PAUSE)
                except Exception as error:  # noqa: BLE001 - nothing is written; the claim reads the truth again
                    kind = "surroundings" if isinstance(error, MAY_PASS) else "defect"
                    telemetry.log.error("batch_failed", subscription=self.name, kind=kind, error=type(error).__name__)
                    for partition in mine:
                        self._patience.missed(partition, error)
                    self.assignments.drop(mine, self._backoff)
                    self._backoff = min(2 * self._backoff, 5.0)

    @contextlib.contextmanager
    def _span(self, mine: dict[TopicPartition, list[KafkaRecord]]) -> Iterator[None]:
        """One span and one duration per batch, with links to the spans in which its first events were stored."""
        batch = [record for records in mine.values() for record in records]
        links = telemetry.links([_traceparent(record) for record in batch[:64]])
        with (
            metrics.BATCH_SECONDS.labels(self.name).time(),
            telemetry.span(f"apply {self.name}", kind=SpanKind.CONSUMER, links=links) as span,
        ):
            span.set_attribute("messaging.batch.message_count", len(batch))
            yield

    async def _work(self, mine: dict[TopicPartition, list[KafkaRecord]], claims: dict[TopicPartition, Claim]) -> None:
        steps = [step_over(partition, claims[partition], records) for partition, records in mine.items()]
        batch = [record for records in mine.values() for record in records]
        self.transaction.patient = all(self._patience.left(partition) for partition in mine)
        async with self.pool.connection() as connection:
            applied = await self.transaction.run(connection, batch, steps)
        for partition, step in zip(mine, steps, strict=True):
            self._patience.met(partition)
            if self.assignments.claims.get(partition) is claims[partition]:
                self.assignments.claims[partition] = Claim(step.next_offset, step.claim.epoch)
                self.progress.applied(partition, step.last_recorded_at)
        self._count_outcomes(applied)

    async def _look(self) -> None:
        """Lets parked streams go on whose turn has come: every second where an operator asked, and after a change of
        the assignment and every half minute where nothing holds them back any more."""
        now = asyncio.get_running_loop().time()
        changed = self._looked_at != self.assignments.generation or not self.ready()
        thorough = self.ready() and (changed or now - self._looked_well > THOROUGH_LOOK)
        if not thorough and now - self._looked < LOOK:
            return
        self._looked = now
        async with self._turn:
            with self.assignments.busy():
                try:
                    await self._let_go(thorough)
                except MAY_PASS as error:
                    telemetry.log.warning("look_failed", subscription=self.name, error=type(error).__name__)
                    return
        if thorough:
            self._looked_well, self._looked_at = now, self.assignments.generation

    async def _let_go(self, thorough: bool) -> None:
        async with self.pool.connection() as connection:
            due = await releasing.due(connection, self.name, self.transaction.consumer, thorough)
        for place, streams in due.items():
            partition = TopicPartition(*place)
            if partition not in self.assignments.claims:
                continue
            key = partition, "release"
            try:
                self.transaction.patient = self._patience.left(key)
                await self._release(partition, streams)
                self._patience.met(key)
            except Fenced:
                telemetry.log.warning("fenced", subscription=self.name)
                self.assignments.drop([partition], FENCED_PAUSE)
            except Exception as error:
                self._patience.missed(key, error)
                if isinstance(error, MAY_PASS):
                    raise
                telemetry.log.error("release_failed", subscription=self.name, error=type(error).__name__)

    async def _release(self, partition: TopicPartition, streams: Sequence[str]) -> None:
        """Lets these streams of a claimed partition go on, some in every transaction."""
        waiting = list(streams)
        while waiting:
            claim = self.assignments.claims.get(partition)
            if claim is None:
                raise Fenced(f"{partition.topic}[{partition.partition}]")
            now, waiting = waiting[: releasing.STREAMS], waiting[releasing.STREAMS :]
            step = standing(partition, claim)
            async with self.pool.connection() as connection:
                applied, cut = await releasing.release(self.transaction, connection, step, now)
            self._count_outcomes(applied)
            self.progress.turned()
            waiting += cut

    def _count_outcomes(self, applied: Applied) -> None:
        for outcome in ("handled", "passed_over", "ignored", "parked", "released"):
            metrics.CONSUMED.labels(self.name, outcome).inc(getattr(applied, outcome))


def standing(partition: TopicPartition, claim: Claim) -> Advance:
    """A step that stays where the claim is: a fence for what is written without a new record."""
    return Advance(partition.topic, partition.partition, claim, claim.next_offset, None, None)


def step_over(partition: TopicPartition, claim: Claim, records: Sequence[KafkaRecord]) -> Advance:
    """The cursor's step over these records, with the last readable event among them."""
    event_id, recorded_at = None, None
    for record in reversed(records):
        try:
            last = envelope.received(record)
        except envelope.Unreadable:
            continue
        event_id, recorded_at = last.event_id, last.recorded_at
        break
    return Advance(partition.topic, partition.partition, claim, records[-1].offset + 1, event_id, recorded_at)


def _claimed(
    records: Sequence[ConsumerRecord],
    snapshot: dict[TopicPartition, Claim],
    now: dict[TopicPartition, Claim],
) -> tuple[dict[TopicPartition, list[KafkaRecord]], int]:
    """The records whose partition is claimed, from the claimed offset on; and how many are not."""
    mine: dict[TopicPartition, list[KafkaRecord]] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        claim = snapshot.get(partition)
        if claim is not None and now.get(partition) is claim and record.offset >= claim.next_offset:
            mine.setdefault(partition, []).append(record)
    return mine, len(records) - sum(len(found) for found in mine.values())


def _traceparent(record: KafkaRecord) -> str | None:
    for name, value in record.headers:
        if name == "ce_traceparent":
            return value.decode("ascii", "replace")
    return None


async def _raw_parser(message: Any) -> KafkaAckableMessage:
    """The records as they came: the default parser drops a batch over one header that is not UTF-8."""
    return KafkaAckableMessage(body=b"", headers={}, raw_message=message, correlation_id="", consumer=None)


async def _raw_decoder(message: KafkaAckableMessage) -> Any:
    return message.raw_message
