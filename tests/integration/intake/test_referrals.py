"""Referrals over HTTP, in and out, with the date by which an answer is due (P11, P12)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

REFERRALS = "/v1/referrals"
RECEIVED = {"direction": "received", "other_class": "third_sector", "on": "2024-03-04"}


@pytest.fixture
async def known(intake: Any, somebody: Any) -> dict[str, Any]:
    """The body of a referral of a person with a case."""
    return {**RECEIVED, "person_id": (await intake.apply(somebody()))["person_id"]}


@pytest.mark.parametrize("direction", ["received", "sent"])
@pytest.mark.clause("P11", "P12")
async def test_a_referral_is_opened_and_answered(intake: Any, known: Any, direction: str) -> None:
    ledger: dict[str, tuple[str, str | None, str | None, int]] = {}
    for path, body, expected in (
        (None, {}, ("pending", None, None, 1)),
        ("accept", {"on": "2024-03-19"}, ("accepted", "2024-03-19", None, 2)),
        ("decline", {"on": "2024-03-05", "reason": "no_capacity"}, ("declined", "2024-03-05", "no_capacity", 2)),
        ("expire", {"on": "2024-03-20"}, ("expired", None, None, 2)),
    ):
        opened = await intake.post(REFERRALS, 201, **{**known, "direction": direction})
        ledger[opened["referral_id"]] = expected
        if path is not None:
            await intake.post(f"/v1/referrals/{opened['referral_id']}/{path}", **body)
    page = await intake.get(REFERRALS, person_id=known["person_id"])
    found = {
        row["referral_id"]: (row["status"], row["answered_on"], row["decline_reason"], row["version"])
        for row in page["items"]
    }
    assert found == ledger
    assert {(row["direction"], row["other_class"], row["sent_on"], row["reply_due_on"]) for row in page["items"]} == {
        (direction, "third_sector", "2024-03-04", "2024-03-19")
    }


async def test_an_answer_after_its_date_is_refused(intake: Any, known: Any) -> None:
    opened = await intake.post(REFERRALS, 201, **known)
    path = f"/v1/referrals/{opened['referral_id']}"
    await intake.refused(f"{path}/accept", "intake.referral_expired", 409, "P11", on="2024-03-20")
    await intake.refused(f"{path}/expire", "intake.referral_not_due", 409, "P11", on="2024-03-19")
    await intake.post(f"{path}/accept", on="2024-03-19")
    await intake.refused(
        f"{path}/decline", "intake.referral_answered", 409, "P11", on="2024-03-19", reason="no_capacity"
    )


async def test_who_comes_alone_is_no_referral(intake: Any, known: Any) -> None:
    await intake.refused(REFERRALS, "intake.referral_by_self", 422, "P12", **{**known, "other_class": "self"})


@pytest.mark.clause("P11")
async def test_what_waits_too_long_is_listed(intake: Any, known: Any) -> None:
    late = await intake.post(REFERRALS, 201, **known)
    await intake.post(REFERRALS, 201, **{**known, "on": "2024-03-05"})
    answered = await intake.post(REFERRALS, 201, **known)
    await intake.post(f"/v1/referrals/{answered['referral_id']}/accept", on="2024-03-05")
    overdue = await intake.everything(
        REFERRALS, "referral_id", 50, person_id=known["person_id"], overdue_on="2024-03-20"
    )
    assert overdue == [late["referral_id"]]
    pending = await intake.everything(REFERRALS, "referral_id", 50, person_id=known["person_id"], status="pending")
    assert len(pending) == 2


async def test_a_referral_that_is_none_is_not_found(intake: Any) -> None:
    for path in ("accept", "expire"):
        await intake.refused(f"/v1/referrals/{uuid4()}/{path}", "intake.referral_unknown", 404, "P11", on="2024-03-05")
    answer = await intake.client.get(f"/v1/referrals/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "intake.referral_unknown")
