"""Budgets follow governance's plan: set under it, held under a lower one that is proposed, brought down with it (P66).

Several budgets of a year and one answer; what is committed meanwhile never ends above the plan (I3, I4).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.commands import Done, Step, Unit
from insieme_events.contracts.funding_budget import AmendmentCause
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.http import Served
from insieme_events.testing.racing import ROUNDS, counted
from insieme_funding import testing
from insieme_funding.aggregates import BUDGETS
from insieme_funding.budget import AmendBudget
from insieme_funding.gates import budget_id
from insieme_funding.reactions import plan
from insieme_funding.reactions.plan import FollowingPlan

B3, B2 = Strand.SOCIAL_INNOVATION, Strand.TRAINING_TARGETED
LATE_EVERY = 4
YEARS = (2018, 2019, 2020, 2021, 2023, 2024, 2025)
WIDE = 10_000_000
ROUTES = import_module("insieme_funding.api.budgets")
LINES_OF_YEAR = """
select b.source, l.amount from views.budgets b join views.budget_lines l using (budget_id)
where b.year = %s and l.strand = '2b'
"""


@pytest.mark.clause("P66")
@pytest.mark.invariant("I4", "command")
async def test_no_budget_before_the_plan_is_known(bare_fund: Any) -> None:
    body = {
        "year": 2022,
        "source": "early",
        "borne_by": "comune_bologna",
        "lines": [{"strand": "3b", "amount": 100}],
        "on": "2022-01-20",
    }
    await bare_fund.served.refused("/v1/budgets", "funding.no_plan", "P66", **body)
    project = await bare_fund.approved(await bare_fund.call())
    refused = await bare_fund.funding("early", 100)
    await bare_fund.served.refused(f"/v1/projects/{project}/funding", "funding.budget_unknown", "P66", **refused)
    await bare_fund.approve_plan(2022, ("early", B3, 100), ("other", B2, 50))
    assert await bare_fund.served.get("/v1/plans/2022/ceilings", source="early") == [
        {"source": "early", "strand": "3b", "amount": 100}
    ]
    over = {**body, "lines": [{"strand": "3b", "amount": 101}]}
    await bare_fund.served.refused("/v1/budgets", "funding.over_plan", "P66", **over)
    done = await bare_fund.served.post("/v1/budgets", **body)
    assert UUID(done["id"]) == budget_id(2022, "early")
    await bare_fund.served.post(f"/v1/projects/{project}/funding", **refused)
    found = await bare_fund.served.get("/v1/budgets", year=2022, source="early", strand="3b")
    assert [(row["amount"], row["used"], row["remaining"]) for row in found["items"]] == [(100, 100, 0)]


@pytest.mark.clause("P66")
async def test_a_lower_plan_is_answered_for_all_budgets_of_the_year_together(bare_fund: Any) -> None:
    fund = bare_fund
    await fund.approve_plan(2022, ("a", B2, 1000), ("b", B2, 1000))
    a, b = await fund.set_budget("a", s2b=1000), await fund.set_budget("b", s2b=1000)
    await fund.served.post(f"/v1/budgets/{a}/expenditures", strand="2b", amount=700, on="2022-03-01")
    too_low, fitting = uuid4(), uuid4()
    lower = (("a", B2, 600), ("b", B2, 100))
    await fund.propose(2022, too_low, *lower)
    await fund.propose(2022, too_low, *lower)
    assert (await fund.lines(b))["2b"]["held_at"] == 1000, "nothing is held for a plan that is refused"

    lower = (("a", B2, 800), ("b", B2, 100))
    await fund.propose(2022, fitting, *lower)
    await fund.propose(2022, fitting, *lower)
    assert [(await fund.lines(one))["2b"]["held_at"] for one in (a, b)] == [800, 100]
    answers = await fund.served.rows(
        "select type, data->>'amendment_id' from events.events where type like 'PlanReduction%%' order by position"
    )
    assert answers == [("PlanReductionRefused", str(too_low)), ("PlanReductionAccepted", str(fitting))]
    more = {"strand": "2b", "amount": 101, "on": "2022-06-02"}
    await fund.served.refused(f"/v1/budgets/{b}/expenditures", "funding.not_left", "P64", **more)
    # A budget that comes now stands under the lower ceilings already.
    none = {
        "year": 2022,
        "source": "c",
        "borne_by": "comune_bologna",
        "lines": [{"strand": "2b", "amount": 1}],
        "on": "2022-06-02",
    }
    await fund.served.refused("/v1/budgets", "funding.over_plan", "P66", **none)
    up = {"lines": [{"strand": "2b", "amount": 900}], "on": "2022-06-02"}
    await fund.served.refused(f"/v1/budgets/{a}/amendment", "funding.over_plan", "P66", **up)

    await fund.amend_plan(2022, fitting, *lower)
    await fund.amend_plan(2022, fitting, *lower)
    assert [(await fund.lines(one))["2b"]["amount"] for one in (a, b)] == [800, 100]
    assert [(await fund.lines(one))["2b"]["remaining"] for one in (a, b)] == [100, 100]
    found = await fund.served.get("/v1/plans/reductions", year=2022)
    assert {row["amendment_id"]: row["status"] for row in found["items"]} == {
        str(too_low): "refused",
        str(fitting): "settled",
    }
    causes = await fund.served.rows(
        "select data->>'cause' from events.events where type = 'BudgetAmended' order by position"
    )
    assert causes == [(AmendmentCause.PLAN_AMENDED.value,)] * 2


async def test_a_proposal_that_is_not_adopted_frees_what_it_held(bare_fund: Any) -> None:
    fund = bare_fund
    await fund.approve_plan(2022, ("a", B2, 1000))
    a = await fund.set_budget("a", s2b=1000)
    amendment = uuid4()
    await fund.propose(2022, amendment, ("a", B2, 200))
    assert (await fund.lines(a))["2b"]["held_at"] == 200
    for _ in range(2):
        await fund.leave_plan(2022, amendment, date(2022, 6, 5))
    assert (await fund.lines(a))["2b"]["held_at"] == 1000


async def test_an_amendment_that_comes_before_its_proposal_was_answered_is_followed(bare_fund: Any) -> None:
    """Heard late, in one go: the plan is what was amended, and the late proposal holds nothing any more."""
    fund = bare_fund
    await fund.approve_plan(2022, ("a", B2, 1000))
    a = await fund.set_budget("a", s2b=1000)
    amendment = uuid4()
    await fund.propose(2022, amendment, ("a", B2, 200))
    await fund.amend_plan(2022, amendment, ("a", B2, 200))
    await fund.propose(2022, amendment, ("a", B2, 200))
    line = (await fund.lines(a))["2b"]
    assert (line["amount"], line["held_at"]) == (200, 200)


async def spend(served: Served, year: int, source: str, amount: int) -> bool:
    command = testing.expenditure(expenditure_id=uuid4(), amount=amount, on=date(year, 6, 1))
    step = Step(BUDGETS, budget_id(year, source), command)
    return isinstance(await served.service.commands.run(Unit((step,), testing.ACTOR)), Done)


async def set_late(served: Served, year: int, source: str) -> bool:
    """A budget of a source that had none, at the full height of the plan, while the plan is being lowered."""
    command = testing.set_budget(year=year, source=source, lines=testing.lines(s2b=900), on=date(year, 6, 1))
    step = Step(BUDGETS, budget_id(year, source), command)
    # The lock that the route takes, so that a test that takes it away there takes it away here.
    unit = Unit((step,), testing.ACTOR, locks=(ROUTES.plan_lock(year),))
    return isinstance(await served.service.commands.run(unit), Done)


class Year:
    """One year's race, round after round: two budgets, now and then a third that comes late, and a ledger of what was
    taken.
    """

    def __init__(self, fund: Any, year: int, rounds: int) -> None:
        self.fund, self.year = fund, year
        self.own = (f"a{year}", "b")
        self.late = [f"late{number}" for number in range(0, rounds, LATE_EVERY)]
        self.used = Counter[str]()
        self.broken: list[str] = []
        self.seen = Counter[str]()

    def plan(self, lowered: str | None = None, most: int | None = None) -> list[tuple[str, Strand, int]]:
        """The plan, or one that leaves `most` in each of the own budgets and 100 in the one that is late."""
        own = [(source, B2, WIDE if most is None else self.used[source] + most) for source in self.own]
        return [*own, *((source, B2, 100 if source == lowered else 1000) for source in self.late)]

    async def begin(self) -> None:
        await self.fund.approve_plan(self.year, *self.plan())
        for source in self.own:
            await self.fund.set_budget(source, self.year, s2b=WIDE)

    async def take(self, source: str, amount: int) -> None:
        if await spend(self.fund.served, self.year, source, amount):
            self.used[source] += amount

    async def round(self, number: int) -> None:
        """A proposal that leaves 100 in each budget, beside four expenditures of 60 and a new budget."""
        amendment = uuid4()
        late = f"late{number}" if number % LATE_EVERY == 0 else None
        lower = self.plan(late, most=100)
        most = {source: amount for source, _, amount in lower}
        a, b = self.own
        first, second = self.take(a, 60), self.take(b, 60)
        proposal = self.fund.propose(self.year, amendment, *lower)
        coming = [] if late is None else [set_late(self.fund.served, self.year, late)]
        asked = [first, *coming, proposal, second] if number // LATE_EVERY % 2 else [first, proposal, *coming, second]
        answers = await asyncio.gather(*asked, self.take(a, 60), self.take(b, 60))
        self.seen["born"] += answers.count(True)
        self.seen["late"] += len(coming)
        [(status,)] = await self.fund.served.rows(
            "select status from views.plan_reductions where amendment_id = %s", amendment
        )
        self.seen[status] += 1
        if status != "accepted":
            return
        # While it is held: the own budgets have 100 left at the most, and so has the one that came late.
        await asyncio.gather(self.take(a, 60), self.take(b, 60), *([] if late is None else [self.take(late, 101)]))
        self.check(number, most, "held")
        if late is None:
            await self.fund.leave_plan(self.year, amendment, date(self.year, 6, 20))
            return
        await self.fund.amend_plan(self.year, amendment, *lower)
        await self.take(a, 60)
        self.check(number, most, "amended")
        lines = await self.fund.served.rows(LINES_OF_YEAR, self.year)
        self.broken += [f"{self.year}/{number} line of {one}" for one, amount in lines if amount > most[one]]
        await self.fund.amend_plan(self.year, uuid4(), *self.plan())
        wide = AmendBudget(lines=testing.lines(s2b=WIDE), on=date(self.year, 6, 20))
        steps = tuple(Step(BUDGETS, budget_id(self.year, source), wide) for source in self.own)
        assert isinstance(await self.fund.served.service.commands.run(Unit(steps, testing.ACTOR)), Done)

    def check(self, number: int, most: dict[str, int], when: str) -> None:
        self.broken += [
            f"{self.year}/{number} {when} {source}: {self.used[source]} > {limit}"
            for source, limit in most.items()
            if self.used[source] > limit
        ]


async def raced(fund: Any, rounds: int) -> list[Year]:
    years = [Year(fund, year, rounds) for year in YEARS]

    async def play(index: int, year: Year) -> None:
        await year.begin()
        for number in range(index, rounds, len(YEARS)):
            await year.round(number)

    # The years do not touch one another, so several run side by side.
    for start in range(0, len(years), 3):
        chosen = list(enumerate(years))[start : start + 3]
        await asyncio.gather(*(play(index, year) for index, year in chosen))
    return years


@pytest.mark.clause("P66")
@pytest.mark.invariant("I3", "race")
@pytest.mark.invariant("I4", "race")
@pytest.mark.timeout(300)
async def test_a_lower_plan_holds_whatever_is_committed_while_it_is_proposed(bare_fund: Any) -> None:
    years = await raced(bare_fund, ROUNDS)
    assert [one for year in years for one in year.broken] == []
    seen = sum((year.seen for year in years), Counter[str]())
    counted("I4", seen)
    assert seen["accepted"] + seen["refused"] == ROUNDS
    # Against vacuity: either answer comes, and late budgets are set and turned away.
    assert seen["accepted"] > ROUNDS // 10
    assert seen["refused"] > 0
    assert 0 < seen["born"] < seen["late"]
    stored = await bare_fund.served.rows(
        """select (data->>'year')::int, data->>'source', sum((data->>'amount')::bigint)::bigint from events.events
           where type = 'ExpenditureRecorded' group by 1, 2"""
    )
    assert {(year, source): used for year, source, used in stored} == {
        (year.year, source): used for year in years for source, used in year.used.items() if used
    }


async def test_without_the_hold_more_is_taken_than_the_lower_plan_lets(
    bare_fund: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: the answer looks at the budgets and holds none of them."""

    answer = FollowingPlan._answer

    async def unguarded(self: FollowingPlan, *arguments: Any) -> Unit | None:
        unit = await answer(self, *arguments)
        return None if unit is None else replace(unit, steps=unit.steps[-1:])

    monkeypatch.setattr(FollowingPlan, "_answer", unguarded)
    years = await raced(bare_fund, 28)
    assert [one for year in years for one in year.broken if "held" in one] != []


@pytest.mark.timeout(300)
async def test_without_the_lock_a_late_budget_stands_above_the_lower_plan(
    bare_fund: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: setting a budget and asking for a reduction do not wait for one another."""
    monkeypatch.setattr(ROUTES, "plan_lock", lambda year: f"nothing-{uuid4()}")
    monkeypatch.setattr(plan, "plan_lock", lambda year: f"nothing-{uuid4()}")
    years = await raced(bare_fund, 140)
    assert [one for year in years for one in year.broken if "held late" in one] != []
