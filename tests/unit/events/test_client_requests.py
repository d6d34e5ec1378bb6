"""A command that nobody answered is sent again with its key, and the key is told where it stays unknown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from insieme_events.client import commands, documents, requests
from insieme_events.client.operations import operations

pytestmark = pytest.mark.unit

HUNG_UP = 0
"""Instead of a status: the connection ends without an answer."""

KEY = {"name": "idempotency-key", "in": "header", "schema": {"type": "string"}}
DOCUMENT = {
    "paths": {
        "/v1/things": {
            "post": {"operationId": "things_make", "parameters": [KEY], "responses": {}},
            "get": {"operationId": "things_search", "responses": {}},
            "put": {"operationId": "things_put", "responses": {}},
        }
    }
}


class Service:
    """Answers with what the test has laid out, in order, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do(self) -> None:
                service.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                status = service.answers.pop(0) if service.answers else 200
                if status == HUNG_UP:
                    return
                body = json.dumps(DOCUMENT if self.path == "/openapi.json" else {"code": "x.y", "detail": "Later."})
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = do_PUT = do

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(requests, "PAUSES", (0.0, 0.0))
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def run(service: Service, name: str) -> Any:
    return CliRunner().invoke(commands.resource("things", operations(DOCUMENT), service.url), [name])


@pytest.mark.parametrize("first", [HUNG_UP, 503])
def test_a_command_is_sent_again_with_the_same_key(service: Service, first: int) -> None:
    service.answers = [first, first, 200]
    assert run(service, "make").exit_code == 0
    keys = [headers["idempotency-key"] for _, _, headers in service.asked]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_the_key_is_told_where_nobody_answered(service: Service) -> None:
    service.answers = [HUNG_UP] * 3
    told = run(service, "make")
    assert told.exit_code == 1
    assert f"--idempotency-key {service.asked[0][2]['idempotency-key']}" in told.stderr


def test_two_commands_have_two_keys(service: Service) -> None:
    run(service, "make")
    run(service, "make")
    assert len({headers["idempotency-key"] for _, _, headers in service.asked}) == 2


def test_what_takes_no_key_is_sent_once(service: Service) -> None:
    service.answers = [HUNG_UP]
    told = run(service, "put")
    assert "look before you send it again" in told.stderr
    assert len(service.asked) == 1


def test_not_yet_is_told_when_it_stays(service: Service) -> None:
    service.answers = [503] * 3
    told = run(service, "search")
    assert told.exit_code == 1
    assert "Later. [x.y]" in told.stderr


def test_the_document_is_asked_for_once_a_minute_and_outlives_the_service(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(3):
        assert documents.document(service.url) == DOCUMENT
    assert len(service.asked) == 1
    monkeypatch.setattr(documents, "FRESH_SECONDS", -1.0)
    service.answers = [500]
    assert documents.document(service.url) == DOCUMENT
    assert "does not answer" in capsys.readouterr().err
    documents.cache_of(service.url).write_text("{cut sh")
    assert documents.document(service.url) == DOCUMENT
    assert len(service.asked) == 3


def test_what_is_no_openapi_document_is_no_service(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(documents, "PATH", "/v1/things")
    with pytest.raises(typer.Exit):
        documents.document(service.url)
    assert list(tmp_path.rglob("*.json")) == []
