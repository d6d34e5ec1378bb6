"""Who is referred first and applies later is one person, and the application follows the referral (P11, P12, P25)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

APPLY, REFERRALS = "/v1/applications", "/v1/referrals"
RECEIVED = {"direction": "received", "other_class": "third_sector", "on": "2024-03-04"}
NOTICE = {"notice_version": "2024.1"}
TIMES = 10
Stored = Callable[[], Awaitable[tuple[int, ...]]]


def identity(someone: Any, **changes: Any) -> dict[str, Any]:
    return {**someone.application()["identity"], **changes}


def referral(someone: Any, **changes: Any) -> dict[str, Any]:
    """The body of a referral of somebody who may be new."""
    return {**RECEIVED, **NOTICE, "identity": identity(someone), **changes}


async def test_who_is_referred_is_the_one_who_applies_later_in_any_spelling(intake: Any, somebody: Any) -> None:
    for spelling in ("spelled", "omocode"):
        someone = somebody()
        opened = await intake.post(REFERRALS, 201, **referral(someone))
        assert (opened["stream"], opened["sequence"]) == (f"referral-{opened['referral_id']}", 1)
        told = await intake.apply(
            someone,
            codice_fiscale=getattr(someone, spelling),
            received_on="2024-03-06",
            referral_id=opened["referral_id"],
            channel_class="third_sector",
        )
        assert told["person_id"] == opened["person_id"]
        case = await intake.get(f"/v1/cases/{told['case_id']}")
        found = (case["status"], case["person_id"], case["referral_id"], case["channel_class"])
        assert found == ("enrolled", opened["person_id"], opened["referral_id"], "third_sector")
        person = await intake.get(f"/v1/persons/{opened['person_id']}")
        assert (person["registered_on"], person["version"]) == ("2024-03-04", 2)
        # Its answer is a command of its own.
        assert (await intake.get(f"{REFERRALS}/{opened['referral_id']}"))["status"] == "pending"


async def test_who_is_known_is_referred_under_the_same_id_and_keeps_the_identity(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    heard = identity(someone, codice_fiscale=someone.omocode, first_name="Hearsay", address=None, telephone=None)
    by_code = await intake.post(REFERRALS, 201, **referral(someone, identity=heard))
    by_id = await intake.post(REFERRALS, 201, **RECEIVED, person_id=told["person_id"])
    assert by_code["person_id"] == by_id["person_id"] == told["person_id"]
    shown = await intake.get(f"/v1/persons/{told['person_id']}/identity")
    assert shown == identity(someone) | {"email": None}


async def test_a_referral_again_with_the_same_key_is_the_same(intake: Any, somebody: Any) -> None:
    body, key = referral(somebody()), {"Idempotency-Key": str(uuid4())}
    first, again = [await intake.post(REFERRALS, 201, headers=key, **body) for _ in range(2)]
    assert first == again


@pytest.mark.parametrize("direction", ["received", "sent"])
async def test_who_is_unknown_or_erased_is_not_referred(
    intake: Any, somebody: Any, stored: Stored, direction: str
) -> None:
    someone = somebody()
    person = (await intake.apply(someone))["person_id"]
    await intake.post(f"/v1/persons/{person}/erasure", ground="request", on="2024-03-05")
    before = await stored()
    for nobody in (str(uuid4()), person):
        body = {**RECEIVED, "direction": direction, "person_id": nobody, "on": "2024-03-06"}
        await intake.refused(REFERRALS, "intake.person_unknown", 404, **body)
    assert await stored() == before
    opened = await intake.post(REFERRALS, 201, **referral(someone, on="2024-03-06"))
    assert opened["person_id"] != person


async def test_who_is_referred_is_said_in_one_way(intake: Any, somebody: Any, stored: Stored) -> None:
    someone, person = somebody(), {"person_id": str(uuid4())}
    before = await stored()
    for who in ({}, NOTICE, person | NOTICE, person | {"identity": identity(someone)}):
        await intake.refused(REFERRALS, "intake.referral_of_whom", 422, "P25", **RECEIVED, **who)
    without = {**RECEIVED, "identity": identity(someone)}
    await intake.refused(REFERRALS, "intake.notice_missing", 422, None, **without)
    assert await stored() == before


@pytest.mark.parametrize(
    ("changes", "code", "status", "clause"),
    [
        ({"other_class": "self"}, "intake.referral_by_self", 422, "P12"),
        ({"on": "2017-05-21"}, "intake.out_of_term", 409, "P79"),
        ({"on": "2091-01-01"}, "intake.date_in_future", 422, None),
    ],
)
async def test_a_refused_referral_registers_nobody(
    intake: Any, somebody: Any, stored: Stored, changes: Any, code: str, status: int, clause: str | None
) -> None:
    before = await stored()
    await intake.refused(REFERRALS, code, status, clause, **referral(somebody(), **changes))
    assert await stored() == before


async def test_a_code_that_is_not_of_this_birth_is_refused(intake: Any, somebody: Any, stored: Stored) -> None:
    someone, before = somebody(), await stored()
    for changes, code in (
        ({"birth_date": "1950-01-01"}, "intake.codice_fiscale"),
        ({"codice_fiscale": "RSSMRA80A01H501A"}, "intake.codice_fiscale"),
        ({"birth_date": "2091-05-11"}, "intake.birth_date"),
    ):
        await intake.refused(REFERRALS, code, 422, "P25", **referral(someone, identity=identity(someone, **changes)))
    assert await stored() == before


async def test_an_application_follows_only_a_standing_referral_of_this_person(
    intake: Any, somebody: Any, stored: Stored
) -> None:
    someone = somebody()
    foreign = await intake.post(REFERRALS, 201, **referral(somebody()))
    sent = await intake.post(REFERRALS, 201, **referral(someone, direction="sent"))
    declined, expired, accepted = [await intake.post(REFERRALS, 201, **referral(someone)) for _ in range(3)]
    path = REFERRALS + "/{referral_id}/"
    await intake.post(f"{path}decline".format_map(declined), reason="no_capacity", on="2024-03-05")
    await intake.post(f"{path}expire".format_map(expired), on="2024-03-20")
    await intake.post(f"{path}accept".format_map(accepted), on="2024-03-05")
    before = await stored()
    for named, code, status, clause in (
        (foreign, "intake.referral_of_another", 409, "P12"),
        (sent, "intake.referral_was_sent", 409, "P12"),
        (declined, "intake.referral_declined", 409, "P11"),
        (expired, "intake.referral_expired", 409, "P11"),
        ({"referral_id": str(uuid4())}, "intake.referral_unknown", 404, "P11"),
    ):
        body = someone.application(referral_id=named["referral_id"], received_on="2024-03-06")
        await intake.refused(APPLY, code, status, clause, **body)
    assert await stored() == before
    told = await intake.apply(someone, referral_id=accepted["referral_id"], received_on="2024-03-06")
    assert told["person_id"] == accepted["person_id"]


async def test_two_simultaneous_referrals_of_somebody_new_are_of_one_person(intake: Any, somebody: Any) -> None:
    for _ in range(TIMES):
        someone = somebody()
        spelled = identity(someone, codice_fiscale=someone.spelled)
        one, other = await asyncio.gather(
            intake.post(REFERRALS, 201, **referral(someone)),
            intake.post(REFERRALS, 201, **referral(someone, identity=spelled)),
        )
        assert one["person_id"] == other["person_id"]
        assert one["referral_id"] != other["referral_id"]
        listed = await intake.everything(REFERRALS, "referral_id", 50, person_id=one["person_id"])
        assert sorted(listed) == sorted([one["referral_id"], other["referral_id"]])


async def test_a_referral_and_an_application_at_once_are_of_one_person(intake: Any, somebody: Any) -> None:
    for _ in range(TIMES):
        someone = somebody()
        opened, told = await asyncio.gather(
            intake.post(REFERRALS, 201, **referral(someone)), intake.apply(someone, codice_fiscale=someone.spelled)
        )
        assert opened["person_id"] == told["person_id"]
