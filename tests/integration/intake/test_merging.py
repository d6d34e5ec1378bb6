"""Merged persons: one open case, found by either codice fiscale, erased under both ids, and set apart again (P25)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.testing.road import eventually

pytestmark = pytest.mark.clause("P25")
DAY = "2024-06-03"


async def two(intake: Any, somebody: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two persons with an open case each; the second one is in charge."""
    first, second = await intake.apply(somebody()), await intake.apply(somebody())
    await intake.in_charge(second["case_id"])
    return first, second


async def merge(intake: Any, kept: str, merged: str, path: str = "merge", on: str = DAY) -> Any:
    return await intake.post(f"/v1/persons/{kept}/{path}", merged_id=merged, on=on)


async def status(intake: Any, told: dict[str, Any]) -> str:
    return str((await intake.get(f"/v1/cases/{told['case_id']}"))["status"])


@pytest.mark.invariant("I8", "command")
async def test_of_two_open_cases_the_one_further_on_its_way_stays(intake: Any, somebody: Any) -> None:
    first, second = await two(intake, somebody)
    await merge(intake, first["person_id"], second["person_id"])
    assert (await status(intake, first), await status(intake, second)) == ("merged", "in_charge")
    alias = await intake.get(f"/v1/persons/{second['person_id']}")
    assert alias["merged_into"] == first["person_id"]
    opened = await intake.rows(
        "select count(*) from views.cases where root_id = %s and is_open", UUID(first["person_id"])
    )
    assert opened == [(1,)]
    found = await intake.everything("/v1/persons", "person_id", 50, merged_into=first["person_id"])
    assert found == [second["person_id"]]

    await merge(intake, first["person_id"], second["person_id"], "revert-merge", "2024-06-10")
    assert (await status(intake, first), await status(intake, second)) == ("enrolled", "in_charge")
    assert (await intake.get(f"/v1/persons/{second['person_id']}"))["merged_into"] is None
    again = f"/v1/persons/{first['person_id']}/revert-merge"
    await intake.refused(again, "intake.not_merged", 409, "P25", merged_id=second["person_id"], on="2024-06-11")


async def test_either_codice_fiscale_finds_the_one_person(intake: Any, somebody: Any) -> None:
    one, other = somebody(), somebody()
    first, second = await intake.apply(one), await intake.apply(other)
    await merge(intake, first["person_id"], second["person_id"])
    assert await status(intake, second) == "merged"
    body = other.application(received_on="2024-06-05")
    await intake.refused("/v1/applications", "intake.one_open_case", 409, "P25", **body)
    await intake.command(first["case_id"], "close", exit_state="other", on="2024-06-06")
    third = await intake.apply(other, received_on="2024-06-07")
    assert third["person_id"] == first["person_id"]
    kept = await intake.get(f"/v1/persons/{first['person_id']}/identity")
    assert kept["last_name"] == one.last_name


async def test_an_overlap_with_an_intervention_of_the_other_id_is_found(intake: Any, somebody: Any) -> None:
    first, second = await two(intake, somebody)
    course = {"kind": "vocational_training", "starts_on": "2024-07-01", "on": DAY}
    told = await intake.post("/v1/interventions", 201, person_id=second["person_id"], party="regione", **course)
    await merge(intake, first["person_id"], second["person_id"])
    for person_id in (first["person_id"], second["person_id"]):
        again = await intake.post("/v1/interventions", 201, person_id=person_id, party="cna_bologna", **course)
        assert (again["status"], again["overlaps"]) == ("blocked", told["intervention_id"])
        assert again["person_id"] == first["person_id"]


async def test_an_erasure_covers_every_id(intake: Any, somebody: Any) -> None:
    first, second = await two(intake, somebody)
    await merge(intake, first["person_id"], second["person_id"])
    ids = [UUID(first["person_id"]), UUID(second["person_id"])]
    await intake.post(f"/v1/persons/{second['person_id']}/erasure", ground="request", on="2024-07-01")
    left = "select count(*) from views.persons where person_id = any(%s) and erased_on is null"
    assert await intake.rows(left, ids) == [(0,)]
    assert await intake.rows("select count(*) from vault.identities where person_id = any(%s)", ids) == [(0,)]
    shown = await intake.rows("select distinct comune from views.cases where person_id = any(%s)", ids)
    assert shown == [("unknown",)]


async def test_who_may_be_one_person_is_suggested_by_ids(intake: Any, somebody: Any) -> None:
    one = somebody()
    first = await intake.apply(one)
    provisional = await intake.apply(one, codice_fiscale=f"{one.number:011d}")
    second = provisional["person_id"]
    pair = {first["person_id"], second}

    async def suggested() -> bool:
        found = await intake.get("/v1/duplicates", likeness=95, limit=200)
        return any({each["person_id"], each["other_id"]} == pair and each["birth"] == "same" for each in found)

    await eventually(suggested, 5)
    await merge(intake, first["person_id"], second)
    assert not await suggested()


