"""Many commands in one request: each is the request that it would be alone, and is answered as that (decision 30)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Request
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Message, Scope

from insieme_events.gathering import Gathered, Member
from insieme_events.http import RUNNER
from insieme_events.problems import RESPONSES

PATH = "/v1/commands"
MOST = 100
OF_THE_REQUEST = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "app", "state")
"""What a command shares with the request that it came in."""
OF_ITS_OWN = frozenset({b"idempotency-key", b"if-match", b"content-length", b"content-type", b"transfer-encoding"})
EXAMPLE = {
    "commands": [
        {
            "path": "/v1/cases/0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11/enrolment",
            "key": "row-2024-118",
            "body": {"on": "2024-11-04"},
        }
    ]
}

router = APIRouter(tags=["commands"], responses=RESPONSES)


def _not_this(path: str) -> str:
    if path.rstrip("/") == PATH:
        raise ValueError("a command is not itself a list of commands")
    return path


class OneCommand(BaseModel):
    """A POST: its path, its body, and the Idempotency-Key and If-Match that it would have as headers."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[str, Field(pattern=r"^/v1/[!->@-~]+$", max_length=300), AfterValidator(_not_this)]
    body: dict[str, Any] = {}
    key: Annotated[str | None, Field(pattern=r"^[!-~]{8,128}$")] = None
    if_match: Annotated[str | None, Field(pattern=r"^[!-~]{1,40}$")] = None


class ManyCommands(BaseModel):
    model_config = ConfigDict(extra="forbid")

    commands: Annotated[list[OneCommand], Field(min_length=1, max_length=MOST)]


class OneAnswer(BaseModel):
    """What the command would have been answered alone; `replayed`: from the stored answer of its key."""

    status: int
    replayed: bool = False
    body: Any = None


class ManyAnswers(BaseModel):
    """One answer for each command, in their order."""

    answers: list[OneAnswer]


@router.post(PATH)
async def commands(request: Request, body: Annotated[ManyCommands, Body(examples=[EXAMPLE])]) -> ManyAnswers:
    """Up to 100 commands, each answered for itself: one that is refused changes nothing about the others.

    The answer is 200 where each was answered, whatever it was told. They are decided together, so those that speak
    of one another belong into one request after the other.
    """
    gathered = Gathered(request.app.state.service.commands, len(body.commands))
    app = ExceptionMiddleware(AsyncExitStackMiddleware(request.app.router), request.app.exception_handlers)
    members = [_one(app, request.scope, command, gathered, place) for place, command in enumerate(body.commands)]
    return ManyAnswers(answers=await asyncio.gather(*members))


async def _one(app: ASGIApp, around: Scope, command: OneCommand, gathered: Gathered, place: int) -> OneAnswer:
    headers = [(name, value) for name, value in around["headers"] if name not in OF_ITS_OWN]
    headers.append((b"content-type", b"application/json"))
    if command.key is not None:
        headers.append((b"idempotency-key", command.key.encode()))
    if command.if_match is not None:
        headers.append((b"if-match", command.if_match.encode()))
    scope = {
        **{name: around[name] for name in OF_THE_REQUEST if name in around},
        "method": "POST",
        "path": command.path,
        "raw_path": command.path.encode(),
        "query_string": b"",
        "headers": headers,
        RUNNER: Member(gathered, place),
    }
    answer = OneAnswer(status=500)
    told = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": orjson.dumps(command.body), "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.replayed = any(name == b"idempotent-replayed" for name, _ in message["headers"])
        else:
            told.extend(message.get("body", b""))

    try:
        await app(scope, receive, send)
    finally:
        gathered.leave()
    answer.body = orjson.loads(told) if told else None
    return answer
