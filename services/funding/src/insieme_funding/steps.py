"""What happens together: a decision that costs money, and the budget that pays it (I2, I3; P64).

Every unit here is one append over both streams, so that neither stands without the other. The project or the decision
comes first: If-Match is about it, and why it may not be funded says more than that the money is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from insieme_events.contracts.funding import ActivityKind
from insieme_events.contracts.funding_budget import CommitmentKind, ReleaseReason
from insieme_events.contracts.vocabulary import Strand
from insieme_events.units import Step
from insieme_funding.aggregates import BUDGETS, COMMITTEES, DECISIONS, PROJECTS
from insieme_funding.budget import Commit, Pay, Release, TakeBack
from insieme_funding.committee import DeclareConflict, EndCommittee
from insieme_funding.decision import ApproveActivityFunding, EndActivityFunding, RefuseActivityFunding, of_a_person
from insieme_funding.gates import budget_id, committee_lock, project_lock
from insieme_funding.project import (
    ApproveProject,
    CloseProject,
    Closing,
    EvaluateProject,
    FundProject,
    PayInstalment,
    RejectProject,
    ReturnFunds,
    RevokeFunding,
)


@dataclass(frozen=True, slots=True)
class Together:
    """Steps of one unit, and the names that it locks before anything is read."""

    steps: tuple[Step, ...]
    locks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """Where a project's or an activity's money comes from; fixed once it is granted."""

    strand: Strand
    year: int
    source: str

    @property
    def budget(self) -> UUID:
        return budget_id(self.year, self.source)


def judge(project_id: UUID, command: EvaluateProject | ApproveProject | RejectProject) -> Together:
    """A committee's decision on a project: no conflict is declared, and no mandate ended, between look and decision."""
    locks = (committee_lock(command.committee_id), project_lock(project_id))
    return Together((Step(PROJECTS, project_id, command),), locks)


def declare_conflict(committee_id: UUID, command: DeclareConflict) -> Together:
    locks = (committee_lock(committee_id), project_lock(command.project_id))
    return Together((Step(COMMITTEES, committee_id, command),), locks)


def end_committee(committee_id: UUID, command: EndCommittee) -> Together:
    return Together((Step(COMMITTEES, committee_id, command),), (committee_lock(committee_id),))


def refuse_activity(decision_id: UUID, command: RefuseActivityFunding) -> Together:
    return Together((Step(DECISIONS, decision_id, command),), (committee_lock(command.committee_id),))


def fund_project(project_id: UUID, strand: Strand, command: FundProject) -> Together:
    """The grant and its commitment (I2, I3)."""
    steps = [Step(PROJECTS, project_id, command)]
    if command.amount:
        commit = Commit(
            commitment_id=project_id,
            kind=CommitmentKind.PROJECT,
            strand=strand,
            amount=command.amount,
            personal=strand is Strand.SELF_ENTERPRISE,
            on=command.on,
        )
        steps.append(Step(BUDGETS, budget_id(command.year, command.source), commit))
    return Together(tuple(steps), (committee_lock(command.committee_id), project_lock(project_id)))


def pay_instalment(project_id: UUID, granted: Granted, command: PayInstalment) -> Together:
    payment = Pay(expenditure_id=command.expenditure_id, commitment_id=project_id, amount=command.amount, on=command.on)
    return Together((Step(PROJECTS, project_id, command), Step(BUDGETS, granted.budget, payment)))


def revoke_funding(project_id: UUID, granted: Granted, command: RevokeFunding) -> Together:
    release = Release(commitment_id=project_id, reason=ReleaseReason.REVOKED, on=command.on)
    return Together((Step(PROJECTS, project_id, command), Step(BUDGETS, granted.budget, release)))


def return_funds(project_id: UUID, granted: Granted, command: ReturnFunds) -> Together:
    back = TakeBack(return_id=command.return_id, commitment_id=project_id, amount=command.amount, on=command.on)
    return Together((Step(PROJECTS, project_id, command), Step(BUDGETS, granted.budget, back)))


def close_project(project_id: UUID, granted: Granted | None, body: Closing) -> Together:
    """A project that was never funded has nothing to release; where it was funded meanwhile, the decision says so."""
    command = CloseProject(**body.model_dump(), releasing=granted is not None)
    closing = Step(PROJECTS, project_id, command)
    if granted is None:
        return Together((closing,))
    release = Release(commitment_id=project_id, reason=ReleaseReason.CLOSED, on=command.on)
    return Together((closing, Step(BUDGETS, granted.budget, release)))


def approve_activity(
    decision_id: UUID, granted: Granted, amount: int, kind: ActivityKind, command: ApproveActivityFunding
) -> Together:
    """The approval and its commitment (I3; P64)."""
    commit = Commit(
        commitment_id=decision_id,
        kind=CommitmentKind.ACTIVITY,
        strand=granted.strand,
        amount=amount,
        personal=of_a_person(kind),
        on=command.on,
    )
    steps = (Step(DECISIONS, decision_id, command), Step(BUDGETS, granted.budget, commit))
    return Together(steps, (committee_lock(command.committee_id),))


def end_activity(decision_id: UUID, granted: Granted, command: EndActivityFunding) -> Together:
    release = Release(commitment_id=decision_id, reason=ReleaseReason.CLOSED, on=command.on)
    return Together((Step(DECISIONS, decision_id, command), Step(BUDGETS, granted.budget, release)))
