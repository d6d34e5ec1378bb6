"""If-Match and Idempotency-Key on intake's commands (decision 16)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

Stored = Callable[[], Awaitable[tuple[int, ...]]]


async def test_a_stale_version_is_refused(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    path = f"/v1/cases/{told['case_id']}"
    tag = (await intake.client.get(path)).headers["ETag"]
    assert tag == '"6"'
    body = {"level": "partial", "on": "2024-03-05"}
    first = await intake.client.post(f"{path}/assess-autonomy", json=body, headers={"If-Match": tag})
    assert (first.status_code, first.headers["ETag"]) == (200, '"7"')
    second = await intake.client.post(f"{path}/assess-autonomy", json=body, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "events.stale")
    assert (await intake.get(path))["version"] == 7


async def test_a_repeated_key_answers_the_same_and_does_nothing_again(
    intake: Any, somebody: Any, stored: Stored
) -> None:
    body, headers = somebody().application(), {"Idempotency-Key": str(uuid4())}
    first = await intake.client.post("/v1/applications", json=body, headers=headers)
    after = await stored()
    again = await intake.client.post("/v1/applications", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await stored() == after


async def test_a_repeated_key_with_another_body_is_refused(intake: Any, somebody: Any, stored: Stored) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await intake.client.post("/v1/applications", json=somebody().application(), headers=headers)
    assert first.status_code == 201
    after = await stored()
    other = await intake.client.post("/v1/applications", json=somebody().application(), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "events.idempotency_key_reused")
    assert await stored() == after


async def test_the_same_key_sent_twice_at_once_enrols_once(intake: Any, somebody: Any) -> None:
    for _ in range(10):
        body, headers = somebody().application(), {"Idempotency-Key": str(uuid4())}
        answers = await asyncio.gather(
            *(intake.client.post("/v1/applications", json=body, headers=headers) for _ in range(3))
        )
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.json()["case_id"] for answer in answers}) == 1
        assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False, True, True]


async def test_a_key_holds_for_commands_of_a_case_too(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    path = f"/v1/cases/{told['case_id']}/assess-autonomy"
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"level": "partial", "on": "2024-03-05"}
    answers = [await intake.client.post(path, json=body, headers=headers) for _ in range(3)]
    assert {answer.json()["sequence"] for answer in answers} == {7}
    other = await intake.client.post(path, json=body | {"level": "autonomous"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "events.idempotency_key_reused")


async def test_a_refused_command_may_be_sent_again_with_the_same_key(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody(), enrol=False, other_measure=None)
    path, headers = f"/v1/cases/{told['case_id']}/enrol", {"Idempotency-Key": str(uuid4())}
    first = await intake.client.post(path, json={"on": "2024-03-04"}, headers=headers)
    assert first.status_code == 409
    await intake.command(told["case_id"], "declare-other-measure", kind=None, on="2024-03-04")
    again = await intake.client.post(path, json={"on": "2024-03-04"}, headers=headers)
    assert again.status_code == 200


async def test_what_is_not_written_as_it_must_be_is_told(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    path = f"/v1/cases/{told['case_id']}/assess-autonomy"
    body = {"level": "partial", "on": "2024-03-05"}
    for headers, code in (({"If-Match": "7"}, "http.if_match"), ({"Idempotency-Key": "short"}, "http.idempotency_key")):
        answer = await intake.client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
