"""Rows on their way to a service: a command each, with a key that follows from the row, many of them in a request."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
import orjson

from insieme_events.desk import Desk
from insieme_events.importing.kinds import Kind, Lookup
from insieme_events.importing.problems import Fault
from insieme_events.importing.values import Ready

PAUSES = (0.5, 1.5)
"""Seconds before each new try of what the service answers with 503: "not yet"."""
AWAY_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""The same where nobody answers; then the run stops, and the rest of the file is not sent."""
NOT_NOW = 503
VOIDED = "voided"
"""The status of what was recorded by mistake, and is not meant by any row."""
MANY = "/v1/commands"
JSON = {"Content-Type": "application/json"}
NOBODY = frozenset({"events.database_away", "events.store_moved", "events.store_behind"})
KEY_REUSED = "events.idempotency_key_reused"
CHANGED = Fault(
    "import.row_changed",
    "This row_key was imported before with other values, and what was imported stands. Take the change back and make it"
    " in the service, or give a new row a row_key of its own.",
)
NOT_SENT = Fault("import.not_sent", "The service stopped answering before this row: send the file again.")


class Verdict(StrEnum):
    """IMPORTED now, UNCHANGED: it was there; VALID: a dry run found nothing against it."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    VALID = "valid"
    REFUSED = "refused"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    fault: Fault | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service said to one command, in a request of its own or among others."""

    status: int
    body: Any
    replayed: bool


class Stopped(Exception):
    """Nobody answers any more. What was sent before is known; sending the file again finishes the rest."""


