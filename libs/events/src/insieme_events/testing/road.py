"""The road without a service: a decider that records what it is told, and the parts around it on real servers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from aiokafka import AIOKafkaProducer
from confluent_kafka import Consumer, KafkaError, TopicPartition
from psycopg_pool import AsyncConnectionPool

from insieme_events import store, topics
from insieme_events.commands import Aggregate, Asked, Change, Commands, Done, Step, Unit
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.intake_referrals import ReferralAccepted
from insieme_events.decider import Circumstances, Command, Decider, Decision
from insieme_events.envelope import Stored, metadata_of, outgoing
from insieme_events.sealing import to_json
from insieme_events.service import Worker, open_pool
from insieme_events.store import Connection
from insieme_events.testing import databases
from insieme_events.vault import Keys, KeyVault

ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="case_work")
DAY = date(2020, 2, 3)


class Record(Command):
    """Append these events, whatever happened before."""

    events: tuple[DomainEvent, ...]


def _decide(command: Record, state: int, circumstances: Circumstances) -> Decision:
    return command.events


def _evolve(state: int, event: DomainEvent) -> int:
    return state + 1


async def _circumstances(connection: Connection, asked: Sequence[Asked[Record]]) -> Sequence[Circumstances]:
    return [Circumstances(a.situation.actor, a.situation.today, None) for a in asked]


async def _view(connection: Connection, changes: Sequence[Change[int]]) -> None:
    return None


def recorder(name: str = "referral") -> Aggregate[int, Record, Circumstances]:
    """An aggregate whose streams are `<name>-<uuid>` and that records whatever it is told."""
    return Aggregate(Decider("intake", name, 0, _decide, _evolve), _circumstances, _view)


RECORDER = recorder()


def accepted(stream_id: UUID, day: date = DAY) -> ReferralAccepted:
    """The smallest event there is."""
    return ReferralAccepted(referral_id=stream_id, occurred_on=day)


def unit(stream_id: UUID, *events: DomainEvent, **options: Any) -> Unit:
    return Unit((Step(RECORDER, stream_id, Record(events=events)),), ACTOR, **options)


@dataclass
class Road:
    """One service database with its pool, command runner and topics."""

    bootstrap: str
    prefix: str
    url: str
    owner_url: str
    pool: AsyncConnectionPool[Connection]
    commands: Commands
    keys: KeyVault | None = None

    async def record(self, stream_id: UUID, count: int = 1) -> Done:
        """Appends so many events to one stream, in one unit."""
        answer = await self.commands.run(unit(stream_id, *[accepted(stream_id)] * count))
        assert isinstance(answer, Done)
        return answer

    async def fill(self, streams: int, each: int, per_transaction: int = 200) -> list[UUID]:
        """Appends `each` events to so many streams, interleaved."""
        ids = [uuid4() for _ in range(streams)]
        for _ in range(each):
            for start in range(0, streams, per_transaction):
                units = [unit(one, accepted(one)) for one in ids[start : start + per_transaction]]
                assert all(isinstance(answer, Done) for answer in await self.commands.run_all(units))
        return ids

    async def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Looks once more when the session that looks was one of those that the test itself cut."""
        try:
            return await self._rows(query, *parameters)
        except psycopg.OperationalError:
            return await self._rows(query, *parameters)

    async def _rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()


@asynccontextmanager
async def road(
    urls: Mapping[str, str], bootstrap: str, prefix: str, name: str = "intake", keys: KeyVault | None = None
) -> AsyncIterator[Road]:
    """Migrates the database of `name`, makes the topics, opens a pool. `urls` has `<name>` and `<name>_owner`."""
    await asyncio.to_thread(databases.upgraded, urls[f"{name}_owner"], name, None)
    await asyncio.to_thread(topics.apply, bootstrap, prefix)
    async with open_pool(urls[name], 8, f"road-{name}") as pool:
        yield Road(bootstrap, prefix, urls[name], urls[f"{name}_owner"], pool, Commands("intake", pool, keys), keys)


