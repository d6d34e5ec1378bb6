"""A canary's way through every service: it learns, is ranked, is an intern, is placed, and may propose a project."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.end_to_end.privacy.canaries import RECEIVED, Canary
from tests.end_to_end.privacy.journey import CHARGED, SECONDS, Journey, Way
from tests.end_to_end.privacy.programme import PROJECT, Programme

from insieme_events.testing.road import eventually

PAPERS = (
    "host_convention",
    "individual_project",
    "promoter_tutor",
    "host_tutor",
    "accident_insurance",
    "liability_insurance",
)
GROUNDS: dict[str, Any] = {
    "authorisation": "arl-2024-00042",
    "authorised_on": "2024-03-19",
    "papers": PAPERS,
    "host_staff": 600,
    "host_declared_on": "2024-03-18",
    "host_dismissed_nobody": True,
    "host_replaces_nobody": True,
    "on": "2024-03-20",
}


async def whole_way(journey: Journey, canary: Canary, programme: Programme) -> None:
    """Everything but the end, which waits for what is done for all of them at once."""
    await journey.apply(canary)
    await refer(journey, canary)
    await journey.into_charge(canary)
    person = journey.ways[canary.number].person_id
    on = {"on": CHARGED}
    await journey.post("matching", "/v1/job-profiles", 201, person_id=person, **canary.job_profile, **on)
    await asyncio.gather(
        learn(journey, canary, programme),
        be_an_intern(journey, canary, programme.company_id),
        be_chosen(journey, canary, programme.company_id),
    )
    if canary.number % 5 == 0:
        project = {"call_id": programme.call_of_persons, "kind": "3a", "proposer_id": person, "on": "2024-03-14"}
        await journey.post("funding", "/v1/projects", 201, **project, **PROJECT)


async def refer(journey: Journey, canary: Canary) -> None:
    """Another service is asked to help; which one stands in the vault. The person asks what is held."""
    person = journey.ways[canary.number].person_id
    detail = {"channel": "health_service" if canary.marked else "caritas", "distretto": "citta_di_bologna"}
    sent = {"direction": "received", "other_class": "third_sector", "on": RECEIVED, "detail": detail}
    await journey.post("intake", "/v1/referrals", 201, person_id=person, **sent)
    await journey.post("intake", f"/v1/persons/{person}/request-access", 201, on=RECEIVED)


async def learn(journey: Journey, canary: Canary, programme: Programme) -> None:
    """Italian to the end; and a seat asked for in the experimental course, sent by an association."""
    person = journey.ways[canary.number].person_id
    change = {"ateco_version": "ateco_2007", "from_section": "I", "to_section": "H", "on": CHARGED}
    await journey.post("training", f"/v1/sector-changes/{person}", 201, **change)
    sent = {"course_id": programme.sector_course, "channel_class": "association", "association": "cna"}
    await journey.post("training", "/v1/participations", 201, person_id=person, **sent, on="2024-03-14")
    asked = {"course_id": programme.italian, "person_id": person, "on": "2024-03-14"}
    participation = (await journey.post("training", "/v1/participations", 201, **asked))["id"]
    path = f"/v1/participations/{participation}"
    await journey.post("training", f"{path}/start", on="2024-03-18")
    level = {"skill": "speaking", "assessed_at": "entry", "method": "test", "on": "2024-03-18"}
    await journey.post("training", f"{path}/language-levels", 201, **level, level="pre_a1" if canary.marked else "a2")
    await journey.post(
        "training", f"{path}/attendance", lesson_no=1, minutes=180, attendance="present", on="2024-03-18"
    )
    await journey.post("training", f"{path}/completion", on="2024-06-28")
    await journey.post("training", f"{path}/certificates", 201, kind="attendance", on="2024-07-01")


async def be_an_intern(journey: Journey, canary: Canary, company_id: str) -> None:
    """Three months from April on, paid for by somebody else, evaluated by both sides."""
    asked = {
        "person_id": journey.ways[canary.number].person_id,
        "company_id": company_id,
        "starts_on": "2024-04-03",
        "ends_on": "2024-06-30",
        "target": "disabled" if canary.marked else "disadvantaged",
        "purposes": ["training"],
        "monthly_allowance": 60_000,
        "funded_by_programme": False,
        "on": "2024-03-13",
    }
    path = f"/v1/internships/{(await journey.post('matching', '/v1/internships', 201, **asked))['id']}"
    await journey.post("matching", f"{path}/approval", **GROUNDS)
    await journey.post("matching", f"{path}/start", communicated_on="2024-04-01", on="2024-04-03")
    await journey.post("matching", f"{path}/end", outcome="completed", on="2024-06-30")
    result = "not_reached" if canary.marked else "goals_reached"
    for who in ("person", "company"):
        said = {"evaluated_by": who, "result": result, "would_again": not canary.marked, "on": "2024-07-02"}
        await journey.post("matching", f"{path}/evaluations", 201, **said)


async def be_chosen(journey: Journey, canary: Canary, company_id: str) -> None:
    """Placed; a person says why this one was chosen, and what the ranking had said of it."""
    because = "wish_of_company" if canary.marked else "fits_profile"
    ranked = {"rules": "rules-1", "place": 1 + canary.number, "points": 60, "reasons": ["profile_same", "comune_same"]}
    await journey.place(canary, company_id, chosen_for=[because], ranked=ranked)


async def all_together(journey: Journey, canaries: list[Canary], programme: Programme) -> None:
    """What is done for everybody at once, after it was done for each: seats by rank, jobs that count for a project."""
    ranked = {"course_id": programme.sector_course, "status": "waitlisted", "limit": 200}

    async def all_wait() -> bool:
        return len((await journey.get("training", "/v1/participations", **ranked))["items"]) == len(canaries)

    await eventually(all_wait, SECONDS)
    await journey.post("training", f"/v1/courses/{programme.sector_course}/ranking", on="2024-03-15")
    for canary in canaries:
        link = {"employment_id": journey.ways[canary.number].employment_id, "suitability": "suitable"}
        await journey.post("funding", f"/v1/projects/{programme.project_id}/placements", 201, **link, on="2024-04-03")
        if canary.number % 3 == 0 or canary.number == 11:
            await journey.out(canary)


async def meet_again(journey: Journey, twin: Canary, canary: Canary) -> None:
    """The twin is referred under a codice fiscale of its own, and somebody finds that it is the canary: one person."""
    sent = {"direction": "received", "other_class": "public_service", "on": RECEIVED, "notice_version": "2024.1"}
    detail = {"channel": "caritas", "distretto": "citta_di_bologna"}
    told = await journey.post("intake", "/v1/referrals", 201, identity=twin.identity, detail=detail, **sent)
    journey.ways[twin.number] = Way(told["person_id"])
    path = f"/v1/persons/{journey.ways[canary.number].person_id}/merge"
    await journey.post("intake", path, merged_id=told["person_id"], on=CHARGED)


async def restrict_for_a_while(journey: Journey, canary: Canary) -> None:
    path = f"/v1/persons/{journey.ways[canary.number].person_id}"
    await journey.post("intake", f"{path}/restrict", ground="accuracy_contested", on="2024-10-01")
    await journey.post("intake", f"{path}/lift-restriction", on="2024-10-08")
