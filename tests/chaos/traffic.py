"""Clients that go on sending commands, can be made to pause between two of them, and know what they were told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from tests.end_to_end.ledger import TIMEOUT, Client, Ledger, Traffic
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform

ERASED_EVERY = 5
"""One person of so many asks to be forgotten instead of going on, and another one has a long story."""
LONG = 12


@dataclass
class ChaosLedger(Ledger):
    """`erased` are the persons whose erasure was acknowledged."""

    erased: set[str] = field(default_factory=set)


@dataclass
class PausingClient(Client):
    """`ledger` holds what was acknowledged; while the gate is shut no new command begins."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0

    async def send(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        await self.gate.wait()
        self.under_way += 1
        try:
            return await super().send(service, path, body)
        finally:
            self.under_way -= 1

    async def forget(self, number: int) -> None:
        """A person who applies and then asks for the erasure of everything."""
        person = (await self.enrol(Someone(number)))["person_id"]
        await self.send("intake", f"/v1/persons/{person}/erasure", {"ground": "request", "on": "2024-03-11"})
        assert isinstance(self.ledger, ChaosLedger)
        self.ledger.erased.add(person)

    async def postpone(self, number: int, times: int) -> None:
        """A person whose interview is put off from day to day: one stream with many events."""
        case = (await self.enrol(Someone(number)))["case_id"]
        interview = {"interview_id": str(uuid4()), "kind": "access", "on": "2024-03-05"}
        for day in range(1, times + 1):
            interview["scheduled_for"] = f"2024-04-{day:02d}"
            await self.send("intake", f"/v1/cases/{case}/schedule-interview", interview)


@dataclass
class ChaosTraffic(Traffic):
    """Journeys, erasures, and long streams, from several clients at once."""

    async def work(self) -> None:
        client = self.client
        assert isinstance(client, PausingClient)
        while not self.stopping:
            number = next(self.numbers)
            if number % ERASED_EVERY == 0:
                await client.forget(number)
            elif number % ERASED_EVERY == 1:
                await client.postpone(number, LONG)
            else:
                await client.journey(number)

    async def pause(self, seconds: float) -> bool:
        """Lets every command that is under way be answered; whether all were within so many seconds."""
        client = self.client
        assert isinstance(client, PausingClient)
        client.gate.clear()
        end = asyncio.get_running_loop().time() + seconds
        while client.under_way:
            self.check()
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(0.02)
        return True

    def go_on(self) -> None:
        client = self.client
        assert isinstance(client, PausingClient)
        client.gate.set()

    def failure(self) -> BaseException | None:
        """What ended a client: an answer that it must not get, or no answer at all."""
        for task in self.tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                return error
        return None


@asynccontextmanager
async def chaos_traffic(platform: Platform, ledger: ChaosLedger, clients: int) -> AsyncIterator[ChaosTraffic]:
    """Commands from so many clients until the block ends, whatever state they are in then."""
    async with (
        httpx.AsyncClient(base_url=platform.url("intake"), timeout=TIMEOUT) as intake,
        httpx.AsyncClient(base_url=platform.url("matching"), timeout=TIMEOUT) as matching,
    ):
        client = PausingClient({"intake": intake, "matching": matching}, ledger)
        going = ChaosTraffic(client, itertools.count(1))
        going.go_on()
        going.tasks = [asyncio.create_task(going.work()) for _ in range(clients)]
        try:
            yield going
        finally:
            for task in going.tasks:
                task.cancel()
            await asyncio.gather(*going.tasks, return_exceptions=True)
