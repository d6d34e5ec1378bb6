"""A client that sends commands until they are answered, and its own ledger of what was acknowledged.

What has no answer (refused connections, time-outs, 503) is sent again with the same Idempotency-Key.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from tests.end_to_end.people import Someone, company
from tests.end_to_end.platform import Platform

PATIENCE = 120.0
"""Seconds after which a command that nobody answers is a failure."""
TIMEOUT = 4.0
NOT_THERE_YET = {"matching.not_in_charge"}
"""Refusals that only say that matching has not yet heard what intake has acknowledged."""


@dataclass(frozen=True)
class Acknowledged:
    """A command that was answered, with where its effect stands."""

    path: str
    stream: str
    sequence: int
    event_ids: tuple[UUID, ...]
    attempts: int

    def events(self) -> Iterator[tuple[UUID, tuple[str, int]]]:
        first = self.sequence - len(self.event_ids) + 1
        for number, event_id in enumerate(self.event_ids, start=first):
            yield event_id, (self.stream, number)


@dataclass
class Ledger:
    """What the client was told; nothing in it comes from the platform's own stores."""

    entries: list[Acknowledged] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)
    persons: int = 0
    placements: int = 0

    def note(self, path: str, told: dict[str, Any], attempts: int) -> None:
        """Writes down an answer that says where the command's effect stands."""
        ids = tuple(UUID(one) for one in told["event_ids"])
        self.entries.append(Acknowledged(path, told["stream"], told["sequence"], ids, attempts))

    def events(self) -> dict[UUID, tuple[str, int]]:
        """Stream and sequence of every acknowledged event."""
        return dict(pair for entry in self.entries for pair in entry.events())

    def streams(self) -> dict[str, int]:
        """Per stream the last sequence that was acknowledged."""
        found: dict[str, int] = {}
        for entry in self.entries:
            found[entry.stream] = max(found.get(entry.stream, 0), entry.sequence)
        return found


class Unexpected(AssertionError):
    """An answer that a client that did nothing wrong must not get."""


