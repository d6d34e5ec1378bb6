"""The relay's position as a state machine: leaders that die, stall and wake, on real servers (decision 3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, KafkaError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from insieme_events import catalogue, store
from insieme_events.clock import system_clock
from insieme_events.position import RelayError
from insieme_events.relay import Relay
from insieme_events.store import START, Connection, Position, Record
from insieme_events.testing.road import Road, accepted, chain, committed

pytestmark = pytest.mark.integration

SETTINGS = settings(max_examples=2, stateful_step_count=4, deadline=None, database=None, report_multiple_bugs=False)
REFUSED = (psycopg.Error, KafkaError, IllegalOperation)

T = TypeVar("T")


class Killed(Exception):
    """The process ended here."""


@dataclass
class Leader:
    """One relay whose steps the machine takes; `in_hand` is what it has read and not sent."""

    relay: Relay
    session: Connection
    producer: AIOKafkaProducer
    position: Position
    in_hand: list[tuple[Position, Record]] = field(default_factory=list)

    async def read(self) -> None:
        self.in_hand = await store.read(self.session, self.position, 100)

    async def send(self) -> None:
        last, newest = self.in_hand[-1]
        await self.relay._send(self.producer, [record for _, record in self.in_hand], last, newest)
        self.position, self.in_hand = last, []


class World:
    """One store and its topics, for all examples of a run, in an event loop of its own."""

    def __init__(self, way: Road) -> None:
        self.loop = asyncio.Runner()
        self.way = way
        self.writer = self.run(psycopg.AsyncConnection.connect(way.url, autocommit=True))
        self.stored: dict[str, list[UUID]] = {}
        self.left: list[Leader] = []

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    async def begin(self, kind: type[Relay]) -> Leader:
        """As a process that starts: the lock, the fence, the position."""
        way = self.way
        relay = kind("intake", way.url, way.bootstrap, way.prefix, asyncio.Event())
        session = await psycopg.AsyncConnection.connect(way.url, autocommit=True)
        leader = Leader(relay, session, relay._producer(), START)
        self.left.append(leader)
        await relay._lock(session)
        await leader.producer.start()
        relay._standing = await relay._look(session)
        leader.position = relay._standing.position
        return leader

    async def append(self, count: int) -> None:
        stream = f"referral-{uuid4()}"
        records = chain(stream, *[accepted(uuid4())] * count)
        await store.append(self.writer, records, system_clock())
        self.stored[stream] = [record.event_id for record in records]

    async def on_topic(self) -> dict[str, list[UUID]]:
        topic = catalogue.restricted_topic(self.way.prefix, "intake")
        found: dict[str, list[UUID]] = {}
        for record in await asyncio.to_thread(committed, self.way.bootstrap, topic):
            found.setdefault(record.header("ce_subject"), []).append(UUID(record.header("ce_id")))
        return found

    async def close(self) -> None:
        for leader in self.left:
            # A fenced producer raises AssertionError when it is told to abort.
            with contextlib.suppress(KafkaError, IllegalOperation, AssertionError, TimeoutError):
                await asyncio.wait_for(leader.producer.stop(), 5)
            await leader.session.close()
        await self.writer.close()


class Positions(RuleBasedStateMachine):
    """Relays of one store die before and after the commit of their Kafka transaction, or stall with events in hand
    while another takes over, and wake: every stored event is on the topic once, in order per stream, as committed.

    Progress: at the end one more relay starts, sends what waits, and all that is stored is on the topic.
    """

    world: ClassVar[World]
    kind: ClassVar[type[Relay]] = Relay

    def __init__(self) -> None:
        super().__init__()
        self.leader: Leader | None = None
        self.stalled: list[Leader] = []

    @rule(count=st.integers(1, 3))
    def relays(self, count: int) -> None:
        self.world.run(self.relay(count))

    @rule(count=st.integers(1, 3))
    def dies_before_its_commit(self, count: int) -> None:
        self.world.run(self.die(count, committed=False))

    @rule(count=st.integers(1, 3))
    def dies_after_its_commit(self, count: int) -> None:
        self.world.run(self.die(count, committed=True))

    @rule(count=st.integers(1, 3))
    def stalls_with_events_in_hand_and_another_takes_over(self, count: int) -> None:
        self.world.run(self.stall(count))

    @precondition(lambda self: self.stalled)
    @rule()
    def wakes(self) -> None:
        self.world.run(self.wake(self.stalled.pop()))

    async def leads(self) -> Leader:
        if self.leader is None:
            self.leader = await self.world.begin(self.kind)
        return self.leader

    async def relay(self, count: int) -> None:
        await self.world.append(count)
        leader = await self.leads()
        await leader.read()
        await leader.send()

    async def die(self, count: int, committed: bool) -> None:
        await self.world.append(count)
        leader = await self.leads()
        await leader.read()
        commit = leader.producer.commit_transaction

        async def killed() -> None:
            if committed:
                await commit()
            elif isinstance(leader.relay, WithoutTheFence):
                # Nobody else would end its transaction, and every reader would wait behind it.
                await leader.producer.abort_transaction()
            raise Killed

        leader.producer.commit_transaction = killed
        with pytest.raises(Killed):
            await leader.send()
        await self.gone()

    async def stall(self, count: int) -> None:
        await self.world.append(count)
        leader = await self.leads()
        await leader.read()
        await self.gone()
        self.stalled.append(leader)
        after = await self.leads()
        await after.read()
        await after.send()

    async def wake(self, leader: Leader) -> None:
        """It does not know that it was replaced; whether it could send is seen on the topic."""
        with contextlib.suppress(*REFUSED):
            await leader.send()

    async def gone(self) -> None:
        """Its database session ended, and with it its lock."""
        assert self.leader is not None
        await self.leader.session.close()
        self.leader = None

    def teardown(self) -> None:
        self.world.run(self.heal())

    async def heal(self) -> None:
        if self.leader is not None:
            await self.gone()
        leader = await self.leads()
        await leader.read()
        if leader.in_hand:
            await leader.send()
        await self.gone()
        assert await self.world.on_topic() == self.world.stored, "once, in order, and in the end all of it"


class WithoutTheFence(Relay):
    """Each under a transactional id of its own: nobody ends another's transaction or keeps it from sending."""

    def _producer(self) -> AIOKafkaProducer:
        name, self.name = self.name, f"{self.name}.{uuid4()}"
        try:
            return super()._producer()
        finally:
            self.name = name


