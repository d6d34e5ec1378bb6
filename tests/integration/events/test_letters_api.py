"""Dead letters over HTTP: what an operator sees, what may be asked for, and what is written down of it (7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from tests.integration.events.test_releasing import NOW, Bench, stream

from insieme_events import letters_api, metrics, problems
from insieme_events.contracts.intake import EmploymentStatus, EmploymentStatusRecorded, StatusEvidence
from insieme_events.housekeeping import Housekeeping
from insieme_events.testing.road import DAY, Effects, Road, chain, on_wire
from insieme_events.vault import KeyVault

pytestmark = pytest.mark.integration

PATH = "/v1/operations/dead-letters"
BECAUSE = {"why": "fixed_build", "ticket": "OPS-12"}


class Desk(Bench):
    """An operator at the HTTP of the service, beside the subscription."""

    client: httpx.AsyncClient

    async def get(self, path: str = "", status: int = 200, **query: Any) -> Any:
        answer = await self.client.get(PATH + path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, path: str, status: int = 202, /, **body: Any) -> Any:
        answer = await self.client.post(PATH + path, json={**BECAUSE, **body})
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(self, path: str, status: int, code: str, **body: Any) -> str:
        """The sentence of the refusal."""
        told = await self.post(path, status, **body)
        assert told["code"] == code
        return str(told["detail"])

    async def letter(self, reason: str = "failed") -> int:
        (found,) = (await self.get(reason=reason))["items"]
        return int(found["id"])


@pytest.fixture
async def desk(way: Road) -> AsyncIterator[Desk]:
    await Effects.prepare(way)
    app = FastAPI()
    problems.install(app)
    app.include_router(letters_api.router)
    definition = SimpleNamespace(edits_letters=True)
    app.state.service = SimpleNamespace(pool=way.pool, clock=lambda: NOW, definition=definition)
    found = Desk(way)
    headers = {"X-Insieme-Party": "comune_bologna", "X-Insieme-Role": "on_call", "X-Insieme-Purpose": "operations"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as found.client:
        yield found


async def park(desk: Desk, length: int = 3, name: str = "referral-a") -> None:
    records = stream(length, name)
    await desk.apply(desk.transaction(Effects(records[0].event_id)), *records)


async def test_the_list_filters_and_goes_on_page_by_page(desk: Desk) -> None:
    await park(desk)
    await park(desk, 1, "referral-b")
    found = (await desk.get())["items"]
    assert [(one["stream"], one["sequence"], one["reason"], one["first"]) for one in found] == [
        ("referral-a", 1, "failed", True),
        ("referral-a", 2, "behind", False),
        ("referral-a", 3, "behind", False),
        ("referral-b", 1, "failed", True),
    ]
    assert [one["sequence"] for one in (await desk.get(reason="behind"))["items"]] == [2, 3]
    assert len((await desk.get(stream="referral-b"))["items"]) == 1
    assert (await desk.get(subscription="another"))["items"] == []
    first = await desk.get(limit=3)
    rest = await desk.get(limit=3, after=first["next"])
    assert [one["id"] for one in [*first["items"], *rest["items"]]] == [one["id"] for one in found]
    assert rest["next"] is None


async def test_a_letter_shows_why_where_what_was_tried_and_who_asked(desk: Desk) -> None:
    await park(desk)
    letter = await desk.letter()
    await desk.post(f"/{letter}/retry")
    await desk.look(desk.transaction(Effects(*[id_ for (id_,) in await ids(desk)])))
    found = await desk.get(f"/{letter}")
    assert (found["letter"]["reason"], found["letter"]["attempts"], found["behind"]) == ("failed", 2, 2)
    assert any("apply" in line for line in found["stack"])
    assert found["attributes"]["subject"] == "referral-a"
    assert set(found["data"]) == {"referral_id", "occurred_on", "by"}
    assert [(one["attempt"], one["action_id"] is None) for one in found["attempts"]] == [(1, True), (2, False)]
    (audit,) = found["actions"]
    assert {name: audit[name] for name in ("action", "why", "ticket", "party", "role", "purpose", "outcome")} == {
        "action": "retry",
        "why": "fixed_build",
        "ticket": "OPS-12",
        "party": "comune_bologna",
        "role": "on_call",
        "purpose": "operations",
        "outcome": "parked_again",
    }
    assert "retry" in found["remedy"]


async def ids(desk: Desk) -> list[Any]:
    return await desk.way.rows("select event_id from events.dead_letters")


async def test_nothing_is_shown_of_what_no_contract_vouches_for(desk: Desk) -> None:
    canary = "canary-mario-rossi"
    (record,) = stream(1)
    sent = on_wire(record, 0)
    unknown_field = replace(sent, value=orjson.dumps({**orjson.loads(record.data), canary: canary}))
    wrong_value = replace(on_wire(stream(1, "referral-b")[0], 0), value=orjson.dumps({"referral_id": canary}))
    foreign = replace(sent, key=canary.encode(), value=canary.encode(), headers=[("ce_subject", canary.encode())])
    strange = [(name, canary.encode() if name == "ce_correlationid" else value) for name, value in sent.headers]
    strange = [(n, v.replace(b"referral-a", b"referral-c")) for n, v in strange]
    await desk.apply(
        desk.transaction(Effects()),
        unknown_field,
        wrong_value,
        foreign,
        replace(sent, key=b"referral-c", headers=strange, value=b"{}"),
    )
    assert sorted(reason for _, reason in await desk.parked()) == ["failed", "failed", "failed", "unreadable"]
    exported = (await desk.client.get(f"{PATH}/export")).text
    assert len(exported.splitlines()) == 4
    assert canary not in exported
    assert canary not in (await desk.client.get(PATH)).text
    misfits = {one["letter"]["stream"]: one["misfits"] for one in map(orjson.loads, exported.splitlines())}
    assert misfits["referral-a"] == ["/… (extra_forbidden)"]
    assert "/referral_id (uuid_parsing)" in misfits["referral-b"]


async def test_a_sealed_field_is_neither_shown_nor_edited(desk: Desk, vault: KeyVault) -> None:
    person = uuid4()
    keys = await vault.ensure([person], NOW)
    event = EmploymentStatusRecorded(
        case_id=uuid4(),
        person_id=person,
        occurred_on=DAY,
        status=EmploymentStatus.DISOCCUPATO,
        evidence=StatusEvidence.DID,
        evidence_on=DAY,
    )
    (record,) = chain(f"case-{event.case_id}", event, keys=keys)
    by = desk.transaction(Effects(record.event_id))
    by.keys = vault
    await desk.apply(by, record)
    letter = await desk.letter()
    data = (await desk.get(f"/{letter}"))["data"]
    assert {name for name, value in data.items() if value == "sealed"} == set(event.sealed_fields())
    for field in ("status", "person_id", "case_id"):
        told = await desk.refused(f"/{letter}/edit", 422, "events.letter_edit_sealed", set={field: "inoccupato"})
        assert field in told
    await desk.post(f"/{letter}/edit", set={"evidence_on": "2020-02-02"})
    by = desk.transaction(Effects())
    by.keys = vault
    await desk.look(by)
    assert await desk.parked() == []


async def test_only_the_letter_on_which_its_stream_depends_is_decided_about_and_once(desk: Desk) -> None:
    await park(desk)
    (behind, _) = (await desk.get(reason="behind"))["items"]
    await desk.refused(f"/{behind['id']}/skip", 409, "events.letter_waits")
    letter = await desk.letter()
    await desk.post(f"/{letter}/retry")
    await desk.refused(f"/{letter}/skip", 409, "events.letter_asked")
    await desk.refused("/999999/retry", 404, "events.letter_unknown")
    await desk.apply(desk.transaction(Effects()), stream(2, "referral-b")[1])
    early = await desk.letter("out_of_order")
    await desk.refused(f"/{early}/skip", 409, "events.letter_early")


async def test_an_edit_must_fit_the_contract(desk: Desk) -> None:
    await park(desk)
    letter = await desk.letter()
    for change in ({"occurred_on": "yesterday"}, {"another": 1}, {"occurred_on": None}):
        await desk.refused(f"/{letter}/edit", 422, "events.letter_edit_misfit", set=change)
    await desk.refused(f"/{letter}/edit", 422, "events.letter_edit_misfit", remove=["occurred_on"])
    action = await desk.post(f"/{letter}/edit", set={"occurred_on": "2020-02-04"})
    assert (await desk.get(f"/actions/{action['id']}"))["outcome"] is None
    await desk.look(desk.transaction(Effects()))
    assert (await desk.get(f"/actions/{action['id']}"))["outcome"] == "released"
    await desk.get("/actions/999999", 404)


async def test_reporting_has_no_edit_and_names_the_correcting_event(desk: Desk) -> None:
    await park(desk)
    transport: Any = desk.client._transport
    transport.app.state.service.definition.edits_letters = False
    told = await desk.refused(
        f"/{await desk.letter()}/edit", 409, "events.letter_no_edit", set={"occurred_on": "2020-01-01"}
    )
    assert "correcting event" in told


@pytest.mark.parametrize(
    "body",
    [{"why": "because Mario Rossi said so"}, {"ticket": "Mario Rossi"}, {"note": "Mario Rossi"}, {"ticket": "OPS-"}],
)
async def test_there_is_no_place_for_free_text(desk: Desk, body: dict[str, str]) -> None:
    await park(desk)
    answer = await desk.client.post(f"{PATH}/{await desk.letter()}/retry", json={**BECAUSE, **body})
    assert answer.status_code == 422


async def test_after_a_fixed_build_every_stream_is_retried_by_one_request(desk: Desk) -> None:
    bad = [stream(2, f"referral-{n}") for n in range(5)]
    by = desk.transaction(Effects(*(one.event_id for one, _ in bad)))
    await desk.apply(by, *[record for records in bad for record in records])
    everything: dict[str, Any] = {"subscription": by.subscription, "reason": "failed"}
    assert await desk.post("/retry", **everything) == {"filed": 5}
    assert await desk.post("/retry", **everything) == {"filed": 0}
    await desk.look(desk.transaction(Effects()))
    assert len(await desk.handled()) == 10
    assert await desk.parked() == []


async def test_the_service_can_neither_change_nor_delete_what_was_asked_and_decided(desk: Desk) -> None:
    await park(desk)
    await desk.post(f"/{await desk.letter()}/skip")
    await desk.look(desk.transaction(Effects()))
    for attempt in (
        "delete from events.dead_letter_actions",
        "update events.dead_letter_actions set party = 'another'",
        "delete from events.dead_letter_decisions",
        "delete from events.dead_letter_attempts",
        "update events.dead_letter_attempts set detail = 'x'",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await desk.way.rows(attempt)
    assert await desk.outcomes() == ["released"]


async def test_letters_are_counted_by_reason_and_after_an_hour_they_raise_the_alarm(desk: Desk) -> None:
    await park(desk)
    await park(desk, 2, "referral-b")
    name = desk.transaction(Effects()).subscription
    clock = [NOW]
    keeper = Housekeeping("test", desk.way.pool, lambda: clock[0])
    with capture_logs() as logs:
        for minutes in (59, 61, 62):
            clock[0] = NOW + timedelta(minutes=minutes)
            async with desk.way.pool.connection() as connection:
                await keeper._measure_parked(connection)
    alarms = [entry for entry in logs if entry["event"] == "letters_overdue"]
    assert [(entry["subscription"], entry["streams"]) for entry in alarms] == [(name, 2)], "once, not every time"
    assert metrics.PARKED_OVERDUE.labels(name)._value.get() == 2
    assert metrics.PARKED_EVENTS.labels(name)._value.get() == 5
    assert metrics.PARKED_REASONS.labels(name, "failed")._value.get() == 2
    assert metrics.PARKED_REASONS.labels(name, "behind")._value.get() == 3
