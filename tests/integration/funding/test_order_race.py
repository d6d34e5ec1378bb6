"""No decision of a committee stands with somebody in conflict, and none is passed over, whatever comes at once (I2).

The order is that of the transactions: they take their ids under the locks that the rule rests on.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from insieme_events.commands import Answer, Done
from insieme_events.contracts.funding_projects import EvaluationOutcome, RejectionGround
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Step
from insieme_funding import steps, testing
from insieme_funding.aggregates import PROJECTS
from insieme_funding.committee import DeclareConflict
from insieme_funding.project import ApproveProject, CloseProject, Closing, EvaluateProject, RejectProject

AT_ONCE = 4
SOURCE = "order"
CLOSING = "closing"
B3 = Strand.SOCIAL_INNOVATION

# Decisions in which somebody took part whose conflict was stored before them.
TAINTED = """
select d.type, count(*) from events.events d, json_array_elements_text(d.data->'members_present') m (id)
where d.type in ('ProjectEvaluated', 'ProjectApproved', 'ProjectFunded') and exists (
    select from events.events c where c.type = 'ConflictDeclared' and c.data->>'member_id' = m.id
        and c.data->>'project_id' = d.data->>'project_id'
        and (c.epoch, c.transaction_id, c.position) < (d.epoch, d.transaction_id, d.position))
group by 1
"""
# Fundings that rest on an evaluation or approval in which such a person took part.
RESTING_ON_TAINTED = """
select count(distinct f.stream) from events.events f, events.events d,
    json_array_elements_text(d.data->'members_present') m (id)
where f.type = 'ProjectFunded' and d.stream = f.stream and d.version < f.version
    and d.type in ('ProjectEvaluated', 'ProjectApproved')
    and not exists (select from events.events l where l.stream = d.stream and l.type = d.type
        and d.version < l.version and l.version < f.version)
    and exists (select from events.events c where c.type = 'ConflictDeclared' and c.data->>'member_id' = m.id
        and c.data->>'project_id' = f.data->>'project_id'
        and (c.epoch, c.transaction_id, c.position) < (f.epoch, f.transaction_id, f.position))
"""
# Fundings before which, in their own stream, an approval does not stand behind a positive evaluation.
OUT_OF_ORDER = """
select count(*) from events.events f where f.type = 'ProjectFunded' and (
    select array_agg(case e.type when 'ProjectEvaluated' then e.data->>'outcome' else e.type end order by e.version)
    from events.events e where e.stream = f.stream and e.version < f.version
        and e.type in ('ProjectEvaluated', 'ProjectApproved', 'ProjectRejected')
) <> array['positive', 'ProjectApproved']
"""


async def violations(fund: Any) -> dict[str, int]:
    tainted = dict(await fund.served.rows(TAINTED))
    [(resting,)] = await fund.served.rows(RESTING_ON_TAINTED)
    [(unordered,)] = await fund.served.rows(OUT_OF_ORDER)
    found = {**tainted, "resting": resting, "unordered": unordered}
    return {name: number for name, number in found.items() if number}


async def conflict_of(fund: Any, kind: str, number: int, project: UUID) -> Any:
    committee, members = await fund.committee(kind)
    declared = DeclareConflict(member_id=members[number % len(members)], project_id=project, on=testing.TODAY)
    return fund.run(steps.declare_conflict(committee, declared))


async def at_once(fund: Any, projects: list[UUID], one_round: Any) -> Counter[str]:
    seen: Counter[str] = Counter()
    for start in range(0, len(projects), AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, len(projects)))
        for answers in await asyncio.gather(*(one_round(fund, n, projects[n]) for n in numbers)):
            seen.update(outcome(answer) for answer in answers[:1])
    return seen


def outcome(answer: Answer) -> str:
    return "done" if isinstance(answer, Done) else answer.code


async def funding_round(fund: Any, number: int, project: UUID) -> list[Answer]:
    """A funding beside a conflict of somebody who evaluated, or approved, or a rejection, or a negative evaluation."""
    committee, _ = await fund.committee("management")
    command = testing.fund(
        committee_id=committee, vote=await fund.vote(), source=SOURCE, investment=1_000, consultancy=0
    )
    funding = fund.run(steps.fund_project(project, B3, command))
    other: Any
    match number % 4:
        case 0:
            other = await conflict_of(fund, "evaluation", number, project)
        case 1:
            other = await conflict_of(fund, "management", number, project)
        case 2:
            rejection = {**await fund.approval(), "ground": RejectionGround.NO_BUDGET}
            other = fund.run(steps.judge(project, RejectProject.model_validate(rejection)))
        case _:
            negative = await fund.evaluation(outcome=EvaluationOutcome.NEGATIVE, on="2022-05-15")
            other = fund.run(steps.judge(project, EvaluateProject.model_validate(negative)))
    if number // 4 % 2:
        first, second = await asyncio.gather(funding, other)
    else:
        second, first = await asyncio.gather(other, funding)
    return [first, second]


async def judging_round(fund: Any, number: int, project: UUID) -> list[Answer]:
    """An evaluation and, once it is there, an approval, each beside a conflict of somebody who takes part.

    Either of the two is sent first.
    """
    evaluation = EvaluateProject.model_validate(await fund.evaluation())
    judged, kind = fund.run(steps.judge(project, evaluation)), "evaluation"
    if number % 2 == 0:
        assert isinstance(await judged, Done)
        approval = ApproveProject.model_validate(await fund.approval())
        judged, kind = fund.run(steps.judge(project, approval)), "management"
    conflict = await conflict_of(fund, kind, number, project)
    if number // 2 % 2:
        answer, _ = await asyncio.gather(judged, conflict)
    else:
        _, answer = await asyncio.gather(conflict, judged)
    return [answer]


@pytest.mark.clause("P63", "P64")
@pytest.mark.invariant("I2", "race")
@pytest.mark.timeout(300)
async def test_a_funding_never_rests_on_somebody_in_conflict_or_on_what_was_taken_back(fund: Any) -> None:
    await fund.budget(SOURCE, s3b=1_000_000)
    seen = await at_once(fund, await fund.many_projects(ROUNDS), funding_round)
    assert await violations(fund) == {}
    # Against vacuity: the funding came first in many rounds, and each of the others in some.
    counted("I2, funding", seen)
    assert seen["done"] > ROUNDS // 10
    assert ROUNDS - seen["done"] > ROUNDS // 10
    funded = await fund.served.rows("select count(*) from events.events where type = 'ProjectFunded'")
    assert funded == [(seen["done"],)]
    late = await fund.served.rows("select count(*) from views.projects where conflict_late")
    stored = await fund.served.rows(
        """select count(distinct c.data->>'project_id') from events.events c join events.events f
           on f.type = 'ProjectFunded' and f.data->>'project_id' = c.data->>'project_id'
           where c.type = 'ConflictDeclared'"""
    )
    assert late == stored


@pytest.mark.clause("P63", "P64")
@pytest.mark.invariant("I2", "race")
@pytest.mark.timeout(300)
async def test_no_evaluation_and_no_approval_has_somebody_in_conflict(fund: Any) -> None:
    seen = await at_once(fund, await fund.many_projects(ROUNDS, approved=False), judging_round)
    assert await violations(fund) == {}
    counted("I2, judging", seen)
    assert seen["done"] > ROUNDS // 10
    assert seen["funding.conflicted_member"] > ROUNDS // 10


async def test_without_the_locks_somebody_in_conflict_takes_part(
    bare_fund: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: every command locks a name of its own, and the same requests break the rule."""
    number = count()
    monkeypatch.setattr(steps, "project_lock", lambda _: f"nothing-{next(number)}")
    monkeypatch.setattr(steps, "committee_lock", lambda _: f"nothing-{next(number)}")
    await bare_fund.budget(SOURCE, s3b=1_000_000)
    for _ in range(8):
        projects = await bare_fund.many_projects(40, approved=False)
        await at_once(bare_fund, projects, judging_round)
        if await violations(bare_fund):
            return
    pytest.fail("the rule held without its locks: the race is none")


