"""Many commands in one request: each is answered as if it had come alone, and recorded whole or not at all (30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

Body = Callable[..., dict[str, Any]]
COMPANIES = "/v1/companies"


def one(path: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"path": path, "body": body, **more}


async def sent(matching: Any, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await matching.client.post("/v1/commands", json={"commands": list(commands)})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json()["answers"]
    assert len(answers) == len(commands)
    return answers


def told(answers: list[dict[str, Any]]) -> list[tuple[int, str | None]]:
    return [(answer["status"], answer["body"].get("code")) for answer in answers]


async def test_each_is_answered_for_itself_in_its_place(matching: Any, new_registration: Body) -> None:
    known = new_registration()
    await matching.post(COMPANIES, **known)
    answers = await sent(
        matching,
        one(COMPANIES, new_registration()),
        one(COMPANIES, new_registration(size="huge")),
        one(COMPANIES, known),
        one("/v1/companies/nowhere/at/all", {}),
        one(COMPANIES, new_registration(), key="a-key-of-its-own"),
        one(f"/v1/employments/{uuid4()}/extensions", {"ends_on": "2021-08-31"}),
    )
    assert told(answers) == [
        (201, None),
        (422, "http.invalid"),
        (409, "matching.partita_iva_taken"),
        (404, "http.no_such_path"),
        (201, None),
        (404, "matching.employment_unknown"),
    ]
    for done in (answers[0], answers[4]):
        company = await matching.get(f"{COMPANIES}/{done['body']['id']}")
        assert company["version"] == 1


async def test_all_of_them_are_one_transaction(matching: Any, new_registration: Body) -> None:
    """The rows of a view tell the transaction that wrote them (xmin)."""
    answers = await sent(matching, *(one(COMPANIES, new_registration()) for _ in range(20)))
    ids = [answer["body"]["id"] for answer in answers]
    assert len(set(ids)) == 20
    query = "select count(*), count(distinct xmin::text) from views.companies where company_id = any(%s::uuid[])"
    assert await matching.rows(query, ids) == [(20, 1)]


async def test_two_that_exclude_each_other_meet_as_two_requests_do(matching: Any, new_registration: Body) -> None:
    body, others = new_registration(), [new_registration() for _ in range(3)]
    answers = await sent(matching, *(one(COMPANIES, each) for each in (others[0], body, others[1], body, others[2])))
    assert told(answers) == [(201, None), (201, None), (201, None), (409, "matching.partita_iva_taken"), (201, None)]


async def test_a_key_is_the_same_key_alone_and_among_others(matching: Any, new_registration: Body) -> None:
    body, other = new_registration(), new_registration()
    first, twice, _ = await sent(
        matching,
        one(COMPANIES, body, key="one-of-many"),
        one(COMPANIES, body, key="one-of-many"),
        one(COMPANIES, other, key="another-one"),
    )
    assert (first["replayed"], twice["replayed"]) == (False, True)
    assert twice["body"] == first["body"]
    alone = await matching.client.post(COMPANIES, json=other, headers={"Idempotency-Key": "another-one"})
    assert alone.headers["Idempotent-Replayed"] == "true"
    (again,) = await sent(matching, one(COMPANIES, other, key="another-one"))
    assert (again["replayed"], again["body"]) == (True, alone.json())
    (changed,) = await sent(matching, one(COMPANIES, new_registration(), key="another-one"))
    assert changed["body"]["code"] == "events.idempotency_key_reused"


async def test_commands_on_one_stream_are_decided_in_their_order(matching: Any, new_placement: Body) -> None:
    person, company = await matching.person(), await matching.company()
    placed = await matching.post("/v1/employments", **new_placement(person, company))
    path = f"/v1/employments/{placed['id']}"
    answers = await sent(
        matching,
        one(f"{path}/extensions", {"ends_on": "2021-08-31"}),
        one(f"{path}/extensions", {"ends_on": "2021-07-31"}),
        one(f"{path}/transformations", {"code": "DI", "contract_type": "A.01.00", "on": "2021-07-01"}),
        one(f"{path}/end", {"reason": "resignation", "on": "2021-10-15"}),
        one(f"{path}/extensions", {"ends_on": "2021-12-31"}),
    )
    assert told(answers) == [
        (201, None),
        (422, "matching.extension_not_later"),
        (201, None),
        (200, None),
        (409, "matching.placement_ended"),
    ]
    detail = await matching.get(path)
    assert (detail["status"], detail["version"], detail["links"]) == ("ended", 4, 2)


async def test_if_match_is_each_commands_own(matching: Any, new_placement: Body) -> None:
    person, company = await matching.person(), await matching.company()
    placed = await matching.post("/v1/employments", **new_placement(person, company))
    path = f"/v1/employments/{placed['id']}/extensions"
    answers = await sent(
        matching,
        one(path, {"ends_on": "2021-08-31"}, if_match='"1"'),
        one(path, {"ends_on": "2021-09-30"}, if_match='"1"'),
    )
    assert told(answers) == [(201, None), (412, "events.stale")]


async def test_who_asks_is_who_sent_the_request(matching: Any, new_registration: Body) -> None:
    commands = [one(COMPANIES, new_registration()) for _ in range(2)]
    answer = await matching.client.post(
        "/v1/commands", json={"commands": commands}, headers={"X-Insieme-Party": "nobody of ours"}
    )
    alone = await matching.client.post(
        COMPANIES, json=new_registration(), headers={"X-Insieme-Party": "nobody of ours"}
    )
    assert {(one["status"], one["body"]["code"]) for one in answer.json()["answers"]} == {
        (alone.status_code, alone.json()["code"])
    }
    assert alone.is_error


@pytest.mark.parametrize(
    "commands",
    [
        [],
        [one(COMPANIES, {})] * 101,
        [one("/v1/commands", {"commands": []})],
        [one("/v1/commands/", {"commands": []})],
        [one("/healthz", {})],
        [one("/v1/companies?limit=1", {})],
        [one(COMPANIES, {}, key="short")],
    ],
)
async def test_what_is_no_list_of_commands_is_refused_whole(matching: Any, commands: list[dict[str, Any]]) -> None:
    answer = await matching.client.post("/v1/commands", json={"commands": commands})
    assert (answer.status_code, answer.json()["code"]) == (422, "http.invalid")
