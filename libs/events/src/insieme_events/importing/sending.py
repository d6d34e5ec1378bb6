"""Rows on their way to a service: one request each, with a key that follows from the row, a bounded number at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from insieme_events.desk import Desk
from insieme_events.importing.kinds import Kind, Lookup
from insieme_events.importing.problems import Fault
from insieme_events.importing.values import Ready

PAUSES = (0.5, 1.5)
"""Seconds before each new try of what the service answers with 503: "not yet"."""
AWAY_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""The same where nobody answers; then the run stops, and the rest of the file is not sent."""
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


class Stopped(Exception):
    """Nobody answers any more. What was sent before is known; sending the file again finishes the rest."""


class Sender:
    """Sends rows of one kind. After `Stopped` was raised once, nothing is sent any more."""

    def __init__(self, client: httpx.AsyncClient, kind: Kind, *, dry: bool) -> None:
        self._client = client
        self._kind = kind
        self._dry = dry
        self._found: dict[tuple[str, str], asyncio.Task[str | None]] = {}
        self._columns = {column.path: column.name for column in kind.columns()}
        self.stopped: str | None = None

    async def judge(self, row: Ready) -> Judged:
        """What became of the row; never raises for what a service answers."""
        if self.stopped is not None:
            return Judged(Verdict.NOT_SENT, NOT_SENT)
        try:
            ids: dict[str, str] = {}
            for lookup, told in row.looked_up:
                found = await self._look_up(lookup, told)
                if found is None:
                    return Judged(Verdict.REFUSED, Fault(lookup.unknown, lookup.sentence, lookup.column.name))
                ids[lookup.fills] = found
            if self._dry:
                return Judged(Verdict.VALID)
            return await self._send(row, ids)
        except Stopped as why:
            self.stopped = str(why)
            return Judged(Verdict.NOT_SENT, NOT_SENT)

    async def _send(self, row: Ready, ids: Mapping[str, str]) -> Judged:
        headers = {"Idempotency-Key": idempotency_key(self._kind.name, row.key)}
        answer = await self._ask("POST", self._kind.path, headers=headers, json=row.json(ids))
        if answer.is_success:
            again = answer.headers.get("Idempotent-Replayed") == "true"
            told = str(answer.json().get(self._kind.told, ""))
            return Judged(Verdict.UNCHANGED if again else Verdict.IMPORTED, None, told)
        fault = self._refusal(answer)
        if fault.code in self._kind.recorded:
            return Judged(Verdict.UNCHANGED)
        return Judged(Verdict.REFUSED, CHANGED if fault.code == KEY_REUSED else fault)

    def _refusal(self, answer: httpx.Response) -> Fault:
        problem = _problem(answer)
        code = str(problem.get("code") or f"http.{answer.status_code}")
        said = str(problem.get("detail") or "The service gave no reason.")
        if clause := problem.get("clause"):
            said += f" ({clause})"
        columns = []
        for error in problem.get("errors") or []:
            path = tuple(str(error.get("pointer", "")).removeprefix("/body/").split("/"))
            if path in self._columns:
                columns.append(self._columns[path])
        return Fault(code, said, ", ".join(columns))

    async def _look_up(self, lookup: Lookup, told: str) -> str | None:
        """Each record is asked for once, however many rows name it."""
        wanted = (lookup.column.name, told)
        if wanted not in self._found:
            self._found[wanted] = asyncio.create_task(self._find(lookup, told))
        return await self._found[wanted]

    async def _find(self, lookup: Lookup, told: str) -> str | None:
        answer = await self._ask("GET", lookup.path, params={lookup.parameter: told})
        items = answer.json()["items"] if answer.is_success else []
        return str(items[0][lookup.id_field]) if len(items) == 1 else None

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
                if answer.status_code != 503 or (code not in NOBODY and code is not None and not later):
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


def client_of(desk: Desk, at_once: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    return httpx.AsyncClient(base_url=desk.base, headers=desk.actor, timeout=desk.patience, limits=limits)


def _problem(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_success or "json" not in answer.headers.get("content-type", ""):
        return {}
    told = answer.json()
    return told if isinstance(told, dict) else {}
