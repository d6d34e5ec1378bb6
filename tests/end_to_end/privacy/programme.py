"""What the programme needs before persons can go through it: a plan, money, committees, courses, a company."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from tests.end_to_end.privacy.journey import Journey

COMUNE, CITY, FOUNDATION = "comune_bologna", "citta_metropolitana", "fondazione_san_petronio"
MEMBERS = [(str(uuid4()), party) for party in (COMUNE, CITY, FOUNDATION)]
"""Members of the committees: they hold an office, and are nobody whom the programme serves."""


@dataclass(frozen=True)
class Programme:
    company_id: str
    italian: str
    sector_course: str
    project_id: str
    call_of_persons: str


async def set_up(journey: Journey) -> Programme:
    company, courses, money = await asyncio.gather(journey.company(1), plan_courses(journey), fund_project(journey))
    return Programme(company, *courses, *money)


async def plan_courses(journey: Journey) -> tuple[str, str]:
    """A course of Italian (2.a) and an experimental one (2.c), both open from the first of March 2024."""
    found = []
    for course in (
        {"strand": "2a", "course_code": "italian-a2", "module_kind": "italian", "starts_on": "2024-03-18"},
        {
            "strand": "2c",
            "course_code": "logistics",
            "profile": "8.1.4",
            "demand_evidence": "needs-2024",
            "starts_on": "2024-04-08",
        },
    ):
        plan = {**course, "hours": 60, "seats": 20, "ends_on": "2024-06-28", "on": "2024-02-01"}
        course_id = (await journey.post("training", "/v1/courses", 201, **plan))["id"]
        await journey.post("training", f"/v1/courses/{course_id}/activation", on="2024-03-01")
        found.append(course_id)
    await journey.post("training", f"/v1/courses/{found[0]}/start", on="2024-03-18")
    return found[0], found[1]


async def approve_plan(journey: Journey) -> None:
    """The plan of 2024, approved by a Tavolo that was held, at which a representative of the Comune sat."""
    path = "/v1/plan-years/2024"
    committed = {"party": COMUNE, "source": COMUNE, "amount": 20_000_000, "on": "2024-01-10"}
    await journey.post("governance", f"{path}/commitments", 201, as_=COMUNE, **committed)
    ceiling = {"source": COMUNE, "strand": "3b", "amount": 8_000_000}
    action = {"action_id": str(uuid4()), "strand": "3b", "source": COMUNE, "planned_cost": 6_000_000}
    await journey.post("governance", f"{path}/draft", 201, ceilings=[ceiling], actions=[action], on="2024-01-12")
    protocols = (await journey.get("governance", "/v1/protocols"))["items"]
    protocol = next(each["protocol_id"] for each in protocols if each["signed_on"] == "2021-03-03")
    seat = {"party": COMUNE, "nominee_id": str(uuid4()), "on": "2024-01-11"}
    await journey.post("governance", f"/v1/protocols/{protocol}/representatives", 201, **seat)
    tavolo = (await journey.get("governance", "/v1/bodies", kind="coordination_table"))["items"][0]["body_id"]
    invited = [each["party"] for each in await journey.get("governance", "/v1/parties", on="2024-01-22")]
    convening = {"body_id": tavolo, "meets_on": "2024-01-22", "invited": invited, "on": "2024-01-12"}
    meeting = (await journey.post("governance", "/v1/meetings", 201, **convening))["id"]
    await journey.post("governance", f"/v1/meetings/{meeting}/holding", on="2024-01-22")
    sat = {"party": COMUNE, "present": True, "representative_id": seat["nominee_id"]}
    await journey.post("governance", f"/v1/meetings/{meeting}/attendance", 201, **sat)
    await journey.post("governance", f"/v1/meetings/{meeting}/decisions", 201, subject="work_plan", owner=CITY)
    await journey.post("governance", f"{path}/approval", meeting_id=meeting, decision_no=1, on="2024-01-22")


async def fund_project(journey: Journey) -> tuple[str, str]:
    """A project of 3b that is funded in March 2024, and an open call for those of 3a."""
    await approve_plan(journey)
    lines = [{"strand": "3b", "amount": 5_000_000}]
    budget = {"year": 2024, "source": COMUNE, "borne_by": COMUNE, "lines": lines, "on": "2024-01-25"}
    await journey.post("funding", "/v1/budgets", 201, as_=COMUNE, **budget)
    members = [{"member_id": member, "party": party} for member, party in MEMBERS]
    committee = {}
    for kind in ("evaluation", "management"):
        appointed = {"kind": kind, "members": members, "mandate_to": "2024-12-31", "on": "2024-01-25"}
        committee[kind] = (await journey.post("funding", "/v1/committees", 201, **appointed))["id"]
    present = [member for member, _ in MEMBERS]
    call = await journey.post("funding", "/v1/calls", 201, kind="3b", closes_on="2024-02-15", on="2024-01-26")
    asked = {"call_id": call["id"], "kind": "3b", "proposer_id": str(uuid4()), "on": "2024-02-01"}
    project = (await journey.post("funding", "/v1/projects", 201, **asked, **PROJECT))["id"]
    path = f"/v1/projects/{project}"
    await journey.post("funding", f"{path}/job-target", jobs=3, on="2024-02-01")
    await journey.post("funding", f"{path}/accompaniment", 201, on="2024-02-16")
    await journey.post("funding", f"{path}/accompaniment/closing", outcome="ready", on="2024-02-28")
    criteria = [{"criterion": "impact", "points": 80, "most": 100}]
    judged = {"committee_id": committee["evaluation"], "members_present": present, "on": "2024-03-01"}
    await journey.post("funding", f"{path}/evaluations", 201, **judged, criteria=criteria, outcome="positive")
    managed = {"committee_id": committee["management"], "members_present": present, "on": "2024-03-04"}
    await journey.post("funding", f"{path}/approval", **managed)
    vote = {"in_favour": present, "meeting_id": str(uuid4()), "decision_no": 1}
    money = {"year": 2024, "source": COMUNE, "investment": 600_000, "consultancy": 200_000, "on": "2024-03-06"}
    await journey.post("funding", f"{path}/funding", 201, committee_id=committee["management"], vote=vote, **money)
    persons = await journey.post("funding", "/v1/calls", 201, kind="3a", closes_on="2024-04-30", on="2024-03-12")
    return project, persons["id"]


PROJECT = {
    "sector": "laundry",
    "sustainability_years": 3,
    "seat": "037006",
    "requested_investment": 600_000,
    "requested_consultancy": 200_000,
}
