"""A year of the plan over HTTP, from the commitments to actions that are late (P16, P48, P52, P58, P66, P72)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.governance.planning import CITY, CNA, COMUNE, bodies, in_force, made_again, meeting

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused
from insieme_events.envelope import Stored
from insieme_events.testing.http import Served
from insieme_events.timers import Timers
from insieme_events.units import Done
from insieme_governance.aggregates import PLAN_YEARS
from insieme_governance.plan_year import plan_year_id
from insieme_governance.reactions import PlanReductions
from insieme_governance.timers import COMMITMENTS_MISSING
from insieme_local.provision import Provisioned

FEBRUARY, JUNE = date(2022, 2, 10), date(2022, 6, 10)


@pytest.fixture
async def plans(migrated: Provisioned, governance: Served) -> Served:
    await asyncio.to_thread(bodies, migrated.urls["governance_owner"])
    await in_force(governance)
    return governance


def commitment(amount: int, on: str = "2022-01-10", party: str = "comune_bologna") -> dict[str, Any]:
    return {"party": party, "source": "comune_bologna", "amount": amount, "on": on}


def ceiling(amount: int, strand: str = "2b") -> dict[str, Any]:
    return {"source": "comune_bologna", "strand": strand, "amount": amount}


def action(action_id: UUID, cost: int = 500, **more: Any) -> dict[str, Any]:
    values = {"action_id": str(action_id), "strand": "2b", "source": "comune_bologna", "planned_cost": cost}
    return {**values, **more}


async def approved(plans: Served, year: int, action_id: UUID, amount: int = 600) -> UUID:
    """1,000 committed, `amount` planned and approved; answers the meeting, which has a second decision to amend."""
    await plans.post(f"/v1/plan-years/{year}/commitments", headers=COMUNE, **commitment(1000))
    draft: dict[str, Any] = {"ceilings": [ceiling(amount)], "actions": [action(action_id)], "on": "2022-01-20"}
    await plans.post(f"/v1/plan-years/{year}/draft", **draft)
    held = await meeting(plans, FEBRUARY, ("work_plan", "work_plan_amendment", "work_plan_amendment"))
    await plans.post(f"/v1/plan-years/{year}/approval", 200, **decision(held))
    return held


def decision(meeting_id: UUID, number: int = 1, on: date = FEBRUARY) -> dict[str, Any]:
    return {"meeting_id": str(meeting_id), "decision_no": number, "on": on.isoformat()}


@pytest.mark.clause("P52", "P72")
async def test_a_plan_is_approved_by_the_tavolo_within_its_resources(plans: Served) -> None:
    path = "/v1/plan-years/2031"
    await plans.post(f"{path}/commitments", headers=COMUNE, **commitment(500))
    await plans.refused(f"{path}/commitments", "governance.not_for_party", "P65", CNA, **commitment(900))
    draft: dict[str, Any] = {"ceilings": [ceiling(600)], "actions": [action(uuid4())], "on": "2022-01-20"}
    await plans.post(f"{path}/draft", **draft)
    for kind, status, code in (
        ("technical_table", "held", "governance.not_the_tavolo"),
        ("coordination_table", "convened", "governance.plan_meeting_not_held"),
    ):
        wrong = await meeting(plans, FEBRUARY, kind=kind, status=status)
        await plans.refused(f"{path}/approval", code, "P52", **decision(wrong))
    await plans.refused(f"{path}/approval", "governance.plan_meeting_unknown", "P52", **decision(uuid4()))
    held = await meeting(plans, FEBRUARY)
    await plans.refused(f"{path}/approval", "governance.plan_decision_unknown", "P52", **decision(held, 2))
    await plans.refused(f"{path}/approval", "governance.plan_beyond_resources", "P52", **decision(held))
    await plans.post(f"{path}/commitments", headers=COMUNE, **commitment(600, "2022-02-01"))
    await plans.post(f"{path}/approval", 200, **decision(held))
    await plans.refused(
        f"{path}/commitments", "governance.plan_needs_it", "P52", COMUNE, **commitment(599, "2022-03-01")
    )
    found = await plans.get(path)
    assert (found["status"], found["meeting_id"], found["ceilings"]) == (
        "approved",
        str(held),
        [{"source": "comune_bologna", "strand": "2b", "amount": 600}],
    )
    listed = await plans.get("/v1/plan-years", status="approved", limit=200)
    assert 2031 in [row["year"] for row in listed["items"]]


@pytest.mark.clause("P52", "P72")
async def test_the_plan_stands_beside_its_resources(plans: Served) -> None:
    await approved(plans, 2032, uuid4())
    cash = {**commitment(400), "on": "2022-03-01"}
    await plans.post("/v1/plan-years/2032/cash", 200, **cash)
    assert (await plans.get("/v1/plan-years/2032/resources"))["sources"] == [
        {"source": "comune_bologna", "committed": 1000, "cashed": 400, "ceiling": 600, "planned_cost": 500}
    ]
    (row,) = (await plans.get("/v1/plan-years/2032/commitments", party="comune_bologna"))["items"]
    assert (row["amount"], row["cashed"], row["late"]) == (1000, 400, False)


@pytest.mark.clause("P72")
async def test_who_has_committed_nothing_by_the_day_is_noted_once(plans: Served) -> None:
    def timers(day: datetime) -> Timers:
        service = plans.service
        return Timers("governance", (COMMITMENTS_MISSING,), service.pool, service.commands, lambda: day)

    this_year = plans.service.clock().year
    await plans.post(f"/v1/plan-years/{this_year}/commitments", headers=COMUNE, **commitment(10, "2022-01-10"))
    # Nobody has answered for the years before either: three debtors in each since the first whole year of the term.
    eve = datetime(this_year, 1, 31, 12, tzinfo=UTC)
    assert await timers(eve).once() == 3 * (this_year - 2018)
    assert await timers(eve).once() == 0
    day = datetime(this_year, 2, 1, 12, tzinfo=UTC)
    assert await timers(day).once() == 2
    assert await timers(day).once() == 0
    path = f"/v1/plan-years/{this_year}"
    late = (await plans.get(f"{path}/commitments-missing"))["items"]
    assert [(row["party"], row["still_missing"]) for row in late] == [
        ("citta_metropolitana", True),
        ("fondazione_san_petronio", True),
    ]
    await plans.post(f"{path}/commitments", headers=CITY, **commitment(10, "2022-01-10", "citta_metropolitana"))
    after = (await plans.get(f"{path}/commitments-missing"))["items"]
    assert [row["still_missing"] for row in after] == [False, True]
    (row,) = (await plans.get(f"{path}/commitments", party="citta_metropolitana"))["items"]
    assert row["late"] is True


async def answered(plans: Served, event: DomainEvent) -> None:
    """Funding's answer arrives, and arrives once more."""
    for _ in range(2):
        unit = await PlanReductions().react(Stored(uuid4(), "budget-1", 1, datetime(2022, 6, 11, tzinfo=UTC), event))
        assert unit is not None
        assert isinstance(await plans.service.commands.run(unit), Done)


