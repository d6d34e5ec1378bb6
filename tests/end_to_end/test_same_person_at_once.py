"""Two clients enrol the same person at the same instant: one person, one case (P25, I8)."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import psycopg
import pytest
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform
from tests.end_to_end.shared import Shared

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

FIRST, TIMES = 200_000, 200


async def at_once(client: httpx.AsyncClient, someone: Someone, second: str) -> tuple[httpx.Response, httpx.Response]:
    """Both applications in flight together, the second with another spelling of the same code."""
    return await asyncio.gather(
        client.post("/v1/applications", json=someone.application()),
        client.post("/v1/applications", json=someone.application(second)),
    )


async def test_two_simultaneous_applications_make_one_person_and_one_case_two_hundred_times(shared: Shared) -> None:
    outcomes: Counter[tuple[str, ...]] = Counter()
    persons: set[str] = set()
    before = await _counted(shared.platform)
    async with shared.platform.client("intake") as client:
        for number in range(FIRST, FIRST + TIMES):
            someone = Someone(number)
            answers = await at_once(client, someone, someone.omocode if number % 2 else someone.spelled)
            outcomes[tuple(sorted(_outcome(answer) for answer in answers))] += 1
            (told,) = [answer.json() for answer in answers if answer.status_code == 201]
            shared.ledger.note("/v1/applications", told, 1)
            persons.add(told["person_id"])
            listed = (await client.get("/v1/cases", params={"person_id": told["person_id"]})).json()["items"]
            assert [case["status"] for case in listed] == ["enrolled"], someone
    shared.ledger.persons += TIMES

    assert outcomes == {("201", "409 intake.one_open_case P25"): TIMES}
    assert len(persons) == TIMES
    assert {name: count - before[name] for name, count in (await _counted(shared.platform)).items()} == {
        "identities in the vault": TIMES,
        "persons": TIMES,
        "cases": TIMES,
        "streams of persons": TIMES,
        "streams of cases": TIMES,
    }


def _outcome(answer: httpx.Response) -> str:
    told = answer.json()
    return "201" if answer.status_code == 201 else f"{answer.status_code} {told['code']} {told.get('clause')}"


async def _counted(platform: Platform) -> dict[str, int]:
    """What intake's database holds, in each place where the same person could stand twice."""
    queries = {
        "identities in the vault": "select count(*) from vault.identities",
        "persons": "select count(*) from views.persons",
        "cases": "select count(*) from views.cases",
        "streams of persons": "select count(distinct stream) from events.events where stream like 'person-%'",
        "streams of cases": "select count(distinct stream) from events.events where stream like 'case-%'",
    }
    async with await psycopg.AsyncConnection.connect(platform.provisioned.urls["intake_owner"]) as connection:
        found = {}
        for name, query in queries.items():
            row = await (await connection.execute(query)).fetchone()
            assert row is not None
            found[name] = int(row[0])
        return found
