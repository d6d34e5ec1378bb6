"""A request out of the values of a command line, sent until there is an answer that stands."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote
from uuid import uuid4

import httpx
import typer

from insieme_events.client.operations import Operation, Place, Shape, Value
from insieme_events.desk import fail

PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each new try where nobody answers, or the answer is "not yet" (503)."""
KEY = "idempotency-key"


class Unusable(Exception):
    """The command line does not make a request; the sentence says what is wrong, never a value."""


@dataclass
class Request:
    """What is sent: the parts of one HTTP request."""

    operation: Operation
    base: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


def made(
    operation: Operation, base: str, given: Iterable[tuple[Value, Any]], body: Any, actor: Mapping[str, str]
) -> Request:
    """`given` are the values that the command line names; those of the body stand over `body`. Raises Unusable."""
    request = Request(operation, base, operation.path, headers=dict(actor))
    if operation.has_body:
        request.body = {} if body is None else body
    for value, told in given:
        match value.place:
            case Place.PATH:
                request.path = request.path.replace(f"{{{value.path[0]}}}", quote(str(told), safe=""))
            case Place.QUERY:
                request.query[value.path[0]] = told
            case Place.HEADER:
                request.headers[value.path[0]] = _etag(told) if value.path[0] == "if-match" else told
            case Place.BODY:
                _put(request.body, value, told)
    if operation.takes(KEY):
        # A command that is sent again after a silence must not happen twice.
        request.headers.setdefault(KEY, str(uuid4()))
    return request


def _etag(told: str) -> str:
    """The version as the answers tell it, a bare number, in the quotes of an ETag."""
    return f'"{told}"' if told.isdigit() else told


def _put(body: Any, value: Value, told: Any) -> None:
    if not isinstance(body, dict):
        raise Unusable("--body is no JSON object, so that no option can add to it")
    for name in value.path[:-1]:
        inner = body.get(name)
        if not isinstance(inner, dict):
            inner = body[name] = {}
        body = inner
    body[value.path[-1]] = parsed(value, told) if value.shape is Shape.JSON else told


def parsed(value: Value, told: str) -> Any:
    """Raises Unusable."""
    try:
        return json.loads(told)
    except ValueError as wrong:
        raise Unusable(f"{value.option} is no JSON") from wrong


def answers(request: Request, patience: float, *, every_page: bool) -> Iterator[httpx.Response]:
    """One answer, or with `every_page` each until the last. Ends the command where the service refuses."""
    with httpx.Client(base_url=request.base, timeout=patience) as client:
        while True:
            answer = _answer(client, request)
            if answer.is_error:
                refused(answer)
            yield answer
            following = answer.json().get("next") if every_page else None
            if following is None:
                return
            request.query["after"] = following


def _answer(client: httpx.Client, request: Request) -> httpx.Response:
    pauses = list(PAUSES) if request.operation.repeatable else []
    while True:
        try:
            answer = client.request(
                request.operation.method,
                request.path,
                params=request.query,
                headers=request.headers,
                json=request.body if request.operation.has_body else None,
            )
            if answer.status_code != 503 or not pauses:
                return answer
        except httpx.TransportError as away:
            if not pauses:
                _unanswered(request, away)
        time.sleep(pauses.pop(0))


def _unanswered(request: Request, away: httpx.TransportError) -> NoReturn:
    said = f"the service does not answer at {request.base} ({type(away).__name__})"
    if request.operation.method == "GET" or isinstance(away, httpx.ConnectError):
        fail(said)
    if key := request.headers.get(KEY):
        fail(f"{said}; whether it was done is unknown: send the same again with --{KEY} {key}, and it is done once")
    fail(f"{said}; whether it was done is unknown: look before you send it again")


def refused(answer: httpx.Response) -> NoReturn:
    """Ends the command with the sentence, the code and the clause of the problem, and where in the request it lies."""
    problem: dict[str, Any] = {}
    if "json" in answer.headers.get("content-type", ""):
        told = answer.json()
        problem = told if isinstance(told, dict) else {}
    clause = f" ({problem['clause']})" if problem.get("clause") else ""
    for error in problem.get("errors") or ():
        typer.echo(f"  {_where(str(error.get('pointer', '')))}: {error.get('detail', '')}", err=True)
    fail(f"{problem.get('detail', 'the service gave no reason')}{clause} [{problem.get('code', answer.status_code)}]")


def _where(pointer: str) -> str:
    """`/body/address/comune` as the option `--address.comune`, `/path/case_id` as the argument `CASE_ID`."""
    parts = pointer.strip("/").split("/")
    if parts[0] == Place.PATH:
        return parts[-1].upper()
    return "--" + ".".join(parts[1:]).replace("_", "-") if len(parts) > 1 else pointer
