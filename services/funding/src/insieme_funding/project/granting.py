"""The grant and its money: funded, paid, revoked, returned, closed (I2, I3; P43, P64, P69)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.funding import money
from insieme_events.contracts.funding_budget import CommitmentKind
from insieme_events.contracts.funding_committees import CommitteeKind, SpendingDecisionTaken
from insieme_events.contracts.funding_projects import (
    AccompanimentOutcome,
    FundingRevoked,
    FundsReturned,
    InstalmentPaid,
    ProjectClosed,
    ProjectFunded,
    ProjectOutcome,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, Refused
from insieme_funding.gates import agreed
from insieme_funding.panel import agreed_by, consents, sitting
from insieme_funding.project.commands import (
    CloseProject,
    FundProject,
    PayInstalment,
    ProjectCircumstances,
    ReturnFunds,
    RevokeFunding,
)
from insieme_funding.project.judging import not_carried
from insieme_funding.project.refusals import (
    APPROVAL_DOES_NOT_STAND,
    BEFORE_DECISION,
    BEFORE_SUBMISSION,
    FUNDED_ALREADY,
    FUNDED_MEANWHILE,
    NOT_ACCOMPANIED,
    NOT_APPROVED,
    NOT_FUNDED,
    NOTHING_GRANTED,
    ONLY_WITHDRAWN,
    OVER_CEILING,
    OVER_GRANT,
    OVER_KEPT,
    PROJECT_OVER,
    PROJECT_UNKNOWN,
    REPEATED_OTHERWISE,
    SAME_COMMITTEE,
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


def fund(command: FundProject, project: Project, circumstances: ProjectCircumstances) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated():
            return NOT_APPROVED
        case Approved():
            return funded(command, project, circumstances)
        case Funded(grant=grant):
            said = (command.year, command.source, command.amount, command.on)
            return [] if said == (grant.year, grant.source, grant.amount, grant.funded_on) else FUNDED_ALREADY
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def funded(command: FundProject, project: Approved, circumstances: ProjectCircumstances) -> Decision:
    agreement = agreed(circumstances.agreement, command.on)
    if isinstance(agreement, Refused):
        return agreement
    if refused := in_order(command, project, agreement, circumstances):
        return refused
    if refused := within(command, project.dossier.strand, agreement):
        return refused
    panel = sitting(
        circumstances.panel,
        CommitteeKind.MANAGEMENT,
        command.vote.present,
        circumstances.conflicted,
        agreement,
        command.on,
    )
    if isinstance(panel, Refused):
        return panel
    if refused := agreed_by(panel, command.vote, circumstances.conflicted, agreement):
        return refused
    dossier = project.dossier
    return [
        ProjectFunded(
            **names(dossier) | money(dossier.strand, command.amount),
            committee_id=panel.committee_id,
            members_present=command.vote.present,
            year=command.year,
            source=command.source,
            investment=command.investment,
            consultancy=command.consultancy,
            cup=command.cup,
            agreement_version=agreement.version,
            occurred_on=command.on,
        ),
        SpendingDecisionTaken(
            **money(dossier.strand, command.amount),
            committee_id=panel.committee_id,
            subject_kind=CommitmentKind.PROJECT,
            subject_id=dossier.project_id,
            year=command.year,
            source=command.source,
            rule=agreement.spending_rule,
            meeting_id=command.vote.meeting_id,
            decision_no=command.vote.decision_no,
            consents=consents(panel, command.vote),
            agreement_version=agreement.version,
            occurred_on=command.on,
        ),
    ]


def in_order(
    command: FundProject, project: Approved, agreement: Agreement, circumstances: ProjectCircumstances
) -> Refused | None:
    """Coached, evaluated, approved, by two committees without anybody in conflict (I2; P43, P63, P64)."""
    if agreement.accompaniment_first and project.dossier.accompaniment is not AccompanimentOutcome.READY:
        return NOT_ACCOMPANIED
    if refused := not_carried(project.evaluation, agreement, circumstances):
        return refused
    if agreement.conflicted_abstain and project.approval.members & circumstances.conflicted:
        return APPROVAL_DOES_NOT_STAND
    if command.committee_id == project.evaluation.committee_id:
        return SAME_COMMITTEE
    earlier = max(project.approval.on, project.dossier.accompanied_to or project.approval.on)
    return BEFORE_DECISION.about(earlier=earlier) if command.on < earlier else None


def within(command: FundProject, strand: Strand, agreement: Agreement) -> Refused | None:
    """Refuses what is above the agreement's ceilings for the kind of project (P64)."""
    if not command.amount:
        return NOTHING_GRANTED
    ceiling = next((one for one in agreement.grant_ceilings if one.kind.value == strand.value), None)
    investment, consultancy, total = (
        (0, 0, 0) if ceiling is None else (ceiling.investment, ceiling.consultancy, ceiling.total)
    )
    if command.investment > investment or command.consultancy > consultancy or command.amount > total:
        return OVER_CEILING.about(strand=strand.value, investment=investment, consultancy=consultancy, total=total)
    return None


