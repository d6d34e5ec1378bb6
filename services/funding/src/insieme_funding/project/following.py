"""What becomes of a project: jobs promised and created, support by the Board, survival, microcredit (P43, P45, P61)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.funding import money
from insieme_events.contracts.funding_projects import (
    ConsolidationActionRecorded,
    JobTargetDeclared,
    MicrocreditReported,
    PlacementLinkedToProject,
    PlacementUnlinkedFromProject,
    ProjectSurvivalRecorded,
)
from insieme_events.days import add_months
from insieme_events.decider import Decision, Refused
from insieme_funding.gates import agreed
from insieme_funding.project.commands import (
    DeclareJobTarget,
    LinkPlacement,
    ProjectCircumstances,
    RecordConsolidationAction,
    RecordSurvival,
    ReportMicrocredit,
    UnlinkPlacement,
)
from insieme_funding.project.refusals import (
    BEFORE_DECISION,
    BEFORE_SUBMISSION,
    COMPANY_UNHEARD,
    NOT_FUNDED,
    NOT_IN_BOARD,
    OVER_MICROCREDIT,
    PLACEMENT_BEFORE,
    PLACEMENT_IS_VOID,
    PLACEMENT_UNKNOWN,
    PROJECT_OVER,
    PROJECT_UNKNOWN,
    REPEATED_OTHERWISE,
    TOO_EARLY,
)
from insieme_funding.project.state import (
    Approved,
    Closed,
    Dossier,
    Evaluated,
    Funded,
    Grant,
    NotSubmitted,
    Project,
    Rejected,
    Revoked,
    Submitted,
    grant_of,
)
from insieme_funding.project.submission import names


def declare_jobs(command: DeclareJobTarget, project: Project) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Funded():
            dossier = project.dossier
            if dossier.jobs == command.jobs:
                return []
            if command.on < dossier.submitted_on:
                return BEFORE_SUBMISSION.about(submitted_on=dossier.submitted_on)
            return [JobTargetDeclared(**names(dossier), jobs=command.jobs, occurred_on=command.on)]
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def followed(project: Project) -> tuple[Dossier, Grant] | Refused:
    """A project that was funded: what it became is told also after it is revoked or closed."""
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Rejected():
            return NOT_FUNDED
        case Funded() | Revoked() | Closed():
            grant = grant_of(project)
            return NOT_FUNDED if grant is None else (project.dossier, grant)
        case _:
            assert_never(project)


def link(command: LinkPlacement, project: Project, circumstances: ProjectCircumstances) -> Decision:
    found = followed(project)
    if isinstance(found, Refused):
        return found
    dossier, grant = found
    if command.employment_id in dossier.linked:
        return []
    placement = circumstances.placement
    if placement is None:
        return PLACEMENT_UNKNOWN
    if placement.voided:
        return PLACEMENT_IS_VOID
    if placement.starts_on < grant.funded_on:
        return PLACEMENT_BEFORE.about(funded_on=grant.funded_on)
    return [
        PlacementLinkedToProject(
            **names(dossier),
            employment_id=command.employment_id,
            suitability=command.suitability,
            occurred_on=command.on,
        )
    ]


def unlink(command: UnlinkPlacement, project: Project) -> Decision:
    """Nothing where it is not linked: a voided placement may be told of twice."""
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Rejected() | Funded() | Revoked() | Closed():
            dossier = project.dossier
            if command.employment_id not in dossier.linked:
                return []
            return [
                PlacementUnlinkedFromProject(
                    **names(dossier),
                    employment_id=command.employment_id,
                    reason=command.reason,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(project)


def consolidate(command: RecordConsolidationAction, project: Project, circumstances: ProjectCircumstances) -> Decision:
    found = followed(project)
    if isinstance(found, Refused):
        return found
    dossier, grant = found
    if command.action_id in dossier.actions:
        return []
    if circumstances.board is None:
        return COMPANY_UNHEARD
    if not any(interval.holds(command.on) for interval in circumstances.board):
        return NOT_IN_BOARD.about(on=command.on)
    if command.on < grant.funded_on:
        return BEFORE_DECISION.about(earlier=grant.funded_on)
    return [
        ConsolidationActionRecorded(
            **names(dossier),
            action_id=command.action_id,
            company_id=command.company_id,
            kind=command.kind,
            occurred_on=command.on,
        )
    ]


def survive(command: RecordSurvival, project: Project) -> Decision:
    """What is recorded again takes the place of what was said before."""
    found = followed(project)
    if isinstance(found, Refused):
        return found
    dossier, grant = found
    due = add_months(grant.funded_on, command.months)
    if command.on < due:
        return TOO_EARLY.about(months=command.months, due=due)
    if dossier.survival.get(command.months) is command.alive:
        return []
    return [
        ProjectSurvivalRecorded(**names(dossier), months=command.months, alive=command.alive, occurred_on=command.on)
    ]


def report_microcredit(command: ReportMicrocredit, project: Project, circumstances: ProjectCircumstances) -> Decision:
    """The bank grants it, also to projects that got no grant of ours; what is reported stays within the agreement."""
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Rejected() | Funded() | Revoked() | Closed():
            dossier = project.dossier
            if command.report_id in dossier.microcredits:
                same = dossier.microcredits[command.report_id] == command.amount
                return [] if same else REPEATED_OTHERWISE
            agreement = agreed(circumstances.agreement, command.on)
            if isinstance(agreement, Refused):
                return agreement
            if command.on < dossier.submitted_on:
                return BEFORE_SUBMISSION.about(submitted_on=dossier.submitted_on)
            if sum(dossier.microcredits.values()) + command.amount > agreement.microcredit_max:
                return OVER_MICROCREDIT.about(most=agreement.microcredit_max)
            return [
                MicrocreditReported(
                    **names(dossier) | money(dossier.strand, command.amount),
                    report_id=command.report_id,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(project)
