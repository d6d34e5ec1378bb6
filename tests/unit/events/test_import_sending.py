"""What becomes of a row by what the service answers: a service played by a function, and the verdict file it leaves."""

from __future__ import annotations

import asyncio
import csv
import inspect
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from insieme_events.desk import Desk
from insieme_events.importing import running, sending, tables
from insieme_events.importing.kinds import Kind
from insieme_events.importing.running import Tally
from insieme_events.importing.sending import Verdict

pytestmark = pytest.mark.unit

Answering = Callable[[httpx.Request], httpx.Response]


class Body(BaseModel):
    name: str
    on: date


KIND = Kind(
    name="things",
    about="Things",
    service="matching",
    path="/v1/things",
    body=Body,
    recorded=frozenset({"matching.thing_there"}),
    in_order_by=("name",),
)
DESK = Desk("http://service", {"X-Insieme-Party": "cna"})


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    told = {"status": status, "code": code, "detail": "A sentence.", **more}
    return httpx.Response(status, json=told, headers={"content-type": "application/problem+json"})


def one_by_one(answer: Any) -> Any:
    """A service that runs the commands of a request by the function that answers one alone (decision 30)."""

    async def many(request: httpx.Request) -> httpx.Response:
        if request.url.path != sending.MANY:
            return await told(request)
        answers = []
        for command in json.loads(request.content)["commands"]:
            headers = {**request.headers, "Idempotency-Key": command["key"], "Together": "yes"}
            del headers["content-length"]
            url = request.url.copy_with(path=command["path"])
            alone = await told(httpx.Request("POST", url, headers=headers, json=command["body"]))
            replayed = alone.headers.get("Idempotent-Replayed") == "true"
            body = alone.json() if "json" in alone.headers.get("content-type", "") else None
            answers.append({"status": alone.status_code, "replayed": replayed, "body": body})
        return httpx.Response(200, json={"answers": answers})

    async def told(request: httpx.Request) -> httpx.Response:
        found = answer(request)
        response: httpx.Response = await found if inspect.isawaitable(found) else found
        return response

    return many


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAUSES", (0, 0))
    monkeypatch.setattr(sending, "AWAY_PAUSES", (0, 0))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[Tally, list[dict[str, str]]]]:
    """Sends so many rows to the function, and gives the tally and the rows of the verdict file."""

    def go(answer: Any, rows: int = 1, **options: Any) -> tuple[Tally, list[dict[str, str]]]:
        def client(desk: Desk, _: int) -> httpx.AsyncClient:
            played = httpx.MockTransport(one_by_one(answer))
            return httpx.AsyncClient(base_url=desk.base, headers=desk.actor, transport=played)

        monkeypatch.setattr(running, "client_of", client)
        path, out = tmp_path / "a.csv", tmp_path / "a.verdicts.csv"
        lines = [f"{number};Esempietti {number};2024-05-31" for number in range(1, rows + 1)]
        path.write_text("\n".join(["row_key;name;on", *lines]), encoding="utf-8")
        table = tables.opened(path, KIND.columns())
        tally = asyncio.run(running.run(KIND, table, DESK, out, **options))
        with out.open(encoding="utf-8-sig", newline="") as file:
            return tally, list(csv.DictReader(file, delimiter=";"))

    return go


def test_a_row_is_sent_as_its_command_with_a_key_of_its_own(run: Any) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201, json={"id": f"id-{len(sent)}"})

    tally, (first, _) = run(answer, 2)
    assert tally.verdicts == {Verdict.IMPORTED: 2}
    assert (first["import_verdict"], first["import_id"], first["import_line"]) == ("imported", "id-1", "2")
    assert [json.loads(one.content) for one in sent] == [
        {"name": "Esempietti 1", "on": "2024-05-31"},
        {"name": "Esempietti 2", "on": "2024-05-31"},
    ]
    keys = [one.headers["Idempotency-Key"] for one in sent]
    assert keys == [sending.idempotency_key("things", "1"), sending.idempotency_key("things", "2")]
    assert all(one.headers["X-Insieme-Party"] == "cna" for one in sent)


@pytest.mark.parametrize(
    ("answer", "verdict", "code", "column"),
    [
        (httpx.Response(201, json={"id": "x"}, headers={"Idempotent-Replayed": "true"}), "unchanged", "", ""),
        (problem(409, "matching.thing_there"), "unchanged", "", ""),
        (problem(409, "matching.no", clause="P21"), "refused", "matching.no", ""),
        (problem(422, "http.invalid", errors=[{"pointer": "/body/on"}]), "refused", "http.invalid", "on"),
        (problem(422, "events.idempotency_key_reused"), "refused", "import.row_changed", ""),
        (httpx.Response(500, text="no JSON"), "refused", "http.500", ""),
    ],
)
def test_what_the_service_says_is_the_verdict(
    run: Any, answer: httpx.Response, verdict: str, code: str, column: str
) -> None:
    _, (row,) = run(lambda _: answer)
    assert (row["import_verdict"], row["import_code"], row["import_column"]) == (verdict, code, column)


