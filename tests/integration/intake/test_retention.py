"""What of a person ended last, and what is said when the retention is over (GDPR art. 5 (1) e, 17).

The agreement of the test says 24 months; everybody here is received on 4 March 2024.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from insieme_events.commands import Commands, Done, Unit
from insieme_events.timers import ACTOR
from insieme_intake import deadlines

pytestmark = pytest.mark.integration

SAID = """
select occurred_on::text, data::json ->> 'left_on', data::json ->> 'kept_until' from events.events
where stream = %s and type = 'RetentionEnded' order by version
"""


@pytest.fixture(autouse=True)
def in_2031(intake: Any) -> None:
    """Everything is done so late that every day of these tests has come."""
    service = intake.service
    service.clock = lambda: datetime(2031, 12, 31, 12, tzinfo=UTC)
    service.commands = Commands("intake", service.pool, service.keys, service.clock)


@pytest.fixture
def noted(intake: Any) -> Callable[[str, str], Any]:
    """Notes whose retention is over by that day, twice; answers what stands on the person's stream."""

    async def run(person: str, day: str) -> list[tuple[str, str, str]]:
        for _ in range(2):
            async with intake.service.pool.connection() as connection:
                found = await deadlines.retention_ended(connection, date.fromisoformat(day), 500)
            for due in found:
                answer = await intake.service.commands.run(Unit((due.step,), ACTOR))
                assert isinstance(answer, Done), answer
        said: list[tuple[str, str, str]] = await intake.rows(SAID, f"person-{person}")
        return said

    return run


async def left(intake: Any, somebody: Any, on: str) -> dict[str, Any]:
    told: dict[str, Any] = await intake.apply(somebody())
    await intake.command(told["case_id"], "close", exit_state="withdrew", on=on)
    return told


async def waiting(intake: Any, **query: Any) -> list[str]:
    found: list[str] = await intake.everything("/v1/retention-ended", "person_id", 50, **query)
    return found


async def test_what_ended_last_counts_under_any_id(intake: Any, somebody: Any, noted: Any) -> None:
    """A case, an operation, an intervention, a referral; and those of an id that was given up."""
    told = await left(intake, somebody, "2024-04-30")
    person, case = told["person_id"], told["case_id"]
    assert await noted(person, "2026-04-30") == []
    opened = {"person_id": person, "case_id": case, "operation": f"po.{case[:8]}", "on": "2024-04-02"}
    participation = (await intake.post("/v1/participations", 201, **opened))["id"]
    assert await noted(person, "2030-01-01") == [], "the operation goes on"
    await intake.post(f"/v1/participations/{participation}/close", on="2024-05-15")
    assert await noted(person, "2026-05-15") == []
    course = {"kind": "vocational_training", "party": "comune_bologna", "starts_on": "2024-05-01", "on": "2024-05-01"}
    await intake.post("/v1/interventions", 201, **course, person_id=person, ends_on="2024-05-31")
    assert await noted(person, "2026-05-31") == []
    referral = {"person_id": person, "direction": "sent", "other_class": "public_service", "on": "2024-05-20"}
    answered = (await intake.post("/v1/referrals", 201, **referral))["referral_id"]
    await intake.post(f"/v1/referrals/{answered}/accept", on="2024-06-03")
    assert await noted(person, "2026-06-03") == []
    other = await left(intake, somebody, "2024-06-20")
    await intake.post(f"/v1/persons/{person}/merge", merged_id=other["person_id"], on="2024-07-01")
    assert await noted(person, "2026-06-20") == []
    assert await noted(person, "2026-06-21") == [("2026-06-21", "2024-06-20", "2026-06-20")]
    assert await noted(other["person_id"], "2026-06-21") == []
    assert person in await waiting(intake)


