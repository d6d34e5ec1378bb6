"""Many fundings, approvals and expenditures at once never use more than a budget has (I3; P64, P66).

Each round has a budget of its own and more asked of it at once than it has. What was acknowledged is added up by the
test itself, and again from the stored events; neither knows the service's own arithmetic.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.commands import Done, Step
from insieme_events.contracts.funding import ActivityKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.racing import ROUNDS, counted
from insieme_funding import steps, testing
from insieme_funding.aggregates import BUDGETS
from insieme_funding.gates import budget_id
from insieme_funding.steps import Granted, Together
from insieme_local.provision import Provisioned

AT_ONCE = 4
LINE_3B, LINE_2B = 1_000_000, 600_000
B3, B2 = Strand.SOCIAL_INNOVATION, Strand.TRAINING_TARGETED

USED = """
select data->>'source', data->>'strand', sum(case
    when type = 'FundsCommitted' then (data->>'amount')::bigint
    when type = 'ExpenditureRecorded' and data->>'commitment_id' is null then (data->>'amount')::bigint
    else 0 end)
from events.events where type in ('FundsCommitted', 'ExpenditureRecorded') and data->>'source' like 'race-%%'
group by 1, 2
"""


@dataclass(frozen=True)
class Asked:
    """One of the things that are asked at once, with what it takes of which line."""

    strand: Strand
    amount: int
    unit: Together


async def asked_of(fund: Any, source: str, projects: list[UUID], proposals: list[UUID]) -> list[Asked]:
    """1,700,000 of a line of 1,000,000, and 1,000,000 of a line of 600,000."""
    committee, _ = await fund.committee("management")
    vote = await fund.vote()
    found = [
        Asked(
            B3,
            600_000,
            steps.fund_project(
                project,
                B3,
                testing.fund(
                    committee_id=committee, vote=vote, source=source, investment=600_000 - 200_000, consultancy=200_000
                ),
            ),
        )
        for project in projects
    ]
    for decision in proposals:
        approval = testing.approve_activity(committee_id=committee, vote=vote)
        granted = Granted(B2, 2022, source)
        unit = steps.approve_activity(decision, granted, 350_000, ActivityKind.COURSE, approval)
        found.append(Asked(B2, 350_000, unit))
    for strand, amount in ((B3, 500_000), (B2, 300_000)):
        spent = testing.expenditure(expenditure_id=uuid4(), strand=strand, amount=amount)
        found.append(Asked(strand, amount, Together((Step(BUDGETS, budget_id(2022, source), spent),))))
    return found


async def one_round(fund: Any, source: str, projects: list[UUID], proposals: list[UUID]) -> dict[Strand, int]:
    """What was acknowledged, by strand, when everything was asked at once."""
    asked = await asked_of(fund, source, projects, proposals)
    answers = await asyncio.gather(*(fund.run(one.unit) for one in asked))
    ledger = {B3: 0, B2: 0}
    for one, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Done):
            ledger[one.strand] += one.amount
        else:
            assert answer.code in ("funding.not_left", "events.contended"), answer
    return ledger


async def played(fund: Any, rounds: int, label: str) -> dict[str, dict[Strand, int]]:
    """The ledger of every round, by source."""
    sources = [f"race-{label}-{n}" for n in range(rounds)]
    for source in sources:
        await fund.budget(source, s3b=LINE_3B, s2b=LINE_2B)
    projects = await fund.many_projects(2 * rounds)
    proposals = await fund.many_proposals([(source, 350_000) for source in sources for _ in range(2)])
    ledger: dict[str, dict[Strand, int]] = {}
    for start in range(0, rounds, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, rounds))
        pairs = [(sources[n], projects[2 * n : 2 * n + 2], proposals[2 * n : 2 * n + 2]) for n in numbers]
        found = await asyncio.gather(*(one_round(fund, *pair) for pair in pairs))
        ledger.update({sources[n]: one for n, one in zip(numbers, found, strict=True)})
    return ledger


async def stored_use(fund: Any) -> dict[tuple[str, Strand], int]:
    rows = await fund.served.rows(USED)
    return {(source, Strand(strand)): int(amount) for source, strand, amount in rows}


def overspent(ledger: dict[str, dict[Strand, int]]) -> list[str]:
    return [source for source, used in ledger.items() if used[B3] > LINE_3B or used[B2] > LINE_2B]


@pytest.mark.clause("P64", "P66")
@pytest.mark.invariant("I3", "race")
@pytest.mark.timeout(300)
async def test_no_budget_is_overspent_however_much_is_asked_at_once(fund: Any) -> None:
    ledger = await played(fund, ROUNDS, "kept")
    assert overspent(ledger) == []
    counted("I3", {"budgets": len(ledger), "overspent": 0})
    stored = await stored_use(fund)
    assert stored == {
        (source, strand): amount for source, used in ledger.items() for strand, amount in used.items() if amount
    }
    # Against vacuity: most rounds use what they can of either line, and nobody is turned away without need.
    assert sum(used[B3] >= 500_000 and used[B2] >= 300_000 for used in ledger.values()) > ROUNDS * 9 // 10
    rows = await fund.served.rows(
        """select b.source, l.strand, l.committed + l.uncommitted, l.remaining from views.budgets b
           join views.budget_lines l using (budget_id) where b.source like 'race-kept-%%' and l.amount > 0"""
    )
    lines = {B3: LINE_3B, B2: LINE_2B}
    assert len(rows) == 2 * ROUNDS
    for source, strand, used, remaining in rows:
        assert used == ledger[source][Strand(strand)]
        assert used + remaining == lines[Strand(strand)]


async def test_without_the_version_of_the_stream_budgets_are_overspent(
    bare_fund: Any, fresh_provisioned: Provisioned
) -> None:
    """The control run: two appends may take the same version of a stream, and the same requests overspend."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["funding_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
        await owner.execute("create index plain on events.events (stream, version)")
    ledger = await played(bare_fund, 12, "open")
    assert overspent(ledger) != []
