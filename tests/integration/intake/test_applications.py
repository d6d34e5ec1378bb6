"""Applications over HTTP: one person by any spelling of the code, and nothing stored where the enrolment is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

APPLY = "/v1/applications"
Stored = Callable[[], Awaitable[tuple[int, ...]]]


@pytest.mark.clause("P25", "P27", "P29")
async def test_a_new_person_is_registered_and_enrolled(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    case = await intake.get(f"/v1/cases/{told['case_id']}")
    person = await intake.get(f"/v1/persons/{told['person_id']}")
    assert (case["status"], case["received_on"], case["comune"], case["employment_status"]) == (
        "enrolled",
        "2024-03-04",
        "037006",
        "disoccupato",
    )
    assert (case["version"], told["sequence"], len(told["event_ids"])) == (6, 6, 6)
    assert (person["identity_kind"], person["registered_on"], person["version"]) == ("codice_fiscale", "2024-03-04", 2)
    types = await intake.rows(
        "select type from events.events where stream = %s order by version", f"case-{told['case_id']}"
    )
    assert [kind for (kind,) in types] == [
        "ApplicationSubmitted",
        "EmploymentStatusRecorded",
        "ResidenceRecorded",
        "OtherMeasureDeclared",
        "EntryCharacteristicsRecorded",
        "PersonEnrolled",
    ]


async def test_the_application_that_the_documentation_shows_is_taken(intake: Any) -> None:
    described = await intake.get("/openapi.json")
    (example,) = described["components"]["schemas"]["Application"]["examples"]
    told = await intake.post(APPLY, 201, **example)
    assert (await intake.get(f"/v1/cases/{told['case_id']}"))["status"] == "applied"


@pytest.mark.clause("P13")
@pytest.mark.invariant("I15", "command")
async def test_who_the_person_is_stands_in_the_vault_only(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    identity = await intake.get(f"/v1/persons/{told['person_id']}/identity")
    assert identity == someone.application()["identity"] | {"email": None}
    for place in ("events.events", "events.idempotency", "views.persons", "views.cases", "vault.identities"):
        everything = await intake.rows(f"select t::text from {place} t")
        for (row,) in everything:
            assert not [text for text in (someone.codice_fiscale, someone.last_name, "Canarini") if text in row], place


@pytest.mark.clause("P25")
async def test_the_same_person_is_recognised_in_any_spelling(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    for text in (someone.codice_fiscale, someone.omocode, someone.spelled):
        await intake.refused(APPLY, "intake.one_open_case", 409, "P25", **someone.application(codice_fiscale=text))
    await intake.command(told["case_id"], "close", exit_state="other", on="2024-03-20")
    for day, text in (("2024-04-02", someone.omocode), ("2024-05-02", someone.spelled)):
        again = await intake.apply(someone, codice_fiscale=text, received_on=day)
        assert again["person_id"] == told["person_id"]
        await intake.command(again["case_id"], "close", exit_state="other", on=day)
    cases = await intake.everything("/v1/cases", "case_id", 50, person_id=told["person_id"])
    assert len(cases) == 3


async def test_a_provisional_code_is_a_person_of_its_own_kind(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone, codice_fiscale=f"9{uuid4().int % 10**10:010d}")
    assert (await intake.get(f"/v1/persons/{told['person_id']}"))["identity_kind"] == "provisional"


async def test_a_later_application_replaces_the_identity(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    await intake.command(told["case_id"], "close", exit_state="other", on="2024-03-20")
    moved = someone.application(received_on="2024-04-02")
    moved["identity"]["address"] = {"street": "via Nuova 2", "postal_code": "40026", "town": "Imola"}
    await intake.post(APPLY, 201, **moved)
    identity = await intake.get(f"/v1/persons/{told['person_id']}/identity")
    assert identity["address"]["town"] == "Imola"


REFUSED = [
    ({"status": "employed"}, "intake.not_unemployed", 409, "P27"),
    ({"comune": "999999"}, "intake.comune_unknown", 422, "P29"),
    ({"comune": "037004"}, "intake.comune_ceased", 422, "P29"),
    ({"comune": "036023", "quartiere": None}, "intake.comune_unknown", 422, "P29"),
    ({"comune": "037032"}, "intake.quartiere_elsewhere", 422, "P29"),
    ({"other_measure": None}, "intake.other_measures_unanswered", 409, "P10"),
    ({"other_measure": {"kind": "gol"}}, "intake.in_other_measure", 409, "P10"),
    ({"received_on": "2017-05-21"}, "intake.out_of_term", 409, "P79"),
    ({"received_on": "2091-01-01"}, "intake.date_in_future", 422, None),
    ({"evidence": "did", "evidence_on": "2024-03-05"}, "intake.evidence_later", 422, "P27"),
    ({"gender": "male"}, "intake.gender_to_confirm", 422, "P25"),
    ({"codice_fiscale": "RSSMRA80A01H501A"}, "intake.codice_fiscale", 422, "P25"),
    ({"codice_fiscale": "RSSMRA80A01H501U"}, "intake.codice_fiscale", 422, "P25"),
]


@pytest.mark.parametrize(("changes", "code", "status", "clause"), REFUSED)
async def test_a_refused_enrolment_stores_nothing(
    intake: Any,
    somebody: Any,
    stored: Stored,
    changes: dict[str, Any],
    code: str,
    status: int,
    clause: str | None,
) -> None:
    before = await stored()
    await intake.refused(APPLY, code, status, clause, **somebody().application(**changes))
    assert await stored() == before


async def test_who_is_born_in_the_future_is_refused(intake: Any, somebody: Any, stored: Stored) -> None:
    before, body = await stored(), somebody().application()
    body["identity"]["birth_date"] = "2091-05-11"
    await intake.refused(APPLY, "intake.birth_date", 422, "P25", **body)
    assert await stored() == before


async def test_a_confirmed_gender_is_taken_as_declared(intake: Any, somebody: Any) -> None:
    await intake.apply(somebody(), gender="male", gender_confirmed=True)
    await intake.apply(somebody(), gender="non_binary")


async def test_an_application_can_be_recorded_first_and_decided_later(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody(), enrol=False, other_measure=None)
    path = f"/v1/cases/{told['case_id']}"
    assert (await intake.get(path))["status"] == "applied"
    await intake.refused(f"{path}/enrol", "intake.other_measures_unanswered", 409, "P10", on="2024-03-04")
    await intake.command(told["case_id"], "declare-other-measure", kind=None, on="2024-03-04")
    await intake.command(told["case_id"], "enrol", on="2024-03-04")
    assert (await intake.get(path))["status"] == "enrolled"


@pytest.mark.clause("P29")
async def test_an_application_from_elsewhere_is_recorded_and_rejected(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody(), enrol=False, comune="036023", quartiere=None)
    path = f"/v1/cases/{told['case_id']}/reject-application"
    await intake.refused(path, "intake.rejection_unfounded", 409, "P24", reason="not_unemployed", on="2024-03-05")
    await intake.post(path, reason="outside_territory", on="2024-03-05")
    case = await intake.get(f"/v1/cases/{told['case_id']}")
    assert (case["status"], case["is_open"]) == ("rejected", False)


async def test_an_application_is_withdrawn_and_another_one_sent(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone, enrol=False)
    await intake.command(told["case_id"], "withdraw-application", on="2024-03-05")
    again = await intake.apply(someone)
    assert again["person_id"] == told["person_id"]
