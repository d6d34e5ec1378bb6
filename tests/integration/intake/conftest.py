"""Intake on real servers: its HTTP in this process, and made-up people with valid codes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from codicefiscale import codicefiscale as tables

from insieme_events import migrate, parameters, topics
from insieme_events.parameters import LIMITS
from insieme_events.service import Role, Running, create_app
from insieme_events.testing.agreements import published_limits
from insieme_intake.service import SERVICE, IntakeSettings
from insieme_local.provision import Provisioned

NUMBERS = count(1)
OMOCODIA = str.maketrans("0123456789", "LMNPQRSTUV")
CONSONANTS = "BCDFGHLMNPQRSTVZ"
RECEIVED = "2024-03-04"


@dataclass(frozen=True)
class Somebody:
    """A woman born in Bologna who exists nowhere else."""

    number: int

    @property
    def born(self) -> date:
        return date(1960 + self.number % 40, 1 + self.number % 12, 1 + self.number % 28)

    @property
    def codice_fiscale(self) -> str:
        letters = "".join(CONSONANTS[self.number // 16**place % 16] for place in range(6))
        head = f"{letters}{self.born:%y}{'ABCDEHLMPRST'[self.born.month - 1]}{self.born.day + 40}A944"
        return head + tables.encode_cin(head)

    @property
    def omocode(self) -> str:
        head = self.codice_fiscale[:12] + self.codice_fiscale[12:15].translate(OMOCODIA)
        return head + tables.encode_cin(head)

    @property
    def spelled(self) -> str:
        code = self.codice_fiscale.lower()
        return f"{code[:6]} {code[6:11]}-{code[11:]}"

    @property
    def last_name(self) -> str:
        return f"Esempietti{self.number:06d}"

    def application(self, *, codice_fiscale: str | None = None, **changes: Any) -> dict[str, Any]:
        """The body of an application, admissible on its day of receipt."""
        body = {
            "identity": {
                "first_name": "Canaria",
                "last_name": self.last_name,
                "codice_fiscale": codice_fiscale or self.codice_fiscale,
                "birth_date": self.born.isoformat(),
                "address": {"street": f"via dei Canarini {self.number}", "postal_code": "40100", "town": "Bologna"},
                "telephone": f"+39 051 9{self.number:06d}",
            },
            "channel_class": "self",
            "received_on": RECEIVED,
            "notice_version": "2024.1",
            "status": "disoccupato",
            "other_measure": {"kind": None},
            "comune": "037006",
            "quartiere": "navile",
            "basis": "residence",
            "gender": "female",
            "citizenship": "italian",
            "isced": "3",
        }
        return {**body, **changes}


@dataclass
class Intake:
    """The running service and a client of it."""

    service: Running
    client: httpx.AsyncClient

    async def post(self, path: str, status: int = 200, /, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
        """The answer's body, after its status was found to be the expected one."""
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(self, path: str, code: str, status: int, clause: str | None = None, /, **body: Any) -> None:
        """The command is refused as a problem with that code, status and clause."""
        answer = await self.client.post(path, json=body)
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert (answer.status_code, told["code"], told.get("clause")) == (status, code, clause), told

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def everything(self, path: str, key: str, limit: int, **query: Any) -> list[Any]:
        """The ids of every page of a list, in the order in which they came."""
        found: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=limit, **cursor, **query)
            found += [row[key] for row in page["items"]]
            assert len(page["items"]) <= limit
            if page["next"] is None:
                return found
            cursor = {"after": page["next"]}

    async def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.service.pool.connection() as connection:
            return await (await connection.execute(query.encode(), parameters)).fetchall()

    async def apply(self, somebody: Somebody, **changes: Any) -> dict[str, Any]:
        """Enrols; answers the body of the answer."""
        found: dict[str, Any] = await self.post("/v1/applications", 201, **somebody.application(**changes))
        return found

    async def command(self, case_id: str, path: str, status: int = 200, /, **body: Any) -> Any:
        return await self.post(f"/v1/cases/{case_id}/{path}", status, **body)

    async def in_charge(self, case_id: str) -> None:
        """Takes an enrolled case in charge, by the shortest way."""
        held = {"interview_id": str(uuid4()), "kind": "access", "interviewer_id": str(uuid4()), "on": "2024-03-11"}
        proof = {"status": "disoccupato", "evidence": "did", "evidence_on": "2024-03-08", "on": "2024-03-11"}
        await self.command(case_id, "hold-interview", **held)
        await self.command(case_id, "record-employment-status", **proof)
        await self.command(case_id, "assess-fragility", band="high", instrument_version="isf.2", on="2024-03-11")
        await self.command(case_id, "assess-eligibility", on="2024-03-12")
        await self.command(case_id, "take-in-charge", referent_id=str(uuid4()), on="2024-03-13")


STORED = """
select (select count(*) from events.events), (select count(*) from views.persons), (select count(*) from views.cases),
    (select count(*) from vault.identities), (select count(*) from events.idempotency)
"""


@pytest.fixture
def stored(intake: Intake) -> Callable[[], Awaitable[tuple[int, ...]]]:
    """How many events, persons, cases, identities and answers the database holds."""

    async def counted() -> tuple[int, ...]:
        return (await intake.rows(STORED))[0]

    return counted


@pytest.fixture
def somebody() -> Callable[[], Somebody]:
    """A factory of people, each another one."""
    return lambda: Somebody(next(NUMBERS))


def migrate_all(provisioned: Provisioned) -> None:
    migrate.upgrade_keys(provisioned.urls["keys_owner"])
    migrate.upgrade_service(provisioned.urls["intake_owner"], "intake", SERVICE.migrations)
    with psycopg.connect(provisioned.urls["intake_owner"]) as owner:
        for limits in published_limits():
            owner.execute(parameters.PUT, (LIMITS, limits.version, limits.valid_from, limits.model_dump_json()))


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    migrate_all(provisioned)
    return provisioned


@asynccontextmanager
async def running_intake(provisioned: Provisioned, role: Role = Role.HTTP, **changes: str) -> AsyncIterator[Intake]:
    environment = provisioned.environment("intake")
    values = {
        "kafka_bootstrap_servers": environment["KAFKA_BOOTSTRAP_SERVERS"],
        "topic_prefix": environment["INSIEME_TOPIC_PREFIX"].rstrip("."),
        "master_key_text": environment["INSIEME_MASTER_KEY"],
        "database_url": provisioned.urls["intake"],
        "database_url_keys": provisioned.urls["intake@keys"],
        **changes,
    }
    settings = IntakeSettings(pool_size=8, **values)  # type: ignore[arg-type]
    if role is Role.SERVE:
        await asyncio.to_thread(topics.apply, settings.kafka_bootstrap_servers, settings.topic_prefix)
    app = create_app(SERVICE, settings, role)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://intake"))
        yield Intake(app.state.service, client)


@pytest.fixture
async def intake(migrated: Provisioned) -> AsyncIterator[Intake]:
    """HTTP only, on the module's database."""
    async with running_intake(migrated) as running:
        yield running


@pytest.fixture
def intake_on() -> Callable[..., AbstractAsyncContextManager[Intake]]:
    """A factory: the service in a role, on a migrated set of databases, with settings of one's own."""
    return running_intake


@pytest.fixture
async def bare_intake(fresh_provisioned: Provisioned) -> AsyncIterator[Intake]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    await asyncio.to_thread(migrate_all, fresh_provisioned)
    async with running_intake(fresh_provisioned) as running:
        yield running
