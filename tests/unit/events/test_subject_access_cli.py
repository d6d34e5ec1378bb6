"""One document from all services, or a sentence that says whose part is missing (GDPR art. 15, 20)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from typer.testing import CliRunner

from insieme_events import cli_subject_access
from insieme_events.cli import app

PERSON, OTHER = UUID(int=7), UUID(int=8)
Handler = Callable[[httpx.Request], httpx.Response]


def problem(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code}, headers={"content-type": "application/problem+json"})


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    def by(handler: Handler) -> None:
        made = functools.partial(httpx.Client, transport=httpx.MockTransport(handler))
        monkeypatch.setattr("insieme_events.cli_subject_access.httpx.Client", made)

    return by


def holding(request: httpx.Request, *ids: UUID) -> httpx.Response:
    asked = UUID(request.url.path.split("/")[3])
    return httpx.Response(200, json={"port": request.url.port, "person_ids": [str(each) for each in ids or (asked,)]})


def of(request: httpx.Request, service: str) -> bool:
    return request.url.port == cli_subject_access.PORTS[service]


def test_the_parts_of_all_services_are_one_document(answering: Callable[[Handler], None], tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return problem(404, "funding.nothing_held") if of(request, "funding") else holding(request)

    answering(handler)
    out = tmp_path / "document.json"
    result = CliRunner().invoke(app, ["subject-access", str(PERSON), "--out", str(out)])
    assert result.exit_code == 0, result.output
    document = json.loads(out.read_text())
    assert document["person_id"] == str(PERSON)
    assert document["parts"].keys() == {"intake", "matching", "training", "funding", "reporting"}
    assert document["parts"]["funding"] == []
    assert document["parts"]["intake"] == {"port": 8001, "person_ids": [str(PERSON)]}
    assert [each["port"] for each in document["parts"]["reporting"]] == [8006]
    assert out.stat().st_mode & 0o077 == 0
    assert {request.headers["X-Insieme-Purpose"] for request in asked} == {"subject_access"}
    assert {request.url.path for request in asked} == {f"/v1/persons/{PERSON}/data"}


def test_every_id_of_a_merged_person_is_asked_for_and_no_part_stands_twice(
    answering: Callable[[Handler], None], tmp_path: Path
) -> None:
    """Matching has heard of the merge and answers for both ids; training has not."""

    def handler(request: httpx.Request) -> httpx.Response:
        heard = of(request, "intake") or of(request, "matching")
        return holding(request, PERSON, OTHER) if heard else holding(request)

    answering(handler)
    out = tmp_path / "document.json"
    result = CliRunner().invoke(app, ["subject-access", str(OTHER), "--out", str(out)])
    assert result.exit_code == 0, result.output
    parts = json.loads(out.read_text())["parts"]
    assert [each["person_ids"] for each in parts["matching"]] == [[str(PERSON), str(OTHER)]]
    assert [each["person_ids"] for each in parts["training"]] == [[str(PERSON)], [str(OTHER)]]


def test_a_missing_part_is_said_and_no_document_is_made(answering: Callable[[Handler], None], tmp_path: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if of(request, "matching"):
            return httpx.Response(404, json={"detail": "Not Found"})
        if of(request, "training"):
            raise httpx.ConnectError("refused")
        return httpx.Response(500) if of(request, "funding") else holding(request)

    answering(handler)
    out = tmp_path / "document.json"
    result = CliRunner().invoke(app, ["subject-access", str(PERSON), "--out", str(out)])
    assert result.exit_code == 1
    for sentence in (
        "matching has no route for a person's data",
        "training does not answer",
        "funding answered 500",
    ):
        assert sentence in result.output
    assert "reporting" not in result.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("service", "refusal", "sentence"),
    [
        ("intake", problem(404, "intake.person_unknown"), "nobody is known in intake"),
        ("intake", problem(409, "intake.data_erased"), "intake has erased this person"),
        ("training", problem(409, "training.data_erased"), "training has erased this person"),
    ],
)
def test_of_somebody_unknown_or_erased_there_is_no_document(
    answering: Callable[[Handler], None], tmp_path: Path, service: str, refusal: httpx.Response, sentence: str
) -> None:
    answering(lambda request: refusal if of(request, service) else holding(request))
    out = tmp_path / "document.json"
    result = CliRunner().invoke(app, ["subject-access", str(PERSON), "--out", str(out)])
    assert result.exit_code == 1
    assert sentence in result.output
    assert not out.exists()


def test_addresses_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSIEME_INTAKE_PORT", raising=False)
    assert cli_subject_access.address("intake") == "http://127.0.0.1:8001"
    monkeypatch.setenv("INSIEME_INTAKE_PORT", "9001")
    assert cli_subject_access.address("intake") == "http://127.0.0.1:9001"
    monkeypatch.setenv("INSIEME_INTAKE_URL", "https://intake.example/")
    assert cli_subject_access.address("intake") == "https://intake.example"
