"""Cursors and dead letters as a state machine: several owners of one partition, on a real PostgreSQL (5 and 7)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from insieme_events import cursors
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.cursors import Advance, Claim, Fenced
from insieme_events.envelope import KafkaRecord, Stored
from insieme_events.store import Connection
from insieme_events.testing.road import Effects, Road, Wire, accepted, chain, on_wire

pytestmark = pytest.mark.integration

NAME = "test.effects"
TOPIC = "intake.restricted.v1"
OWNERS = 3
STREAMS = 2
LENGTH = 4
NOW = datetime(2021, 1, 1, tzinfo=UTC)
SETTINGS = settings(max_examples=12, stateful_step_count=12, deadline=None, database=None, report_multiple_bugs=False)
# A control only has to find the failure, not its smallest form.
FINDING = settings(SETTINGS, max_examples=300, phases=[Phase.generate])

# Whoever meets another's open transaction gives up, instead of waiting for a step that only the machine takes.
SHORT = "set lock_timeout = '20ms'"

T = TypeVar("T")


class Gated(Effects):
    """Writes its effect, then waits in the open transaction until it is told how that ends."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.go_on: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        await super().apply(connection, events)
        self.reached.set()
        if not await self.go_on:
            raise psycopg.OperationalError("the process died here")


class Database:
    """A connection per owner and one that looks, in an event loop of their own."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.Runner()
        self.owners = [self.run(self._connect(url)) for _ in range(OWNERS)]
        self.eye = self.run(self._connect(url))

    @staticmethod
    async def _connect(url: str) -> Connection:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        # Only the machine says how long a transaction stays open.
        await connection.execute("set idle_in_transaction_session_timeout = 0")
        await connection.execute("set transaction_timeout = 0")
        await connection.execute(SHORT)
        return connection

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    def close(self) -> None:
        for connection in (*self.owners, self.eye):
            self.run(connection.close())
        self.loop.close()


@dataclass
class Working:
    """A batch on its way; a gated handler waits in the open transaction."""

    handler: Effects
    task: asyncio.Task[Applied]
    next_offset: int


class Cursors(RuleBasedStateMachine):
    """Some events of some streams lie on a partition in any order and several times. However many owners claim it,
    hold old claims, take the same records at the same time, and die with their transaction open: of each stream
    every event has its effect once, in order, and what waits for its predecessor is parked and let go by itself.

    Progress: at the end one owner alone goes on to the end of the partition, and all events have their effect, no
    dead letter is left, and the cursor stands at the end.
    """

    database: ClassVar[Database]
    transaction: ClassVar[type[BatchTransaction]] = BatchTransaction
    found: ClassVar[list[str]]

    def __init__(self) -> None:
        super().__init__()
        self.subscription = f"{NAME}.{uuid4()}"
        self.claims: dict[int, Claim] = {}
        self.working: dict[int, Working] = {}
        self.events: dict[str, list[UUID]] = {}
        self.log: list[Wire] = []

    @initialize(data=st.data())
    def a_partition(self, data: st.DataObject) -> None:
        made = [chain(f"referral-{uuid4()}", *[accepted(uuid4())] * LENGTH) for _ in range(STREAMS)]
        self.events = {records[0].stream: [record.event_id for record in records] for records in made}
        every = [on_wire(record, 0, topic=TOPIC) for records in made for record in records]
        again = data.draw(st.lists(st.integers(0, len(every) - 1), max_size=4))
        given = [*range(len(every)), *again]
        order = data.draw(st.one_of(st.just(given), st.permutations(given)))
        self.log = [replace(every[number], offset=offset) for offset, number in enumerate(order)]

    @rule(owner=st.integers(0, OWNERS - 1), and_begins=st.integers(0, 4))
    def claims_it(self, owner: int, and_begins: int) -> None:
        """And begins a batch of so many at once, or later with what is an old claim by then."""
        if owner not in self.working:
            self.database.run(self.claim(owner))
            if and_begins and owner in self.claims:
                self.database.run(self.begin(owner, and_begins, Gated))

    @precondition(lambda self: self.claims.keys() - self.working.keys())
    @rule(data=st.data(), count=st.integers(1, 4))
    def begins_a_batch(self, data: st.DataObject, count: int) -> None:
        owner = data.draw(st.sampled_from(sorted(self.claims.keys() - self.working.keys())))
        self.database.run(self.begin(owner, count, Gated))

    @precondition(lambda self: self.working)
    @rule(data=st.data())
    def commits_its_batch(self, data: st.DataObject) -> None:
        self.database.run(self.end(data.draw(st.sampled_from(sorted(self.working))), commit=True))

    @precondition(lambda self: self.working)
    @rule(data=st.data())
    def dies_in_its_batch(self, data: st.DataObject) -> None:
        self.database.run(self.end(data.draw(st.sampled_from(sorted(self.working))), commit=False))

    async def claim(self, owner: int) -> None:
        """Another's open transaction may hold the row: then the claim fails, to be tried again."""
        with contextlib.suppress(psycopg.errors.LockNotAvailable):
            self.claims[owner] = await cursors.claim(self.database.owners[owner], self.subscription, TOPIC, 0, "g1")

    async def begin(self, owner: int, count: int, kind: type[Effects]) -> None:
        """Works until the transaction stands open with its effect written, or ends without one."""
        claim, handler = self.claims[owner], kind()
        records = self.log[claim.next_offset : claim.next_offset + count]
        if not records:
            return
        step = Advance(TOPIC, 0, claim, claim.next_offset + len(records), None, None)
        transaction = self.transaction(self.subscription, handler, None, lambda: NOW)
        task = asyncio.create_task(transaction.run(self.database.owners[owner], records, [step]))
        self.working[owner] = Working(handler, task, step.next_offset)
        if isinstance(handler, Gated):
            reached = asyncio.create_task(handler.reached.wait())
            await asyncio.wait({task, reached}, return_when=asyncio.FIRST_COMPLETED)
            reached.cancel()
        if task.done() or not isinstance(handler, Gated):
            await self.end(owner, commit=True)

    async def end(self, owner: int, commit: bool) -> None:
        work = self.working.pop(owner)
        if isinstance(work.handler, Gated) and not work.task.done():
            work.handler.go_on.set_result(commit)
        await asyncio.wait({work.task})
        error = work.task.exception()
        if error is None:
            self.claims[owner] = Claim(work.next_offset, self.claims[owner].epoch)
        else:
            assert isinstance(error, Fenced | psycopg.OperationalError), repr(error)
            del self.claims[owner]
        for stream, found in (await self.effects()).items():
            self.check(found == self.events[stream][: len(found)], "each once, and in order")

    async def effects(self) -> dict[str, list[UUID]]:
        rows = await self.database.eye.execute(
            "select stream, event_id from public.effects where stream = any(%s) order by n", (list(self.events),)
        )
        found: dict[str, list[UUID]] = {stream: [] for stream in self.events}
        for stream, event_id in await rows.fetchall():
            found[stream].append(event_id)
        return found

    def teardown(self) -> None:
        self.database.run(self.heal())

    async def heal(self) -> None:
        for owner in list(self.working):
            await self.end(owner, commit=False)
        await self.database.owners[0].execute("set lock_timeout = '20s'")
        await self.claim(0)
        while 0 in self.claims and self.claims[0].next_offset < len(self.log):
            await self.begin(0, 3, Effects)
        await self.database.owners[0].execute(SHORT)
        self.check(await self.effects() == self.events, "in the end everything has its effect")
        left = await self.database.eye.execute(
            "select (select count(*) from events.dead_letters where subscription = %(name)s),"
            " (select next_offset from events.cursors where subscription = %(name)s)",
            {"name": self.subscription},
        )
        end = 0, len(self.log)
        self.check(await left.fetchone() == end, "no letter is left, and the cursor stands at the end")

    def check(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.found.append(sentence)
        assert holds, sentence


class Unfenced(BatchTransaction):
    """Whoever comes writes, and moves the cursor afterwards."""

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        applied = await super().run(connection, records, steps)
        await connection.execute(
            "update events.cursors set next_offset = %s where subscription = %s",
            (steps[0].next_offset, self.subscription),
        )
        return applied

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        return None


class CursorFirst(BatchTransaction):
    """The cursor moves in a transaction of its own, before the effect."""

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        await cursors.advance(connection, self.subscription, steps)
        return await super().run(connection, records, steps)

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        return None


class DoesNothing(BatchTransaction):
    """Moves the cursor, and harms nobody."""

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        await self.fence(connection, steps)
        return Applied(0, len(records), 0, 0, 0)


@pytest.fixture
async def url(way: Road) -> str:
    await Effects.prepare(way)
    return way.url


def run(transaction: type[BatchTransaction], url: str, how: settings, found: list[str]) -> None:
    name = f"CursorsOf{transaction.__name__}"
    machine = type(name, (Cursors,), {"transaction": transaction, "found": found})
    Cursors.database = Database(url)
    try:
        run_state_machine_as_test(machine, settings=how)
    finally:
        Cursors.database.close()


def test_every_event_has_its_effect_once_in_order_whoever_owns_the_partition(url: str) -> None:
    run(BatchTransaction, url, SETTINGS, [])


@pytest.mark.parametrize("broken", [Unfenced, CursorFirst, DoesNothing])
def test_control_with_the_guard_off_the_same_machine_finds_it(url: str, broken: type[BatchTransaction]) -> None:
    # Who waits for whom is a matter of moments: what was found first counts, whether or not it is found again, and
    # which of the machine's clauses it breaks. Where nothing is done, only the last one can tell.
    found: list[str] = []
    with contextlib.suppress(Exception):
        run(broken, url, FINDING, found)
    assert found
    assert broken is not DoesNothing or found[0] == "in the end everything has its effect"