async def test_who_waits_for_a_decision_is_listed_until_somebody_takes_it(
    intake: Any, somebody: Any, noted: Any
) -> None:
    first, second, third, fourth = [await left(intake, somebody, "2024-04-30") for _ in range(4)]
    ids = [told["person_id"] for told in (first, second, third, fourth)]
    assert await noted(ids[0], "2026-06-01") == [("2026-05-01", "2024-04-30", "2026-04-30")]
    assert set(ids) <= set(await waiting(intake, kept_until_before="2026-05-01"))
    assert not set(ids) & set(await waiting(intake, kept_until_before="2026-04-30"))
    shown = [one for one in (await intake.get("/v1/retention-ended", limit=200))["items"] if one["person_id"] == ids[0]]
    kept = {"left_on": "2024-04-30", "kept_until": "2026-04-30", "restricted_on": None}
    assert shown == [{"person_id": ids[0], **kept}]

    longer = {"ground": "funding_evidence", "until": "2029-12-31", "on": "2024-07-01"}
    await intake.post(f"/v1/persons/{ids[0]}/extend-retention", **longer)
    await intake.post(f"/v1/persons/{ids[1]}/erasure", ground="request", on="2024-07-01")
    await intake.command(third["case_id"], "reopen", reason="came_back", on="2024-07-01")
    assert set(ids) & set(await waiting(intake)) == {ids[3]}
    assert len(await noted(ids[0], "2029-12-31")) == 1
    assert (await noted(ids[0], "2030-01-01"))[1:] == [("2030-01-01", "2024-04-30", "2029-12-31")]
    assert len(await noted(ids[2], "2030-01-01")) == 1
    await intake.command(third["case_id"], "close", exit_state="stable_work", on="2024-08-31")
    assert (await noted(ids[2], "2026-09-01"))[1:] == [("2026-09-01", "2024-08-31", "2026-08-31")]
    assert set(ids) & set(await waiting(intake)) == {ids[0], ids[2], ids[3]}


async def test_what_was_extended_under_an_id_that_was_given_up_holds(intake: Any, somebody: Any, noted: Any) -> None:
    kept, merged = [await left(intake, somebody, "2024-04-30") for _ in range(2)]
    longer = {"ground": "legal_claims", "until": "2027-01-31", "on": "2024-07-01"}
    await intake.post(f"/v1/persons/{merged['person_id']}/extend-retention", **longer)
    await intake.post(f"/v1/persons/{kept['person_id']}/merge", merged_id=merged["person_id"], on="2024-07-02")
    assert await noted(kept["person_id"], "2027-01-31") == []
    assert await noted(kept["person_id"], "2027-02-01") == [("2027-02-01", "2024-04-30", "2027-01-31")]


async def test_an_erasure_on_that_ground_waits_for_the_end(intake: Any, somebody: Any) -> None:
    """And leaves nothing half done: neither the case nor the identity is touched by a refused one."""
    told = await left(intake, somebody, "2024-04-30")
    path = f"/v1/persons/{told['person_id']}/erasure"
    await intake.refused(path, "intake.retention_not_over", 409, None, ground="retention_ended", on="2024-07-01")
    assert (await intake.get(f"/v1/persons/{told['person_id']}"))["erased_on"] is None
    assert (await intake.get(f"/v1/persons/{told['person_id']}/identity"))["last_name"]
    open_ = await intake.apply(somebody())
    path = f"/v1/persons/{open_['person_id']}/erasure"
    await intake.refused(path, "intake.retention_goes_on", 409, None, ground="retention_ended", on="2024-07-01")


async def test_the_use_of_restricted_data_is_not_judged(intake: Any, somebody: Any, noted: Any) -> None:
    told = await left(intake, somebody, "2024-04-30")
    person = told["person_id"]
    await intake.post(f"/v1/persons/{person}/restrict", ground="needed_for_claims", on="2024-05-02")
    assert await noted(person, "2026-06-01") == []
    await intake.post(f"/v1/persons/{person}/lift-restriction", on="2024-06-01")
    assert await noted(person, "2026-06-01") == [("2026-05-01", "2024-04-30", "2026-04-30")]


async def test_of_somebody_unknown_nothing_is_kept_longer(intake: Any) -> None:
    body = {"ground": "public_task", "until": "2029-12-31", "on": "2024-07-01"}
    await intake.refused(f"/v1/persons/{uuid4()}/extend-retention", "intake.person_unknown", 404, None, **body)
