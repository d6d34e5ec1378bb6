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

PERSON = UUID(int=7)
Handler = Callable[[httpx.Request], httpx.Response]


def problem(code: str) -> httpx.Response:
    return httpx.Response(404, json={"code": code}, headers={"content-type": "application/problem+json"})


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    def by(handler: Handler) -> None:
        made = functools.partial(httpx.Client, transport=httpx.MockTransport(handler))
        monkeypatch.setattr("insieme_events.cli_subject_access.httpx.Client", made)

    return by


def test_the_parts_of_all_services_are_one_document(answering: Callable[[Handler], None], tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.port == cli_subject_access.PORTS["funding"]:
            return problem("funding.person_unknown")
        return httpx.Response(200, json={"port": request.url.port})

    answering(handler)
    out = tmp_path / "document.json"
    result = CliRunner().invoke(app, ["subject-access", str(PERSON), "--out", str(out)])
    assert result.exit_code == 0, result.output
    document = json.loads(out.read_text())
    assert document["person_id"] == str(PERSON)
    assert document["parts"].keys() == cli_subject_access.PORTS.keys()
    assert document["parts"]["funding"] is None
    assert document["parts"]["intake"] == {"port": 8001}
    assert out.stat().st_mode & 0o077 == 0
    assert {request.headers["X-Insieme-Purpose"] for request in asked} == {"subject_access"}
    assert {request.url.path for request in asked} == {f"/v1/persons/{PERSON}/data"}


def test_a_missing_part_is_said_and_no_document_is_made(answering: Callable[[Handler], None], tmp_path: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.port == cli_subject_access.PORTS["matching"]:
            return httpx.Response(404, json={"detail": "Not Found"})
        if request.url.port == cli_subject_access.PORTS["training"]:
            raise httpx.ConnectError("refused")
        if request.url.port == cli_subject_access.PORTS["funding"]:
            return httpx.Response(500)
        return httpx.Response(200, json={})

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
    assert "governance" not in result.output
    assert not out.exists()


def test_addresses_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSIEME_INTAKE_PORT", raising=False)
    assert cli_subject_access.address("intake") == "http://127.0.0.1:8001"
    monkeypatch.setenv("INSIEME_INTAKE_PORT", "9001")
    assert cli_subject_access.address("intake") == "http://127.0.0.1:9001"
    monkeypatch.setenv("INSIEME_INTAKE_URL", "https://intake.example/")
    assert cli_subject_access.address("intake") == "https://intake.example"
