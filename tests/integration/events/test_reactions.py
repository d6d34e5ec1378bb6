"""A subscription whose effect is a command of the own store, once, in the transaction that moves the cursor (1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest
from aiokafka import TopicPartition

from insieme_events import catalogue, cursors, store
from insieme_events.clock import system_clock
from insieme_events.commands import Aggregate, Commands, Step, Unit
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake_referrals import ReferralAccepted, ReferralExpired
from insieme_events.cursors import Fenced
from insieme_events.decider import Circumstances, Decider, Decision, Refused
from insieme_events.envelope import KafkaRecord, Stored
from insieme_events.passing import MAY_PASS, TRIES
from insieme_events.reactions import Reactions
from insieme_events.relay import Relay
from insieme_events.store import Connection, VersionConflict
from insieme_events.testing.reactions import when
from insieme_events.testing.road import (
    ACTOR,
    DAY,
    RECORDER,
    Record,
    Road,
    accepted,
    at_work,
    chain,
    eventually,
    on_wire,
    recorder,
)
from insieme_events.units import BUSY

pytestmark = pytest.mark.integration

NAME = "test.reaction"
OUTCOME = recorder("outcome")
ALL_IN_ONE = uuid4()


def refusing(refusal: Refused) -> Aggregate[int, Record, Circumstances]:
    def decide(command: Record, state: int, circumstances: Circumstances) -> Decision:
        return refusal

    return replace(OUTCOME, decider=Decider("intake", "outcome", 0, decide, RECORDER.decider.evolve))


class Answering:
    """Records one event in one stream for every accepted referral; what the decider is told is not idempotent."""

    types: frozenset[type[DomainEvent]] = frozenset({ReferralAccepted})

    def __init__(self, aggregate: Aggregate[int, Record, Circumstances] = OUTCOME) -> None:
        self.aggregate = aggregate
        self.seen: list[tuple[str, int]] = []

    async def react(self, stored: Stored) -> Unit | None:
        self.seen.append((stored.stream, stored.sequence))
        event = ReferralExpired(referral_id=uuid5(ALL_IN_ONE, f"{stored.stream}/{stored.sequence}"), occurred_on=DAY)
        return Unit((Step(self.aggregate, ALL_IN_ONE, Record(events=(event,))),), ACTOR)


class Nothing(Answering):
    async def react(self, stored: Stored) -> Unit | None:
        await super().react(stored)
        return None


class Failing(Answering):
    async def react(self, stored: Stored) -> Unit | None:
        await super().react(stored)
        raise KeyError("canary-content")


class Bench:
    """Reactions that own one partition and are given its records by hand."""

    def __init__(self, way: Road) -> None:
        self.way = way
        self.partition = TopicPartition(catalogue.restricted_topic(way.prefix, "intake"), 0)

    def reactions(self, reaction: Answering, commands: Commands | None = None) -> Reactions:
        settings = SimpleNamespace(kafka_bootstrap_servers=self.way.bootstrap, topic_prefix=self.way.prefix)
        service = SimpleNamespace(
            commands=commands or self.way.commands,
            pool=self.way.pool,
            keys=None,
            settings=settings,
            clock=system_clock,
        )
        return Reactions.to(service, NAME, ["intake"], reaction)  # type: ignore[arg-type]

    async def claim(self) -> cursors.Claim:
        async with self.way.pool.connection() as connection:
            return await cursors.claim(connection, NAME, self.partition.topic, self.partition.partition, "g1")

    async def give(self, reactions: Reactions, *records: store.Record, claim: cursors.Claim | None = None) -> None:
        """One batch with these records at the next offsets."""
        claim = claim or await self.claim()
        reactions.assignments.claims = {self.partition: claim}
        topic, partition = self.partition.topic, self.partition.partition
        wires: list[KafkaRecord] = [
            on_wire(record, claim.next_offset + n, partition, topic) for n, record in enumerate(records)
        ]
        await reactions._work({self.partition: wires}, dict(reactions.assignments.claims))

    async def outcomes(self) -> list[UUID]:
        rows = await self.way.rows(
            "select data ->> 'referral_id' from events.events where stream = %s order by version",
            f"outcome-{ALL_IN_ONE}",
        )
        return [UUID(text) for (text,) in rows]

    async def parked(self) -> list[tuple[int, str]]:
        rows = await self.way.rows("select sequence, reason from events.dead_letters order by id")
        return [(n, reason) for n, reason in rows]

    async def stands_at(self) -> tuple[int, list[tuple[str, int]]]:
        """The next offset, and the last sequence of every stream."""
        ((offset,),) = await self.way.rows("select next_offset from events.cursors")
        rows = await self.way.rows("select stream, sequence from events.sequences order by 1")
        return int(offset), [(stream, sequence) for stream, sequence in rows]


@pytest.fixture
def bench(way: Road) -> Bench:
    return Bench(way)


def expected(stream: str, *sequences: int) -> list[UUID]:
    return [uuid5(ALL_IN_ONE, f"{stream}/{n}") for n in sequences]


def mixed() -> list[store.Record]:
    """accepted, expired, accepted: the middle one is not wanted."""
    name = uuid4()
    expired = ReferralExpired(referral_id=name, occurred_on=DAY)
    return list(chain("referral-a", accepted(name), expired, accepted(name)))


async def test_each_wanted_event_becomes_one_command_with_the_cursor_behind_it(bench: Bench) -> None:
    records = mixed()
    await bench.give(bench.reactions(Answering()), *records)
    assert await bench.outcomes() == expected("referral-a", 1, 3)
    assert await bench.stands_at() == (3, [("referral-a", 3)])
    causes = await bench.way.rows("select metadata ->> 'causation' from events.events order by version")
    assert causes == [(str(records[n].event_id),) for n in (0, 2)]


async def test_duplicates_and_another_order_have_each_effect_once_and_in_order(bench: Bench) -> None:
    one, two, three = mixed()
    reactions = bench.reactions(Answering())
    await bench.give(reactions, three, one, three)
    assert await bench.outcomes() == expected("referral-a", 1)
    await bench.give(reactions, one, two, two, three)
    assert await bench.outcomes() == expected("referral-a", 1, 3)
    assert await bench.parked() == []


async def test_a_wanted_event_that_waited_is_handled_when_an_unwanted_one_fills_the_gap(bench: Bench) -> None:
    one, two, three = mixed()
    reactions = bench.reactions(Answering())
    await bench.give(reactions, one, three)
    assert await bench.parked() == [(3, "out_of_order")]
    await bench.give(reactions, two)
    assert await bench.outcomes() == expected("referral-a", 1, 3)
    assert await bench.parked() == []


async def test_what_waited_and_does_not_follow_is_parked_as_forked(bench: Bench) -> None:
    one, two, three = mixed()
    reactions = bench.reactions(Answering())
    await bench.give(reactions, one, replace(three, predecessor=uuid4()))
    await bench.give(reactions, two)
    assert await bench.parked() == [(3, "forked")]
    assert await bench.outcomes() == expected("referral-a", 1)


async def test_where_there_is_nothing_to_do_the_cursor_moves_on(bench: Bench) -> None:
    await bench.give(bench.reactions(Nothing()), *mixed())
    assert await bench.outcomes() == []
    assert await bench.stands_at() == (3, [("referral-a", 3)])


async def test_a_refusal_is_parked_with_its_code_and_holds_back_its_stream_only(bench: Bench) -> None:
    other = chain("referral-b", accepted(uuid4()))
    await bench.give(bench.reactions(Answering(refusing(Refused("test.no", "No.")))), *mixed())
    await bench.give(bench.reactions(Answering()), *other)
    assert await bench.parked() == [(1, "refused"), (2, "behind"), (3, "behind")]
    assert await bench.way.rows("select detail from events.dead_letters where reason = 'refused'") == [("test.no",)]
    assert await bench.outcomes() == expected("referral-b", 1)
    assert (await bench.stands_at())[0] == 4


async def test_a_reaction_that_fails_is_parked_without_its_content_and_others_go_on(bench: Bench) -> None:
    await bench.give(bench.reactions(Failing()), *mixed())
    await bench.give(bench.reactions(Answering()), *chain("referral-b", accepted(uuid4())))
    assert await bench.parked() == [(1, "failed"), (2, "behind"), (3, "behind")]
    details = await bench.way.rows("select detail from events.dead_letters")
    assert not any("canary" in detail for (detail,) in details)
    assert await bench.outcomes() == expected("referral-b", 1)


async def test_contention_and_lost_connections_are_tried_again_not_parked(bench: Bench) -> None:
    with pytest.raises(MAY_PASS):
        await bench.give(bench.reactions(Answering(refusing(BUSY))), *mixed())

    class Cut(Answering):
        async def react(self, stored: Stored) -> Unit | None:
            raise psycopg.OperationalError("away")

    with pytest.raises(MAY_PASS):
        await bench.give(bench.reactions(Cut()), *mixed())
    assert await bench.parked() == []
    assert await bench.stands_at() == (0, [])


async def test_a_stream_that_changes_under_every_decision_is_parked_once_patience_is_over(bench: Bench) -> None:
    reactions, record = bench.reactions(Answering(refusing(BUSY))), mixed()[0]
    for _ in range(TRIES - 1):
        with pytest.raises(VersionConflict) as raised:
            await bench.give(reactions, record)
        reactions._patience.missed(bench.partition, raised.value)
    await bench.give(reactions, record)
    assert await bench.way.rows("select reason, detail from events.dead_letters") == [("refused", BUSY.code)]


async def test_a_crash_between_the_reaction_and_the_commit_is_repeated(bench: Bench) -> None:
    class Crash(BaseException):
        pass

    class Crashing(Commands):
        async def run_all(self, units: Sequence[Unit]) -> list[object]:  # type: ignore[override]
            async def crash(connection: Connection) -> None:
                raise Crash

            await super().run_all([replace(unit, also=(*unit.also, crash)) for unit in units])
            raise AssertionError

    records = mixed()
    with pytest.raises(Crash):
        await bench.give(bench.reactions(Answering(), Crashing("intake", bench.way.pool)), *records)
    assert await bench.outcomes() == []
    assert await bench.stands_at() == (0, [])
    await bench.give(bench.reactions(Answering()), *records)
    assert await bench.outcomes() == expected("referral-a", 1, 3)


@pytest.mark.parametrize("reaction", [Answering, Nothing, Failing])
async def test_whoever_lost_the_partition_writes_nothing(bench: Bench, reaction: type[Answering]) -> None:
    lost = await bench.claim()
    await bench.claim()
    with pytest.raises((Fenced, psycopg.DatabaseError)) as refused:
        await bench.give(bench.reactions(reaction()), *mixed(), claim=lost)
    assert refused.type is Fenced
    assert await bench.outcomes() == []
    assert await bench.parked() == []
    assert await bench.stands_at() == (0, [])


async def test_control_without_the_fence_a_second_owner_doubles(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked up the sequence before either writes; the decider does not see the repetition."""

    class Meeting(Answering):
        async def react(self, stored: Stored) -> Unit | None:
            await both_here.wait()
            return await super().react(stored)

    async def race() -> int:
        record = chain("referral-a", accepted(uuid4()))[0]
        claims = [await bench.claim(), await bench.claim()]
        runs = [bench.give(bench.reactions(Meeting()), record, claim=claim) for claim in claims]
        found = await asyncio.gather(*runs, return_exceptions=True)
        return sum(isinstance(error, Fenced) for error in found)

    both_here = asyncio.Barrier(2)
    assert await race() == 1
    assert len(await bench.outcomes()) == 1

    async def no_fence(*_: object) -> None:
        return None

    monkeypatch.setattr(cursors, "advance_last", no_fence)
    bench.partition = TopicPartition(bench.partition.topic, 1)
    async with await psycopg.AsyncConnection.connect(bench.way.owner_url) as owner:
        await owner.execute("delete from events.sequences")
    assert await race() == 0
    assert len(await bench.outcomes()) == 3


