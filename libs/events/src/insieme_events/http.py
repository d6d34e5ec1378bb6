"""Commands over HTTP: Idempotency-Key, If-Match, and the answer of a command (decision 16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID, uuid4

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel

from insieme_events import metrics, waiting
from insieme_events.access import CurrentActor
from insieme_events.commands import Commands, Done, IdempotencyKey, Step, Unit, Write
from insieme_events.contracts import Actor
from insieme_events.decider import RefusalKind, Refused
from insieme_events.problems import ProblemError

if TYPE_CHECKING:
    from insieme_events.service import Running

IF_MATCH_SYNTAX = Refused(
    "http.if_match", 'If-Match must be one ETag as it was read, such as "3".', kind=RefusalKind.INVALID
)
KEY_SYNTAX = Refused(
    "http.idempotency_key",
    "Idempotency-Key must be 8 to 128 printable characters without spaces.",
    kind=RefusalKind.INVALID,
)

NOT_APPLIED = Refused(
    "events.not_applied",
    "What you wait for has not arrived here yet. Ask again in a moment, or leave wait_for out.",
    kind=RefusalKind.RETRY,
)
WAIT_SECONDS = 5.0
RUNNER = "insieme.runner"
"""Where the scope of a request names another runner than the service's (decision 30)."""


class CommandAnswer(BaseModel):
    """Where the command's effect stands: `stream` at `sequence`; `id` of the aggregate. Reads may wait for it."""

    id: UUID
    stream: str
    sequence: int
    event_ids: list[UUID]


class CommandRequest:
    """What every command route needs of its request. A dependency: `request: CommandRequest = Depends()`."""

    def __init__(
        self,
        http: Request,
        response: Response,
        actor: CurrentActor,
        idempotency_key: Annotated[str | None, Header(description="Same key: same effect, once")] = None,
        if_match: Annotated[str | None, Header(description="ETag that the record must still have")] = None,
    ) -> None:
        self.http = http
        self.response = response
        self.actor: Actor = actor
        self._key = idempotency_key
        self._if_match = if_match

    @property
    def commands(self) -> Commands:
        """The service's runner; of a request among several in one, the runner of all of them."""
        return cast("Commands", self.http.scope.get(RUNNER) or self.http.app.state.service.commands)

    def expected(self) -> int | None:
        if self._if_match is None:
            return None
        found = re.fullmatch(r'(?:W/)?"(\d{1,9})"', self._if_match.strip())
        if found is None:
            raise ProblemError(IF_MATCH_SYNTAX)
        return int(found[1])

    async def key(self) -> IdempotencyKey | None:
        """Scope is party, method and path; the fingerprint an HMAC of the body, so that it tells nothing of it."""
        if self._key is None:
            return None
        if re.fullmatch(r"[!-~]{8,128}", self._key) is None:
            raise ProblemError(KEY_SYNTAX)
        body = await self.http.body()
        fingerprint = self.http.app.state.service.master_key.keyed_hash("fingerprint", body)
        return IdempotencyKey(self._scope(), self._key, fingerprint)

    def _scope(self) -> str:
        return f"{self.actor.party} {self.http.method} {self.http.url.path}"

    def new_id(self) -> UUID:
        """The id of what this request makes. It follows from the Idempotency-Key, where there is one: stored answers
        are forgotten after a month, and the same request then meets the stream that it made (decision 27).
        """
        if self._key is None:
            return uuid4()
        asked = f"{self._scope()} {self._key}".encode()
        return UUID(bytes=self.http.app.state.service.master_key.keyed_hash("id", asked)[:16], version=4)

    async def send(
        self,
        *steps: Step,
        also: tuple[Write, ...] = (),
        unique: Mapping[str, Refused] | None = None,
        locks: tuple[str, ...] = (),
        first: bool = False,
    ) -> CommandAnswer:
        """Runs the steps as one unit and answers for the last one, or for the first. Raises ProblemError."""
        done = await self.attempt(*steps, also=also, unique=unique, locks=locks)
        if isinstance(done, Refused):
            raise ProblemError(done)
        return self.answer(done, first=first)

    async def attempt(
        self,
        *steps: Step,
        also: tuple[Write, ...] = (),
        unique: Mapping[str, Refused] | None = None,
        locks: tuple[str, ...] = (),
    ) -> Done | Refused:
        """As `send`, with the refusal as a value: for routes that look something up again and decide again."""
        unit = Unit(
            steps=steps,
            actor=self.actor,
            expected=self.expected(),
            key=await self.key(),
            also=also,
            unique=unique or {},
            locks=locks,
        )
        outcome = await self.commands.run(unit)
        route = self.http.scope["route"].path
        metrics.COMMANDS.labels(route, outcome.code if isinstance(outcome, Refused) else "done").inc()
        return outcome

    def answer(self, done: Done, *, first: bool = False) -> CommandAnswer:
        """`first`: of several steps the one that the request names, which is also the one that If-Match is about."""
        told = done.results[0 if first else -1]
        self.response.headers["ETag"] = f'"{told.sequence}"'
        if done.repeated:
            self.response.headers["Idempotent-Replayed"] = "true"
        stream_id = UUID(told.stream[-36:])
        return CommandAnswer(id=stream_id, stream=told.stream, sequence=told.sequence, event_ids=list(told.event_ids))


Incoming = Annotated[CommandRequest, Depends()]


WaitFor = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z_]+-[0-9a-f-]{36}:[0-9]{1,9}$",
        description="`stream:sequence` of a command's answer: wait until the read knows it",
        examples=["case-0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11:3"],
    ),
]


async def until_applied(service: Running, subscription: str, wait_for: str | None) -> None:
    """Waits until the subscription has applied what a command answered; NOT_APPLIED after a few seconds."""
    if wait_for is None:
        return
    stream, _, sequence = wait_for.rpartition(":")
    try:
        await waiting.applied(service.pool, subscription, {stream: int(sequence)}, WAIT_SECONDS)
    except waiting.NotApplied as late:
        raise ProblemError(NOT_APPLIED) from late


class Page(BaseModel):
    """One page of a list: `next` is the cursor of the following one, absent on the last."""

    items: list[Any]
    next: str | None = None


Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page")]
"""Cursor pagination: rows are ordered by an id that never changes; the cursor is the last one seen."""
