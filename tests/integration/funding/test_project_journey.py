"""A project from the call to what became of it, and its money at every step (P43-P45, P61, P63, P64, P66, P69)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest


@pytest.mark.clause("P43", "P44", "P63", "P64", "P66", "P69")
async def test_from_the_call_to_the_last_instalment(fund: Any) -> None:
    served = fund.served
    budget = await fund.budget("journey", s3b=1_000_000)
    call = await fund.call()
    project = await fund.submitted(call)
    path = f"/v1/projects/{project}"
    await served.refused(f"{path}/funding", "funding.not_approved", "P64", **await fund.funding("journey"))
    await served.refused(f"{path}/approval", "funding.not_evaluated_positive", "P63", **await fund.approval())
    await served.post(f"{path}/evaluations", **await fund.evaluation())
    await served.post(f"{path}/approval", 200, **await fund.approval())
    await served.refused(f"{path}/funding", "funding.not_accompanied", "P43", **await fund.funding("journey"))
    await served.post(f"{path}/accompaniment", on="2022-05-11")
    await served.post(f"{path}/accompaniment/closing", 200, outcome="ready", on="2022-05-18")
    cup = "G17H03000130001"
    done = await served.post(f"{path}/funding", **await fund.funding("journey", cup=cup))
    assert done["stream"] == f"project-{project}"
    assert (await fund.lines(budget))["3b"] | {"strand": "3b"} == {
        "strand": "3b",
        "amount": 1_000_000,
        "held_at": 1_000_000,
        "committed": 800_000,
        "uncommitted": 0,
        "paid": 0,
        "remaining": 200_000,
    }
    await served.post(f"{path}/instalments", amount=500_000, on="2022-06-01")
    await served.refused(f"{path}/instalments", "funding.over_grant", "P64", amount=300_001, on="2022-06-02")
    row = await served.get(path)
    assert (row["status"], row["granted"], row["paid"], row["cup"]) == ("funded", 800_000, 500_000, cup)
    spendings = await served.get("/v1/spending-decisions", source="journey", party="comune_bologna")
    [spending] = spendings["items"]
    assert spending["subject_id"] == project
    assert {one["party"]: one["consent"] for one in spending["consents"]} == {
        "citta_metropolitana": "in_favour",
        "comune_bologna": "in_favour",
        "fondazione_san_petronio": "in_favour",
    }
    assert (await served.get("/v1/spending-decisions", source="journey", party="cgil"))["items"] == []

    await served.post(f"{path}/revocation", 200, reason="activity_ceased", on="2022-09-01")
    assert (await fund.lines(budget))["3b"]["committed"] == 500_000
    await served.post(f"{path}/returns", amount=100_000, on="2022-10-01")
    line = (await fund.lines(budget))["3b"]
    assert (line["committed"], line["paid"], line["remaining"]) == (400_000, 400_000, 600_000)
    spent = await served.get(f"/v1/budgets/{budget}/expenditures")
    assert sorted(one["amount"] for one in spent["items"]) == [-100_000, 500_000]
    row = await served.get(path)
    assert (row["status"], row["paid"], row["returned"]) == ("revoked", 500_000, 100_000)


@pytest.mark.clause("P45")
async def test_jobs_promised_and_jobs_created(fund: Any) -> None:
    served = fund.served
    await fund.budget("jobs", s3b=1_600_000)
    call = await fund.call()
    one, other = await fund.approved(call), await fund.approved(call)
    for project in (one, other):
        await served.post(f"/v1/projects/{project}/job-target", 200, jobs=3, on="2022-05-11")
        await served.post(f"/v1/projects/{project}/funding", **await fund.funding("jobs"))
    before = {row["strand"]: row for row in await served.get("/v1/project-jobs")}["3b"]
    placement = await fund.placement()
    link = {"employment_id": str(placement), "suitability": "suitable", "on": "2022-09-02"}
    unknown = {**link, "employment_id": str(uuid4())}
    await served.refused(f"/v1/projects/{one}/placements", "funding.placement_unknown", "P45", **unknown)
    await served.post(f"/v1/projects/{one}/placements", **link)
    await served.post(f"/v1/projects/{one}/placements", **link)
    await served.refused(f"/v1/projects/{other}/placements", "funding.placement_linked", "P45", **link)
    after = {row["strand"]: row for row in await served.get("/v1/project-jobs")}["3b"]
    assert (after["placements"] - before["placements"], after["persons"] - before["persons"]) == (1, 1)
    assert after["promised"] >= 6

    await fund.void(placement)
    await fund.void(placement)
    detail = await served.get(f"/v1/projects/{one}")
    [row] = detail["placements"]
    assert (row["employment_id"], row["active"]) == (str(placement), False)
    await served.refused(f"/v1/projects/{one}/placements", "funding.placement_void", "P45", **link)
    events = await served.rows(
        "select count(*) from events.events where type = 'PlacementUnlinkedFromProject' and stream = %s",
        f"project-{one}",
    )
    assert events == [(1,)]


@pytest.mark.clause("P45")
async def test_a_void_that_comes_before_the_start_stands(fund: Any) -> None:
    served = fund.served
    await fund.budget("early-void", s3b=800_000)
    project = await fund.approved(await fund.call())
    await served.post(f"/v1/projects/{project}/funding", **await fund.funding("early-void"))
    employment = uuid4()
    await fund.void(employment)
    await fund.placement(employment)
    link = {"employment_id": str(employment), "suitability": "partly", "on": "2022-10-02"}
    await served.refused(f"/v1/projects/{project}/placements", "funding.placement_void", "P45", **link)


@pytest.mark.clause("P61", "P43")
async def test_support_of_the_board_survival_and_microcredit(fund: Any) -> None:
    served = fund.served
    await fund.budget("support", s3b=800_000)
    project = await fund.approved(await fund.call())
    path = f"/v1/projects/{project}"
    company = await fund.board_company()
    action = {"company_id": str(company), "kind": "mentoring", "on": "2022-11-04"}
    await served.refused(f"{path}/consolidation-actions", "funding.not_funded", "P64", **action)
    await served.post(f"{path}/funding", **await fund.funding("support"))
    stranger = {**action, "company_id": str(uuid4())}
    await served.refused(f"{path}/consolidation-actions", "funding.company_unheard", "P61", **stranger)
    await served.post(f"{path}/consolidation-actions", **action)
    early = {"months": 12, "alive": True, "on": "2023-05-19"}
    await served.refused(f"{path}/survival", "funding.too_early", "P61", **early)
    await served.post(f"{path}/survival", 200, **{**early, "on": "2023-05-20"})
    await served.post(f"{path}/microcredits", amount=2_000_000, on="2022-06-01")
    await served.refused(f"{path}/microcredits", "funding.over_microcredit", "P43", amount=500_001, on="2022-06-02")
    row = await served.get(path)
    assert row["survival"] == [{"months": 12, "alive": True, "recorded_on": "2023-05-20"}]
    assert [(one["company_id"], one["kind"]) for one in row["actions"]] == [(str(company), "mentoring")]
    assert row["microcredit"] == 2_000_000
    assert {"strand": "3b", "months": 12, "alive": 1, "asked": 1} in await served.get("/v1/project-survival")
    [mentoring] = [one for one in await served.get("/v1/project-consolidation") if one["kind"] == "mentoring"]
    assert mentoring["actions"] >= 1


@pytest.mark.clause("P43", "P44")
async def test_the_funnel_counts_who_came_how_far_by_strand(fund: Any) -> None:
    served = fund.served
    await fund.budget("funnel", s3a=800_000)
    call = await fund.call("3a")
    person = await fund.person()
    await served.refused(
        "/v1/projects",
        "funding.person_unknown",
        "P44",
        kind="3a",
        call_id=call,
        proposer_id=str(uuid4()),
        sector="crafts",
        sustainability_years=3,
        seat="037006",
        requested_investment=1,
        requested_consultancy=1,
        on="2022-02-10",
    )
    await fund.submitted(call, "3a", person)
    funded = await fund.approved(call, "3a", await fund.person())
    await served.post(f"/v1/projects/{funded}/funding", **await fund.funding("funnel"))
    assert await served.get("/v1/project-funnel", call_id=call) == [
        {"strand": "3a", "candidates": 2, "accompanied": 1, "evaluated": 1, "approved": 1, "funded": 1}
    ]
    found = await served.get("/v1/projects", call_id=call, status="funded", strand="3a")
    assert [row["project_id"] for row in found["items"]] == [funded]
    assert found["items"][0]["seat"] is None
    found = await served.get("/v1/projects", proposer_id=str(person))
    assert len(found["items"]) == 1


async def test_what_belongs_together_stands_in_one_append(fund: Any) -> None:
    served = fund.served
    await fund.budget("together", s3b=800_000)
    call = await fund.call()
    one, other = await fund.approved(call), await fund.approved(call)
    await served.post(f"/v1/projects/{one}/funding", **await fund.funding("together"))
    await served.refused(f"/v1/projects/{other}/funding", "funding.not_left", "P64", **await fund.funding("together"))
    assert (await served.get(f"/v1/projects/{other}"))["status"] == "approved"
    both = await served.rows(
        """select count(distinct transaction_id) from events.events
           where type in ('ProjectFunded', 'FundsCommitted') and data::text like %s""",
        f"%{one}%",
    )
    assert both == [(1,)]


async def test_if_match_and_idempotency_are_about_the_project(fund: Any) -> None:
    served = fund.served
    await fund.budget("matched", s3b=800_000)
    project = await fund.approved(await fund.call())
    path = f"/v1/projects/{project}/funding"
    body = await fund.funding("matched")
    await served.refused(path, "events.stale", headers={"If-Match": '"2"'}, **body)
    key = {"Idempotency-Key": str(uuid4()), "If-Match": '"5"'}
    first = await served.post(path, headers=key, **body)
    assert await served.post(path, headers=key, **body) == first
    assert UUID(first["id"]) == UUID(project)
    again = await served.client.get(f"/v1/projects/{project}")
    assert again.headers["ETag"] == f'"{first["sequence"]}"'