@dataclass
class Client:
    """Sends commands of all services and keeps the ledger."""

    services: Mapping[str, httpx.AsyncClient]
    ledger: Ledger

    async def send(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sends until it is answered. Raises Unexpected for any refusal."""
        client = self.services[service]
        headers = {"Idempotency-Key": str(uuid4())}
        deadline = asyncio.get_running_loop().time() + PATIENCE
        for attempt in itertools.count(1):
            if asyncio.get_running_loop().time() > deadline:
                raise Unexpected(f"{service} {path}: no answer within {PATIENCE} s")
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.TransportError as error:
                self.ledger.repeats[type(error).__name__] += 1
                await asyncio.sleep(0.25)
                continue
            told: dict[str, Any] = answer.json()
            if answer.is_success:
                self.ledger.note(path, told, attempt)
                return told
            if answer.status_code != 503 and told["code"] not in NOT_THERE_YET:
                raise Unexpected(f"{service} {path}: {answer.status_code} {answer.text}")
            self.ledger.repeats[f"{answer.status_code} {told['code']}"] += 1
            await asyncio.sleep(0.25)
        raise AssertionError

    async def enrol(self, someone: Someone) -> dict[str, Any]:
        told = await self.send("intake", "/v1/applications", someone.application())
        self.ledger.persons += 1
        return told

    async def journey(self, number: int) -> dict[str, Any]:
        """A person from the application to a plan, a company from its registration to a placement of that person."""
        told = await self.enrol(Someone(number))
        person_id, case = told["person_id"], f"/v1/cases/{told['case_id']}"
        access = {"interview_id": str(uuid4()), "kind": "access"}
        worker = str(uuid4())
        for path, body in (
            ("schedule-interview", {**access, "scheduled_for": "2024-03-11", "on": "2024-03-05"}),
            ("hold-interview", {**access, "interviewer_id": worker, "on": "2024-03-11"}),
            ("assess-fragility", {"band": "high", "instrument_version": "2024.1", "on": "2024-03-11"}),
            ("assess-eligibility", {"on": "2024-03-12"}),
            ("assess-suitability", {"outcome": "in_target", "assessor_id": worker, "on": "2024-03-12"}),
            ("take-in-charge", {"referent_id": worker, "on": "2024-03-13"}),
            ("agree-plan", {"ready_for": "placement", "on": "2024-03-20"}),
        ):
            await self.send("intake", f"{case}/{path}", body)
        await self._placement(person_id, number)
        return told

    async def _placement(self, person_id: str, number: int) -> None:
        company_id = (await self.send("matching", "/v1/companies", company(number)))["id"]
        await self.send("matching", f"/v1/companies/{company_id}/contacts", {"kind": "visit", "on": "2024-03-06"})
        vacancy = {"company_id": company_id, "profile": "8.1.4", "positions": 5, "comune": "037006", "on": "2024-03-14"}
        vacancy_id = (await self.send("matching", "/v1/vacancies", vacancy))["id"]
        await self.send("matching", f"/v1/vacancies/{vacancy_id}/selections", {"on": "2024-03-15"})
        chosen = {"vacancy_id": vacancy_id, "person_id": person_id, "on": "2024-03-18"}
        candidacy = f"/v1/candidacies/{(await self.send('matching', '/v1/candidacies', chosen))['id']}"
        for path, on in (("presentation", "2024-03-19"), ("interview", "2024-03-20"), ("acceptance", "2024-03-21")):
            await self.send("matching", f"{candidacy}/{path}", {"on": on})
        start = {
            "person_id": person_id,
            "company_id": company_id,
            "vacancy_id": vacancy_id,
            "starts_on": "2024-04-02",
            "ends_on": "2024-09-30",
            "contract_type": "A.02.00",
            "working_time": "full",
            "comune": "037006",
            "entry_kind": "re_entry",
        }
        employment_id = (await self.send("matching", "/v1/employments", start))["id"]
        self.ledger.placements += 1
        await self.send("matching", f"/v1/employments/{employment_id}/extensions", {"ends_on": "2024-12-31"})


@asynccontextmanager
async def client_of(platform: Platform, ledger: Ledger) -> AsyncIterator[Client]:
    """A client of intake and matching, in whichever process their HTTP runs."""
    async with AsyncExitStack() as stack:
        clients = {}
        for name in ("intake", "matching"):
            known = name if name in platform.services else f"{name}-http"
            if known in platform.services:
                made = httpx.AsyncClient(base_url=platform.url(known), timeout=TIMEOUT)
                clients[name] = await stack.enter_async_context(made)
        yield Client(clients, ledger)


@dataclass
class Traffic:
    """Several clients at once that go on from journey to journey."""

    client: Client
    numbers: Iterator[int]
    stopping: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def work(self) -> None:
        while not self.stopping:
            await self.client.journey(next(self.numbers))

    async def more(self, commands: int) -> None:
        """Returns when so many more commands are acknowledged. Raises what ended a client."""
        goal = len(self.client.ledger.entries) + commands
        async with asyncio.timeout(PATIENCE):
            while len(self.client.ledger.entries) < goal:
                self.check()
                await asyncio.sleep(0.02)

    def check(self) -> None:
        for task in self.tasks:
            if task.done():
                task.result()


@asynccontextmanager
async def traffic(platform: Platform, ledger: Ledger, clients: int = 4, first: int = 1) -> AsyncIterator[Traffic]:
    """Commands from so many clients for as long as the block runs; at its end each finishes its journey."""
    async with client_of(platform, ledger) as client:
        going = Traffic(client, itertools.count(first))
        going.tasks = [asyncio.create_task(going.work()) for _ in range(clients)]
        try:
            yield going
            going.stopping = True
            await asyncio.gather(*going.tasks)
        finally:
            for task in going.tasks:
                task.cancel()
            await asyncio.gather(*going.tasks, return_exceptions=True)
