"""Matching on real servers: its HTTP in this process, and intake's topic fed by a recorder of case events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from insieme_events import migrate, store
from insieme_events.applying import BatchHandler
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    ApplicationSubmitted,
    CaseClosed,
    CaseEvent,
    ExitState,
    PersonTakenInCharge,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import Refused
from insieme_events.envelope import Stored, opened
from insieme_events.in_charge import InChargeView
from insieme_events.parameters import PUT
from insieme_events.reactions import Reaction
from insieme_events.service import Role, Running, create_app, open_pool
from insieme_events.testing import databases
from insieme_events.testing.agreements import published, published_limits
from insieme_events.transaction import keys_to_open
from insieme_events.units import Done, Step, Unit
from insieme_events.vault import KeyVault, MasterKey
from insieme_local.provision import Provisioned
from insieme_matching.service import SERVICE, MatchingSettings
from insieme_matching.testing import ACTOR
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
    provisioned: Provisioned

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

    async def refused(self, path: str, code: str, clause: str | None = None, **body: Any) -> dict[str, Any]:
        """Posts what must be refused with that code and clause."""
        answer = await self.client.post(path, json=body)
        found: dict[str, Any] = answer.json()
        assert answer.is_error, answer.text
        assert (found["code"], found.get("clause")) == (code, clause), answer.text
        return found

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
        return (await self.persons(1))[0]

    async def persons(self, count: int) -> list[UUID]:
        """So many persons in charge since 10 January 2021, each with the key that intake made."""
        cases = [Case(uuid4(), uuid4()) for _ in range(count)]
        found = [case.person_id for case in cases]
        await self.hear(*(event for case in cases for event in (case.applied(), case.taken_in_charge())))
        async with self.intakes_keys() as keys:
            await keys.ensure(found, datetime.now(UTC))
        return found

    @asynccontextmanager
    async def intakes_keys(self) -> AsyncIterator[KeyVault]:
        """The key database as intake has it."""
        async with open_pool(self.provisioned.urls["intake@keys"], 1, "test-keys") as pool:
            yield KeyVault(pool, MasterKey.from_base64(self.provisioned.common["INSIEME_MASTER_KEY"]))

    async def react(self, reaction: Reaction, event: DomainEvent) -> Done | Refused | None:
        """What the service does when it is told of an event, without Kafka; None where it is not concerned."""
        stored = Stored(uuid4(), f"told-{uuid4()}", 1, datetime.now(UTC), event)
        unit = await reaction.react(stored)
        return None if unit is None else await self.service.commands.run(unit)

    async def told(self, view: BatchHandler, *events: DomainEvent) -> None:
        """Applies events of another service to a view, without Kafka."""
        now = datetime.now(UTC)
        stored = [Stored(uuid4(), f"told-{uuid4()}", 1, now, event) for event in events]
        async with self.service.pool.connection() as connection:
            await view.apply(connection, stored)

    async def events(self, stream: str) -> list[Stored]:
        """The events of a stream as the store has them, opened."""
        async with self.service.pool.connection() as connection:
            loaded = await store.load(connection, [stream])
            keys = await keys_to_open(self.service.commands.edge, loaded)
        return [opened(record, "matching", keys) for record in loaded[stream]]

    async def run(self, *steps: Step, locks: tuple[str, ...] = ()) -> Done | Refused:
        return await self.service.commands.run(Unit(steps, ACTOR, locks=locks))

    async def run_all(self, steps: Sequence[Step]) -> None:
        """Each step a unit, in one transaction; all of them must be done."""
        answers = await self.service.commands.run_all([Unit((step,), ACTOR) for step in steps])
        assert all(isinstance(answer, Done) for answer in answers), answers

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
    prepare(provisioned)
    return provisioned


def prepare(provisioned: Provisioned) -> None:
    """Matching's database and the keys', with the agreement and the legal limits as governance would tell them."""
    owner = provisioned.urls["matching_owner"]
    databases.upgraded(owner, "matching", SERVICE.migrations)
    migrate.upgrade_keys(provisioned.urls["keys_owner"])
    versions = [("agreement", one.version, one.valid_from, one.model_dump_json()) for one in published()]
    versions += [("legal_limits", one.version, one.valid_from, one.model_dump_json()) for one in published_limits()]
    with psycopg.connect(owner) as connection, connection.cursor() as cursor:
        cursor.executemany(PUT, versions)


@asynccontextmanager
async def running_matching(provisioned: Provisioned, role: Role) -> AsyncIterator[Matching]:
    environment = provisioned.environment("matching")
    settings = MatchingSettings(
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        topic_prefix=environment["INSIEME_TOPIC_PREFIX"].rstrip("."),
        master_key_text=environment["INSIEME_MASTER_KEY"],
        database_url=provisioned.urls["matching"],
        database_url_keys=provisioned.urls["matching@keys"],
        pool_size=8,
    )
    app = create_app(SERVICE, settings, role)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://matching"))
        yield Matching(app.state.service, client, provisioned)


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
    await asyncio.to_thread(prepare, fresh_provisioned)
    async with running_matching(fresh_provisioned, Role.HTTP) as running:
        yield running
