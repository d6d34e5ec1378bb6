"""Activities that the Comitato di gestione funds, what was spent, and who bore it (P20, P64, P66, P67, P69; I10)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest


@pytest.mark.clause("P64", "P66", "P69")
async def test_an_activity_is_funded_paid_and_ended(fund: Any) -> None:
    served = fund.served
    budget = await fund.budget("activities", s2b=400_000)
    decision = await fund.proposal("activities")
    path = f"/v1/funding-decisions/{decision}"
    evaluators, members = await fund.committee("evaluation")
    wrong = {**await fund.decision(), "committee_id": str(evaluators)}
    wrong["vote"] = {**wrong["vote"], "in_favour": [str(one) for one in members]}
    await served.refused(f"{path}/approval", "funding.not_management_committee", "P64", **wrong)
    split = await fund.decision()
    in_favour = split["vote"]["in_favour"]
    split["vote"] = {**split["vote"], "in_favour": in_favour[:2], "against": in_favour[2:]}
    await served.refused(f"{path}/approval", "funding.spending_not_agreed", "P69", **split)
    await served.post(f"{path}/approval", 200, **await fund.decision())
    other = await fund.proposal("activities", 100_001)
    await served.refused(f"/v1/funding-decisions/{other}/approval", "funding.not_left", "P64", **await fund.decision())
    assert (await served.get(f"/v1/funding-decisions/{other}"))["status"] == "proposed"
    await served.post(
        f"/v1/funding-decisions/{other}/refusal",
        200,
        committee_id=(await fund.decision())["committee_id"],
        members_present=in_favour,
        ground="no_budget",
        on="2022-03-11",
    )
    paid = {"commitment_id": decision, "strand": "2b", "amount": 250_000, "on": "2022-04-01"}
    await served.post(f"/v1/budgets/{budget}/expenditures", **paid)
    more = {**paid, "amount": 50_001}
    await served.refused(f"/v1/budgets/{budget}/expenditures", "funding.over_commitment", "P64", **more)
    await served.post(f"{path}/end", 200, on="2022-06-30")
    line = (await fund.lines(budget))["2b"]
    assert (line["committed"], line["paid"], line["remaining"]) == (250_000, 250_000, 150_000)
    found = await served.get("/v1/funding-decisions", source="activities", status="ended")
    assert [row["decision_id"] for row in found["items"]] == [decision]
    spendings = await served.get("/v1/spending-decisions", source="activities", subject_kind="activity")
    assert [(row["subject_id"], row["rule"], row["decision_no"]) for row in spendings["items"]] == [
        (decision, "unanimous", 1)
    ]
    stored = await served.rows(
        "select data->>'activity_id' is not null from events.events where type = 'ActivityFundingApproved'"
    )
    assert stored == [(True,)]


@pytest.mark.clause("P20", "P66")
async def test_every_expenditure_is_an_event_with_its_strand_and_source(fund: Any) -> None:
    budget = await fund.budget("spent", 2021, s2b=1_000, s3b=1_000)
    path = f"/v1/budgets/{budget}/expenditures"
    await fund.served.post(path, strand="2b", amount=300, on="2021-03-10")
    await fund.served.post(path, strand="3b", amount=200, on="2021-03-11")
    await fund.served.post(path, strand="2b", amount=100, on="2021-03-12")
    await fund.served.refused(path, "funding.other_year", "P66", strand="2b", amount=1, on="2022-03-12")
    events = await fund.served.rows(
        """select data->>'strand', (data->>'amount')::int from events.events
           where type = 'ExpenditureRecorded' and data->>'source' = 'spent' order by position"""
    )
    assert events == [("2b", 300), ("3b", 200), ("2b", 100)]
    assert await fund.served.get("/v1/expenditure", year=2021) == [
        {"source": "spent", "borne_by": "comune_bologna", "strand": "2b", "spent": 400},
        {"source": "spent", "borne_by": "comune_bologna", "strand": "3b", "spent": 200},
    ]
    first = await fund.served.get(path, limit=2)
    rest = await fund.served.get(path, limit=2, after=first["next"])
    assert len(first["items"]) == 2
    assert [len(rest["items"]), rest["next"]] == [1, None]


@pytest.mark.clause("P67")
async def test_what_each_promoter_bore_stands_beside_its_share(fund: Any) -> None:
    for source, party, amount in (
        ("of-comune", "comune_bologna", 500),
        ("of-cm", "citta_metropolitana", 300),
        ("of-bank", "fondazione_carisbo", 70),
    ):
        async with fund.served.service.pool.connection() as connection:
            await connection.execute("insert into views.plans (year) values (2023) on conflict do nothing")
            await connection.execute(
                "insert into views.plan_ceilings (year, source, strand, amount) values (2023, %s, '2b', 1000)",
                (source,),
            )
        budget = await fund.set_budget(source, 2023, party, s2b=1000)
        await fund.served.post(f"/v1/budgets/{budget}/expenditures", strand="2b", amount=amount, on="2023-03-10")
    found = await fund.served.get("/v1/cost-shares", year=2023)
    assert found["others"] == 70
    shares = {row["party"]: row for row in found["shares"]}
    assert sum(row["agreed_basis_points"] for row in shares.values()) == 10_000
    comune = shares["comune_bologna"]
    assert (comune["spent"], comune["total"], comune["actual_basis_points"]) == (500, 800, 6250)
    fondazione = shares["fondazione_san_petronio"]
    assert (fondazione["spent"], fondazione["actual_basis_points"]) == (0, 0)
    nothing = await fund.served.get("/v1/cost-shares", year=2024)
    assert {row["actual_basis_points"] for row in nothing["shares"]} == {None}


@pytest.mark.clause("P63", "P64")
async def test_committees_and_calls_are_listed_and_mandates_do_not_overlap(fund: Any) -> None:
    served = fund.served
    committee, members = await fund.committee("evaluation")
    project = await fund.submitted(await fund.call())
    detail = await served.get(f"/v1/committees/{committee}")
    assert {row["party"] for row in detail["members"]} == {
        "citta_metropolitana",
        "comune_bologna",
        "fondazione_san_petronio",
    }
    second = {
        "kind": "evaluation",
        "members": [{"member_id": str(uuid4()), "party": "comune_bologna"}],
        "mandate_to": "2026-01-31",
        "on": "2025-12-31",
    }
    await served.refused("/v1/committees", "funding.mandate_overlaps", "P63", **second)
    conflict = {"member_id": str(members[0]), "project_id": project, "on": "2022-04-01"}
    await served.post(f"/v1/committees/{committee}/conflicts", **conflict)
    unknown = {**conflict, "project_id": str(uuid4())}
    await served.refused(f"/v1/committees/{committee}/conflicts", "funding.conflict_project_unknown", "P63", **unknown)
    await served.refused(
        f"/v1/projects/{project}/evaluations", "funding.conflicted_member", "P63", **await fund.evaluation()
    )
    rest = await fund.evaluation(members_present=[str(one) for one in members[1:]])
    await served.post(f"/v1/projects/{project}/evaluations", **rest)
    calls = await served.get("/v1/calls", strand="3b", open_on="2022-02-28", limit=1)
    assert len(calls["items"]) == 1
    closed = calls["items"][0]["call_id"]
    await served.post(f"/v1/calls/{closed}/closing", 200, on="2022-02-20")
    row = await served.get(f"/v1/calls/{closed}")
    assert (row["status"], row["last_day"]) == ("closed", "2022-02-19")


BAD: list[tuple[str, dict[str, Any], int]] = [
    ("/v1/budgets", {"year": 2022}, 422),
    ("/v1/budgets", {"year": 2022, "source": "x", "borne_by": "x", "lines": [], "on": "2022-01-01"}, 422),
    ("/v1/calls", {"kind": "2b", "closes_on": "2022-02-28", "on": "2022-02-01"}, 422),
    ("/v1/projects/00000000-0000-0000-0000-00000000000f/instalments", {"amount": 1, "on": "2022-02-01"}, 404),
    ("/v1/projects/00000000-0000-0000-0000-00000000000f/instalments", {"amount": 0, "on": "2022-02-01"}, 422),
    ("/v1/funding-decisions/00000000-0000-0000-0000-00000000000f/end", {"on": "2022-02-01"}, 404),
    ("/v1/calls/00000000-0000-0000-0000-00000000000f/closing", {"on": "2022-02-01"}, 404),
    ("/v1/budgets/00000000-0000-0000-0000-00000000000f/closing", {"on": "2022-02-01"}, 404),
    ("/v1/committees/00000000-0000-0000-0000-00000000000f/end", {"on": "2022-02-01"}, 404),
    ("/v1/budgets/00000000-0000-0000-0000-00000000000f/amendment", {"lines": [{"strand": "2b", "amount": 1}]}, 422),
]


async def test_a_bad_request_is_a_problem_with_a_code(fund: Any) -> None:
    for path, body, status in BAD:
        answer = await fund.served.client.post(path, json=body)
        assert answer.status_code == status, (path, answer.text)
        assert answer.json()["code"]