def pay(command: PayInstalment, project: Project) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved():
            return NOT_FUNDED
        case Funded(grant=grant) if command.expenditure_id in grant.instalments:
            return [] if grant.instalments[command.expenditure_id] == command.amount else REPEATED_OTHERWISE
        case Funded(grant=grant) if command.on < grant.funded_on:
            return BEFORE_DECISION.about(earlier=grant.funded_on)
        case Funded(grant=grant) if command.amount > grant.amount - grant.paid:
            return OVER_GRANT.about(left=grant.amount - grant.paid)
        case Funded(dossier=dossier, grant=grant):
            return [
                InstalmentPaid(
                    **names(dossier) | money(dossier.strand, command.amount),
                    instalment_no=len(grant.instalments) + 1,
                    expenditure_id=command.expenditure_id,
                    occurred_on=command.on,
                )
            ]
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def revoke(command: RevokeFunding, project: Project) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Rejected():
            return NOT_FUNDED
        case Funded(grant=grant) if command.on < grant.funded_on:
            return BEFORE_DECISION.about(earlier=grant.funded_on)
        case Funded(dossier=dossier):
            return [FundingRevoked(**names(dossier), reason=command.reason, occurred_on=command.on)]
        case Revoked():
            return []
        case Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def give_back(command: ReturnFunds, project: Project) -> Decision:
    """Also after the revocation, which is when it mostly happens, and after the closing."""
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted() | Evaluated() | Approved() | Rejected() | Closed(grant=None):
            return NOT_FUNDED
        case Funded() | Revoked() | Closed():
            grant = grant_of(project)
            return NOT_FUNDED if grant is None else returned(command, project.dossier, grant)
        case _:
            assert_never(project)


def returned(command: ReturnFunds, dossier: Dossier, grant: Grant) -> Decision:
    if command.return_id in grant.returns:
        return [] if grant.returns[command.return_id] == command.amount else REPEATED_OTHERWISE
    if command.on < grant.funded_on:
        return BEFORE_DECISION.about(earlier=grant.funded_on)
    if command.amount > grant.kept:
        return OVER_KEPT.about(kept=grant.kept)
    return [
        FundsReturned(
            **names(dossier) | money(dossier.strand, command.amount),
            return_id=command.return_id,
            occurred_on=command.on,
        )
    ]


def close(command: CloseProject, project: Project) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted(dossier=dossier) | Evaluated(dossier=dossier) | Approved(dossier=dossier):
            if command.outcome is not ProjectOutcome.WITHDRAWN:
                return ONLY_WITHDRAWN
            if command.on < dossier.submitted_on:
                return BEFORE_SUBMISSION.about(submitted_on=dossier.submitted_on)
            return [ProjectClosed(**names(dossier), outcome=command.outcome, occurred_on=command.on)]
        case Funded() if not command.releasing:
            return FUNDED_MEANWHILE
        case Funded(grant=grant) if command.on < grant.funded_on:
            return BEFORE_DECISION.about(earlier=grant.funded_on)
        case Funded(dossier=dossier):
            return [ProjectClosed(**names(dossier), outcome=command.outcome, occurred_on=command.on)]
        case Closed():
            return []
        case Rejected() | Revoked():
            return PROJECT_OVER
        case _:
            assert_never(project)
