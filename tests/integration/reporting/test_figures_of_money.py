"""Budgets, plans and what an outcome costs: against sums that the test keeps while it tells."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.integration.reporting.telling_money import Budget, Plan, action

from insieme_events.contracts.governance_plan import ActionAssigned, ActionProgressReported
from insieme_events.contracts.vocabulary import ContractClass, Strand
from insieme_reporting.testing import History

MARCH, MAY = date(2019, 3, 4), date(2019, 5, 6)
STRANDS = (Strand.MATCHING, Strand.TRAINING_TARGETED, Strand.SOCIAL_INNOVATION)
SOURCES = ("comune", "regione")


class Books:
    """Keeps its own books of every budget while the history is told."""

    def __init__(self, seed: int) -> None:
        self.chance, self.history = random.Random(seed), History()
        self.sums = Counter[tuple[str, str, Any]]()
        for year in (2019, 2020):
            for source in SOURCES:
                self.budget(year, source)

    def book(self, name: str, amount: int, day: date, strand: Strand, source: str) -> None:
        for by, value in (("", None), ("year", day.year), ("month", f"{day:%Y-%m}"), ("strand", strand.value)):
            self.sums[name, by, value] += amount
        self.sums[name, "source", source] += amount

    def budget(self, year: int, source: str) -> None:
        lines = {strand: self.chance.randrange(2_000_000, 5_000_000) for strand in STRANDS}
        budget = Budget(self.history, year, source, lines)
        if self.chance.random() < 0.7:
            lines = {strand: amount + 50_000 for strand, amount in lines.items() if strand is not STRANDS[0]}
            budget.amended(lines, date(year, 2, 1))
        for strand, amount in lines.items():
            self.book("budget", amount, date(year, 1, 1), strand, source)
        for _ in range(self.chance.randrange(3, 9)):
            strand, day = self.chance.choice(STRANDS), date(year, 3, 1) + timedelta(days=self.chance.randrange(200))
            granted = self.chance.randrange(1_000, 90_000)
            if self.chance.random() < 0.3:
                budget.spend(strand, granted, day)
                self.book("spent", granted, day, strand, source)
                self.book("used", granted, date(year, 1, 1), strand, source)
                self.book("paid", granted, date(year, 1, 1), strand, source)
                continue
            self.commitment(budget, year, source, strand, granted, day)

    def commitment(self, budget: Budget, year: int, source: str, strand: Strand, granted: int, day: date) -> None:
        commitment, later = budget.commit(strand, granted, day), day + timedelta(days=self.chance.randrange(400))
        bound, paid = granted, 0
        if self.chance.random() < 0.8:
            paid = self.chance.randrange(1, granted)
            budget.spend(strand, paid, later, commitment)
            self.book("spent", paid, later, strand, source)
        if paid > 1 and self.chance.random() < 0.4:
            back = self.chance.randrange(1, paid)
            budget.returned(commitment, strand, back, later)
            self.book("spent", -back, later, strand, source)
            bound, paid = bound - back, paid - back
        if bound > paid and self.chance.random() < 0.5:
            budget.release(commitment, strand, bound - paid, later)
            bound = paid
        self.book("committed", bound, day, strand, source)
        self.book("used", bound, date(year, 1, 1), strand, source)
        self.book("paid", paid, date(year, 1, 1), strand, source)

    def of(self, name: str, by: str) -> dict[Any, int]:
        return {value: amount for (n, b, value), amount in self.sums.items() if (n, b) == (name, by)}


@pytest.mark.clause("P66", "P67", "P20")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_set_committed_and_spent_equals_books_kept_beside(facts: Any, seed: int) -> None:
    books = Books(seed)
    await facts.fill(books.history, batch=7)
    whole = {"since": date(2019, 1, 1), "to": date(2022, 12, 31)}
    for name in ("budget", "committed", "spent"):
        assert await facts.value(name, **whole) == books.sums[name, "", None]
        for by in ("year", "strand", "source"):
            assert await facts.by(name, by, **whole) == books.of(name, by), (name, by)
    assert await facts.by("spent", "month", **whole) == books.of("spent", "month")
    for rate, numerator in (("budget_used_rate", "used"), ("budget_spent_rate", "paid")):
        for by in ("year", "strand", "source"):
            for row in await facts.rows(rate, by=by, **whole):
                told = (books.sums[numerator, by, row[by]], books.sums["budget", by, row[by]])
                assert (row["numerator"], row["denominator"]) == told
                assert row["value"] == (round(told[0] / told[1], 4) if told[1] else None)


@pytest.mark.clause("P66")
async def test_a_budget_of_more_than_four_bytes_of_cents_is_counted(facts: Any) -> None:
    history = History()
    Budget(history, 2020, "comune", {Strand.MATCHING: 10**12})
    await facts.fill(history)
    assert await facts.value("budget", since=date(2020, 1, 1), to=date(2020, 12, 31)) == 10**12


async def test_a_budget_as_known_on_a_day_stays_what_it_was(facts: Any) -> None:
    history = History()
    budget = Budget(history, 2019, "comune", {Strand.MATCHING: 100_000})
    commitment = budget.commit(Strand.MATCHING, 60_000, MARCH)
    budget.release(commitment, Strand.MATCHING, 60_000, MAY)
    await facts.fill(history)
    then = datetime(2019, 4, 1, tzinfo=UTC)
    assert [await facts.value("committed"), await facts.value("committed", known_at=then)] == [0, 60_000]


async def test_without_a_budget_there_is_nothing_and_a_share_of_nothing_has_no_value(facts: Any) -> None:
    await facts.fill([])
    assert await facts.value("budget") == await facts.value("spent") == 0
    nothing = [{"numerator": 0, "denominator": 0, "value": None}]
    assert await facts.rows("budget_spent_rate") == nothing == await facts.rows("cost_per_placement")
    assert await facts.rows("spent", by="source") == []


@pytest.mark.clause("P20")
async def test_an_outcome_costs_what_was_spent_over_how_many_there_are(facts: Any) -> None:
    history = History()
    budget = Budget(history, 2019, "comune", {Strand.MATCHING: 900_000, Strand.TRAINING_TARGETED: 900_000})
    bound = budget.commit(Strand.MATCHING, 500_000, MARCH)
    budget.spend(Strand.MATCHING, 300_000, MARCH, bound)
    budget.returned(bound, Strand.MATCHING, 50_000, MAY)
    budget.spend(Strand.TRAINING_TARGETED, 100_001, MAY)
    company = history.company(MARCH)
    for contract in (ContractClass.PERMANENT, ContractClass.FIXED_TERM, ContractClass.FIXED_TERM):
        person, case = history.enrolled(MARCH)
        history.taken_in_charge(person, case, MARCH)
        chain = history.placed(person, company, MAY, None, contract)
    chain.extended(date(2019, 9, 2), date(2019, 12, 31))
    await facts.fill(history)
    spent = 350_001
    year = {"since": date(2019, 1, 1), "to": date(2019, 12, 31)}
    for name, count in (
        ("cost_per_taken_in_charge", 3),
        ("cost_per_placed_person", 3),
        ("cost_per_placement", 4),
        ("cost_per_permanent_placement", 1),
    ):
        (row,) = await facts.rows(name, **year)
        assert row == {"numerator": spent, "denominator": count, "value": round(spent / count)}, name
    # Money of training is not for nothing because nobody took part: it has no cost each.
    assert await facts.rows("cost_per_participation", by="strand", **year) == [
        {"strand": "2b", "numerator": 100_001, "denominator": 0, "value": None}
    ]
    assert await facts.rows("cost_per_placement", by="month", **year) == [
        {"month": "2019-03", "numerator": 300_000, "denominator": 0, "value": None},
        {"month": "2019-05", "numerator": 50_001, "denominator": 3, "value": 16_667},
        {"month": "2019-09", "numerator": 0, "denominator": 1, "value": 0},
    ]


@pytest.mark.clause("P52", "P72")
async def test_the_plan_lies_beside_the_resources_of_its_year(facts: Any) -> None:
    history = History()
    plan = Plan(history, 2020)
    plan.committed(date(2019, 12, 1), "comune_bologna", "comune", 300_000)
    plan.committed(date(2019, 12, 9), "comune_bologna", "comune", 500_000)
    plan.committed(date(2019, 12, 2), "citta_metropolitana", "cm", 200_000)
    first = {("comune", Strand.MATCHING): 400_000, ("cm", Strand.TRAINING_BASIC): 100_000}
    plan.drafted(date(2020, 1, 8), first)
    plan.approved(date(2020, 1, 20), first)
    plan.cashed(date(2020, 6, 1), "comune_bologna", "comune", 120_000)
    plan.amended(date(2020, 9, 1), {("comune", Strand.MATCHING): 350_000, ("comune", Strand.TRANSVERSAL): 50_000})
    await facts.fill(history)
    year = {"since": date(2020, 1, 1), "to": date(2020, 12, 31)}
    assert await facts.by("resources_committed", "party", **year) == {
        "comune_bologna": 500_000,
        "citta_metropolitana": 200_000,
    }
    assert await facts.value("resources_cashed", **year) == 120_000
    assert await facts.by("planned", "strand", **year) == {"1": 350_000, "0": 50_000}
    assert await facts.rows("planned_on_resources_rate", **year) == [
        {"numerator": 400_000, "denominator": 700_000, "value": 0.5714}
    ]
    assert await facts.value("planned", known_at=datetime(2020, 2, 1, tzinfo=UTC), **year) == 500_000
    assert await facts.by("plans_approved", "month", **year) == {"2020-01": 1}


@pytest.mark.clause("P58")
async def test_actions_count_once_they_are_approved_and_not_once_they_are_dropped(facts: Any) -> None:
    history = History()
    plan = Plan(history, 2020)
    done, late, dropped, never = (action(Strand.MATCHING) for _ in range(4))
    plan.drafted(date(2020, 1, 7), {}, never)
    plan.drafted(date(2020, 1, 8), {}, done, late, dropped)
    plan.approved(date(2020, 1, 20), {})
    for one, percent in ((done, 100), (late, 40), (dropped, 100)):
        ids: dict[str, Any] = {"year": 2020, "action_id": one.action_id, "strand": one.strand}
        plan.record(ActionAssigned(**ids, party="caritas", due_on=None, occurred_on=date(2020, 2, 3)))
        plan.record(ActionProgressReported(**ids, percent=percent, late=False, occurred_on=date(2020, 6, 1)))
    plan.amended(date(2020, 9, 1), {}, done, late)
    await facts.fill(history)
    year = {"since": date(2020, 1, 1), "to": date(2020, 12, 31)}
    assert await facts.by("plan_actions", "party", **year) == {"caritas": 2}
    assert await facts.rows("plan_actions_done_rate", **year) == [{"numerator": 1, "denominator": 2, "value": 0.5}]
