"""One person and one open case, also when two applications arrive at the same instant (P25, I8)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from insieme_events.testing.racing import ROUNDS, counted
from insieme_local.provision import Provisioned

TIMES = 20
ONE_OF_TWO = ("201", "409 intake.one_open_case")

pytestmark = pytest.mark.clause("P25")


async def twice_at_once(intake: Any, people: list[Any], **changes: Any) -> Counter[tuple[str, ...]]:
    """Two simultaneous applications of each person, the second in another spelling; their outcomes, sorted."""

    async def apply(body: dict[str, Any]) -> str:
        answer = await intake.client.post("/v1/applications", json=body)
        return "201" if answer.status_code == 201 else f"{answer.status_code} {answer.json()['code']}"

    outcomes: Counter[tuple[str, ...]] = Counter()
    for n, someone in enumerate(people):
        other = someone.omocode if n % 2 else someone.spelled
        bodies = (someone.application(**changes), someone.application(codice_fiscale=other, **changes))
        outcomes[tuple(sorted(await asyncio.gather(*map(apply, bodies))))] += 1
    return outcomes


async def persons_and_cases(intake: Any) -> tuple[int, int, int]:
    found = await intake.rows(
        """select (select count(*) from vault.identities), (select count(*) from views.persons),
           (select count(*) from views.cases where is_open)"""
    )
    persons, identities, cases = found[0]
    return persons, identities, cases


@pytest.mark.invariant("I7", "race")
@pytest.mark.invariant("I8", "race")
async def test_of_two_simultaneous_applications_one_enrols(intake: Any, somebody: Callable[[], Any]) -> None:
    outcomes = await twice_at_once(intake, [somebody() for _ in range(ROUNDS)])
    counted("I8, one open case", outcomes)
    assert outcomes == {ONE_OF_TWO: ROUNDS}
    assert await persons_and_cases(intake) == (ROUNDS, ROUNDS, ROUNDS)


async def test_without_the_index_a_person_is_registered_twice(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Callable[[], Any]
) -> None:
    """The control run: the guard off, the same requests leave persons with two ids."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["intake_owner"]) as owner:
        await owner.execute("alter table vault.identities drop constraint one_person_per_tax_code")
    outcomes = await twice_at_once(bare_intake, [somebody() for _ in range(TIMES)])
    assert outcomes[("201", "201")] > 0
    assert (await persons_and_cases(bare_intake))[1] > TIMES


async def known(intake: Any, people: list[Any]) -> None:
    for someone in people:
        told = await intake.apply(someone)
        await intake.command(told["case_id"], "close", exit_state="other", on="2024-03-20")


async def test_of_two_second_applications_one_enrols(intake: Any, somebody: Callable[[], Any]) -> None:
    people = [somebody() for _ in range(TIMES)]
    await known(intake, people)
    assert await twice_at_once(intake, people, received_on="2024-04-02") == {ONE_OF_TWO: TIMES}


async def test_without_the_index_a_person_has_two_open_cases(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Callable[[], Any]
) -> None:
    people = [somebody() for _ in range(5)]
    await known(bare_intake, people)
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["intake_owner"]) as owner:
        await owner.execute("drop index views.one_open_case")
    outcomes = await twice_at_once(bare_intake, people, received_on="2024-04-02")
    assert outcomes == {("201", "201"): 5}


async def test_a_closed_case_is_not_reopened_beside_an_open_one(intake: Any, somebody: Callable[[], Any]) -> None:
    someone = somebody()
    await known(intake, [someone])
    told = await intake.apply(someone, received_on="2024-04-02")
    cases = await intake.everything("/v1/cases", "case_id", 50, person_id=told["person_id"])
    (first,) = [case_id for case_id in cases if case_id != told["case_id"]]
    path = f"/v1/cases/{first}/reopen"
    await intake.refused(path, "intake.one_open_case", 409, "P25", reason="came_back", on="2024-05-02")
