"""Funding on real servers: its HTTP in this process, and what other services would have told it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from insieme_events.commands import Answer, Done, Step, Unit
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_projects import AccompanimentOutcome
from insieme_events.contracts.governance_plan import (
    Ceiling,
    CompanyJoinedBoard,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
    WorkPlanAmendmentRejected,
    WorkPlanApproved,
)
from insieme_events.contracts.intake import ApplicationSubmitted, PersonTakenInCharge
from insieme_events.contracts.matching import EntryKind, PlacementStarted, PlacementVoided, PlacementVoidReason
from insieme_events.contracts.vocabulary import ChannelClass, ContractClass, Strand, WorkingTime
from insieme_events.decider import RefusalKind, Refused
from insieme_events.envelope import Stored
from insieme_events.in_charge import InChargeView
from insieme_events.reactions import Reaction
from insieme_events.testing import databases
from insieme_events.testing.http import Served, served
from insieme_funding import steps, testing
from insieme_funding.aggregates import DECISIONS, PROJECTS
from insieme_funding.gates import budget_id
from insieme_funding.project import ApproveProject, CloseAccompaniment, EvaluateProject, StartAccompaniment
from insieme_funding.reactions.placements import FollowingPlacements
from insieme_funding.reactions.plan import FollowingPlan
from insieme_funding.service import SERVICE
from insieme_funding.views.told import BoardView
from insieme_local.provision import Provisioned

B3, A3, B2 = Strand.SOCIAL_INNOVATION, Strand.SELF_ENTERPRISE, Strand.TRAINING_TARGETED
P = TypeVar("P", bound=DomainEvent)
PARTIES = ("citta_metropolitana", "comune_bologna", "fondazione_san_petronio")
DAY = date(2022, 5, 20)


def stored(event: DomainEvent, stream: str = "told", sequence: int = 1) -> Stored:
    return Stored(uuid4(), stream, sequence, datetime.now(UTC), event)


def ceilings(*rows: tuple[str, Strand, int]) -> tuple[Ceiling, ...]:
    return tuple(Ceiling(source=source, strand=strand, amount=amount) for source, strand, amount in rows)


@dataclass
class Fund:
    """The running service with a client, its neighbours' voices, and a short way to what most tests need."""

    served: Served
    year: int = 2022
    committees: dict[str, tuple[UUID, list[UUID]]] = field(default_factory=dict)

    async def told(self, reaction: Reaction, event: DomainEvent) -> None:
        """Runs a reaction as its subscription would: until it is not asked to try again."""
        while True:
            unit = await reaction.react(stored(event))
            answer = Done(()) if unit is None else await self.served.service.commands.run(unit)
            if isinstance(answer, Refused) and answer.kind is RefusalKind.RETRY:
                continue
            assert isinstance(answer, Done), answer
            return

    def plan(self) -> FollowingPlan:
        return FollowingPlan(self.served.service.pool, self.served.service.clock)

    def placements(self) -> FollowingPlacements:
        return FollowingPlacements(self.served.service.pool, self.served.service.clock)

    async def approve_plan(self, year: int, *rows: tuple[str, Strand, int]) -> None:
        await self.told(self.plan(), of_plan(WorkPlanApproved, year, date(year, 1, 10), *rows))

    async def propose(self, year: int, amendment_id: UUID, *rows: tuple[str, Strand, int]) -> None:
        event = of_plan(WorkPlanAmendmentProposed, year, date(year, 6, 1), *rows, amendment_id=amendment_id)
        await self.told(self.plan(), event)

    async def amend_plan(self, year: int, amendment_id: UUID, *rows: tuple[str, Strand, int]) -> None:
        event = of_plan(WorkPlanAmended, year, date(year, 6, 10), *rows, amendment_id=amendment_id)
        await self.told(self.plan(), event)

    async def leave_plan(self, year: int, amendment_id: UUID, on: date) -> None:
        """The proposed amendment is not adopted."""
        rejected = WorkPlanAmendmentRejected(year=year, amendment_id=amendment_id, occurred_on=on)
        await self.told(self.plan(), rejected)

    async def set_budget(self, source: str, year: int = 2022, borne_by: str = "comune_bologna", **lines: int) -> UUID:
        told = [{"strand": name.removeprefix("s"), "amount": amount} for name, amount in lines.items()]
        body: dict[str, Any] = {
            "year": year,
            "source": source,
            "borne_by": borne_by,
            "lines": told,
            "on": f"{year}-01-20",
        }
        await self.served.post("/v1/budgets", **body)
        return budget_id(year, source)

    async def budget(self, source: str, year: int = 2022, **lines: int) -> UUID:
        """A source of its own with a plan and a budget of these lines."""
        async with self.served.service.pool.connection() as connection:
            await connection.execute("insert into views.plans (year) values (%s) on conflict do nothing", (year,))
            for name, amount in lines.items():
                await connection.execute(
                    "insert into views.plan_ceilings (year, source, strand, amount) values (%s, %s, %s, %s)",
                    (year, source, name.removeprefix("s"), amount),
                )
        return await self.set_budget(source, year, "comune_bologna", **lines)

    async def committee(self, kind: str) -> tuple[UUID, list[UUID]]:
        """The committee of a kind in its mandate from 2022 to 2025, appointed once."""
        if kind not in self.committees:
            found = (await self.served.get("/v1/committees", kind=kind, in_mandate_on="2022-05-20"))["items"]
            if found:
                members = (await self.served.get(f"/v1/committees/{found[0]['committee_id']}"))["members"]
                self.committees[kind] = (UUID(found[0]["committee_id"]), [UUID(m["member_id"]) for m in members])
            else:
                ids = [uuid4() for _ in PARTIES]
                members = [{"member_id": str(m), "party": p} for m, p in zip(ids, PARTIES, strict=True)]
                body: dict[str, Any] = {
                    "kind": kind,
                    "members": members,
                    "mandate_to": "2025-12-31",
                    "on": "2022-01-10",
                }
                done = await self.served.post("/v1/committees", **body)
                self.committees[kind] = (UUID(done["id"]), ids)
        return self.committees[kind]

    async def call(self, kind: str = "3b") -> str:
        return str((await self.served.post("/v1/calls", kind=kind, closes_on="2022-02-28", on="2022-02-01"))["id"])

    async def person(self) -> UUID:
        """Somebody in charge since June 2021."""
        person_id, case_id = uuid4(), uuid4()
        told = [
            ApplicationSubmitted(
                case_id=case_id, person_id=person_id, occurred_on=date(2021, 5, 1), channel_class=ChannelClass.SELF
            ),
            PersonTakenInCharge(
                case_id=case_id,
                person_id=person_id,
                occurred_on=date(2021, 6, 1),
                referent_id=uuid4(),
                eligible_on=date(2021, 6, 1),
                plan_due_on=date(2021, 7, 1),
                agreement_version="2021.1",
            ),
        ]
        async with self.served.service.pool.connection() as connection:
            await InChargeView().apply(connection, [stored(event, f"case-{case_id}") for event in told])
        return person_id

    async def board_company(self) -> UUID:
        company_id = uuid4()
        joined = CompanyJoinedBoard(company_id=company_id, occurred_on=date(2021, 6, 1))
        async with self.served.service.pool.connection() as connection:
            await BoardView().apply(connection, [stored(joined)])
        return company_id

    async def placement(self, employment_id: UUID | None = None) -> UUID:
        employment_id = employment_id or uuid4()
        await self.told(self.placements(), placement_started(employment_id))
        return employment_id

    async def void(self, employment_id: UUID) -> None:
        await self.told(self.placements(), placement_voided(employment_id))

    async def submitted(self, call: str, kind: str = "3b", proposer: UUID | None = None) -> str:
        body: dict[str, Any] = {
            "kind": kind,
            "call_id": call,
            "proposer_id": str(proposer or uuid4()),
            "sector": "welfare_services",
            "sustainability_years": 3,
            "seat": "037006",
            "requested_investment": 600_000,
            "requested_consultancy": 200_000,
            "on": "2022-02-10",
        }
        return str((await self.served.post("/v1/projects", **body))["id"])

    async def approved(self, call: str, kind: str = "3b", proposer: UUID | None = None) -> str:
        """A project that may be funded."""
        project = await self.submitted(call, kind, proposer)
        await self.served.post(f"/v1/projects/{project}/accompaniment", on="2022-03-01")
        await self.served.post(f"/v1/projects/{project}/accompaniment/closing", 200, outcome="ready", on="2022-04-20")
        await self.served.post(f"/v1/projects/{project}/evaluations", **await self.evaluation())
        await self.served.post(f"/v1/projects/{project}/approval", 200, **await self.approval())
        return project

    async def many_projects(self, count: int, approved: bool = True) -> list[UUID]:
        """So many projects of 3b, coached and, if asked for, evaluated and approved: one transaction for all."""
        call = UUID(await self.call())
        evaluation = await self.evaluation()
        approval = await self.approval()
        ids = [uuid4() for _ in range(count)]
        found = []
        for project_id in ids:
            commands: list[Any] = [
                testing.submit(project_id=project_id, call_id=call, proposer_id=uuid4()),
                StartAccompaniment(on=date(2022, 3, 1)),
                CloseAccompaniment(outcome=AccompanimentOutcome.READY, on=date(2022, 4, 20)),
            ]
            if approved:
                commands += [EvaluateProject.model_validate(evaluation), ApproveProject.model_validate(approval)]
            found.append(Unit(tuple(Step(PROJECTS, project_id, one) for one in commands), testing.ACTOR))
        answers = await self.served.service.commands.run_all(found)
        assert all(isinstance(one, Done) for one in answers), answers
        return ids

    async def many_proposals(self, places: Sequence[tuple[str, int]]) -> list[UUID]:
        """Proposals to fund a course, each out of a source and of an amount: one transaction for all."""
        ids = [uuid4() for _ in places]
        found = [
            Unit((Step(DECISIONS, one, testing.propose(decision_id=one, source=source, amount=amount)),), testing.ACTOR)
            for one, (source, amount) in zip(ids, places, strict=True)
        ]
        answers = await self.served.service.commands.run_all(found)
        assert all(isinstance(one, Done) for one in answers), answers
        return ids

    async def run(self, together: steps.Together) -> Answer:
        """A unit as a route would send it."""
        return await self.served.service.commands.run(Unit(together.steps, testing.ACTOR, locks=together.locks))

    async def evaluation(self, **changes: Any) -> dict[str, Any]:
        committee, members = await self.committee("evaluation")
        body = {
            "committee_id": str(committee),
            "criteria": [{"criterion": "impact", "points": 80, "most": 100}],
            "outcome": "positive",
            "members_present": [str(member) for member in members],
            "on": "2022-05-02",
        }
        return {**body, **changes}

    async def approval(self, **changes: Any) -> dict[str, Any]:
        committee, members = await self.committee("management")
        body = {
            "committee_id": str(committee),
            "members_present": [str(member) for member in members],
            "on": "2022-05-10",
        }
        return {**body, **changes}

    async def vote(self, **changes: Any) -> dict[str, Any]:
        _, members = await self.committee("management")
        told = {"in_favour": [str(m) for m in members], "meeting_id": str(uuid4()), "decision_no": 1}
        return {**told, **changes}

    async def funding(self, source: str, amount: int = 800_000, **changes: Any) -> dict[str, Any]:
        committee, _ = await self.committee("management")
        body = {
            "committee_id": str(committee),
            "vote": await self.vote(),
            "year": 2022,
            "source": source,
            "investment": amount - min(amount, 200_000),
            "consultancy": min(amount, 200_000),
            "on": "2022-05-20",
        }
        return {**body, **changes}

    async def proposal(self, source: str, amount: int = 300_000, **changes: Any) -> str:
        body = {
            "activity_kind": "course",
            "activity_id": str(uuid4()),
            "strand": "2b",
            "year": 2022,
            "source": source,
            "amount": amount,
            "on": "2022-03-01",
        }
        return str((await self.served.post("/v1/funding-decisions", **{**body, **changes}))["id"])

    async def decision(self) -> dict[str, Any]:
        committee, _ = await self.committee("management")
        return {"committee_id": str(committee), "vote": await self.vote(), "on": "2022-03-10"}

    async def answer(self, path: str, body: dict[str, Any]) -> tuple[int, str | None]:
        """Status and refusal code of a request, whichever it is: what a ledger of answers keeps."""
        answer = await self.served.client.post(path, json=body)
        return answer.status_code, answer.json().get("code") if answer.is_error else None

    async def lines(self, budget: UUID) -> dict[str, dict[str, Any]]:
        found = await self.served.get(f"/v1/budgets/{budget}")
        return {line["strand"]: line for line in found["lines"]}