def test_the_clause_stands_in_the_sentence(run: Any) -> None:
    _, (row,) = run(lambda _: problem(409, "matching.no", clause="P21"))
    assert row["import_sentence"] == "A sentence. (P21)"


def test_what_is_not_yet_there_is_asked_for_again_with_the_same_key(run: Any) -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return problem(503, "matching.not_heard_of") if len(keys) < 3 else httpx.Response(201, json={"id": "x"})

    tally, _ = run(answer)
    assert tally.verdicts == {Verdict.IMPORTED: 1}
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_what_is_still_not_there_is_refused_and_the_others_go_on(run: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        first = json.loads(request.content)["name"] == "Esempietti 1"
        return problem(503, "matching.not_heard_of") if first else httpx.Response(201, json={"id": "x"})

    tally, rows = run(answer, 3)
    assert [row["import_verdict"] for row in rows] == ["refused", "imported", "imported"]
    assert tally.stopped is None


def test_where_the_database_is_away_the_rest_is_not_sent_and_the_file_says_so(run: Any) -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["name"])
        there = len(set(sent)) <= 2
        return httpx.Response(201, json={"id": "x"}) if there else problem(503, "events.database_away")

    tally, rows = run(answer, 120, at_once=1)
    assert [row["import_verdict"] for row in rows] == ["imported"] * 2 + ["not_sent"] * 118
    assert {row["import_code"] for row in rows[2:]} == {"import.not_sent"}
    assert tally.stopped is not None
    assert len(sent) == running.TOGETHER + 3


def test_where_nobody_answers_nothing_more_is_sent(run: Any) -> None:
    """Whether the request that broke off was recorded, the same file says when it is sent again."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["name"])
        if len(sent) <= running.TOGETHER + 2:
            return httpx.Response(201, json={"id": "x"})
        raise httpx.ConnectError("gone")

    tally, rows = run(answer, 120, at_once=1)
    assert [row["import_verdict"] for row in rows] == ["imported"] * running.TOGETHER + ["not_sent"] * 70
    assert tally.stopped is not None
    assert len(sent) == running.TOGETHER + 3 + 3


def test_what_a_request_breaks_off_is_asked_for_one_by_one_with_the_same_keys(run: Any) -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 2:
            raise httpx.ReadTimeout("late")
        return httpx.Response(
            201, json={"id": "x"}, headers={"Idempotent-Replayed": str(keys.count(keys[-1]) > 1).lower()}
        )

    tally, _ = run(answer, 3)
    assert tally.verdicts == {Verdict.UNCHANGED: 2, Verdict.IMPORTED: 1}
    assert keys == [keys[0], keys[1], *sorted(set(keys), key=keys.index)]


def test_a_dry_run_sends_no_command(run: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    tally, rows = run(answer, 2, dry=True)
    assert tally.verdicts == {Verdict.VALID: 2}
    assert [row["import_verdict"] for row in rows] == ["valid", "valid"]


def test_rows_that_exclude_each_other_are_sent_in_their_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first of a name is slow, and the second goes into a request that waits for it."""
    ended: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        await asyncio.sleep(0.05 if body["on"] == "2024-01-01" else 0)
        ended.append(f"{body['name']} {body['on']} {request.headers.get('Together', 'alone')}")
        return httpx.Response(201, json={"id": "x"})

    monkeypatch.setattr(
        running,
        "client_of",
        lambda desk, _: httpx.AsyncClient(base_url=desk.base, transport=httpx.MockTransport(one_by_one(answer))),
    )
    path = tmp_path / "a.csv"
    path.write_text("row_key,name,on\n1,a,2024-01-01\n2,a,2024-01-02\n3,b,2024-01-03\n", encoding="utf-8")
    asyncio.run(running.run(KIND, tables.opened(path, KIND.columns()), DESK, tmp_path / "out.csv"))
    assert ended == ["a 2024-01-01 alone", "a 2024-01-02 yes", "b 2024-01-03 yes"]


def test_the_verdict_file_is_its_owners_alone_and_never_half_there(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "a.verdicts.csv"

    def answer(_: httpx.Request) -> httpx.Response:
        assert not out.exists()
        return httpx.Response(201, json={"id": "x"})

    run(answer, 3)
    assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.verdicts.csv"]


def test_a_corrected_verdict_file_is_replaced_by_its_successor() -> None:
    assert running.verdict_path(Path("d/persons.xlsx")) == Path("d/persons.verdicts.csv")
    assert running.verdict_path(Path("d/persons.verdicts.csv")) == Path("d/persons.verdicts.csv")
