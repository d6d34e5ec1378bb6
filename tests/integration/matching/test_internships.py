"""An internship over HTTP; the ledger's and the committee's answers come as their events (P25, P34, P35, P64)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind
from insieme_events.contracts.intake_interventions import (
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
)
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_events.units import Done
from insieme_matching.internship import INTERNSHIP
from insieme_matching.reactions import LedgerAnswers
from insieme_matching.testing import GROUNDS
from insieme_matching.views.internships import status
from insieme_matching.views.told import FundingView

BODY = {
    "starts_on": "2021-03-01",
    "ends_on": "2021-07-31",
    "target": "disadvantaged",
    "purposes": ["training"],
    "monthly_allowance": 60000,
    "on": "2021-02-01",
}


def grounds(**changes: Any) -> dict[str, Any]:
    values = {**GROUNDS, **changes}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


LATER = {"authorised_on": "2021-07-10", "host_declared_on": "2021-07-05", "on": "2021-07-12"}


def registered(person: UUID, internship: UUID) -> InterventionRegistered:
    return InterventionRegistered(
        person_id=person,
        intervention_id=internship,
        kind=InterventionKind.INTERNSHIP,
        party="citta_metropolitana",
        starts_on=date(2021, 3, 1),
        ends_on=date(2021, 7, 31),
        occurred_on=date(2021, 2, 2),
    )


def doubled(person: UUID, internship: UUID) -> InterventionOverlapDetected:
    return InterventionOverlapDetected(**registered(person, internship).model_dump(), overlaps=uuid4())


def decided(internship: UUID) -> ActivityFundingApproved:
    return ActivityFundingApproved(
        decision_id=uuid4(),
        activity_kind=ActivityKind.INTERNSHIP_ALLOWANCE,
        activity_id=internship,
        strand=Strand.MATCHING,
        year=2021,
        source="fondazione",
        amount=300_000,
        agreement_version="2017.1",
        occurred_on=date(2021, 2, 20),
    )


async def ask(matching: Any, person: UUID, company: UUID, **changes: Any) -> UUID:
    body = {"person_id": str(person), "company_id": str(company), **BODY, **changes}
    return UUID((await matching.post("/v1/internships", **body))["id"])


async def state(matching: Any, internship: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await matching.get(f"/v1/internships/{internship}")
    return found


@pytest.mark.clause("P25", "P34", "P35", "P64")
@pytest.mark.invariant("I13", "replay")
@pytest.mark.invariant("I10", "replay")
async def test_the_whole_way_of_an_internship(matching: Any) -> None:
    person, company = await matching.person(), await matching.company()
    internship = await ask(matching, person, company)
    path = f"/v1/internships/{internship}"
    await matching.refused(f"{path}/approval", "matching.intervention_unconfirmed", "P25", **grounds())
    ledger = LedgerAnswers(matching.service.pool)
    for _ in range(2):
        assert isinstance(await matching.react(ledger, registered(person, internship)), Done)
    assert await matching.react(ledger, registered(person, uuid4())) is None
    poor = grounds(host_staff=0, papers=[])
    await matching.refused(f"{path}/approval", "matching.internship_papers_missing", "P34", **poor)
    await matching.post(f"{path}/approval", 200, **grounds())
    begin = {"communicated_on": "2021-02-26", "on": "2021-03-01"}
    await matching.refused(f"{path}/start", "matching.funding_undecided", "P64", **begin)
    await matching.told(FundingView(), decided(internship), decided(uuid4()))
    await matching.post(f"{path}/start", 200, **begin)
    await matching.post(f"{path}/suspensions", reason="host_closed", on="2021-05-03")
    await matching.post(f"{path}/resumption", 200, on="2021-05-10")
    for month, present in (("2021-03", 5040), ("2021-04", 5039)):
        await matching.post(f"{path}/months", month=month, minutes_due=7200, minutes_present=present, on="2021-06-01")
    kept = await matching.get(f"{path}/months")
    assert [(row["month"], row["allowance_due"]) for row in kept] == [("2021-03", True), ("2021-04", False)]
    hours = await matching.get("/v1/internships/hours", month_from="2021-03", month_to="2021-04")
    assert hours == {
        "internships": 1,
        "months": 2,
        "minutes_due": 14400,
        "minutes_present": 10079,
        "allowances_due": 1,
    }
    too_long = grounds(**LATER, ends_on="2022-03-15")
    await matching.refused(f"{path}/extensions", "matching.internship_too_long", "P34", **too_long)
    await matching.post(f"{path}/extensions", **grounds(**LATER, ends_on="2021-09-30"))
    listed = await matching.get("/v1/internships", person_id=str(person), running_on="2021-09-30", purpose="training")
    assert [row["internship_id"] for row in listed["items"]] == [str(internship)]
    await matching.post(f"{path}/end", 200, outcome="completed", on="2021-09-30")
    for evaluated_by in ("person", "company"):
        said = {"evaluated_by": evaluated_by, "result": "goals_reached", "would_again": True, "on": "2021-10-04"}
        await matching.post(f"{path}/evaluations", **said)
    row = await state(matching, internship)
    assert (row["status"], row["ends_on"], row["ended_on"], row["outcome"]) == (
        "ended",
        "2021-09-30",
        "2021-09-30",
        "completed",
    )
    assert (row["evaluated_by_person"], row["evaluated_by_company"], row["limits_version"]) == (True, True, "2010.1")
    events = [stored.event for stored in await matching.events(f"internship-{internship}")]
    assert {event.strand for event in events} == {Strand.MATCHING}
    folded = INTERNSHIP.fold(events)
    assert status(folded) == row["status"]  # type: ignore[arg-type]
    assert folded.plan.ends_on.isoformat() == row["ends_on"]  # type: ignore[union-attr]
    assert len(folded.evaluated_by) == 2  # type: ignore[union-attr]


@pytest.mark.clause("P25")
async def test_a_doubled_internship_goes_on_only_once_it_is_overridden(matching: Any) -> None:
    person, ledger = await matching.person(), LedgerAnswers(matching.service.pool)
    internship = await ask(matching, person, await matching.company())
    await matching.react(ledger, doubled(person, internship))
    assert (await state(matching, internship))["status"] == "blocked"
    path = f"/v1/internships/{internship}/approval"
    await matching.refused(path, "matching.intervention_doubled", "P25", **grounds())
    override = OverlapOverridden(
        person_id=person,
        intervention_id=internship,
        reason=OverrideReason.DIFFERENT_GOAL,
        occurred_on=date(2021, 2, 5),
    )
    await matching.react(ledger, override)
    await matching.post(path, 200, **grounds())
    assert (await state(matching, internship))["status"] == "approved"


@pytest.mark.clause("P34")
async def test_what_the_law_counts_is_counted_over_all_internships(matching: Any) -> None:
    first, second = await matching.persons(2)
    here, there = await matching.company(), await matching.company()
    ledger = LedgerAnswers(matching.service.pool)

    async def asked(person: UUID, company: UUID, **changes: Any) -> str:
        internship = await ask(matching, person, company, **changes)
        await matching.react(ledger, registered(person, internship))
        return f"/v1/internships/{internship}"

    small = grounds(host_staff=5)
    at_host = await asked(first, here)
    await matching.post(f"{at_host}/approval", 200, **small)
    other = await asked(second, here)
    await matching.refused(f"{other}/approval", "matching.host_quota_full", "P34", **small)
    at_once = await asked(first, there)
    await matching.refused(f"{at_once}/approval", "matching.internships_overlap", "P34", **small)
    again = await asked(first, here, starts_on="2021-09-01", ends_on="2021-11-30")
    await matching.refused(f"{again}/approval", "matching.once_per_host", "P34", **small)
    await matching.post(f"{at_host}/withdrawal", 200, reason="host_declined", on="2021-02-20")
    for path in (other, at_once):
        await matching.post(f"{path}/approval", 200, **grounds(host_staff=5, on="2021-02-21"))


@pytest.mark.clause("P35")
async def test_what_became_of_internships(matching: Any, new_placement: Any) -> None:
    person, company = await matching.person(), await matching.company()
    internship = await ask(matching, person, company, funded_by_programme=False)
    path = f"/v1/internships/{internship}"
    await matching.react(LedgerAnswers(matching.service.pool), registered(person, internship))
    await matching.post(f"{path}/approval", 200, **grounds())
    await matching.post(f"{path}/start", 200, communicated_on="2021-03-01", on="2021-03-01")
    await matching.post(f"{path}/end", 200, outcome="hired_by_host", on="2021-06-05")
    days = {"ended_from": "2021-06-05", "ended_to": "2021-06-05"}
    before = await matching.get("/v1/internships/outcomes", **days)
    assert before == {
        "ended": 1,
        "evaluated_by_person": 0,
        "evaluated_by_company": 0,
        "hired_within_30_days": 0,
        "hired_within_90_days": 0,
    }
    assert (await matching.get("/v1/employments", person_id=str(person)))["items"] == []
    contract = new_placement(person, company, starts_on="2021-07-20", ends_on="2021-12-31")
    await matching.post("/v1/employments", **contract)
    after = await matching.get("/v1/internships/outcomes", **days)
    assert (after["hired_within_30_days"], after["hired_within_90_days"]) == (0, 1)
