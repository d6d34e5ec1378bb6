"""Evaluated by one committee, approved by another, or rejected (I2; P63, P64).

What a committee decided carries the next step only while nobody who took part has a declared conflict with the project.
"""

from __future__ import annotations

from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.funding_committees import CommitteeKind
from insieme_events.contracts.funding_projects import (
    CriterionScore,
    EvaluationOutcome,
    ProjectApproved,
    ProjectEvaluated,
    ProjectRejected,
)
from insieme_events.decider import Decision, Refused
from insieme_funding.gates import agreed
from insieme_funding.panel import sitting
from insieme_funding.project.commands import ApproveProject, EvaluateProject, ProjectCircumstances, RejectProject
from insieme_funding.project.refusals import (
    APPROVED_ALREADY,
    BEFORE_DECISION,
    BEFORE_SUBMISSION,
    EVALUATION_DOES_NOT_STAND,
    FUNDED_ALREADY,
    NOT_EVALUATED,
    POINTS_ABOVE_MOST,
    PROJECT_OVER,
    PROJECT_UNKNOWN,
    SAME_COMMITTEE,
    SCORE_TOO_LOW,
)
from insieme_funding.project.state import (
    Approved,
    Closed,
    Dossier,
    Evaluated,
    Funded,
    Judgement,
    NotSubmitted,
    Project,
    Rejected,
    Revoked,
    Submitted,
)
from insieme_funding.project.submission import names


def evaluate(command: EvaluateProject, project: Project, circumstances: ProjectCircumstances) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Evaluated(evaluation=known, outcome=outcome) if repeated(command, known) and outcome is command.outcome:
            return []
        case Approved(evaluation=known) if repeated(command, known) and command.outcome is EvaluationOutcome.POSITIVE:
            return []
        case Submitted(dossier=dossier) | Evaluated(dossier=dossier) | Approved(dossier=dossier):
            return evaluated(command, dossier, circumstances)
        case Funded():
            return FUNDED_ALREADY
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def repeated(command: EvaluateProject | ApproveProject, known: Judgement) -> bool:
    return known == Judgement(command.committee_id, frozenset(command.members_present), command.on)


def evaluated(command: EvaluateProject, dossier: Dossier, circumstances: ProjectCircumstances) -> Decision:
    agreement = agreed(circumstances.agreement, command.on)
    if isinstance(agreement, Refused):
        return agreement
    if command.on < dossier.submitted_on:
        return BEFORE_SUBMISSION.about(submitted_on=dossier.submitted_on)
    panel = sitting(
        circumstances.panel,
        CommitteeKind.EVALUATION,
        command.members_present,
        circumstances.conflicted,
        agreement,
        command.on,
    )
    if isinstance(panel, Refused):
        return panel
    score = score_of(command.criteria)
    if isinstance(score, Refused):
        return score
    if command.outcome is EvaluationOutcome.POSITIVE and score < agreement.evaluation_pass_score:
        return SCORE_TOO_LOW.about(score=score, asked=agreement.evaluation_pass_score)
    return [
        ProjectEvaluated(
            **names(dossier),
            committee_id=panel.committee_id,
            outcome=command.outcome,
            score=score,
            criteria=command.criteria,
            members_present=command.members_present,
            agreement_version=agreement.version,
            occurred_on=command.on,
        )
    ]


def score_of(criteria: tuple[CriterionScore, ...]) -> int | Refused:
    """Points in per cent of the most there is, rounded down."""
    if any(one.points > one.most for one in criteria) or len({one.criterion for one in criteria}) < len(criteria):
        return POINTS_ABOVE_MOST
    return sum(one.points for one in criteria) * 100 // sum(one.most for one in criteria)


def approve(command: ApproveProject, project: Project, circumstances: ProjectCircumstances) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated(outcome=EvaluationOutcome.NEGATIVE):
            return NOT_EVALUATED
        case Evaluated(dossier=dossier, evaluation=evaluation):
            agreement = agreed(circumstances.agreement, command.on)
            if isinstance(agreement, Refused):
                return agreement
            if refused := not_carried(evaluation, agreement, circumstances):
                return refused
            if command.committee_id == evaluation.committee_id:
                return SAME_COMMITTEE
            panel = sitting(
                circumstances.panel,
                CommitteeKind.MANAGEMENT,
                command.members_present,
                circumstances.conflicted,
                agreement,
                command.on,
            )
            if isinstance(panel, Refused):
                return panel
            if command.on < evaluation.on:
                return BEFORE_DECISION.about(earlier=evaluation.on)
            return [
                ProjectApproved(
                    **names(dossier),
                    committee_id=panel.committee_id,
                    members_present=command.members_present,
                    agreement_version=agreement.version,
                    occurred_on=command.on,
                )
            ]
        case Approved(approval=known) if repeated(command, known):
            return []
        case Approved():
            return APPROVED_ALREADY
        case Funded():
            return FUNDED_ALREADY
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def not_carried(evaluation: Judgement, agreement: Agreement, circumstances: ProjectCircumstances) -> Refused | None:
    """Refuses what would rest on an evaluation in which somebody in conflict took part."""
    if agreement.conflicted_abstain and evaluation.members & circumstances.conflicted:
        return EVALUATION_DOES_NOT_STAND
    return None


def reject(command: RejectProject, project: Project, circumstances: ProjectCircumstances) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted(dossier=dossier) | Evaluated(dossier=dossier) | Approved(dossier=dossier):
            agreement = agreed(circumstances.agreement, command.on)
            if isinstance(agreement, Refused):
                return agreement
            if command.on < dossier.submitted_on:
                return BEFORE_SUBMISSION.about(submitted_on=dossier.submitted_on)
            panel = sitting(
                circumstances.panel,
                CommitteeKind.MANAGEMENT,
                command.members_present,
                circumstances.conflicted,
                agreement,
                command.on,
            )
            if isinstance(panel, Refused):
                return panel
            return [
                ProjectRejected(
                    **names(dossier),
                    committee_id=panel.committee_id,
                    members_present=command.members_present,
                    ground=command.ground,
                    occurred_on=command.on,
                )
            ]
        case Rejected():
            return []
        case Funded():
            return FUNDED_ALREADY
        case Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)
