"""A year of the plan as it stands: the resources of the year, the plan, what is done of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import ResourcesBasis
from insieme_events.contracts.governance_plan import (
    ActionAssigned,
    ActionProgressReported,
    ActionTagged,
    Ceiling,
    CommitmentMissing,
    PlannedAction,
    PlanYearClosed,
    ResourcesCashed,
    ResourcesCommitted,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
    WorkPlanAmendmentRejected,
    WorkPlanApproved,
    WorkPlanDrafted,
    WorkPlanRejected,
)

PartySource = tuple[str, str]
DecisionOfTavolo = tuple[UUID, int]
"""The meeting, and the number of its decision."""


@dataclass(frozen=True, slots=True)
class Books:
    """What parties committed and paid in, by party and source, in cents; `missing` are those noted as late."""

    committed: Mapping[PartySource, int] = field(default_factory=dict)
    cashed: Mapping[PartySource, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def available(self, source: str, basis: ResourcesBasis) -> int:
        """What the plan may spend from a source, by what counts as available (P52)."""
        match basis:
            case ResourcesBasis.COMMITTED:
                counted = self.committed
            case ResourcesBasis.CASHED:
                counted = self.cashed
            case _:
                assert_never(basis)
        return sum(amount for (_, of), amount in counted.items() if of == source)

    def has_committed(self, party: str) -> bool:
        return any(amount for (by, _), amount in self.committed.items() if by == party)


@dataclass(frozen=True, slots=True)
class Plan:
    ceilings: tuple[Ceiling, ...]
    actions: Mapping[UUID, PlannedAction]

    def planned(self) -> Mapping[str, int]:
        """The most that the plan spends, by source."""
        return by_source(self.ceilings)


@dataclass(frozen=True, slots=True)
class Assigned:
    party: str
    due_on: date | None
    percent: int = 0
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenAmendment:
    """Decided by the Tavolo, not yet answered by funding."""

    amendment_id: UUID
    meeting_id: UUID
    decision_no: int
    plan: Plan
    agreement_version: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Work:
    """An approved plan: its assignments, the decisions that it rests on, the amendments that were settled."""

    plan: Plan
    approved_on: date
    decisions: frozenset[DecisionOfTavolo]
    assigned: Mapping[UUID, Assigned] = field(default_factory=dict)
    settled: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Unplanned:
    books: Books = field(default_factory=Books)


@dataclass(frozen=True, slots=True)
class Drafted:
    year: int
    books: Books
    plan: Plan
    drafted_on: date
    against: frozenset[DecisionOfTavolo] = frozenset()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The Tavolo said no to the last draft, and another one may follow; `against` are its decisions against drafts."""

    year: int
    books: Books
    against: frozenset[DecisionOfTavolo]


@dataclass(frozen=True, slots=True)
class Approved:
    year: int
    books: Books
    work: Work


@dataclass(frozen=True, slots=True)
class Amending:
    """Approved, with lower ceilings that wait for funding's answer; the old ones hold until then."""

    year: int
    books: Books
    work: Work
    amendment: OpenAmendment


@dataclass(frozen=True, slots=True)
class Closed:
    year: int
    books: Books
    work: Work


PlanYear = Unplanned | Drafted | Rejected | Approved | Amending | Closed


def by_source(ceilings: tuple[Ceiling, ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for ceiling in ceilings:
        sums[ceiling.source] = sums.get(ceiling.source, 0) + ceiling.amount
    return sums


def plan_of(ceilings: tuple[Ceiling, ...], actions: tuple[PlannedAction, ...]) -> Plan:
    return Plan(ceilings, {action.action_id: action for action in actions})


def evolve(state: PlanYear, event: DomainEvent) -> PlanYear:
    match state, event:
        case _, ResourcesCommitted(party=party, source=source, amount=amount):
            return replace(state, books=committed(state.books, party, source, amount))
        case _, ResourcesCashed(party=party, source=source, amount=amount):
            return replace(state, books=replace(state.books, cashed={**state.books.cashed, (party, source): amount}))
        case _, CommitmentMissing(party=party):
            return replace(state, books=replace(state.books, missing=state.books.missing | {party}))
        case Unplanned() | Drafted() | Rejected(), WorkPlanDrafted():
            against = frozenset() if isinstance(state, Unplanned) else state.against
            plan = plan_of(event.ceilings, event.actions)
            return Drafted(event.year, state.books, plan, event.occurred_on, against)
        case Drafted(), WorkPlanRejected(meeting_id=meeting_id, decision_no=number):
            return Rejected(state.year, state.books, state.against | {(meeting_id, number)})
        case Drafted(), WorkPlanApproved(meeting_id=meeting_id, decision_no=number):
            decisions = state.against | {(meeting_id, number)}
            return Approved(state.year, state.books, Work(state.plan, event.occurred_on, decisions))
        case Approved(), WorkPlanAmendmentProposed():
            amendment = OpenAmendment(
                event.amendment_id,
                event.meeting_id,
                event.decision_no,
                plan_of(event.ceilings, event.actions),
                event.agreement_version,
                event.occurred_on,
            )
            return Amending(state.year, state.books, state.work, amendment)
        case Approved() | Amending(), WorkPlanAmended():
            return Approved(state.year, state.books, amended(state.work, event))
        case Amending(amendment=amendment), WorkPlanAmendmentRejected(amendment_id=amendment_id):
            settled = state.work.settled | {amendment_id}
            used = state.work.decisions | {(amendment.meeting_id, amendment.decision_no)}
            return Approved(state.year, state.books, replace(state.work, settled=settled, decisions=used))
        case Drafted(), ActionTagged():
            return replace(state, plan=tagged(state.plan, event))
        case Approved(), ActionTagged():
            return replace(state, work=replace(state.work, plan=tagged(state.work.plan, event)))
        case Amending(amendment=amendment), ActionTagged():
            work = replace(state.work, plan=tagged(state.work.plan, event))
            return replace(state, work=work, amendment=replace(amendment, plan=tagged(amendment.plan, event)))
        case Approved() | Amending(), ActionAssigned(action_id=action_id, party=party, due_on=due_on):
            before = state.work.assigned.get(action_id)
            now = Assigned(party, due_on) if before is None else replace(before, party=party, due_on=due_on)
            return replace(state, work=replace(state.work, assigned={**state.work.assigned, action_id: now}))
        case Approved() | Amending(), ActionProgressReported(action_id=action_id, percent=percent):
            now = replace(state.work.assigned[action_id], percent=percent, reported_on=event.occurred_on)
            return replace(state, work=replace(state.work, assigned={**state.work.assigned, action_id: now}))
        case Approved(), PlanYearClosed():
            return Closed(state.year, state.books, state.work)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on the stream of a plan")


def committed(books: Books, party: str, source: str, amount: int) -> Books:
    return replace(books, committed={**books.committed, (party, source): amount})


def tagged(plan: Plan, event: ActionTagged) -> Plan:
    action = plan.actions.get(event.action_id)
    if action is None:
        return plan
    tags = {"frameworks": event.frameworks, "regional_policy": event.regional_policy, "completes": event.completes}
    return replace(plan, actions={**plan.actions, event.action_id: action.model_copy(update=tags)})


def amended(work: Work, event: WorkPlanAmended) -> Work:
    """The plan as amended; what is done of actions that stay goes on."""
    plan = plan_of(event.ceilings, event.actions)
    return replace(
        work,
        plan=plan,
        decisions=work.decisions | {(event.meeting_id, event.decision_no)},
        settled=work.settled | {event.amendment_id},
        assigned={action_id: one for action_id, one in work.assigned.items() if action_id in plan.actions},
    )
