"""Eligibility, computed from the recorded facts, and suitability, judged by a person (P15, P27-P29)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never

from insieme_events.contracts import ERASED
from insieme_events.contracts.intake import (
    EligibilityAssessed,
    StatusEvidence,
    SuitabilityAssessed,
    SuitabilityOutcome,
)
from insieme_events.contracts.vocabulary import FragilityBand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_events.territory import in_territory
from insieme_intake.case.commands import AssessEligibility, AssessmentCommand, AssessSuitability
from insieme_intake.case.conditions import UNEMPLOYED
from insieme_intake.case.file import CaseFile, as_of
from insieme_intake.case.states import CaseState, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import ERASED_PERSON, OUT_OF_TERM, IntakeCircumstances, misdated

NOT_INTERVIEWED = Refused(
    "intake.not_interviewed", "The access interview was not held yet: hold it first, then judge.", "P24"
)
NOT_HANDED_OVER = Refused(
    "intake.handed_to_missing",
    "Who is out of target is handed to a party, not dropped: name the receiver in handed_to.",
    clause="P15",
    kind=RefusalKind.INVALID,
)

BANDS = (FragilityBand.LOW, FragilityBand.MEDIUM, FragilityBand.HIGH)


def decide_assessment(command: AssessmentCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    match state:
        case Enrolled():
            return NOT_INTERVIEWED
        case Interviewed(file=file) | InCharge(file=file) | Suspended(file=file):
            first = file.first_access_on()
            assert first is not None, "an interviewed case has a first access interview"
            if wrong := misdated(command.on, command.on, first, "the access interview"):
                return wrong
            match command:
                case AssessEligibility():
                    return assess_eligibility(command, file, found)
                case AssessSuitability():
                    return assess_suitability(command, file)
                case _:
                    assert_never(command)
        case _:
            return no_room(state)


def assess_eligibility(command: AssessEligibility, file: CaseFile, found: IntakeCircumstances) -> Decision:
    """A gate's answer, explained by the clauses that are not met; whom to take in charge a person decides."""
    agreement = found.agreement_on(command.on)
    if agreement is None:
        return OUT_OF_TERM.about(day=command.on)
    if file.erased:
        return ERASED_PERSON
    unmet = unmet_clauses(file, command.on, agreement.fragility_threshold)
    if isinstance(unmet, Refused):
        return unmet
    return [
        EligibilityAssessed(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            eligible=not unmet,
            unmet=unmet,
            valid_until=command.on + timedelta(days=agreement.eligibility_valid_days),
            agreement_version=agreement.version,
        )
    ]


def unmet_clauses(file: CaseFile, day: date, threshold: FragilityBand) -> tuple[str, ...] | Refused:
    """P27 status with evidence, P28 band at or above the threshold, P29 comune: those that do not hold on that day."""
    status, fragility, residence = (
        as_of(file.statuses, day),
        as_of(file.fragilities, day),
        as_of(file.residences, day),
    )
    if any(
        value is ERASED
        for value in (
            status.status if status else None,
            fragility.band if fragility else None,
            residence.comune if residence else None,
        )
    ):
        return ERASED_PERSON
    unmet: list[str] = []
    if status is None or status.status not in UNEMPLOYED or status.evidence is StatusEvidence.DECLARED:
        unmet.append("P27")
    if fragility is None or BANDS.index(FragilityBand(fragility.band)) < BANDS.index(threshold):
        unmet.append("P28")
    if residence is None or not in_territory(residence.comune, day):
        unmet.append("P29")
    return tuple(unmet)


def assess_suitability(command: AssessSuitability, file: CaseFile) -> Decision:
    if command.outcome is SuitabilityOutcome.OUT_OF_TARGET and command.handed_to is None:
        return NOT_HANDED_OVER
    return [
        SuitabilityAssessed(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            outcome=command.outcome,
            assessor_id=command.assessor_id,
            handed_to=command.handed_to,
        )
    ]
