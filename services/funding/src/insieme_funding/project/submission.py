"""From the submission to the end of the coaching (P43, P44)."""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.funding_projects import AccompanimentClosed, AccompanimentStarted, ProjectSubmitted
from insieme_events.contracts.vocabulary import ProjectKind, Strand
from insieme_events.decider import Decision, Refused
from insieme_events.territory import in_territory
from insieme_funding.call import CALL_UNKNOWN
from insieme_funding.gates import agreed, in_charge_on
from insieme_funding.project.commands import CloseAccompaniment, ProjectCircumstances, SubmitProject
from insieme_funding.project.refusals import (
    ACCOMPANIMENT_RUNS,
    ALREADY_SUBMITTED,
    BEFORE_LAST_STEP,
    CALL_NOT_OPEN,
    FUNDED_ALREADY,
    NO_ACCOMPANIMENT,
    NOT_SUSTAINABLE,
    OTHER_CALL,
    PROJECT_OVER,
    PROJECT_UNKNOWN,
    SEAT_OUTSIDE,
)
from insieme_funding.project.state import (
    Approved,
    Closed,
    Dossier,
    Evaluated,
    Funded,
    NotSubmitted,
    Project,
    Rejected,
    Revoked,
    Submitted,
)


def submit(command: SubmitProject, project: Project, circumstances: ProjectCircumstances) -> Decision:
    match project:
        case NotSubmitted():
            agreement = agreed(circumstances.agreement, command.on)
            if isinstance(agreement, Refused):
                return agreement
            if refused := not_admitted(command, agreement, circumstances):
                return refused
            organisation = command.kind is ProjectKind.SOCIAL_INNOVATION
            return [
                ProjectSubmitted(
                    project_id=command.project_id,
                    strand=Strand(command.kind.value),
                    call_id=command.call_id,
                    proposer_id=command.proposer_id,
                    sector=command.sector,
                    sustainability_years=command.sustainability_years,
                    seat=command.seat if organisation else None,
                    requested_investment=command.requested_investment,
                    requested_consultancy=command.requested_consultancy,
                    agreement_version=agreement.version,
                    occurred_on=command.on,
                )
            ]
        case Submitted() | Evaluated() | Approved() | Rejected() | Funded() | Revoked() | Closed():
            return ALREADY_SUBMITTED
        case _:
            assert_never(project)


def not_admitted(command: SubmitProject, agreement: Agreement, circumstances: ProjectCircumstances) -> Refused | None:
    call = circumstances.call
    if call is None:
        return CALL_UNKNOWN
    if call.strand.value != command.kind.value:
        return OTHER_CALL.about(strand=call.strand.value)
    if not call.opened_on <= command.on <= call.last_day:
        return CALL_NOT_OPEN.about(opened_on=call.opened_on, last_day=call.last_day)
    if command.sustainability_years < agreement.sustainability_years:
        return NOT_SUSTAINABLE.about(years=agreement.sustainability_years)
    if agreement.seat_in_territory and not in_territory(command.seat, command.on):
        return SEAT_OUTSIDE
    if command.kind is ProjectKind.SELF_ENTERPRISE:
        return in_charge_on(circumstances.in_charge, command.on)
    return None


def start_accompaniment(project: Project, on: date) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted(dossier=dossier) | Evaluated(dossier=dossier) | Approved(dossier=dossier):
            since = dossier.accompanied_from
            if since == on:
                return []
            if since is not None and dossier.accompaniment is None:
                return ACCOMPANIMENT_RUNS.about(since=since)
            earliest = dossier.accompanied_to or dossier.submitted_on
            if on < earliest:
                return BEFORE_LAST_STEP.about(last_on=earliest)
            return [AccompanimentStarted(**names(dossier), occurred_on=on)]
        case Funded():
            return FUNDED_ALREADY
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def close_accompaniment(command: CloseAccompaniment, project: Project) -> Decision:
    match project:
        case NotSubmitted():
            return PROJECT_UNKNOWN
        case Submitted(dossier=dossier) | Evaluated(dossier=dossier) | Approved(dossier=dossier):
            if (dossier.accompaniment, dossier.accompanied_to) == (command.outcome, command.on):
                return []
            if dossier.accompanied_from is None or dossier.accompaniment is not None:
                return NO_ACCOMPANIMENT
            if command.on < dossier.accompanied_from:
                return BEFORE_LAST_STEP.about(last_on=dossier.accompanied_from)
            return [AccompanimentClosed(**names(dossier), outcome=command.outcome, occurred_on=command.on)]
        case Funded():
            return FUNDED_ALREADY
        case Rejected() | Revoked() | Closed():
            return PROJECT_OVER
        case _:
            assert_never(project)


def names(dossier: Dossier) -> dict[str, Any]:
    """Which project an event speaks of, and in which strand (I10)."""
    return {"project_id": dossier.project_id, "strand": dossier.strand}