async def test_two_persons_told_apart_are_not_suggested_again_until_one_of_them_changes(
    intake: Any, somebody: Any
) -> None:
    one = somebody()
    first = await intake.apply(one)
    twin = await intake.apply(one, codice_fiscale=f"{one.number:011d}")
    ids = sorted((first["person_id"], twin["person_id"]))

    async def pair(**query: Any) -> dict[str, Any] | None:
        found = await intake.get("/v1/duplicates", likeness=95, limit=200, **query)
        return next((each for each in found if [each["person_id"], each["other_id"]] == ids), None)

    suggested = await pair()
    assert suggested is not None
    assert suggested["dismissed"] is None
    apart = {"person_id": ids[1], "other_id": ids[0], "reason": "documents_seen", "on": DAY}
    who = {"X-Insieme-Party": "comune_bologna", "X-Insieme-Role": "coordinator"}
    await intake.post("/v1/duplicates/dismissals", headers=who, **apart)
    assert await pair() is None
    judged = await pair(dismissed=True)
    assert judged is not None
    told = {"reason": "documents_seen", "on": DAY, "party": "comune_bologna", "role": "coordinator", "stands": True}
    assert judged["dismissed"] == told

    await intake.command(first["case_id"], "close", exit_state="other", on="2024-06-10")
    moved = one.application(received_on="2024-06-12")
    moved["identity"]["telephone"] = "+39 051 123456"
    await intake.post("/v1/applications", 201, **moved)
    assert await pair() is None
    await intake.command(twin["case_id"], "close", exit_state="other", on="2024-06-10")
    renamed = one.application(codice_fiscale=f"{one.number:011d}", received_on="2024-06-14")
    renamed["identity"]["last_name"] = f"{one.last_name}o"
    await intake.post("/v1/applications", 201, **renamed)
    again = await pair()
    assert again is not None
    assert again["dismissed"] == {**told, "stands": False}
    assert await pair(dismissed=True) is None
    await intake.post("/v1/duplicates/dismissals", **{**apart, "reason": "persons_asked", "on": "2024-06-20"})
    assert await pair() is None


async def test_a_reverted_merge_tells_the_two_apart(intake: Any, somebody: Any) -> None:
    one = somebody()
    first = (await intake.apply(one))["person_id"]
    twin = (await intake.apply(one, codice_fiscale=f"{one.number:011d}"))["person_id"]
    for kept, merged in ((first, twin), (twin, first)):
        await merge(intake, kept, merged)
        answer = await merge(intake, kept, merged, "revert-merge", "2024-06-10")
        assert answer["id"] == kept
    for dismissed, expected in ((False, 0), (True, 1)):
        found = await intake.get("/v1/duplicates", likeness=95, limit=200, dismissed=dismissed)
        pairs = [each for each in found if {each["person_id"], each["other_id"]} == {first, twin}]
        assert len(pairs) == expected
        assert [each["dismissed"]["reason"] for each in pairs] == ["merge_reverted"] * expected


async def test_refused_dismissals_and_what_an_erasure_leaves(intake: Any, somebody: Any) -> None:
    one = somebody()
    first = (await intake.apply(one))["person_id"]
    twin = (await intake.apply(one, codice_fiscale=f"{one.number:011d}"))["person_id"]
    body = {"person_id": first, "other_id": twin, "reason": "other", "on": DAY}
    path = "/v1/duplicates/dismissals"
    await intake.refused(path, "intake.dismissed_with_itself", 422, "P25", **{**body, "other_id": first})
    await intake.refused(path, "intake.person_unknown", 404, None, **{**body, "other_id": str(uuid4())})
    await intake.post(path, **body)
    kept = "select count(*) from vault.compared where %s in (person_id, other_id)"
    assert await intake.rows(kept, UUID(twin)) == [(1,)]
    await intake.post(f"/v1/persons/{twin}/erasure", ground="request", on="2024-07-01")
    assert await intake.rows(kept, UUID(twin)) == [(0,)]
    await intake.refused(path, "intake.person_unknown", 404, None, **body)


async def test_refused_merges(intake: Any, somebody: Any) -> None:
    first, second = await intake.apply(somebody()), await intake.apply(somebody())
    path = f"/v1/persons/{first['person_id']}/merge"
    await intake.refused(path, "intake.merge_with_itself", 422, "P25", merged_id=first["person_id"], on=DAY)
    await intake.refused(path, "intake.person_unknown", 404, None, merged_id=str(uuid4()), on=DAY)
    await merge(intake, first["person_id"], second["person_id"])
    third = await intake.apply(somebody())
    chain = f"/v1/persons/{third['person_id']}/merge"
    await intake.refused(chain, "intake.person_stands_for_others", 409, "P25", merged_id=first["person_id"], on=DAY)


@pytest.mark.invariant("I8", "race")
async def test_a_merge_and_a_new_case_at_once_leave_one_open_case(intake: Any, somebody: Any) -> None:
    """Whichever comes first, the person who was merged has one open case at most."""
    for _ in range(20):
        one, other = somebody(), somebody()
        first, second = await intake.apply(one), await intake.apply(other)
        await intake.command(second["case_id"], "close", exit_state="other", on="2024-03-20")
        path = f"/v1/persons/{first['person_id']}/merge"
        answers = await asyncio.gather(
            intake.client.post(path, json={"merged_id": second["person_id"], "on": DAY}),
            intake.client.post("/v1/applications", json=other.application(received_on="2024-04-02")),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409, 503}
        found = await intake.rows(
            """select count(*) from views.cases c join views.persons p using (person_id)
               where coalesce(p.merged_into, p.person_id) = %s and c.is_open""",
            UUID(first["person_id"]),
        )
        assert found == [(1,)]