@pytest.mark.clause("P52", "P66")
@pytest.mark.parametrize(("kind", "amount"), [(PlanReductionAccepted, 550), (PlanReductionRefused, 600)])
async def test_lower_ceilings_hold_once_funding_says_so(
    plans: Served, kind: type[PlanReductionAccepted | PlanReductionRefused], amount: int
) -> None:
    year = 2033 if kind is PlanReductionAccepted else 2034
    path, action_id = f"/v1/plan-years/{year}", uuid4()
    held = await approved(plans, year, action_id)
    lower: dict[str, Any] = {**decision(held, 2), "ceilings": [ceiling(550)], "actions": [action(action_id)]}
    await plans.post(f"{path}/amendments", 202, **lower)
    await plans.refused(f"{path}/amendments", "governance.amendment_open", "P52", **lower)
    waiting = await plans.get(path)
    assert (waiting["status"], waiting["ceilings"][0]["amount"]) == ("amending", 600)
    await answered(plans, kind(year=year, amendment_id=UUID(waiting["amendment_id"]), occurred_on=JUNE))
    found = await plans.get(path)
    assert (found["status"], found["amendment_id"], found["ceilings"][0]["amount"]) == ("approved", None, amount)


@pytest.mark.clause("P52")
async def test_higher_ceilings_hold_at_once_and_within_the_resources(plans: Served) -> None:
    held, action_id = await approved(plans, 2035, first := uuid4()), first
    more: dict[str, Any] = {**decision(held, 2), "ceilings": [ceiling(1001)], "actions": [action(action_id)]}
    path = "/v1/plan-years/2035/amendments"
    await plans.refused(path, "governance.plan_beyond_resources", "P52", **more)
    await plans.post(path, 202, **{**more, "ceilings": [ceiling(1000)]})
    assert (await plans.get("/v1/plan-years/2035"))["ceilings"][0]["amount"] == 1000


