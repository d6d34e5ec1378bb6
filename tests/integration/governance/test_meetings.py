"""Meetings over HTTP: requested, convened, held, attended, with decisions; a party that leaves on the way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from insieme_events.testing.http import Served

AS_CGIL = {"X-Insieme-Party": "cgil"}


async def body_of(served: Served, kind: str = "coordination_table") -> str:
    return str((await served.get("/v1/bodies", kind=kind))["items"][0]["body_id"])


async def parties(served: Served, day: str) -> list[str]:
    return [row["party"] for row in await served.get("/v1/parties", on=day)]


async def convened(served: Served, on: str, meets_on: str, **changes: Any) -> str:
    body: dict[str, Any] = {
        "body_id": await body_of(served),
        "meets_on": meets_on,
        "invited": await parties(served, meets_on),
        "on": on,
    }
    return str((await served.post("/v1/meetings", **{**body, **changes}))["id"])


async def protocol_of(served: Served) -> str:
    found = (await served.get("/v1/protocols"))["items"]
    return str(next(row["protocol_id"] for row in found if row["signed_on"] == "2021-03-03"))


@pytest.mark.clause("P50", "P54", "P55")
async def test_one_signatory_asks_and_everybody_is_invited(governance: Served) -> None:
    body_id = await body_of(governance)
    asked = await governance.post(f"/v1/bodies/{body_id}/requests", headers=AS_CGIL, party="cgil", on="2022-05-02")
    (open_one,) = (await governance.get("/v1/meeting-requests", status="open"))["items"]
    assert (open_one["party"], open_one["due_on"]) == ("cgil", "2022-06-01")
    assert (await governance.get("/v1/meeting-requests", status="overdue"))["items"] == [open_one]
    some = await parties(governance, "2022-06-14")
    body: dict[str, Any] = {"body_id": body_id, "meets_on": "2022-06-14", "on": "2022-05-16"}
    await governance.refused("/v1/meetings", "governance.parties_not_invited", clause="P50", invited=some[1:], **body)
    strangers = [*some, "caritas"]
    await governance.refused("/v1/meetings", "governance.not_a_party", clause="P81", invited=strangers, **body)
    union: dict[str, Any] = {"headers": AS_CGIL, "invited": some}
    await governance.refused("/v1/meetings", "governance.not_the_coordinator", clause="P65", **union, **body)
    meeting_id = await convened(governance, "2022-05-16", "2022-06-14")
    (answered,) = (await governance.get("/v1/meeting-requests", status="answered"))["items"]
    assert (answered["meeting_id"], answered["answered_on"], answered["days"]) == (meeting_id, "2022-05-16", 14)
    await governance.post(f"/v1/meetings/{meeting_id}/cancellation", 200, reason="postponed", on="2022-05-20")
    assert (await governance.get("/v1/meeting-requests", status="open"))["items"] == [open_one]
    again = await convened(governance, "2022-05-23", "2022-06-20")
    await governance.post(f"/v1/meetings/{again}/holding", 200, on="2022-06-20")
    compliance = await governance.get(f"/v1/bodies/{body_id}/compliance")
    assert (compliance["last_held_on"], compliance["next_due_on"]) == ("2022-06-20", "2022-12-20")
    assert {row["said"] for row in compliance["said"]} == {"calendar_months", "rolling_days"}
    assert asked["stream"] == f"body-{body_id}"


async def test_if_match_speaks_of_the_record_that_is_named(governance: Served) -> None:
    meeting_id = await convened(governance, "2022-08-01", "2022-08-20")
    path, body = f"/v1/meetings/{meeting_id}/cancellation", {"reason": "other", "on": "2022-08-02"}
    stale = await governance.client.post(path, json=body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "events.stale")
    fresh = await governance.client.post(path, json=body, headers={"If-Match": '"1"'})
    assert (fresh.status_code, fresh.headers["ETag"], fresh.json()["id"]) == (200, '"2"', meeting_id)


@pytest.mark.clause("P49", "P70")
async def test_attendance_is_kept_by_party_and_body(governance: Served) -> None:
    protocol_id, nominee = await protocol_of(governance), str(uuid4())
    named: dict[str, Any] = {"party": "uil", "nominee_id": nominee, "on": "2023-01-10"}
    await governance.post(f"/v1/protocols/{protocol_id}/representatives", **named)
    await governance.post(f"/v1/protocols/{protocol_id}/technical-referents", **named)
    gaps = await governance.get("/v1/seats", on="2023-02-01", seat="representative", empty=True)
    assert "uil" not in {row["party"] for row in gaps}
    assert len(gaps) == 13
    for month, present in (("02", True), ("05", False), ("08", False)):
        meeting_id = await convened(governance, f"2023-{month}-01", f"2023-{month}-14")
        await governance.post(f"/v1/meetings/{meeting_id}/holding", 200, on=f"2023-{month}-14")
        attended: dict[str, Any] = {
            "party": "uil",
            "present": present,
            "representative_id": nominee if present else None,
        }
        await governance.post(f"/v1/meetings/{meeting_id}/attendance", **attended)
    (row,) = await governance.get("/v1/attendance", kind="coordination_table", party="uil")
    assert row == {
        "party": "uil",
        "kind": "coordination_table",
        "meetings": 4,
        "recorded": 3,
        "present": 1,
        "rate_percent": 33,
        "absences_in_a_row": 2,
    }
    wrong: dict[str, Any] = {"party": "cgil", "present": True, "representative_id": nominee}
    path = f"/v1/meetings/{meeting_id}/attendance"
    await governance.refused(path, "governance.not_nominated", clause="P50", **wrong)
    detail = await governance.get(f"/v1/meetings/{meeting_id}")
    assert len(detail["invitations"]) == 14
    assert [one["party"] for one in detail["invitations"] if one["present"] is False] == ["uil"]
    ended: dict[str, Any] = {"party": "uil", "seat": "representative", "nominee_id": nominee, "on": "2023-12-31"}
    await governance.post(f"/v1/protocols/{protocol_id}/ended-nominations", **ended)
    after = await governance.get("/v1/seats", on="2024-01-01", seat="representative", empty=False)
    assert after == []


@pytest.mark.clause("P51")
async def test_decisions_are_open_overdue_and_completed(governance: Served) -> None:
    meeting_id = await convened(governance, "2024-01-02", "2024-01-15")
    path = f"/v1/meetings/{meeting_id}/decisions"
    first: dict[str, Any] = {"subject": "work_plan", "owner": "area_sviluppo_economico", "deadline": "2024-03-31"}
    await governance.refused(path, "governance.meeting_not_held", clause="P50", **first)
    await governance.post(f"/v1/meetings/{meeting_id}/holding", 200, on="2024-01-15")
    await governance.post(path, **first)
    await governance.post(path, subject="monitoring", owner="cna")
    await governance.refused(path, "governance.no_such_owner", clause="P51", subject="other", owner="caritas")
    overdue = (await governance.get("/v1/decisions", meeting_id=meeting_id, status="overdue"))["items"]
    assert [(row["decision_no"], row["owner"]) for row in overdue] == [(1, "area_sviluppo_economico")]
    await governance.post(f"{path}/1/completion", 200, on="2024-03-01")
    still = (await governance.get("/v1/decisions", meeting_id=meeting_id, status="open"))["items"]
    assert [row["decision_no"] for row in still] == [2]
    (done,) = (await governance.get("/v1/decisions", meeting_id=meeting_id, status="completed"))["items"]
    assert (done["decision_no"], done["completed_on"]) == (1, "2024-03-01")
    assert (await governance.get(f"/v1/meetings/{meeting_id}"))["decisions"] == 2


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
async def test_from_its_effective_date_a_party_has_no_invitation_and_its_past_stays(governance: Served) -> None:
    protocol_id = await protocol_of(governance)
    near, far = [await convened(governance, "2024-09-02", day) for day in ("2024-11-29", "2024-12-02")]
    path = f"/v1/protocols/{protocol_id}/withdrawals"
    soon: dict[str, Any] = {"party": "confesercenti", "effective_on": "2024-10-01", "on": "2024-09-02"}
    await governance.refused(path, "governance.notice_too_short", clause="P81", **soon)
    in_time: dict[str, Any] = {"party": "confesercenti", "effective_on": "2024-12-01", "on": "2024-09-02"}
    await governance.post(path, **in_time)

    async def lapsed(meeting_id: str) -> list[str]:
        detail = await governance.get(f"/v1/meetings/{meeting_id}")
        return [one["party"] for one in detail["invitations"] if one["lapsed"]]

    assert (await lapsed(near), await lapsed(far)) == ([], ["confesercenti"])
    assert "confesercenti" in await parties(governance, "2024-11-30")
    assert "confesercenti" not in await parties(governance, "2024-12-01")
    for meeting_id, day in ((near, "2024-11-29"), (far, "2024-12-02")):
        await governance.post(f"/v1/meetings/{meeting_id}/holding", 200, on=day)
    attend: dict[str, Any] = {"party": "confesercenti", "present": True}
    await governance.post(f"/v1/meetings/{near}/attendance", **attend)
    await governance.refused(f"/v1/meetings/{far}/attendance", "governance.not_invited", clause="P49", **attend)
    (notice,) = (await governance.get("/v1/notices", kind="withdrawal"))["items"]
    assert (notice["party"], notice["noticed_on"], notice["effective_on"]) == (
        "confesercenti",
        "2024-09-02",
        "2024-12-01",
    )


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "command")
async def test_it_is_renewed_once_every_party_in_force_has_consented(governance: Served) -> None:
    protocol_id = await protocol_of(governance)
    path = f"/v1/protocols/{protocol_id}"
    await governance.post(f"{path}/renewal", party="comune_bologna", ends_on="2031-03-03", on="2025-10-01")
    everybody = await parties(governance, "2025-10-01")
    assert len(everybody) == 13
    await governance.post(f"{path}/refusals", party="cna", on="2025-10-02")
    for party in everybody[:-1]:
        await governance.post(f"{path}/consents", party=party, on="2025-10-03")
        status = await governance.get(path)
        assert status["ends_on"] == "2026-03-03"
        assert set(status["consents_missing"]).isdisjoint(status["consents_given"])
    assert status["consents_missing"] == [everybody[-1]]
    gone: dict[str, Any] = {"party": "confesercenti", "on": "2025-10-03"}
    await governance.refused(f"{path}/consents", "governance.not_a_party", clause="P81", **gone)
    await governance.post(f"{path}/consents", party=everybody[-1], on="2025-11-03")
    status = await governance.get(path)
    assert (status["ends_on"], status["renewed_on"], status["status"]) == ("2031-03-03", "2025-11-03", "in_force")
    assert len(await parties(governance, "2030-01-01")) == 13


@pytest.mark.clause("P81", "P84")
async def test_notices_and_ownership_have_their_days(governance: Served) -> None:
    path = f"/v1/protocols/{await protocol_of(governance)}"
    notice: dict[str, Any] = {"party": "cisl", "kind": "amendment", "effective_on": "2025-06-01", "on": "2025-01-10"}
    await governance.post(f"{path}/amendments", **notice)
    assert len((await governance.get("/v1/notices", party="cisl"))["items"]) == 1
    assert (await governance.get("/v1/ownership", on="2025-01-01"))["owner"] is None
    handed: dict[str, Any] = {
        "from_owner": "citta_metropolitana",
        "to_owner": "ente_insieme",
        "effective_on": "2025-07-01",
        "on": "2025-06-01",
    }
    await governance.post(f"{path}/ownership", **handed)
    assert (await governance.get("/v1/ownership", on="2025-06-30"))["owner"] == "citta_metropolitana"
    assert (await governance.get("/v1/ownership", on="2025-07-01"))["owner"] == "ente_insieme"
    assert "citta_metropolitana" in await parties(governance, "2025-08-01")
