"""Matching on real servers: its HTTP in this process, and intake's topic fed by a recorder of case events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from insieme_events import migrate
from insieme_events.contracts.intake import (
    ApplicationSubmitted,
    CaseClosed,
    CaseEvent,
    ExitState,
    PersonTakenInCharge,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.envelope import Stored
from insieme_events.in_charge import InChargeView
from insieme_events.service import Role, Running, create_app
from insieme_local.provision import Provisioned
from insieme_matching.service import SERVICE, MatchingSettings
from insieme_matching.views import employments

TAKEN = date(2021, 1, 10)


@dataclass
class Case:
    """A case as intake tells of it, event by event."""

    case_id: UUID
    person_id: UUID

    def applied(self, on: date = date(2020, 12, 1)) -> ApplicationSubmitted:
        return ApplicationSubmitted(
            case_id=self.case_id, person_id=self.person_id, occurred_on=on, channel_class=ChannelClass.SELF
        )

    def taken_in_charge(self, on: date = TAKEN) -> PersonTakenInCharge:
        return PersonTakenInCharge(
            case_id=self.case_id,
            person_id=self.person_id,
            occurred_on=on,
            referent_id=uuid4(),
            eligible_on=on,
            plan_due_on=on,
            agreement_version="2017.1",
        )

    def closed(self, on: date) -> CaseClosed:
        return CaseClosed(
            case_id=self.case_id, person_id=self.person_id, occurred_on=on, exit_state=ExitState.TEMPORARY_WORK
        )


@dataclass
class Matching:
    """The running service and a client of it."""

    service: Running
    client: httpx.AsyncClient

    async def post(self, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
        return await self.send("POST", path, status, body)

    async def send(self, method: str, path: str, status: int, body: Any, **headers: str) -> dict[str, Any]:
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.service.pool.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def hear(self, *events: CaseEvent) -> None:
        """Applies what intake would have told, without Kafka."""
        async with self.service.pool.connection() as connection:
            await InChargeView(changed=employments.flag).apply(connection, self.stored(*events))

    @staticmethod
    def stored(*events: CaseEvent) -> list[Stored]:
        now = datetime.now(UTC)
        return [Stored(uuid4(), f"case-{event.case_id}", n, now, event) for n, event in enumerate(events, start=1)]

    async def person(self) -> UUID:
        """Somebody in charge since 10 January 2021."""
        case = Case(uuid4(), uuid4())
        await self.hear(case.applied(), case.taken_in_charge())
        return case.person_id

    async def company(self) -> UUID:
        company = await self.post("/v1/companies", **registration())
        return UUID(company["id"])

    async def vacancy(self, company_id: UUID, positions: int = 1) -> UUID:
        opened = await self.post(
            "/v1/vacancies",
            company_id=str(company_id),
            profile="8.1.4",
            positions=positions,
            comune="037006",
            on="2021-02-01",
        )
        return UUID(opened["id"])


def registration(**changes: Any) -> dict[str, Any]:
    body = {
        "name": "Officine Esempio",
        "partita_iva": partita_iva(),
        "size": "small",
        "ateco_version": "ateco_2007",
        "ateco_section": "C",
        "comune": "037006",
        "on": "2021-01-04",
    }
    return {**body, **changes}


def placement(person_id: UUID, company_id: UUID, **changes: Any) -> dict[str, Any]:
    body = {
        "person_id": str(person_id),
        "company_id": str(company_id),
        "starts_on": "2021-03-01",
        "ends_on": "2021-05-31",
        "contract_type": "A.02.00",
        "working_time": "full",
        "comune": "037006",
        "entry_kind": "re_entry",
    }
    return {**body, **changes}


def partita_iva() -> str:
    """Ten random digits and the one that checks them, worked out from the other side: the total must end in zero."""
    digits = [int(digit) for digit in f"{uuid4().int % 10**10:010d}"]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return "".join(map(str, digits)) + str(-total % 10)


@pytest.fixture
def new_case() -> Callable[[], Case]:
    return lambda: Case(uuid4(), uuid4())


@pytest.fixture
def new_registration() -> Callable[..., dict[str, Any]]:
    return registration


@pytest.fixture
def new_placement() -> Callable[..., dict[str, Any]]:
    return placement


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    migrate.upgrade_service(provisioned.urls["matching_owner"], "matching", SERVICE.migrations)
    return provisioned


@asynccontextmanager
async def running_matching(provisioned: Provisioned, role: Role) -> AsyncIterator[Matching]:
    environment = provisioned.environment("matching")
    settings = MatchingSettings(
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        topic_prefix=environment["INSIEME_TOPIC_PREFIX"].rstrip("."),
        master_key_text=environment["INSIEME_MASTER_KEY"],
        database_url=provisioned.urls["matching"],
        pool_size=8,
    )
    app = create_app(SERVICE, settings, role)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://matching"))
        yield Matching(app.state.service, client)


@pytest.fixture
async def matching(migrated: Provisioned) -> AsyncIterator[Matching]:
    """HTTP only, on the module's database."""
    async with running_matching(migrated, Role.HTTP) as running:
        yield running


@pytest.fixture
def matching_on() -> Callable[[Provisioned, Role], AbstractAsyncContextManager[Matching]]:
    """A factory: the service in a role, on a migrated set of databases."""
    return running_matching


@pytest.fixture
async def bare_matching(fresh_provisioned: Provisioned) -> AsyncIterator[Matching]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    owner = fresh_provisioned.urls["matching_owner"]
    await asyncio.to_thread(migrate.upgrade_service, owner, "matching", SERVICE.migrations)
    async with running_matching(fresh_provisioned, Role.HTTP) as running:
        yield running
