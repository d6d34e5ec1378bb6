"""Training on real servers: its HTTP in this process, and what the other services would tell, event by event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events import migrate, parameters
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance import PartyRegistered, ProtocolSigned
from insieme_events.contracts.intake import ApplicationSubmitted, PersonTakenInCharge
from insieme_events.contracts.intake_interventions import (
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
)
from insieme_events.contracts.matching import PositionsReleased, PositionsReserved
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind, PartyRole
from insieme_events.decider import RefusalKind, Refused
from insieme_events.envelope import Stored
from insieme_events.in_charge import InChargeView
from insieme_events.reactions import Reaction
from insieme_events.service import Role, open_pool
from insieme_events.testing import databases
from insieme_events.testing.http import Served, served
from insieme_events.units import Answer
from insieme_events.vault import KeyVault
from insieme_local.provision import Provisioned
from insieme_training.reactions.interventions import LedgerAnswers
from insieme_training.reactions.reservations import ReservationAnswers
from insieme_training.service import SERVICE
from insieme_training.views.participations import flag

IN_CHARGE_SINCE = date(2021, 1, 10)
PLANS: dict[str, dict[str, Any]] = {
    "2a": {"module_kind": "italian"},
    "2b": {"profile": "5.3.1"},
    "2c": {"profile": "8.1.4", "demand_evidence": "needs-2021"},
}


@dataclass
class Training:
    """The running service, and what it hears from the others."""

    served: Served
    keys: KeyVault

    @property
    def commands(self) -> Any:
        return self.served.service.commands

    def stored(self, event: DomainEvent, sequence: int = 1) -> Stored:
        return Stored(uuid4(), f"told-{uuid4()}", sequence, datetime.now(UTC), event)

    async def hear(self, view: Any, *events: DomainEvent) -> None:
        """A view applies what another service published."""
        async with self.served.service.pool.connection() as connection:
            await view.apply(connection, [self.stored(event, number) for number, event in enumerate(events, 1)])

    async def tell(self, reaction: Reaction, event: DomainEvent) -> Answer | None:
        """A reaction handles what a service published, again where it is to be tried again; None: nothing to do."""
        answer: Answer | None = None
        for _ in range(30):
            unit = await reaction.react(self.stored(event))
            answer = None if unit is None else await self.commands.run(unit)
            if not isinstance(answer, Refused) or answer.kind is not RefusalKind.RETRY:
                return answer
            await asyncio.sleep(0.002)
        return answer

    async def persons(self, count: int, since: date = IN_CHARGE_SINCE) -> list[UUID]:
        """Persons whom intake knows and took in charge, each with a key."""
        found = [uuid4() for _ in range(count)]
        events: list[DomainEvent] = []
        for person in found:
            of_case = {"case_id": uuid4(), "person_id": person, "occurred_on": since}
            events.append(ApplicationSubmitted(**of_case, channel_class=ChannelClass.SELF))
            events.append(
                PersonTakenInCharge(
                    **of_case, referent_id=uuid4(), eligible_on=since, plan_due_on=since, agreement_version="2017.1"
                )
            )
        await self.hear(InChargeView(flag), *events)
        await self.keys.ensure(found, datetime.now(UTC))
        return found

    async def person(self) -> UUID:
        return (await self.persons(1))[0]

    async def sign(self, **associations: PartyRole) -> None:
        """A protocol in force with these parties."""
        protocol = uuid4()
        signed = ProtocolSigned(protocol_id=protocol, ends_on=date(2026, 3, 3), occurred_on=date(2021, 3, 3))
        parties = [
            PartyRegistered(protocol_id=protocol, party=party, role=role, occurred_on=date(2021, 3, 3))
            for party, role in associations.items()
        ]
        async with self.served.service.pool.connection() as connection:
            await parameters.write(connection, [signed, *parties])

    async def plan(self, strand: str = "2b", **changes: Any) -> UUID:
        """A course planned on 1 March 2021, from 1 April to 30 June."""
        body = {
            "strand": strand,
            "course_code": "oss",
            "hours": 60,
            "seats": 3,
            "starts_on": "2021-04-01",
            "ends_on": "2021-06-30",
            "on": "2021-03-01",
            **PLANS[strand],
            **changes,
        }
        return UUID((await self.served.post("/v1/courses", **body))["id"])

    async def reserve(self, course: UUID, positions: int = 2, on: date = date(2021, 3, 10)) -> PositionsReserved:
        """Positions asked for and kept; answers what matching told."""
        body: dict[str, Any] = {"source_kind": "vacancy", "source_id": str(uuid4()), "positions": positions}
        await self.served.post(f"/v1/courses/{course}/position-requests", **body, on="2021-03-02")
        asked = (await self.served.get(f"/v1/courses/{course}"))["reservations"]
        last = next(one for one in asked if one["source_id"] == body["source_id"])
        told = PositionsReserved(
            reservation_id=UUID(last["reservation_id"]),
            course_id=course,
            source_kind="vacancy",
            source_id=UUID(last["source_id"]),
            company_id=uuid4(),
            positions=positions,
            occurred_on=on,
        )
        await self.tell(ReservationAnswers(), told)
        return told

    async def release(self, reserved: PositionsReserved, left: int, on: date = date(2021, 4, 10)) -> Answer | None:
        told = reserved.model_dump(exclude={"positions", "company_id", "occurred_on"})
        return await self.tell(ReservationAnswers(), PositionsReleased(**told, positions=left, occurred_on=on))

    async def active(self, strand: str = "2b", **changes: Any) -> UUID:
        """A course that was activated on 15 March 2021."""
        course = await self.plan(strand, **changes)
        if strand == "2b":
            await self.reserve(course)
        await self.served.post(f"/v1/courses/{course}/activation", 200, on="2021-03-15")
        return course

    async def ask(self, course: UUID, person: UUID | None = None, on: str = "2021-03-20", **changes: Any) -> UUID:
        """A participation that was asked for, and not answered yet."""
        person = person or await self.person()
        body = {"course_id": str(course), "person_id": str(person), "on": on, **changes}
        return UUID((await self.served.post("/v1/participations", **body))["id"])

    async def confirm(self, participation: UUID, on: date = date(2021, 3, 22)) -> Answer | None:
        """Intake's ledger registers the intervention."""
        event = InterventionRegistered(**self.line(participation, on))
        return await self.tell(LedgerAnswers(self.served.service.pool), event)

    async def block(self, participation: UUID, on: date = date(2021, 3, 22)) -> Answer | None:
        event = InterventionOverlapDetected(**self.line(participation, on), overlaps=uuid4())
        return await self.tell(LedgerAnswers(self.served.service.pool), event)

    async def override(self, participation: UUID, on: date = date(2021, 3, 23)) -> Answer | None:
        event = OverlapOverridden(
            person_id=uuid4(),
            intervention_id=participation,
            reason=OverrideReason.DIFFERENT_GOAL,
            occurred_on=on,
        )
        return await self.tell(LedgerAnswers(self.served.service.pool), event)

    def line(self, participation: UUID, on: date) -> dict[str, Any]:
        return {
            "person_id": uuid4(),
            "intervention_id": participation,
            "kind": InterventionKind.VOCATIONAL_TRAINING,
            "party": "citta_metropolitana",
            "starts_on": date(2021, 4, 1),
            "ends_on": date(2021, 6, 30),
            "occurred_on": on,
        }

    async def enrolled(self, course: UUID, person: UUID | None = None, **changes: Any) -> UUID:
        one = await self.ask(course, person, **changes)
        await self.confirm(one)
        return one

    async def status(self, participation: UUID) -> str:
        found: str = (await self.served.get(f"/v1/participations/{participation}"))["status"]
        return found

    async def types(self, stream: str) -> list[str]:
        history = "select type from events.events where stream = %s order by version"
        return [kind for (kind,) in await self.served.rows(history, stream)]


def migrate_all(provisioned: Provisioned) -> None:
    migrate.upgrade_keys(provisioned.urls["keys_owner"])
    databases.upgraded(provisioned.urls["training_owner"], "training", SERVICE.migrations)


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    migrate_all(provisioned)
    return provisioned


@asynccontextmanager
async def running_training(provisioned: Provisioned, role: Role = Role.HTTP) -> AsyncIterator[Training]:
    environment: Mapping[str, str] = provisioned.environment("training")
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(served(SERVICE, environment, role))
        pool = await stack.enter_async_context(open_pool(provisioned.urls["intake@keys"], 2, "keys"))
        yield Training(running, KeyVault(pool, running.service.master_key))


@pytest.fixture
async def training(migrated: Provisioned) -> AsyncIterator[Training]:
    """HTTP only, on the module's database."""
    async with running_training(migrated) as running:
        yield running


@pytest.fixture
async def bare_training(fresh_provisioned: Provisioned) -> AsyncIterator[Training]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    await asyncio.to_thread(migrate_all, fresh_provisioned)
    async with running_training(fresh_provisioned) as running:
        yield running


@pytest.fixture
def training_on() -> Callable[..., Any]:
    return running_training
