"""Restriction, access and refused erasure over HTTP; the detail of a referral stands in the vault alone (P12, P74)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_intake.api.examples import PERSON_DATA

REFERRED = {"direction": "received", "other_class": "third_sector", "on": "2024-03-02"}
DETAIL = {"channel": "caritas", "distretto": "citta_di_bologna"}


async def test_restricted_data_are_kept_and_not_used(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    person, case = f"/v1/persons/{told['person_id']}", f"/v1/cases/{told['case_id']}"
    await intake.post(f"{person}/restrict", ground="objection_pending", on="2024-03-05")
    held = {"interview_id": str(uuid4()), "kind": "access", "interviewer_id": str(uuid4()), "on": "2024-03-11"}
    await intake.refused(f"{case}/hold-interview", "intake.restricted", 409, None, **held)
    await intake.refused("/v1/applications", "intake.restricted", 409, None, **someone.application())
    referral = {**REFERRED, "person_id": told["person_id"], "on": "2024-03-06"}
    await intake.refused("/v1/referrals", "intake.restricted", 409, None, **referral)
    course = {"kind": "internship", "party": "cna_bologna", "starts_on": "2024-04-01", "on": "2024-03-06"}
    await intake.refused("/v1/interventions", "intake.restricted", 409, None, **course, person_id=told["person_id"])
    assert (await intake.get(f"{person}/identity"))["last_name"] == someone.last_name
    assert told["person_id"] in await intake.everything("/v1/persons", "person_id", 50, status="restricted")
    await intake.post(f"{person}/lift-restriction", on="2024-03-10")
    await intake.post(f"{case}/hold-interview", **held)


async def test_the_document_of_a_person_holds_everything_and_only_theirs(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    await intake.apply(somebody())
    person = f"/v1/persons/{told['person_id']}"
    await intake.post(
        "/v1/referrals", 201, **REFERRED | {"on": "2024-03-05"}, person_id=told["person_id"], detail=DETAIL
    )
    asked = await intake.post(f"{person}/request-access", 201, on="2024-03-06")
    # A month later is a Saturday: the term of the GDPR ends on the Monday after it.
    open_ones = await intake.everything("/v1/access-requests", "request_id", 50, due_before="2024-04-09")
    assert asked["request_id"] in open_ones
    assert asked["request_id"] not in await intake.everything(
        "/v1/access-requests", "request_id", 50, due_before="2024-04-08"
    )
    found = await intake.get(f"{person}/data")
    assert [each["codice_fiscale"] for each in found["identities"]] == [someone.codice_fiscale]
    assert [(each["channel"], each["distretto"]) for each in found["referrals"]] == [tuple(DETAIL.values())]
    assert {each.get("person_id", told["person_id"]) for each in found["events"]} == {told["person_id"]}
    by_type = {each["type"]: each for each in found["events"]}
    assert by_type["ResidenceRecorded"]["comune"] == "037006"
    assert {"PersonRegistered", "PersonEnrolled", "ReferralReceived", "SubjectAccessRequested"} <= by_type.keys()
    await intake.post(f"{person}/answer-access", request_id=asked["request_id"], on="2024-03-20")
    assert asked["request_id"] not in await intake.everything(
        "/v1/access-requests", "request_id", 50, due_before="2024-04-09"
    )
    assert found.keys() == PERSON_DATA.keys()
    nobody = await intake.client.get(f"/v1/persons/{uuid4()}/data")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "intake.person_unknown")
    await intake.post(f"{person}/erasure", ground="request", on="2024-07-01")
    gone = await intake.client.get(f"{person}/data")
    assert (gone.status_code, gone.json()["code"]) == (409, "intake.data_erased")


async def test_an_erasure_may_be_refused_with_its_ground(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    person = f"/v1/persons/{told['person_id']}"
    await intake.post(f"{person}/refuse-erasure", ground="public_task", on="2024-03-20")
    assert (await intake.get(person))["erasure_refused_on"] == "2024-03-20"


@pytest.mark.clause("P12", "P74")
async def test_which_service_referred_somebody_stands_in_the_vault_alone(intake: Any, somebody: Any) -> None:
    someone = somebody()
    body = {"identity": someone.application()["identity"], "notice_version": "2024.1", "detail": DETAIL}
    told = await intake.post("/v1/referrals", 201, **REFERRED, **body)
    assert await intake.get(f"/v1/referrals/{told['referral_id']}/detail") == DETAIL
    events = await intake.rows("select data::text from events.events")
    assert not [data for (data,) in events if "caritas" in data or "citta_di_bologna" in data]
    counted = await intake.get("/v1/referrals/by-channel", since="2024-03-01", until="2024-03-31")
    assert {each["channel_class"] for each in counted} <= {"third_sector", "public_service"}
    assert "caritas" not in str(counted)

    await intake.post(f"/v1/persons/{told['person_id']}/erasure", ground="request", on="2024-07-01")
    kept = await intake.rows(
        "select count(*) from vault.referral_details where person_id = %s", UUID(told["person_id"])
    )
    assert kept == [(0,)]
    gone = await intake.client.get(f"/v1/referrals/{told['referral_id']}/detail")
    assert (gone.status_code, gone.json()["code"]) == (404, "intake.referral_detail_unknown")
