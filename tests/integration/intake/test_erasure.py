"""Erasure: marked in one append, blanked in the views, gone from the vault, the key destroyed (GDPR art. 17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.clock import business_date
from insieme_events.service import Role
from insieme_events.testing.road import eventually
from insieme_intake.views import READABLE_SEALED
from insieme_local.provision import Provisioned

ERASE = {"ground": "request", "on": "2024-07-01"}
HISTORY = "select type from events.events where stream = %s order by version"


async def with_two_cases(intake: Any, someone: Any) -> tuple[str, list[str]]:
    """A person with a closed case that went all the way and an enrolled one."""
    first = await intake.apply(someone)
    await intake.in_charge(first["case_id"])
    await intake.command(first["case_id"], "close", exit_state="other", on="2024-04-02")
    second = await intake.apply(someone, received_on="2024-05-02")
    assert second["person_id"] == first["person_id"]
    return first["person_id"], [first["case_id"], second["case_id"]]


async def types(intake: Any, stream: str) -> list[str]:
    return [kind for (kind,) in await intake.rows(HISTORY, stream)]


async def key_of(provisioned: Provisioned, person_id: str) -> tuple[Any, ...] | None:
    async with await psycopg.AsyncConnection.connect(provisioned.urls["keys_owner"]) as keys:
        query = "select wrapped is null, destroyed_at is not null from keys.keys where key_id = %s"
        return await (await keys.execute(query, (person_id,))).fetchone()


async def test_an_erasure_marks_every_case_blanks_the_views_and_empties_the_vault(intake: Any, somebody: Any) -> None:
    other = await intake.apply(somebody())
    person, cases = await with_two_cases(intake, somebody())
    before = [await intake.get(f"/v1/cases/{case_id}") for case_id in cases]
    await intake.post(f"/v1/persons/{person}/erasure", **ERASE)

    readable = [column for table, column in READABLE_SEALED if table == "views.cases"]
    for case_id, shown in zip(cases, before, strict=True):
        assert (await types(intake, f"case-{case_id}"))[-1] == "SealedFieldsErased"
        after = await intake.get(f"/v1/cases/{case_id}")
        blanked = {column: "unknown" for column in readable if shown[column] is not None}
        expected = {**shown, **blanked, "version": shown["version"] + 1, "last_event_on": "2024-07-01"}
        assert after == expected
        assert len(blanked) >= 2
    assert (await types(intake, f"person-{person}"))[-1] == "PersonErased"
    assert (await intake.get(f"/v1/persons/{person}"))["erased_on"] == "2024-07-01"
    assert await intake.rows("select 1 from vault.identities where person_id = %s", person) == []
    answer = await intake.client.get(f"/v1/persons/{person}/identity")
    assert (answer.status_code, answer.json()["code"]) == (404, "intake.person_unknown")
    assert (await intake.get(f"/v1/cases/{other['case_id']}"))["comune"] == "037006"


async def test_what_became_of_a_person_after_an_operation_is_sealed_told_to_them_and_erased(
    intake: Any, somebody: Any
) -> None:
    """Whoever took part under an id that was given up for another is erased with it."""
    kept, told = await intake.apply(somebody()), await intake.apply(somebody())
    person, case_id = told["person_id"], told["case_id"]
    opened = {"person_id": person, "case_id": case_id, "operation": "po.erased", "on": "2024-03-20"}
    participation = (await intake.post("/v1/participations", 201, **opened))["id"]
    path, stream = f"/v1/participations/{participation}", f"participation-{participation}"
    await intake.post(f"{path}/close", on="2024-04-30")
    say = {"months_after_exit": 0, "outcome": "in_training", "on": "2024-05-20"}
    await intake.post(f"{path}/record-follow-up", **say)
    stored = await intake.rows("select data::json ->> 'outcome' from events.events where stream = %s", stream)
    assert stored[-1][0].startswith(f"sealed.v1.{person}.")
    (answer,) = [each for each in (await intake.get(f"/v1/persons/{person}/data"))["events"] if "outcome" in each]
    assert (answer["type"], answer["outcome"]) == ("ParticipationFollowUpRecorded", "in_training")

    await intake.post(f"/v1/persons/{kept['person_id']}/merge", merged_id=person, on="2024-06-03")
    await intake.post(f"/v1/persons/{kept['person_id']}/erasure", **ERASE)
    await intake.post(f"/v1/persons/{kept['person_id']}/erasure", **ERASE)
    assert (await types(intake, stream))[2:] == ["ParticipationFollowUpRecorded", "SealedFieldsErased"]
    await intake.refused(f"{path}/record-follow-up", "intake.erased", 409, None, **say | {"on": "2024-07-02"})


async def test_erasing_twice_is_nothing(intake: Any, somebody: Any) -> None:
    person, cases = await with_two_cases(intake, somebody())
    first = await intake.post(f"/v1/persons/{person}/erasure", **ERASE)
    history = [await types(intake, stream) for stream in (f"person-{person}", *(f"case-{c}" for c in cases))]
    again = await intake.post(f"/v1/persons/{person}/erasure", **ERASE | {"on": "2024-08-01"})
    assert (again["sequence"], again["event_ids"]) == (first["sequence"], [])
    assert [await types(intake, stream) for stream in (f"person-{person}", *(f"case-{c}" for c in cases))] == history


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("record-residence", {"comune": "037006", "basis": "residence"}),
        ("record-employment-status", {"status": "disoccupato", "evidence": "did", "evidence_on": "2024-07-02"}),
        ("assess-autonomy", {"level": "partial"}),
        ("declare-other-measure", {"kind": None}),
    ],
)
async def test_nothing_is_sealed_of_an_erased_person(
    intake: Any, somebody: Any, path: str, body: dict[str, Any]
) -> None:
    told = await intake.apply(somebody())
    await intake.post(f"/v1/persons/{told['person_id']}/erasure", **ERASE)
    await intake.refused(f"/v1/cases/{told['case_id']}/{path}", "intake.erased", 409, None, **body, on="2024-07-02")


async def test_whoever_comes_again_is_a_new_person(intake: Any, somebody: Any) -> None:
    someone = somebody()
    told = await intake.apply(someone)
    await intake.post(f"/v1/persons/{told['person_id']}/erasure", **ERASE)
    again = await intake.apply(someone, received_on="2024-09-02")
    assert again["person_id"] != told["person_id"]


async def test_an_erasure_is_refused_for_nobody_and_for_a_wrong_day(intake: Any, somebody: Any) -> None:
    await intake.refused(f"/v1/persons/{uuid4()}/erasure", "intake.person_unknown", 404, None, **ERASE)
    path = f"/v1/persons/{(await intake.apply(somebody()))['person_id']}/erasure"
    await intake.refused(path, "intake.date_in_future", 422, None, **ERASE | {"on": "2091-01-01"})
    await intake.refused(path, "intake.date_too_early", 422, None, **ERASE | {"on": "2024-03-03"})
    person, _ = await with_two_cases(intake, somebody())
    between = ERASE | {"on": "2024-04-20"}
    await intake.refused(f"/v1/persons/{person}/erasure", "intake.date_too_early", 422, None, **between)


async def test_the_reaction_destroys_the_key_and_says_that_intake_is_done(
    migrated: Provisioned, intake_on: Callable[..., Any], somebody: Any
) -> None:
    """Over Kafka: the relay sends PersonErased, the reaction hears it."""
    async with intake_on(migrated, Role.SERVE) as intake:
        told = await intake.apply(somebody())
        person = told["person_id"]
        assert await key_of(migrated, person) == (False, False)
        # Today, so that no clock finds it late meanwhile.
        today = business_date(intake.service.clock()).isoformat()
        await intake.post(f"/v1/persons/{person}/erasure", **ERASE | {"on": today})

        async def completed() -> bool:
            return bool((await intake.get(f"/v1/persons/{person}"))["erasure_completed_by"] == ["intake"])

        await eventually(completed, 60)
        assert await key_of(migrated, person) == (True, True)
        expected = ["PersonRegistered", "NoticeGiven", "PersonErased", "ErasureCompleted"]
        assert await types(intake, f"person-{person}") == expected
        assert (await types(intake, f"case-{told['case_id']}")).count("SealedFieldsErased") == 1

        # What is decided now is folded from events whose sealed fields nobody can open.
        await intake.command(told["case_id"], "close", exit_state="other", on="2024-07-03")
        case = await intake.get(f"/v1/cases/{told['case_id']}")
        assert (case["status"], case["comune"], case["employment_status"]) == ("closed", "unknown", "unknown")
        path = f"/v1/cases/{told['case_id']}/record-follow-up"
        body = {"months_after_exit": 0, "outcome": "seeking", "on": "2024-07-03"}
        await intake.refused(path, "intake.erased", 409, None, **body)


async def test_a_restart_applies_erasures_again(
    fresh_provisioned: Provisioned, bare_intake: Any, intake_on: Callable[..., Any], somebody: Any
) -> None:
    """A vault and a key database restored from before the erasure hold nobody once intake serves again."""
    someone = somebody()
    told, other = await bare_intake.apply(someone), await bare_intake.apply(somebody())
    person = told["person_id"]
    row = (await bare_intake.rows("select * from vault.identities where person_id = %s", person))[0]
    await bare_intake.post(f"/v1/persons/{person}/erasure", **ERASE)
    async with bare_intake.service.pool.connection() as connection:
        await connection.execute("insert into vault.identities values (%s, %s, %s)", row)
    assert (await bare_intake.get(f"/v1/persons/{person}/identity"))["last_name"] == someone.last_name

    async with intake_on(fresh_provisioned) as restarted:
        assert await restarted.rows("select person_id from vault.identities") == [(UUID(other["person_id"]),)]
        assert await key_of(fresh_provisioned, person) == (True, True)
        assert await key_of(fresh_provisioned, other["person_id"]) == (False, False)
        assert (await restarted.get(f"/v1/cases/{other['case_id']}"))["comune"] == "037006"