class DoesNothing(Relay):
    """Sends nothing, and so nothing twice."""

    async def _send(self, producer: AIOKafkaProducer, records: Any, last: Position, newest: Record) -> None:
        await producer.begin_transaction()
        await producer.commit_transaction()


@pytest.fixture
def world(broad_way: Road) -> Iterator[World]:
    made = World(broad_way)
    try:
        yield made
    finally:
        made.run(made.close())
        made.loop.close()


def machine_of(kind: type[Relay], world: World) -> type[Positions]:
    return type(f"PositionsOf{kind.__name__}", (Positions,), {"kind": kind, "world": world})


def test_every_stored_event_is_on_the_topic_once_whoever_dies_stalls_and_wakes(world: World) -> None:
    run_state_machine_as_test(machine_of(Relay, world), settings=SETTINGS)


def stalled_and_woken(kind: type[Relay], world: World) -> None:
    """The shortest steps that tell a relay with its guards from one without: chance might not take them."""
    machine = machine_of(kind, world)()
    machine.relays(count=1)
    machine.stalls_with_events_in_hand_and_another_takes_over(count=2)
    machine.wakes()
    machine.teardown()


def test_a_relay_that_stalled_and_wakes_sends_nothing_twice(world: World) -> None:
    stalled_and_woken(Relay, world)


@pytest.mark.parametrize("broken", [WithoutTheFence, DoesNothing])
def test_control_with_the_guard_off_the_machine_finds_it(world: World, broken: type[Relay]) -> None:
    """What was sent twice the next leader may name too: its position is behind the topic then."""
    with pytest.raises((AssertionError, RelayError)):
        stalled_and_woken(broken, world)