# Projects that are closed while money is still bound to them.
BOUND_FOR_EVER = """
select count(*) from events.events c where c.type = 'ProjectClosed'
    and exists (select from events.events f where f.stream = c.stream and f.type = 'ProjectFunded')
    and not exists (select from events.events r where r.type = 'CommitmentReleased'
        and r.data->>'commitment_id' = c.data->>'project_id')
"""


LEAD = 0.04
"""Seconds. A funding does more than a closing: sent at the same instant, it is nearly always the later one."""


async def closing_races(fund: Any, projects: list[UUID]) -> Counter[str]:
    """Each project is funded while it is withdrawn, a little later or at once; answers what became of the latter."""
    funding = await fund.funding(CLOSING, 1_000, investment=1_000, consultancy=0)
    seen: Counter[str] = Counter()

    async def close(project: UUID, closing: Any, later: float) -> Any:
        await asyncio.sleep(later)
        return await fund.served.client.post(f"/v1/projects/{project}/closing", json=closing)

    async def one(number: int, project: UUID) -> None:
        closing = {"outcome": "withdrawn", "on": funding["on"]}
        funded = fund.served.client.post(f"/v1/projects/{project}/funding", json=funding)
        _, closed = await asyncio.gather(funded, close(project, closing, number % 5 * LEAD))
        seen["closed" if closed.is_success else closed.json()["code"]] += 1

    for start in range(0, len(projects), AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, len(projects)))
        await asyncio.gather(*(one(number, projects[number]) for number in numbers))
    return seen


@pytest.mark.clause("P64")
@pytest.mark.invariant("I3", "race")
@pytest.mark.timeout(300)
async def test_no_project_is_closed_with_money_bound_to_it(fund: Any) -> None:
    await fund.budget(CLOSING, s3b=1_000_000)
    seen = await closing_races(fund, await fund.many_projects(ROUNDS))
    assert await fund.served.rows(BOUND_FOR_EVER) == [(0,)]
    counted("I3, closing", seen)
    assert seen["closed"] > 0
    assert set(seen) <= {"closed", "funding.funded_meanwhile"}


async def test_without_the_look_at_the_grant_money_stays_bound(bare_fund: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run: a closing that was looked up before the funding says that it releases, and does not."""

    def closing_alone(project_id: UUID, granted: Any, body: Closing) -> steps.Together:
        command = CloseProject(**body.model_dump(), releasing=True)
        return steps.Together((Step(PROJECTS, project_id, command),))

    monkeypatch.setattr(steps, "close_project", closing_alone)
    await bare_fund.budget(CLOSING, s3b=1_000_000)
    for _ in range(8):
        await closing_races(bare_fund, await bare_fund.many_projects(20))
        if await bare_fund.served.rows(BOUND_FOR_EVER) != [(0,)]:
            return
    pytest.fail("nothing stayed bound: the race is none")