async def test_over_the_whole_road_every_event_has_its_command_once(broad_way: Road) -> None:
    bench, reaction = Bench(broad_way), Answering()
    ids = await broad_way.fill(20, 3)
    relay = Relay("intake", broad_way.url, broad_way.bootstrap, broad_way.prefix, broad_way.commands.appended)

    async def all_there() -> bool:
        return len(await bench.outcomes()) >= 60

    async with at_work(relay, bench.reactions(reaction)):
        await eventually(all_there, 60)
    wanted = [one for stream in ids for one in expected(f"referral-{stream}", 1, 2, 3)]
    assert sorted(await bench.outcomes()) == sorted(wanted)
    assert await bench.parked() == []


async def test_a_reaction_is_specified_without_servers() -> None:
    event = accepted(uuid4())
    stored = Stored(uuid4(), "referral-a", 1, system_clock(), event)
    answer = ReferralExpired(referral_id=uuid5(ALL_IN_ONE, "referral-a/1"), occurred_on=DAY)
    (await when(Answering(), stored)).then((OUTCOME, ALL_IN_ONE, Record(events=(answer,))), by=ACTOR)
    (await when(Nothing(), stored)).then_nothing()
    with pytest.raises(AssertionError):
        (await when(Answering(), stored)).then_nothing()