@asynccontextmanager
async def at_work(*workers: Worker) -> AsyncIterator[None]:
    """Runs relays and subscriptions beside the test; an error of theirs fails it."""
    tasks = [asyncio.create_task(worker.run(), name=worker.name) for worker in workers]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        for task in tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(task, 20)


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Waits until the condition holds; fails after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Wire:
    """A record as any client would give it: what a foreign producer may put on a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def chain(stream: str, *events: DomainEvent, keys: Keys | None = None) -> list[store.Record]:
    """Store records of one stream, sequence 1 to n, each with its predecessor; recorded one second apart."""
    made: list[store.Record] = []
    for number, event in enumerate(events, 1):
        event_id = uuid4()
        made.append(
            store.Record(
                event_id,
                stream,
                number,
                type(event).__name__,
                event.schema_version,
                to_json(event, event_id, keys or {}).decode(),
                metadata_of("test", None, None),
                event.occurred_on,
                datetime(2020, 2, 3, tzinfo=UTC) + timedelta(seconds=number),
                made[-1].event_id if made else None,
            )
        )
    return made


def on_wire(record: store.Record, offset: int, partition: int = 0, topic: str = "intake.restricted.v1") -> Wire:
    """The complete record that the relay would send."""
    sent, _ = outgoing(record, "intake")
    return Wire(topic, partition, offset, sent.key, sent.value, sent.headers)


EFFECTS = "create table public.effects (n int generated always as identity, stream text, sequence int, event_id uuid)"


class Effects:
    """A handler that writes one row per event that it is given, nothing but the insert keeping order or doubles out.

    `prepare` makes its table. It raises ValueError for the events that it is told to.
    """

    types: frozenset[type[DomainEvent]] | None = None

    def __init__(self, *failing: UUID) -> None:
        self.failing = failing
        self.calls = 0

    @staticmethod
    async def prepare(way: Road) -> None:
        async with await psycopg.AsyncConnection.connect(way.owner_url) as owner:
            await owner.execute(EFFECTS)
            await owner.execute("grant select, insert on public.effects to intake")

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        self.calls += 1
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "insert into public.effects (stream, sequence, event_id) values (%s, %s, %s)",
                [(stored.stream, stored.sequence, stored.event_id) for stored in events],
            )
        if any(stored.event_id in self.failing for stored in events):
            raise ValueError("canary-content")


async def effects(way: Road) -> list[tuple[str, int]]:
    """Stream and sequence of every effect, in the order in which they were written."""
    return [(s, n) for s, n in await way.rows("select stream, sequence from public.effects order by n")]


@dataclass(frozen=True)
class Sent(Wire):
    """A record as a reader of committed records gets it."""

    timestamp_ms: int

    def header(self, name: str) -> str:
        return dict(self.headers)[name].decode()


def committed(bootstrap: str, topic: str) -> list[Sent]:
    """Every committed record of a topic, in order per partition, read from its first offset to its end."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "test-reader",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    found: list[Sent] = []
    try:
        places = [TopicPartition(topic, n, 0) for n in topics.describe(bootstrap, [topic])[topic].ends]
        consumer.assign(places)
        while places:
            message: Any = consumer.poll(20)
            assert message is not None, f"{topic} gave nothing"
            if message.error() is not None:
                assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                places.pop()
                continue
            stamp = message.timestamp()[1]
            headers = message.headers() or []
            place = message.partition(), message.offset()
            found.append(Sent(topic, *place, message.key(), message.value(), headers, stamp))
        return found
    finally:
        consumer.close()


async def produce(bootstrap: str, *records: Wire, transactional_id: str | None = None, commit: bool = True) -> None:
    """Puts records on their topics and partitions, as any foreign producer may."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", transactional_id=transactional_id)
    await producer.start()
    try:
        if transactional_id is not None:
            await producer.begin_transaction()
        for record in records:
            await producer.send_and_wait(
                record.topic, record.value, record.key, record.partition, headers=list(record.headers)
            )
        if transactional_id is not None:
            await (producer.commit_transaction() if commit else producer.abort_transaction())
    finally:
        await producer.stop()
