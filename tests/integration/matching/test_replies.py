"""Deadlines of candidacies: a reply that does not come, and a vacancy that somebody else filled (P32)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from insieme_events.timers import Timers
from insieme_matching.timers import TIMERS


async def due(matching: Any) -> int:
    service = matching.service
    return await Timers("matching", TIMERS, service.pool, service.commands, service.clock).once()


async def shortlisted(matching: Any, vacancy: UUID, person: UUID) -> str:
    body = {"vacancy_id": str(vacancy), "person_id": str(person), "on": "2021-02-10"}
    return str((await matching.post("/v1/candidacies", **body))["id"])


@pytest.mark.clause("P32")
async def test_a_presentation_without_an_answer_shows_as_overdue_until_it_has_one(matching: Any) -> None:
    vacancy, person = await matching.vacancy(await matching.company()), await matching.person()
    candidacy = await shortlisted(matching, vacancy, person)
    assert await due(matching) == 0
    await matching.post(f"/v1/candidacies/{candidacy}/presentation", 200, on="2021-02-12")
    assert [await due(matching), await due(matching)] == [1, 0]
    late = await matching.get("/v1/candidacies", overdue=True, vacancy_id=str(vacancy))
    assert [row["candidacy_id"] for row in late["items"]] == [candidacy]
    events = [stored.event for stored in await matching.events(f"candidacy-{candidacy}")]
    assert events[-1].due_on.isoformat() == "2021-02-27"
    withdrawal = {"reason": "no_answer", "on": "2026-01-12"}
    await matching.post(f"/v1/candidacies/{candidacy}/withdrawal", 200, **withdrawal)
    assert (await matching.get("/v1/candidacies", overdue=True, vacancy_id=str(vacancy)))["items"] == []


@pytest.mark.clause("P32", "P31")
async def test_a_vacancy_that_is_full_or_gone_ends_what_waits_for_it(matching: Any, new_placement: Any) -> None:
    company, (first, second, third) = await matching.company(), await matching.persons(3)
    vacancy, other = await matching.vacancy(company), await matching.vacancy(company)
    placed = await shortlisted(matching, vacancy, first)
    for step in ("presentation", "interview", "acceptance"):
        await matching.post(f"/v1/candidacies/{placed}/{step}", 200, on="2021-02-12")
    waiting = await shortlisted(matching, vacancy, second)
    elsewhere = await shortlisted(matching, other, third)
    await matching.post("/v1/employments", **new_placement(first, company, vacancy_id=str(vacancy)))
    await matching.post(f"/v1/vacancies/{other}/closing", 200, reason="expired", on="2021-03-01")
    assert [await due(matching), await due(matching)] == [2, 0]
    for candidacy, expected in (
        (placed, ("accepted", None)),
        (waiting, ("withdrawn", "position_taken")),
        (elsewhere, ("withdrawn", "vacancy_gone")),
    ):
        row = await matching.get(f"/v1/candidacies/{candidacy}")
        assert (row["status"], row["reason"]) == expected