class Sender:
    """Sends rows of one kind. After `Stopped` was raised once, nothing is sent any more."""

    def __init__(self, client: httpx.AsyncClient, kind: Kind, *, dry: bool) -> None:
        self._client = client
        self._kind = kind
        self._dry = dry
        self._found: dict[tuple[str, ...], asyncio.Future[str | None]] = {}
        self._columns = {column.path: column.name for column in kind.columns()}
        self.stopped: str | None = None

    async def judge(self, rows: Sequence[Ready]) -> list[Judged]:
        """What became of each of the rows, of which no two exclude each other; never raises for what a service answers.

        They are sent as one request. What it cannot answer, and what is "not yet", is asked for one by one.
        """
        judged: dict[int, Judged] = {}
        commands: dict[int, tuple[str, dict[str, Any]]] = {}
        found = await asyncio.gather(*(self._ids(row) for row in rows))
        for place, (row, ids) in enumerate(zip(rows, found, strict=True)):
            if isinstance(ids, Judged):
                judged[place] = ids
            elif self._dry:
                judged[place] = Judged(Verdict.VALID)
            else:
                commands[place] = self._kind.command(row.json(ids))
        for place, answer in (await self._send_together(rows, commands)).items():
            judged[place] = self._verdict(answer)
        for place in sorted(commands.keys() - judged.keys()):
            judged[place] = await self._send(rows[place], *commands[place])
        for place, (row, ids) in enumerate(zip(rows, found, strict=True)):
            if isinstance(ids, dict) and judged[place].verdict is Verdict.IMPORTED:
                self._remember(row, ids, judged[place].id)
        return [judged[place] for place in range(len(rows))]

    async def _ids(self, row: Ready) -> dict[str, str] | Judged:
        ids: dict[str, str] = {}
        try:
            if self.stopped is not None:
                raise Stopped(self.stopped)
            for lookup, told in row.looked_up:
                if self._dry and lookup.in_the_file:
                    continue
                found = await self._look_up(lookup, _question(lookup, told, ids))
                if found is None:
                    return Judged(Verdict.REFUSED, Fault(lookup.unknown, lookup.sentence, lookup.told_by))
                ids[lookup.fills] = found
        except Stopped as why:
            return self._stop(why)
        return ids

    async def _send_together(
        self, rows: Sequence[Ready], commands: Mapping[int, tuple[str, dict[str, Any]]]
    ) -> dict[int, Reply]:
        """The answers by place; none for what is to be asked for again, one by one."""
        if len(commands) < 2 or self.stopped is not None:
            return {}
        told = [
            {"path": path, "key": idempotency_key(self._kind.name, rows[place].key), "body": body}
            for place, (path, body) in commands.items()
        ]
        try:
            answer = await self._client.post(MANY, content=orjson.dumps({"commands": told}), headers=JSON)
        except httpx.TransportError:
            return {}
        if answer.status_code != httpx.codes.OK:
            return {}
        replies = [Reply(one["status"], one["body"], replayed=one["replayed"]) for one in answer.json()["answers"]]
        return {place: reply for place, reply in zip(commands, replies, strict=True) if reply.status != NOT_NOW}

    async def _send(self, row: Ready, path: str, body: Any) -> Judged:
        headers = {**JSON, "Idempotency-Key": idempotency_key(self._kind.name, row.key)}
        try:
            answer = await self._ask("POST", path, headers=headers, content=orjson.dumps(body))
        except Stopped as why:
            return self._stop(why)
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        told = answer.json() if answer.is_success else _problem(answer)
        return self._verdict(Reply(answer.status_code, told, replayed=replayed))

    def _stop(self, why: Stopped) -> Judged:
        self.stopped = str(why)
        return Judged(Verdict.NOT_SENT, NOT_SENT)

    def _verdict(self, answer: Reply) -> Judged:
        told = answer.body if isinstance(answer.body, dict) else {}
        if httpx.codes.is_success(answer.status):
            nothing_new = answer.replayed or told.get("event_ids") == []
            verdict = Verdict.UNCHANGED if nothing_new else Verdict.IMPORTED
            return Judged(verdict, None, str(told.get(self._kind.told, "")))
        fault = self._refusal(answer.status, told)
        if fault.code in self._kind.recorded:
            return Judged(Verdict.UNCHANGED)
        return Judged(Verdict.REFUSED, CHANGED if fault.code == KEY_REUSED else fault)

    def _refusal(self, status: int, problem: Mapping[str, Any]) -> Fault:
        code = str(problem.get("code") or f"http.{status}")
        said = str(problem.get("detail") or "The service gave no reason.")
        if clause := problem.get("clause"):
            said += f" ({clause})"
        columns = []
        for error in problem.get("errors") or []:
            path = tuple(str(error.get("pointer", "")).removeprefix("/body/").split("/"))
            if path in self._columns:
                columns.append(self._columns[path])
        return Fault(code, said, ", ".join(columns))

    async def _look_up(self, lookup: Lookup, told: Mapping[str, str]) -> str | None:
        """Each record is asked for once, however many rows name it, until it is found."""
        wanted = (lookup.path, *told.values())
        if wanted not in self._found:
            self._found[wanted] = asyncio.create_task(self._find(lookup, told))
        found = await self._found[wanted]
        if found is None and lookup.in_the_file:
            self._found.pop(wanted, None)
        return found

    def _remember(self, row: Ready, ids: Mapping[str, str], made: str) -> None:
        """What was made just now is not asked for; of two that answer one question, the service is asked."""
        for lookup, told in row.makes:
            wanted = (lookup.path, *_question(lookup, told, ids).values())
            if wanted in self._found:
                del self._found[wanted]
            else:
                self._found[wanted] = asyncio.get_running_loop().create_future()
                self._found[wanted].set_result(made)

    async def _find(self, lookup: Lookup, told: Mapping[str, str]) -> str | None:
        answer = await self._ask("GET", lookup.path, params=dict(told))
        items = answer.json()["items"] if answer.is_success else []
        living = [item for item in items if item.get("status") != VOIDED]
        return str(living[0][lookup.id_field]) if len(living) == 1 else None

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Asks until there is an answer that stands. Raises Stopped."""
        later, away = list(PAUSES), list(AWAY_PAUSES)
        while True:
            if self.stopped is not None:
                raise Stopped(self.stopped)
            try:
                answer = await self._client.request(method, path, **options)
            except httpx.TransportError as gone:
                said = f"the service does not answer at {self._client.base_url} ({type(gone).__name__})"
            else:
                code = _problem(answer).get("code")
                if answer.status_code != NOT_NOW or (code not in NOBODY and code is not None and not later):
                    return answer
                if code not in NOBODY and code is not None:
                    await asyncio.sleep(later.pop(0))
                    continue
                said = f"{self._client.base_url} answers that it cannot work now ({code or answer.status_code})"
            if not away:
                raise Stopped(said)
            await asyncio.sleep(away.pop(0))


def idempotency_key(kind: str, row_key: str) -> str:
    """The same row of whichever file has the same key: a repetition is answered from the first answer."""
    return f"import-{kind}-{hashlib.sha256(row_key.encode()).hexdigest()[:40]}"


def _question(lookup: Lookup, told: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the query; what was found before may be one of them."""
    return {name: str(ids.get(column, told[name])) for name, column in lookup.parameters.items()}


def client_of(desk: Desk, at_once: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    return httpx.AsyncClient(base_url=desk.base, headers=desk.actor, timeout=desk.patience, limits=limits)


def _problem(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_success or "json" not in answer.headers.get("content-type", ""):
        return {}
    told = answer.json()
    return told if isinstance(told, dict) else {}
