"""One live candidacy per vacancy and person, also when two requests arrive at the same instant (P32)."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg

from insieme_local.provision import Provisioned

TIMES = 20


async def shortlisted_twice_at_once(matching: Any) -> list[list[int]]:
    """Two simultaneous requests for each of several persons, answers sorted."""
    vacancy = await matching.vacancy(await matching.company())

    async def shortlist(person: Any) -> int:
        body = {"vacancy_id": str(vacancy), "person_id": str(person), "on": "2021-02-10"}
        answer = await matching.client.post("/v1/candidacies", json=body)
        if answer.status_code == 409:
            assert answer.json()["code"] == "matching.one_candidacy"
            assert answer.json()["clause"] == "P32"
        return int(answer.status_code)

    persons = [await matching.person() for _ in range(TIMES)]
    return [sorted(await asyncio.gather(shortlist(person), shortlist(person))) for person in persons]


async def test_of_two_simultaneous_requests_one_is_shortlisted_and_one_refused(matching: Any) -> None:
    assert await shortlisted_twice_at_once(matching) == [[201, 409]] * TIMES
    streams = await matching.rows("select count(*) from events.events where type = 'CandidateShortlisted'")
    assert streams == [(TIMES,)]


async def test_without_the_index_both_are_shortlisted(bare_matching: Any, fresh_provisioned: Provisioned) -> None:
    """The control run: the guard off, the same requests leave two live candidacies."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["matching_owner"]) as owner:
        await owner.execute("drop index views.one_live_candidacy")
    assert [201, 201] in await shortlisted_twice_at_once(bare_matching)


async def test_who_was_refused_may_be_shortlisted_again(matching: Any) -> None:
    person, vacancy = await matching.person(), await matching.vacancy(await matching.company())
    body = {"vacancy_id": str(vacancy), "person_id": str(person), "on": "2021-02-10"}
    first = await matching.post("/v1/candidacies", **body)
    refusal = {"refused_by": "company", "reason": "hours", "on": "2021-02-12"}
    await matching.post(f"/v1/candidacies/{first['id']}/refusal", 200, **refusal)
    second = await matching.post("/v1/candidacies", **{**body, "on": "2021-02-15"})
    found = await matching.get("/v1/candidacies", person_id=str(person))
    assert {row["candidacy_id"]: (row["status"], row["reason"]) for row in found["items"]} == {
        first["id"]: ("refused", "hours"),
        second["id"]: ("shortlisted", None),
    }