@pytest.mark.clause("P16", "P17", "P48", "P58")
async def test_actions_are_found_by_framework_policy_party_and_delay(plans: Served) -> None:
    action_id = uuid4()
    body: dict[str, Any] = {"measure": "gol", "kind": "vocational_training", "valid_from": "2022-01-01"}
    measure = await plans.post("/v1/registers/regional-measures", **body, on="2022-01-05")
    await approved(plans, 2036, action_id)
    path = f"/v1/plan-years/2036/actions/{action_id}"
    tags: dict[str, Any] = {
        "frameworks": ["patto_metropolitano", "politiche_regionali"],
        "regional_policy": "programma_gol",
    }
    await plans.refused(
        f"{path}/tags", "governance.measure_unknown", "P48", **tags, completes=str(uuid4()), on="2022-03-01"
    )
    await plans.post(f"{path}/tags", 200, **tags, completes=measure["id"], on="2022-03-01")
    assign: dict[str, Any] = {"party": "cna", "due_on": "2022-05-31", "on": "2022-03-01"}
    await plans.refused(f"{path}/assignment", "governance.not_the_coordinator", "P65", COMUNE, **assign)
    await plans.post(f"{path}/assignment", 200, **assign)
    await plans.refused(f"{path}/progress", "governance.not_for_party", "P65", COMUNE, percent=10, on="2022-04-01")
    await plans.post(f"{path}/progress", 200, CNA, percent=40, on="2022-06-30")
    queries: tuple[dict[str, Any], ...] = (
        {"framework": "patto_metropolitano"},
        {"regional_policy": "programma_gol"},
        {"completes": measure["id"]},
        {"party": "cna", "late": True},
    )
    for query in queries:
        (row,) = (await plans.get("/v1/plan-actions", **query))["items"]
        assert (row["action_id"], row["percent"], row["late"]) == (str(action_id), 40, True)
    assert (await plans.get("/v1/plan-actions", year=2036, framework="fondo_metropolitano_di_comunita"))["items"] == []
    assert (await plans.get(f"/v1/plan-actions/{action_id}"))["party"] == "cna"
    (found,) = (await plans.get("/v1/register-views/complementarity"))["measures"]
    assert (found["measure"], found["actions"], found["planned_cost"]) == ("gol", 1, 500)


async def test_an_action_s_id_is_its_own_in_every_year(plans: Served) -> None:
    action_id = uuid4()
    await approved(plans, 2037, action_id)
    draft: dict[str, Any] = {"ceilings": [ceiling(600)], "actions": [action(action_id)], "on": "2022-01-20"}
    await plans.refused("/v1/plan-years/2038/draft", "governance.action_id_taken", "P52", **draft)


@pytest.mark.invariant("I3", "replay")
@pytest.mark.invariant("I4", "replay")
async def test_the_views_of_the_plan_made_again_are_the_same(plans: Served, migrated: Provisioned) -> None:
    await approved(plans, 2039, uuid4())
    years = [row[0] for row in await plans.rows("select year from views.plan_years order by year")]
    tables = ("plan_years", "commitments", "commitments_missing", "plan_ceilings", "plan_actions")
    streams = [plan_year_id(year) for year in years]
    await made_again(plans, migrated.urls["governance_owner"], PLAN_YEARS, streams, *tables)
    beyond = """
        select c.year from (select year, source, sum(amount) as most from views.plan_ceilings group by 1, 2) c
        join views.plan_years y using (year)
        left join (select year, source, sum(amount) as given from views.commitments group by 1, 2) g
            using (year, source)
        where y.status in ('approved', 'amending') and c.most > coalesce(g.given, 0)
    """
    assert await plans.rows(beyond) == []
