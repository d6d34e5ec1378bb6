"""Governance after 2021 at its whole scale, through the services' own decisions: plans that end, the Board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.unit.demo.on_paper import Paper

from insieme_demo import later, ledger, plan
from insieme_demo.later import Later
from insieme_demo.mending import Mending
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import (
    CompanyJoinedBoard,
    CompanyLeftBoard,
    PlanYearClosed,
    WorkPlanAmended,
    WorkPlanApproved,
)

WHOLE = plan.make(onwards=True)
NOTHING = Mending((), (), (), {}, (), ())


@pytest.fixture(scope="module")
def after() -> Later:
    assert WHOLE.later is not None
    return WHOLE.later


@pytest.fixture(scope="module")
def events() -> list[DomainEvent]:
    """With the companies that join the Board, and nothing of persons, courses and money to 2021."""
    companies = replace(WHOLE.offers, needs=[], vacancies=[], candidacies=[])
    alone = replace(
        WHOLE, ways=[], chains=[], courses=[], internships=[], offers=companies, mending=NOTHING,
        money=replace(WHOLE.money, projects=(), activities=()),
    )  # fmt: skip
    paper = Paper()
    paper.write(plan.months(alone))
    return [event for stream in paper.streams.values() for _, event in stream]


def of(events: Iterable[DomainEvent], *types: type[DomainEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, types)]


def test_every_year_that_is_over_has_its_plan_closed_and_2026_goes_on(events: list[DomainEvent]) -> None:
    closed = {one.year: one.occurred_on for one in of(events, PlanYearClosed)}
    assert sorted(closed) == list(range(2018, 2026))
    assert all(on.year == year + 1 for year, on in closed.items())
    approved = {one.year: one.occurred_on for one in of(events, WorkPlanApproved)}
    assert sorted(approved) == list(range(2018, 2027))
    assert approved[2026] < later.EXPIRED, "nobody decides on a plan once the term is over"
    assert [one.year for one in of(events, WorkPlanAmended)] == [2020, 2024]


def test_the_board_goes_on_with_other_companies(events: list[DomainEvent], after: Later) -> None:
    joined, left = of(events, CompanyJoinedBoard), of(events, CompanyLeftBoard)
    for day, size in ledger.count_later(after).board.items():
        assert sum(one.occurred_on <= day for one in joined) - sum(one.occurred_on <= day for one in left) == size
    assert sum(one.occurred_on <= date(2021, 12, 31) for one in joined) - sum(
        one.occurred_on <= date(2021, 12, 31) for one in left
    ) == 109, "what was published stays"  # fmt: skip
    years = Counter(one.occurred_on.year for one in left), Counter(one.occurred_on.year for one in joined)
    assert all(kind[year] > 0 for kind in years for year in range(2022, 2026))
    assert max(one.occurred_on for one in (*joined, *left)) <= later.LAST_MEETING
