"""What the store holds is the whole truth: the rules hold in it event by event, and views follow from it (I2-I4)."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.envelope import Stored, opened
from insieme_events.store import START, Connection, read
from insieme_events.units import Change
from insieme_funding.aggregates import AGGREGATES
from insieme_funding.views import plans
from insieme_local.provision import Provisioned

OWN = (
    "budgets",
    "budget_lines",
    "expenditures",
    "committees",
    "committee_members",
    "conflicts",
    "funding_decisions",
    "spending_decisions",
    "spending_consents",
    "calls",
    "projects",
    "project_placements",
    "project_actions",
    "project_survival",
)


async def all_events(connection: Connection) -> list[Stored]:
    """Every event of the store in commit order."""
    return [opened(record, "funding", {}) for _, record in await read(connection, START, 100_000)]


async def tables(connection: Connection) -> dict[str, list[Any]]:
    found = {}
    for name in OWN:
        rows = await (await connection.execute(f"select to_json(t)::text from views.{name} t".encode())).fetchall()
        found[name] = sorted(row[0] for row in rows)
    return found


async def lived(fund: Any) -> None:
    """A little of everything that leaves events."""
    served = fund.served
    budget = await fund.budget("lived", s3b=2_400_000, s2b=400_000, s3a=800_000)
    call = await fund.call()
    one, other, third = [await fund.approved(call) for _ in range(3)]
    await served.post(f"/v1/projects/{one}/job-target", 200, jobs=2, on="2022-05-11")
    for project in (one, other):
        await served.post(f"/v1/projects/{project}/funding", **await fund.funding("lived"))
        await served.post(f"/v1/projects/{project}/instalments", amount=300_000, on="2022-06-01")
    placement = await fund.placement()
    link = {"employment_id": str(placement), "suitability": "suitable", "on": "2022-09-02"}
    await served.post(f"/v1/projects/{one}/placements", **link)
    await fund.void(placement)
    await served.post(
        f"/v1/projects/{one}/consolidation-actions",
        company_id=str(await fund.board_company()),
        kind="orders",
        on="2022-09-02",
    )
    await served.post(f"/v1/projects/{one}/survival", 200, months=12, alive=True, on="2023-06-01")
    await served.post(f"/v1/projects/{one}/closing", 200, outcome="completed", on="2023-06-02")
    await served.post(f"/v1/projects/{other}/revocation", 200, reason="renounced", on="2022-09-01")
    await served.post(f"/v1/projects/{other}/returns", amount=100_000, on="2022-10-01")
    rejection = {**await fund.approval(), "ground": "no_budget", "on": "2022-05-12"}
    await served.post(f"/v1/projects/{third}/rejection", 200, **rejection)
    committee, members = await fund.committee("evaluation")
    conflict = {"member_id": str(members[0]), "project_id": one, "on": "2023-07-01"}
    await served.post(f"/v1/committees/{committee}/conflicts", **conflict)
    decision = await fund.proposal("lived")
    await served.post(f"/v1/funding-decisions/{decision}/approval", 200, **await fund.decision())
    paid = {"commitment_id": decision, "strand": "2b", "amount": 250_000, "on": "2022-04-01"}
    await served.post(f"/v1/budgets/{budget}/expenditures", **paid)
    await served.post(f"/v1/budgets/{budget}/expenditures", strand="2b", amount=50_000, on="2022-04-02")
    await served.post(f"/v1/funding-decisions/{decision}/end", 200, on="2022-06-30")
    await served.post(f"/v1/calls/{call}/closing", 200, on="2022-02-25")
    await fund.propose(2022, uuid4(), *[("lived", strand, 2_400_000) for strand in ("3b", "2b", "3a")])
    await served.post(f"/v1/budgets/{budget}/closing", 200, on="2022-12-31")


@pytest.mark.invariant("I2", "replay")
@pytest.mark.invariant("I3", "replay")
@pytest.mark.invariant("I4", "replay")
@pytest.mark.clause("P63", "P64", "P66")
async def test_the_rules_hold_in_the_stored_events_and_views_are_made_again(
    bare_fund: Any, fresh_provisioned: Provisioned
) -> None:
    await lived(bare_fund)
    async with bare_fund.served.service.pool.connection() as connection:
        events = await all_events(connection)
        before = await tables(connection)
    assert len({type(stored.event) for stored in events}) > 25
    money_holds([stored.event for stored in events])
    order_holds([stored.event for stored in events])

    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["funding_owner"]) as owner:
        for name in OWN:
            await owner.execute(f"truncate views.{name}".encode())
    async with bare_fund.served.service.pool.connection() as connection:
        await made_again(connection, events)
        after = await tables(connection)
    assert after == before
    assert all(before[name] for name in OWN)


async def made_again(connection: Connection, events: list[Stored]) -> None:
    """Lets every aggregate write its views again, event by event in commit order."""
    by_name = {aggregate.decider.name: aggregate for aggregate in AGGREGATES}
    states: dict[str, Any] = {}
    for stored in events:
        aggregate = by_name[stored.stream[:-37]]
        state = states.get(stored.stream, aggregate.decider.initial)
        states[stored.stream] = aggregate.decider.evolve(state, stored.event)
        change = Change(stored.stream, UUID(stored.stream[-36:]), state, states[stored.stream], [stored])
        if aggregate.view is not plans.write:
            await aggregate.view(connection, [change])


def money_holds(events: list[DomainEvent]) -> None:
    """After every event, what is used of a line is within it and within what is held; no money before its budget."""
    lines: dict[tuple[Any, str], int] = {}
    used, bound, paid = Counter[tuple[Any, str]](), Counter[Any](), Counter[Any]()
    budgets = set()
    for event in events:
        told = event.model_dump(mode="json")
        kind, budget = type(event).__name__, told.get("budget_id")
        place = (budget, told.get("strand", ""))
        commitment, amount = told.get("commitment_id"), told.get("amount", 0)
        if kind in ("AnnualBudgetSet", "BudgetAmended"):
            budgets.add(budget)
            lines.update({(budget, line["strand"]): line["amount"] for line in told["lines"]})
        elif kind == "FundsCommitted" or (kind == "ExpenditureRecorded" and commitment is None):
            assert budget in budgets
            used[place] += amount
            bound[commitment] += amount
        elif kind == "ExpenditureRecorded":
            paid[commitment] += amount
            assert paid[commitment] <= bound[commitment]
        elif kind in ("CommitmentReleased", "ExpenditureReturned"):
            used[place] -= amount
            bound[commitment] -= amount
            paid[commitment] -= amount if kind == "ExpenditureReturned" else 0
        assert all(used[one] <= lines.get(one, 0) for one in used)


def order_holds(events: list[DomainEvent]) -> None:
    """Every funding stands behind an approval that stands behind a positive evaluation of another committee."""
    last: dict[Any, list[tuple[str, Any]]] = {}
    conflicts: set[tuple[Any, Any]] = set()
    fundings = 0
    for event in events:
        told = event.model_dump(mode="json")
        kind, project = type(event).__name__, told.get("project_id")
        if kind == "ConflictDeclared":
            conflicts.add((told["member_id"], project))
        if kind == "ProjectEvaluated":
            last[project] = [(told["outcome"], told["committee_id"])]
        if kind == "ProjectApproved":
            last[project].append(("approved", told["committee_id"]))
        if kind in ("ProjectEvaluated", "ProjectApproved", "ProjectFunded"):
            assert not {(member, project) for member in told["members_present"]} & conflicts
        if kind == "ProjectFunded":
            fundings += 1
            (outcome, evaluators), (approval, managers) = last[project]
            assert (outcome, approval) == ("positive", "approved")
            assert evaluators != managers
    assert fundings == 2
