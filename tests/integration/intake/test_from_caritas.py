"""How many persons Caritas referred: only from the least number on that the agreement allows (P74; privacy.md 3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from insieme_events.testing.agreements import agreement

LEAST = agreement().sensitive_count_least
FROM_CARITAS = "/v1/referrals/from-caritas"


async def refer(intake: Any, person: Any, channel: str = "caritas", direction: str = "received", on: str = "") -> str:
    body = {
        "identity": person.application()["identity"],
        "notice_version": "2024.1",
        "detail": {"channel": channel},
        "direction": direction,
        "other_class": "third_sector",
        "on": on or "2024-03-04",
    }
    opened = await intake.post("/v1/referrals", 201, **body)
    return str(opened["person_id"])


async def told(intake: Any, year: int = 2024) -> int | None:
    found = await intake.get(FROM_CARITAS, year=year)
    assert (found["year"], found["least"]) == (year, LEAST)
    answer: int | None = found["persons_at_least"]
    return answer


@pytest.mark.clause("P74")
async def test_persons_are_counted_from_the_least_number_on_and_in_its_steps(intake: Any, somebody: Any) -> None:
    people = [somebody() for _ in range(LEAST)]
    assert await told(intake) is None
    ids = [await refer(intake, person) for person in people[:-1]]
    await refer(intake, people[0], on="2024-09-02")
    await refer(intake, somebody(), channel="parish")
    await refer(intake, somebody(), direction="sent")
    await refer(intake, people[-1], on="2023-12-31")
    assert await told(intake) is None
    last = await refer(intake, people[-1], on="2024-12-31")
    assert await told(intake) == LEAST
    await refer(intake, somebody())
    assert await told(intake) == LEAST
    assert await told(intake, 2023) is None

    await intake.post(f"/v1/persons/{ids[0]}/merge", merged_id=last, on="2025-01-07")
    assert await told(intake) == LEAST
    await intake.post(f"/v1/persons/{ids[1]}/erasure", ground="request", on="2025-01-08")
    assert await told(intake) is None


@pytest.mark.clause("P74")
async def test_a_year_that_still_runs_is_not_told(intake: Any) -> None:
    year = intake.service.clock().year
    answer = await intake.client.get(FROM_CARITAS, params={"year": year})
    assert (answer.status_code, answer.json()["code"], answer.json()["clause"]) == (
        422,
        "intake.year_not_over",
        "P74",
    )
