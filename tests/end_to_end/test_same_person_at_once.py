"""Two clients enrol the same person at the same instant: one person, one case (P25, I8)."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import psycopg
import pytest
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform

pytestmark = pytest.mark.end_to_end

TIMES = 200


@pytest.fixture(scope="module")
def intake(prepared: Platform) -> Platform:
    """Intake alone."""
    prepared.start_all(("intake",))
    return prepared


async def at_once(client: httpx.AsyncClient, someone: Someone, second: str) -> tuple[httpx.Response, httpx.Response]:
    """Both applications in flight together, the second with another spelling of the same code."""
    return await asyncio.gather(
        client.post("/v1/applications", json=someone.application()),
        client.post("/v1/applications", json=someone.application(second)),
    )


async def test_two_simultaneous_applications_make_one_person_and_one_case_two_hundred_times(intake: Platform) -> None:
    outcomes: Counter[tuple[str, ...]] = Counter()
    persons: set[str] = set()
    async with intake.client("intake") as client:
        for number in range(1, TIMES + 1):
            someone = Someone(number)
            answers = await at_once(client, someone, someone.omocode if number % 2 else someone.spelled)
            outcomes[tuple(sorted(_outcome(answer) for answer in answers))] += 1
            (person,) = [answer.json()["person_id"] for answer in answers if answer.status_code == 201]
            persons.add(person)
            listed = (await client.get("/v1/cases", params={"person_id": person})).json()["items"]
            assert [case["status"] for case in listed] == ["enrolled"], someone

    assert outcomes == {("201", "409 intake.one_open_case P25"): TIMES}
    assert len(persons) == TIMES
    assert await _counted(intake) == {
        "vault.identities": (TIMES, TIMES),
        "views.persons": (TIMES, TIMES),
        "views.cases": (TIMES, TIMES),
        "person streams": (TIMES, TIMES),
        "case streams": (TIMES, TIMES),
    }


async def test_whoever_is_keyed_under_another_code_is_another_person(intake: Platform) -> None:
    """The check above would pass if everybody were the same person, or every second application were refused."""
    async with intake.client("intake") as client:
        answers = await at_once(client, Someone(1001), Someone(1001).codice_fiscale)
        other = await client.post("/v1/applications", json=Someone(1002).application())

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (first,) = [answer for answer in answers if answer.status_code == 201]
    assert other.status_code == 201
    assert other.json()["person_id"] != first.json()["person_id"]


def _outcome(answer: httpx.Response) -> str:
    told = answer.json()
    return "201" if answer.status_code == 201 else f"{answer.status_code} {told['code']} {told.get('clause')}"


async def _counted(intake: Platform) -> dict[str, tuple[int, int]]:
    """Per table how many rows and persons; per kind of stream how many beginnings and streams."""
    queries = {
        "vault.identities": "select count(*), count(distinct tax_code_hash) from vault.identities",
        "views.persons": "select count(*), count(distinct person_id) from views.persons",
        "views.cases": "select count(*), count(distinct person_id) from views.cases",
        "person streams": "select count(*), count(distinct stream) from events.events where type = 'PersonRegistered'",
        "case streams": "select count(*), count(distinct stream) from events.events where type = 'PersonEnrolled'",
    }
    async with await psycopg.AsyncConnection.connect(intake.provisioned.urls["intake_owner"]) as connection:
        found = {}
        for name, query in queries.items():
            row = await (await connection.execute(query)).fetchone()
            assert row is not None
            found[name] = (row[0], row[1])
        return found