def of_plan(kind: type[P], year: int, on: date, *rows: tuple[str, Strand, int], **more: Any) -> P:
    """An event of governance's plan with whatever else its contract asks for."""
    values: dict[str, Any] = {
        "year": year,
        "meeting_id": uuid4(),
        "decision_no": 1,
        "ceilings": ceilings(*rows),
        "actions": (),
        "agreement_version": "2021.1",
        "occurred_on": on,
        **more,
    }
    return kind(**{name: value for name, value in values.items() if name in kind.model_fields})


def placement_started(employment_id: UUID) -> PlacementStarted:
    return PlacementStarted(
        employment_id=employment_id,
        person_id=uuid4(),
        company_id=uuid4(),
        contract_type="A.02.00",
        contract_class=ContractClass.FIXED_TERM,
        ends_on=date(2023, 2, 28),
        working_time=WorkingTime.FULL,
        comune="037006",
        entry_kind=EntryKind.RE_ENTRY,
        agreement_version="2021.1",
        occurred_on=date(2022, 9, 1),
    )


def placement_voided(employment_id: UUID) -> PlacementVoided:
    return PlacementVoided(
        employment_id=employment_id,
        person_id=uuid4(),
        company_id=uuid4(),
        voids=uuid4(),
        from_link=1,
        reason=PlacementVoidReason.NEVER_STARTED,
        occurred_on=date(2022, 10, 1),
    )


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    databases.upgraded(provisioned.urls["funding_owner"], "funding", SERVICE.migrations)
    return provisioned


@pytest.fixture
async def funding(migrated: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on the module's database."""
    async with served(SERVICE, migrated.environment("funding")) as running:
        yield running


@pytest.fixture
async def fund(funding: Served) -> Fund:
    return Fund(funding)


@pytest.fixture
async def bare_funding(fresh_provisioned: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    owner = fresh_provisioned.urls["funding_owner"]
    await asyncio.to_thread(databases.upgraded, owner, "funding", SERVICE.migrations)
    async with served(SERVICE, fresh_provisioned.environment("funding")) as running:
        yield running


@pytest.fixture
async def bare_fund(bare_funding: Served) -> Fund:
    return Fund(bare_funding)
