"""What a reaction could not turn into a command goes on when an operator asked: in order, once, by the owner (7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from tests.integration.events.test_reactions import Answering, expected, refusing
from tests.integration.events.test_reactions import Bench as ReactionBench
from tests.integration.events.test_releasing import fetched

from insieme_events import cursors, letter_actions
from insieme_events.clock import system_clock
from insieme_events.commands import Unit
from insieme_events.contracts.intake_referrals import ReferralExpired
from insieme_events.cursors import Claim, Fenced
from insieme_events.decider import Refused
from insieme_events.decisions import merged
from insieme_events.envelope import Stored
from insieme_events.letter_actions import Action, Why
from insieme_events.passing import TRIES
from insieme_events.reactions import Reactions
from insieme_events.store import Record
from insieme_events.testing.road import ACTOR, DAY, Road, accepted, chain, on_wire

pytestmark = pytest.mark.integration

OTHER_DAY = date(2021, 5, 6)


class Choosy(Answering):
    """Fails for the events that it is told to, and remembers the days of all others."""

    def __init__(self, *failing: UUID) -> None:
        super().__init__()
        self.failing = failing
        self.days: list[date] = []

    async def react(self, stored: Stored) -> Unit | None:
        if stored.event_id in self.failing:
            raise KeyError("canary-content")
        self.days.append(stored.event.occurred_on)
        return await super().react(stored)


class Bench(ReactionBench):
    """The same partition; what is parked goes on as its owner does it every second."""

    async def ask(self, action: Action, data: bytes | None = None) -> int:
        query = "select id from events.dead_letters where reason in ('failed', 'refused', 'forked')"
        ((letter,),) = await self.way.rows(query)
        async with self.way.pool.connection() as connection:
            (filed,) = await letter_actions.file(
                connection, [letter], action, Why.FIXED_BUILD, "OPS-1", ACTOR, system_clock(), data
            )
        return filed

    async def look(self, reactions: Reactions, claim: Claim | None = None, thorough: bool = False) -> None:
        reactions.assignments.claims = {self.partition: claim or await self.claim()}
        await reactions._let_go(thorough)

    async def outcome_of_actions(self) -> list[str]:
        return [o for (o,) in await self.way.rows("select outcome from events.dead_letter_actions order by id")]


@pytest.fixture
def bench(way: Road) -> Bench:
    return Bench(way)


def stream(length: int, name: str = "referral-a") -> list[Record]:
    return chain(name, *[accepted(uuid4())] * length)


async def test_a_retry_handles_the_event_and_everything_behind_it_in_order(bench: Bench) -> None:
    one, two, three, four = stream(4)
    await bench.give(bench.reactions(Choosy(two.event_id)), one, two, three, four)
    assert await bench.parked() == [(2, "failed"), (3, "behind"), (4, "behind")]
    await bench.ask(Action.RETRY)
    await bench.look(bench.reactions(Answering()))
    assert await bench.outcomes() == expected("referral-a", 1, 2, 3, 4)
    assert await bench.parked() == []
    assert await bench.outcome_of_actions() == ["released"]
    assert await bench.stands_at() == (4, [("referral-a", 4)])


async def test_a_second_failure_parks_again_with_its_history(bench: Bench) -> None:
    one, two, three = stream(3)
    reactions = bench.reactions(Choosy(one.event_id))
    await bench.give(reactions, one, two, three)
    action = await bench.ask(Action.RETRY)
    await bench.look(reactions)
    assert await bench.parked() == [(1, "failed"), (2, "behind"), (3, "behind")]
    assert await bench.outcome_of_actions() == ["parked_again"]
    rows = await bench.way.rows("select attempt, action_id, stack from events.dead_letter_attempts order by 1")
    assert [row[:2] for row in rows] == [(1, None), (2, action)]
    assert all(stack and "canary" not in stack for *_, stack in rows)
    await bench.look(reactions, thorough=True)
    assert len(await bench.way.rows("select 1 from events.dead_letter_attempts")) == 2, "nobody asked again"


async def test_where_one_behind_it_fails_the_rest_waits_behind_that_one(bench: Bench) -> None:
    one, two, three, four = stream(4)
    await bench.give(bench.reactions(Choosy(one.event_id)), one, two, three, four)
    await bench.ask(Action.RETRY)
    await bench.look(bench.reactions(Choosy(three.event_id)))
    assert await bench.outcomes() == expected("referral-a", 1, 2)
    assert await bench.parked() == [(3, "failed"), (4, "behind")]
    assert await bench.outcome_of_actions() == ["released"]


async def test_a_skip_goes_on_behind_the_event_and_holds_when_the_topic_is_read_again(bench: Bench) -> None:
    one, two, three = stream(3)
    reactions = bench.reactions(Choosy(two.event_id))
    await bench.give(reactions, one, two, three)
    await bench.ask(Action.SKIP)
    await bench.look(reactions)
    assert await bench.outcomes() == expected("referral-a", 1, 3)
    async with await psycopg.AsyncConnection.connect(bench.way.owner_url) as owner:
        await owner.execute("delete from events.sequences")
    await bench.give(reactions, one, two, three)
    assert await bench.parked() == []
    assert await bench.outcomes() == expected("referral-a", 1, 3, 1, 3)


async def test_an_edit_is_handled_with_the_other_data(bench: Bench) -> None:
    one, two = stream(2)
    await bench.give(bench.reactions(Choosy(one.event_id)), one, two)
    await bench.ask(Action.EDIT, merged(one.data.encode(), {"occurred_on": OTHER_DAY.isoformat()}, []))
    reaction = Choosy()
    await bench.look(bench.reactions(reaction))
    assert reaction.days == [OTHER_DAY, DAY]
    assert await bench.parked() == []


async def test_a_refusal_that_is_decided_otherwise_later_goes_on(bench: Bench) -> None:
    one, two = stream(2)
    await bench.give(bench.reactions(Answering(refusing(Refused("test.no", "No.")))), one, two)
    assert await bench.parked() == [(1, "refused"), (2, "behind")]
    await bench.ask(Action.RETRY)
    await bench.look(bench.reactions(Answering()))
    assert await bench.outcomes() == expected("referral-a", 1, 2)


async def test_what_nobody_wants_behind_it_keeps_its_place(bench: Bench) -> None:
    name = uuid4()
    expired = ReferralExpired(referral_id=name, occurred_on=DAY)
    one, two, three = chain("referral-a", accepted(name), expired, accepted(name))
    await bench.give(bench.reactions(Choosy(one.event_id)), one, two, three)
    await bench.ask(Action.RETRY)
    await bench.look(bench.reactions(Answering()))
    assert await bench.outcomes() == expected("referral-a", 1, 3)
    assert await bench.stands_at() == (3, [("referral-a", 3)])


async def test_a_foreign_event_that_is_skipped_is_as_if_it_had_never_come(bench: Bench) -> None:
    one, two = stream(2)
    foreign = replace(two, event_id=uuid4(), predecessor=uuid4())
    reactions = bench.reactions(Answering())
    await bench.give(reactions, one, foreign, two)
    assert await bench.parked() == [(2, "forked"), (2, "behind")]
    await bench.ask(Action.SKIP)
    await bench.look(reactions)
    assert await bench.outcomes() == expected("referral-a", 1, 2)
    assert await bench.parked() == []


async def test_a_request_whose_letter_is_gone_ends_void(bench: Bench) -> None:
    one, two = stream(2)
    reactions = bench.reactions(Choosy(one.event_id))
    await bench.give(reactions, one, two)
    await bench.ask(Action.RETRY)
    await bench.way.rows("delete from events.dead_letters returning 1")
    await bench.look(reactions)
    assert await bench.outcome_of_actions() == ["void"]


async def park_and_ask(bench: Bench) -> None:
    one, two = stream(2)
    await bench.give(bench.reactions(Choosy(one.event_id)), one, two)
    await bench.ask(Action.RETRY)


async def release_by_whom_lost_it(bench: Bench) -> None:
    lost = await bench.claim()
    await bench.claim()
    reactions = bench.reactions(Answering())
    reactions.assignments.claims = {bench.partition: lost}
    await reactions._release(bench.partition, ["referral-a"])


async def test_whoever_lost_the_partition_releases_nothing(bench: Bench) -> None:
    await park_and_ask(bench)
    with pytest.raises(Fenced):
        await release_by_whom_lost_it(bench)
    assert await bench.outcomes() == []
    assert await bench.parked() == [(1, "failed"), (2, "behind")]


async def test_control_without_the_fence_whoever_lost_the_partition_releases(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_fence(*_: Any) -> None:
        return None

    await park_and_ask(bench)
    monkeypatch.setattr(cursors, "advance_last", no_fence)
    await release_by_whom_lost_it(bench)
    assert await bench.outcomes() == expected("referral-a", 1, 2)


class Locked(Choosy):
    """Meets a lock that is never free."""

    async def react(self, stored: Stored) -> Unit | None:
        if stored.event_id in self.failing:
            raise errors.LockNotAvailable
        return await super().react(stored)


async def test_a_lock_that_is_never_free_parks_its_stream_after_so_many_tries(bench: Bench) -> None:
    one, two = stream(2)
    reactions = bench.reactions(Locked(one.event_id))
    claim = await bench.claim()
    records = [one, two, *stream(1, "referral-b")]
    wires: Any = tuple(fetched(on_wire(record, n, 0, bench.partition.topic)) for n, record in enumerate(records))
    for _ in range(TRIES - 1):
        reactions.assignments.claims = {bench.partition: claim}
        await reactions._handle(wires)
        assert await bench.parked() == []
    reactions.assignments.claims = {bench.partition: claim}
    await reactions._handle(wires)
    assert await bench.parked() == [(1, "failed"), (2, "behind")]
    assert await bench.outcomes() == expected("referral-b", 1)
