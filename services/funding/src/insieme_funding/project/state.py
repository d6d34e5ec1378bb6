"""The states of a project and how its events lead from one to the next (I2; P43-P45, P64)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_committees import SpendingDecisionTaken
from insieme_events.contracts.funding_projects import (
    AccompanimentClosed,
    AccompanimentOutcome,
    AccompanimentStarted,
    ConsolidationActionRecorded,
    EvaluationOutcome,
    FundingRevoked,
    FundsReturned,
    InstalmentPaid,
    JobTargetDeclared,
    MicrocreditReported,
    PlacementLinkedToProject,
    PlacementUnlinkedFromProject,
    ProjectApproved,
    ProjectClosed,
    ProjectEvaluated,
    ProjectFunded,
    ProjectRejected,
    ProjectSubmitted,
    ProjectSurvivalRecorded,
)
from insieme_events.contracts.vocabulary import Strand


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a project is in every status. `microcredits` are the reports of the bank's loans, by id."""

    project_id: UUID
    strand: Strand
    call_id: UUID
    proposer_id: UUID
    submitted_on: date
    accompanied_from: date | None = None
    accompaniment: AccompanimentOutcome | None = None
    accompanied_to: date | None = None
    jobs: int | None = None
    linked: frozenset[UUID] = frozenset()
    actions: frozenset[UUID] = frozenset()
    survival: Mapping[int, bool] = field(default_factory=dict)
    microcredits: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a committee decided on a day, and who took part."""

    committee_id: UUID
    members: frozenset[UUID]
    on: date


@dataclass(frozen=True, slots=True)
class Grant:
    """What the project was granted; instalments and returns by id."""

    year: int
    source: str
    amount: int
    funded_on: date
    instalments: Mapping[UUID, int] = field(default_factory=dict)
    returns: Mapping[UUID, int] = field(default_factory=dict)

    @property
    def paid(self) -> int:
        return sum(self.instalments.values())

    @property
    def kept(self) -> int:
        """What was paid and did not come back."""
        return self.paid - sum(self.returns.values())


@dataclass(frozen=True, slots=True)
class NotSubmitted:
    pass


@dataclass(frozen=True, slots=True)
class Submitted:
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Evaluated:
    dossier: Dossier
    evaluation: Judgement
    outcome: EvaluationOutcome


@dataclass(frozen=True, slots=True)
class Approved:
    """Evaluated positive by one committee, approved by another (I2)."""

    dossier: Dossier
    evaluation: Judgement
    approval: Judgement


@dataclass(frozen=True, slots=True)
class Rejected:
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Funded:
    dossier: Dossier
    grant: Grant


@dataclass(frozen=True, slots=True)
class Revoked:
    dossier: Dossier
    grant: Grant


@dataclass(frozen=True, slots=True)
class Closed:
    """`grant` is None where the project was withdrawn before it was funded."""

    dossier: Dossier
    grant: Grant | None


Project = NotSubmitted | Submitted | Evaluated | Approved | Rejected | Funded | Revoked | Closed
Known = Submitted | Evaluated | Approved | Rejected | Funded | Revoked | Closed


def evolve(state: Project, event: DomainEvent) -> Project:
    if isinstance(event, ProjectSubmitted):
        return Submitted(
            Dossier(
                project_id=event.project_id,
                strand=event.strand,
                call_id=event.call_id,
                proposer_id=event.proposer_id,
                submitted_on=event.occurred_on,
            )
        )
    if isinstance(state, NotSubmitted):
        raise TypeError(f"{type(event).__name__} cannot come before the project is submitted")
    match event:
        case ProjectEvaluated(outcome=outcome):
            return Evaluated(state.dossier, judged(event), outcome)
        case ProjectApproved() if isinstance(state, Evaluated):
            return Approved(state.dossier, state.evaluation, judged(event))
        case ProjectRejected():
            return Rejected(state.dossier)
        case ProjectFunded():
            return Funded(state.dossier, Grant(event.year, event.source, event.amount, event.occurred_on))
        case FundingRevoked() if isinstance(state, Funded):
            return Revoked(state.dossier, state.grant)
        case ProjectClosed():
            return Closed(state.dossier, grant_of(state))
        case SpendingDecisionTaken():
            return state
        case InstalmentPaid(expenditure_id=expenditure_id, amount=amount) if isinstance(state, Funded):
            paid = {**state.grant.instalments, expenditure_id: amount}
            return replace(state, grant=replace(state.grant, instalments=paid))
        case FundsReturned() if isinstance(state, Funded | Revoked):
            return replace(state, grant=with_return(state.grant, event))
        case FundsReturned() if isinstance(state, Closed) and state.grant is not None:
            return replace(state, grant=with_return(state.grant, event))
        case _:
            return replace(state, dossier=noted(state.dossier, event))


def noted(dossier: Dossier, event: DomainEvent) -> Dossier:
    """What changes no status."""
    match event:
        case AccompanimentStarted(occurred_on=on):
            return replace(dossier, accompanied_from=on, accompaniment=None, accompanied_to=None)
        case AccompanimentClosed(outcome=outcome, occurred_on=on):
            return replace(dossier, accompaniment=outcome, accompanied_to=on)
        case JobTargetDeclared(jobs=jobs):
            return replace(dossier, jobs=jobs)
        case PlacementLinkedToProject(employment_id=employment_id):
            return replace(dossier, linked=dossier.linked | {employment_id})
        case PlacementUnlinkedFromProject(employment_id=employment_id):
            return replace(dossier, linked=dossier.linked - {employment_id})
        case ConsolidationActionRecorded(action_id=action_id):
            return replace(dossier, actions=dossier.actions | {action_id})
        case ProjectSurvivalRecorded(months=months, alive=alive):
            return replace(dossier, survival={**dossier.survival, months: alive})
        case MicrocreditReported(report_id=report_id, amount=amount):
            return replace(dossier, microcredits={**dossier.microcredits, report_id: amount})
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a project in this state")


def judged(event: ProjectEvaluated | ProjectApproved) -> Judgement:
    return Judgement(event.committee_id, frozenset(event.members_present), event.occurred_on)


def with_return(grant: Grant, event: FundsReturned) -> Grant:
    return replace(grant, returns={**grant.returns, event.return_id: event.amount})


def grant_of(state: Known) -> Grant | None:
    """The grant, while it stands or after; None where the project never had one."""
    match state:
        case Funded(grant=grant) | Revoked(grant=grant):
            return grant
        case Closed(grant=found):
            return found
        case Submitted() | Evaluated() | Approved() | Rejected():
            return None
        case _:
            assert_never(state)
