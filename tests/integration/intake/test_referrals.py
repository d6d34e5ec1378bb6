"""Referrals over HTTP, in and out, with the date by which an answer is due (P11, P12)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest


def referral(**changes: Any) -> dict[str, Any]:
    body = {"person_id": str(uuid4()), "direction": "received", "other_class": "third_sector", "on": "2024-03-04"}
    return {**body, **changes}


@pytest.mark.parametrize("direction", ["received", "sent"])
async def test_a_referral_is_opened_and_answered(intake: Any, direction: str) -> None:
    ledger: dict[str, tuple[str, str | None, str | None, int]] = {}
    person = str(uuid4())
    for path, body, expected in (
        (None, {}, ("pending", None, None, 1)),
        ("accept", {"on": "2024-03-19"}, ("accepted", "2024-03-19", None, 2)),
        ("decline", {"on": "2024-03-05", "reason": "no_capacity"}, ("declined", "2024-03-05", "no_capacity", 2)),
        ("expire", {"on": "2024-03-20"}, ("expired", None, None, 2)),
    ):
        opened = await intake.post("/v1/referrals", 201, **referral(direction=direction, person_id=person))
        ledger[opened["id"]] = expected
        if path is not None:
            await intake.post(f"/v1/referrals/{opened['id']}/{path}", **body)
    page = await intake.get("/v1/referrals", person_id=person)
    found = {
        row["referral_id"]: (row["status"], row["answered_on"], row["decline_reason"], row["version"])
        for row in page["items"]
    }
    assert found == ledger
    assert {(row["direction"], row["other_class"], row["sent_on"], row["reply_due_on"]) for row in page["items"]} == {
        (direction, "third_sector", "2024-03-04", "2024-03-19")
    }


async def test_an_answer_after_its_date_is_refused(intake: Any) -> None:
    opened = await intake.post("/v1/referrals", 201, **referral())
    path = f"/v1/referrals/{opened['id']}"
    await intake.refused(f"{path}/accept", "intake.referral_expired", 409, "P11", on="2024-03-20")
    await intake.refused(f"{path}/expire", "intake.referral_not_due", 409, "P11", on="2024-03-19")
    await intake.post(f"{path}/accept", on="2024-03-19")
    await intake.refused(
        f"{path}/decline", "intake.referral_answered", 409, "P11", on="2024-03-19", reason="no_capacity"
    )


async def test_who_comes_alone_is_no_referral(intake: Any) -> None:
    await intake.refused("/v1/referrals", "intake.referral_by_self", 422, "P12", **referral(other_class="self"))


async def test_what_waits_too_long_is_listed(intake: Any) -> None:
    person = str(uuid4())
    late = await intake.post("/v1/referrals", 201, **referral(person_id=person))
    await intake.post("/v1/referrals", 201, **referral(person_id=person, on="2024-03-05"))
    answered = await intake.post("/v1/referrals", 201, **referral(person_id=person))
    await intake.post(f"/v1/referrals/{answered['id']}/accept", on="2024-03-05")
    overdue = await intake.everything("/v1/referrals", "referral_id", 50, person_id=person, overdue_on="2024-03-20")
    assert overdue == [late["id"]]
    pending = await intake.everything("/v1/referrals", "referral_id", 50, person_id=person, status="pending")
    assert len(pending) == 2


async def test_a_referral_that_is_none_is_not_found(intake: Any) -> None:
    for path in ("accept", "expire"):
        await intake.refused(f"/v1/referrals/{uuid4()}/{path}", "intake.referral_unknown", 404, "P11", on="2024-03-05")
    answer = await intake.client.get(f"/v1/referrals/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "intake.referral_unknown")


async def test_an_application_may_follow_a_referral(intake: Any, somebody: Any) -> None:
    opened = await intake.post("/v1/referrals", 201, **referral())
    told = await intake.apply(somebody(), referral_id=opened["id"], channel_class="third_sector")
    case = await intake.get(f"/v1/cases/{told['case_id']}")
    assert (case["referral_id"], case["channel_class"]) == (opened["id"], "third_sector")
