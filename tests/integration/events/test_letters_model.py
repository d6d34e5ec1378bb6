"""Whatever arrives, fails, is retried and is skipped, in whatever order: the effects are those of a simple model.

The theorem: per stream the effects are the events 1, 2, 3 … that arrived, without those that were skipped, up to the
first that is missing or fails; nothing twice, nothing out of order, and in the end, with everything arrived and nothing
failing any more, all of them. The model knows nothing of dead letters: a set of arrivals and a place per stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.events.test_releasing import NOW, Bench, stream

from insieme_events.applying import BatchTransaction
from insieme_events.letter_actions import Action, Why
from insieme_events.letter_actions import file as ask
from insieme_events.store import Record
from insieme_events.testing.road import ACTOR, Effects, Road, effects

pytestmark = pytest.mark.integration

STREAMS, LENGTH = 3, 5
NUMBERS = count()

EVENT = st.tuples(st.integers(0, STREAMS - 1), st.integers(1, LENGTH))
ARRIVE = st.tuples(st.just("arrive"), st.lists(EVENT, min_size=1, max_size=8))
OTHERS = st.tuples(st.sampled_from(["retry", "skip", "heal", "spoil"]), EVENT)
PLANS = st.lists(st.one_of(ARRIVE, ARRIVE, OTHERS), min_size=4, max_size=14)


@dataclass
class Model:
    """One stream."""

    arrived: set[int] = field(default_factory=set)
    poisoned: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    at: int = 0
    blocked: bool = False
    effects: list[int] = field(default_factory=list)

    def go_on(self) -> None:
        while not self.blocked and self.at + 1 in self.arrived:
            number = self.at + 1
            if number in self.poisoned and number not in self.skipped:
                self.blocked = True
                return
            self.at = number
            if number not in self.skipped:
                self.effects.append(number)


class Told:
    """The real thing beside the model, told the same."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        run = next(NUMBERS)
        self.streams = [stream(LENGTH, f"referral-{run}-{n}") for n in range(STREAMS)]
        self.models = [Model() for _ in range(STREAMS)]
        self.handler = Effects()
        self.by = BatchTransaction(f"test.model.{run}", self.handler, None, lambda: NOW, True)

    def record(self, event: tuple[int, int]) -> Record:
        return self.streams[event[0]][event[1] - 1]

    async def arrive(self, events: list[tuple[int, int]]) -> None:
        await self.bench.apply(self.by, *[self.record(event) for event in events])
        for n, number in events:
            self.models[n].arrived.add(number)
        for model in self.models:
            model.go_on()

    async def decide(self, action: Action, n: int) -> None:
        model = self.models[n]
        query = "select id from events.dead_letters where subscription = %s and stream = %s and reason = 'failed'"
        letters = await self.bench.way.rows(query, self.by.subscription, self.record((n, 1)).stream)
        assert len(letters) == int(model.blocked)
        if not letters:
            return
        async with self.bench.way.pool.connection() as connection:
            await ask(connection, [letters[0][0]], action, Why.FIXED_BUILD, "OPS-1", ACTOR, NOW)
        await self.bench.look(self.by)
        if action is Action.SKIP:
            model.skipped.add(model.at + 1)
        model.blocked = False
        model.go_on()

    def change(self, event: tuple[int, int], poisoned: bool) -> None:
        n, number = event
        (self.models[n].poisoned.add if poisoned else self.models[n].poisoned.discard)(number)
        self.handler.failing = tuple(
            self.record((m, bad)).event_id for m, model in enumerate(self.models) for bad in model.poisoned
        )

    async def agree(self) -> None:
        found: dict[str, list[int]] = {}
        for name, number in await effects(self.bench.way):
            found.setdefault(name, []).append(number)
        for n, model in enumerate(self.models):
            assert found.get(self.record((n, 1)).stream, []) == model.effects


@pytest.fixture
async def bench(way: Road) -> Bench:
    await Effects.prepare(way)
    return Bench(way)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=PLANS)
async def test_the_effects_are_those_of_the_model_and_in_the_end_all_of_them(
    bench: Bench, plan: list[tuple[str, list[tuple[int, int]] | tuple[int, int]]]
) -> None:
    told = Told(bench)
    told.change((0, 2), poisoned=True)
    for what, about in plan:
        match what, about:
            case "arrive", list():
                await told.arrive(about)
            case "retry" | "skip", (int(n), _):
                await told.decide(Action(what), n)
            case "heal" | "spoil", (int(n), int(number)):
                told.change((n, number), what == "spoil")
        await told.agree()
    for n in range(STREAMS):
        for number in range(1, LENGTH + 1):
            told.change((n, number), poisoned=False)
    await told.arrive([(n, number) for n in range(STREAMS) for number in range(1, LENGTH + 1)])
    for n in range(STREAMS):
        await told.decide(Action.RETRY, n)
    await told.agree()
    assert [model.at for model in told.models] == [LENGTH] * STREAMS
    query = "select count(*) from events.dead_letters where subscription = %s"
    assert await bench.way.rows(query, told.by.subscription) == [(0,)]
