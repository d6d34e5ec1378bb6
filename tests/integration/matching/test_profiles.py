"""Job profiles, the ranking over them, and their end with the person (P31, P32; GDPR art. 17, 18, 22)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts import ERASED
from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.contracts.matching import JobProfileRegistered, SealedFieldsErased, SelectionReasonsRecorded
from insieme_events.units import Done
from insieme_matching.reactions import Erasing
from insieme_matching.views.told import RESTRICTED

CANARY = "9.9.9.9.9"
RARE = "zz"


def profile(person: UUID, **changes: Any) -> dict[str, Any]:
    body = {
        "person_id": str(person),
        "profiles": ["8.1.4.3.0"],
        "comuni": ["037006"],
        "hours": ["full_time"],
        "licences": ["b"],
        "languages": [{"language": "it", "level": "b1"}],
        "on": "2021-02-01",
    }
    return {**body, **changes}


async def restrict(matching: Any, person: UUID) -> None:
    async with matching.service.pool.connection() as connection:
        await connection.execute(RESTRICTED, (person, date(2021, 2, 2)))


@pytest.mark.clause("P31")
async def test_a_profile_is_sealed_in_the_store_and_read_in_the_list(matching: Any) -> None:
    person = await matching.person()
    answer = await matching.post("/v1/job-profiles", **profile(person, profiles=["4.1.1"]))
    assert answer["stream"] == f"job_profile-{person}"
    (stored,) = await matching.rows("select data::text from events.events where stream = %s", answer["stream"])
    assert "4.1.1" not in stored[0]
    assert "sealed.v1." in stored[0]
    row = await matching.get(f"/v1/job-profiles/{person}")
    assert (row["status"], row["profiles"], row["languages"]) == ("current", ["4.1.1"], ["it:b1"])
    listed = await matching.get("/v1/job-profiles", profile="4.1.1", comune="037006", status="current")
    assert [found["person_id"] for found in listed["items"]] == [str(person)]
    await matching.post(f"/v1/job-profiles/{person}/withdrawal", 200, reason="not_looking", on="2021-03-01")
    blank = await matching.get(f"/v1/job-profiles/{person}")
    assert (blank["status"], blank["profiles"], blank["comuni"], blank["languages"]) == ("withdrawn", [], [], [])
    unheard = profile(UUID(int=1))
    await matching.refused("/v1/job-profiles", "matching.person_unknown", "P31", **unheard)


@pytest.mark.clause("P31")
async def test_persons_and_positions_stand_side_by_side_by_profile(matching: Any) -> None:
    first, second = await matching.persons(2)
    await matching.post("/v1/job-profiles", **profile(first, profiles=["7.4.1.1", "7.4.1.2", "6.2.1"]))
    await matching.post("/v1/job-profiles", **profile(second, profiles=["7.4.1.1"]))
    opening = {"company_id": str(await matching.company()), "comune": "037006", "on": "2021-02-01"}
    await matching.post("/v1/vacancies", **opening, profile="7.4.1.3", positions=3)
    await matching.post("/v1/vacancies", **opening, profile="7.4.2", positions=1)
    found = await matching.get("/v1/job-profiles/supply-demand")
    ours = [row for row in found["items"] if row["profile"] in {"7.4.1", "7.4.2", "6.2.1"}]
    assert [(row["profile"], row["persons"], row["positions"]) for row in ours] == [
        ("6.2.1", 1, 0),
        ("7.4.1", 2, 3),
        ("7.4.2", 0, 1),
    ]


@pytest.mark.clause("P32", "P31")
async def test_the_ranking_explains_itself_and_a_person_decides(matching: Any) -> None:
    best, far, candidate, restricted, gone = await matching.persons(5)
    company = await matching.company()
    vacancy = await matching.vacancy(company)
    path = f"/v1/vacancies/{vacancy}"
    asked = {"hours": "full_time", "licence": "b", "languages": [{"language": "it", "level": "a2"}]}
    await matching.post(f"{path}/requirements", 200, **asked, on="2021-02-02")
    await matching.post("/v1/job-profiles", **profile(best))
    await matching.post("/v1/job-profiles", **profile(far, comuni=["037032"], licences=[], languages=[]))
    for person in (candidate, restricted, gone):
        await matching.post("/v1/job-profiles", **profile(person))
    shortlist = {"vacancy_id": str(vacancy), "on": "2021-02-10"}
    await matching.post("/v1/candidacies", **shortlist, person_id=str(candidate))
    await restrict(matching, restricted)
    async with matching.service.pool.connection() as connection:
        await connection.execute("update events.in_charge set until = '2021-06-30' where person_id = %s", (gone,))
    everybody = await matching.get(f"{path}/ranking")
    ours = [row for row in everybody["items"] if row["person_id"] in {str(best), str(far)}]
    assert [(row["person_id"], row["points"]) for row in ours] == [(str(best), 100), (str(far), 55)]
    assert [reason["reason"] for reason in ours[1]["reasons"]] == [
        "profile_same",
        "comune_other",
        "hours_fit",
        "licence_missing",
        "language_missing",
    ]
    assert everybody["left_out"] == {"not_in_charge": 1, "restricted": 1, "candidate_already": 1}
    assert everybody["ranked"] == len(everybody["items"])
    assert (await matching.get(f"{path}/ranking", limit=1))["ranked"] == everybody["ranked"]
    refused = {**shortlist, "person_id": str(restricted)}
    await matching.refused("/v1/candidacies", "matching.person_restricted", "P32", **refused)
    ranked = {
        "rules": everybody["rules"],
        "place": ours[1]["place"],
        "points": ours[1]["points"],
        "reasons": [reason["reason"] for reason in ours[1]["reasons"]],
    }
    chosen = {**shortlist, "person_id": str(far), "ranked": ranked}
    await matching.refused("/v1/candidacies", "matching.reasons_missing", "P32", **chosen)
    made = await matching.post("/v1/candidacies", **chosen, chosen_for=["wish_of_company"])
    kept = [stored.event for stored in await matching.events(f"candidacy-{made['id']}")][1]
    assert isinstance(kept, SelectionReasonsRecorded)
    assert (kept.rules, kept.points, list(kept.chosen_for)) == ("rules-1", 55, ["wish_of_company"])
    later = {"chosen_for": ["trained_for_it"], "on": "2021-02-12"}
    await matching.post(f"/v1/candidacies/{made['id']}/reasons", **later)


async def test_an_erasure_leaves_nothing_readable_and_is_answered_once(matching: Any) -> None:
    person, other = await matching.persons(2)
    told = profile(person, profiles=[CANARY], languages=[{"language": RARE, "level": "c2"}])
    await matching.post("/v1/job-profiles", **told)
    await matching.post("/v1/job-profiles", **profile(other))
    internship = {
        "person_id": str(person),
        "company_id": str(await matching.company()),
        "starts_on": "2021-03-01",
        "ends_on": "2021-07-31",
        "target": "disabled",
        "purposes": ["training"],
        "monthly_allowance": 60000,
        "on": "2021-02-01",
    }
    asked = await matching.post("/v1/internships", **internship)
    assert await canaries(matching) == ["views.job_profiles"]
    erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2021, 4, 1))
    reaction = Erasing(matching.service.clock)
    async with matching.intakes_keys() as keys:
        await keys.destroy([person], datetime.now(UTC))
    for _ in range(2):
        assert isinstance(await matching.react(reaction, erased), Done)
    assert await canaries(matching) == []
    row = await matching.get(f"/v1/job-profiles/{person}")
    assert (row["status"], row["profiles"], row["registered_on"]) == ("erased", [], None)
    assert (await matching.get(f"/v1/job-profiles/{other}"))["status"] == "current"
    answers = await matching.rows(
        "select count(*) from events.events where type = 'ErasureCompleted' and stream = %s",
        f"erasure_matching-{person}",
    )
    assert answers == [(1,)]
    registered, marked = [stored.event for stored in await matching.events(f"job_profile-{person}")]
    assert isinstance(registered, JobProfileRegistered)
    assert isinstance(marked, SealedFieldsErased)
    assert (registered.profiles, registered.hours) == (ERASED, ERASED)
    project = [stored.event for stored in await matching.events(f"internship-{asked['id']}")][1]
    assert project.target is ERASED
    await matching.refused("/v1/job-profiles", "matching.person_erased", None, **profile(person, on="2021-05-01"))


async def test_an_erasure_of_somebody_unknown_here_is_answered_too(matching: Any) -> None:
    person = (await matching.persons(1))[0]
    erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2021, 4, 1))
    assert isinstance(await matching.react(Erasing(matching.service.clock), erased), Done)
    await matching.refused("/v1/job-profiles", "matching.person_erased", None, **profile(person))


async def canaries(matching: Any) -> list[str]:
    """Every table of the database in which what was told of the person can be read."""
    tables = await matching.rows(
        """select format('%%s.%%s', schemaname, tablename) from pg_tables
           where schemaname in ('events', 'views', 'directory')
               and has_table_privilege(format('%%I.%%I', schemaname, tablename), 'select') order by 1"""
    )
    found = []
    for (table,) in tables:
        rows = await matching.rows(f"select t::text from {table} t")
        if any(CANARY in text or f"{RARE}:" in text for (text,) in rows):
            found.append(table)
    return found
