"""Lists of cases: filtered, in pages that hold every row once, also while rows are added."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest


@pytest.fixture
async def enrolled(bare_intake: Any, somebody: Any) -> list[str]:
    """Seven enrolled cases and one that is closed, in a database of their own; the ids of the seven."""
    told = [await bare_intake.apply(somebody()) for _ in range(8)]
    await bare_intake.command(told[7]["case_id"], "close", exit_state="other", on="2024-03-20")
    return sorted(answer["case_id"] for answer in told[:7])


async def test_the_pages_together_are_the_list(bare_intake: Any, enrolled: list[str]) -> None:
    for limit in (1, 2, 3, 7, 8, 200):
        assert await bare_intake.everything("/v1/cases", "case_id", limit, status="enrolled") == enrolled
        assert len(await bare_intake.everything("/v1/cases", "case_id", limit)) == 8
    last = UUID(int=2**128 - 1)
    assert (await bare_intake.get("/v1/cases", after=str(last)))["items"] == []


async def test_rows_that_come_meanwhile_move_nothing(bare_intake: Any, enrolled: list[str], somebody: Any) -> None:
    first = await bare_intake.get("/v1/cases", limit=3, status="enrolled")
    for _ in range(5):
        await bare_intake.apply(somebody())
    rest: list[str] = []
    after = first["next"]
    while after is not None:
        page = await bare_intake.get("/v1/cases", limit=3, status="enrolled", after=after)
        rest += [row["case_id"] for row in page["items"]]
        after = page["next"]
    seen = [row["case_id"] for row in first["items"]] + rest
    assert len(seen) == len(set(seen))
    assert set(enrolled) <= set(seen)


async def test_filters_narrow_the_list(bare_intake: Any, enrolled: list[str]) -> None:
    one, other = enrolled[:2]
    for case_id in (one, other):
        await bare_intake.in_charge(case_id)
    case = await bare_intake.get(f"/v1/cases/{one}")
    await bare_intake.command(other, "agree-plan", ready_for="placement", on="2024-03-20")

    async def ids(**query: Any) -> list[str]:
        found: list[str] = await bare_intake.everything("/v1/cases", "case_id", 50, **query)
        return found

    assert await ids(status="in_charge") == [one, other]
    assert await ids(referent_id=case["referent_id"]) == [one]
    assert await ids(person_id=case["person_id"]) == [one]
    assert await ids(person_id=str(uuid4())) == []
    assert await ids(status="enrolled") == enrolled[2:]
    assert case["plan_due_on"] == "2024-04-12"
    assert await ids(plan_overdue_on="2024-04-12") == []
    assert await ids(plan_overdue_on="2024-04-13") == [one]


async def test_a_list_is_asked_for_in_words_that_it_knows(intake: Any) -> None:
    for query in ({"status": "lost"}, {"limit": 0}, {"limit": 201}, {"after": "x"}, {"plan_overdue_on": "soon"}):
        answer = await intake.client.get("/v1/cases", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "http.invalid")
