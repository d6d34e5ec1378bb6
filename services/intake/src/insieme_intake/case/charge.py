"""In charge: taken with a referent (I7b), followed by a plan (P24), suspended and resumed."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from insieme_events.contracts.intake import (
    CaseResumed,
    CaseSuspended,
    PersonTakenInCharge,
    PlanAgreed,
    ReferentAssigned,
)
from insieme_events.contracts.intake_following import PlanOverdue
from insieme_events.decider import Decision, Refused
from insieme_intake.case.assessment import NOT_INTERVIEWED
from insieme_intake.case.commands import (
    AgreePlan,
    AssignReferent,
    ChargeCommand,
    NotePlanOverdue,
    ResumeCase,
    SuspendCase,
    TakeInCharge,
)
from insieme_intake.case.file import Eligibility, as_of
from insieme_intake.case.states import CaseState, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import OUT_OF_TERM, IntakeCircumstances, misdated

ELIGIBILITY_MISSING = Refused(
    "intake.eligibility_missing", "The eligibility was not assessed by {day}: assess it first.", "P27"
)
NOT_ELIGIBLE = Refused(
    "intake.not_eligible",
    "On {day} the person was not eligible; not met: {unmet}. Record what has changed and assess again.",
)
BY_CLAUSE = {
    "P27": Refused(NOT_ELIGIBLE.code, NOT_ELIGIBLE.sentence, clause="P27"),
    "P28": Refused(NOT_ELIGIBLE.code, NOT_ELIGIBLE.sentence, clause="P28"),
    "P29": Refused(NOT_ELIGIBLE.code, NOT_ELIGIBLE.sentence, clause="P29"),
}
"""By the first clause that is not met: status with evidence, band at or above the threshold, comune (I7b)."""
ELIGIBILITY_EXPIRED = Refused(
    "intake.eligibility_expired", "The eligibility was valid until {until}: assess it again.", "P27"
)
PLAN_NOT_DUE = Refused("intake.plan_not_due", "The plan is due on {due} and is late from the day after.", clause="P24")


def decide_charge(command: ChargeCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    match command:
        case TakeInCharge():
            return take_in_charge(command, state, found)
        case AssignReferent():
            return assign_referent(command, state)
        case AgreePlan():
            return agree_plan(command, state)
        case NotePlanOverdue():
            return note_plan_overdue(command, state)
        case SuspendCase():
            return suspend(command, state)
        case ResumeCase():
            return resume(command, state)
        case _:
            assert_never(command)


def take_in_charge(command: TakeInCharge, state: CaseState, found: IntakeCircumstances) -> Decision:
    match state:
        case Enrolled():
            return NOT_INTERVIEWED
        case Interviewed(file=file, reopened_on=reopened_on):
            wrong = misdated(command.on, command.on, file.first_access_on(), "the access interview") or misdated(
                command.on, command.on, reopened_on, "the reopening"
            )
            if wrong:
                return wrong
            agreement = found.agreement_on(command.on)
            if agreement is None:
                return OUT_OF_TERM.about(day=command.on)
            eligibility = as_of(file.eligibilities, command.on)
            if refused := ineligible(eligibility, command):
                return refused
            assert eligibility is not None, "ineligible refuses without one"
            return [
                PersonTakenInCharge(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    referent_id=command.referent_id,
                    eligible_on=eligibility.on,
                    plan_due_on=command.on + timedelta(days=agreement.plan_due_days),
                    agreement_version=agreement.version,
                )
            ]
        case InCharge(charge=charge) if charge.taken_on == command.on and charge.referent_id == command.referent_id:
            return []
        case _:
            return no_room(state)


def ineligible(eligibility: Eligibility | None, command: TakeInCharge) -> Refused | None:
    """Why the last eligibility assessed by that day does not allow it (I7b), by the first clause that is not met."""
    if eligibility is None:
        return ELIGIBILITY_MISSING.about(day=command.on)
    if not eligibility.eligible:
        return BY_CLAUSE[eligibility.unmet[0]].about(day=eligibility.on, unmet=", ".join(eligibility.unmet))
    if command.on > eligibility.valid_until:
        return ELIGIBILITY_EXPIRED.about(until=eligibility.valid_until)
    return None


def assign_referent(command: AssignReferent, state: CaseState) -> Decision:
    match state:
        case InCharge(file=file, charge=charge) | Suspended(file=file, charge=charge):
            if wrong := misdated(command.on, command.on, charge.taken_on, "the taking in charge"):
                return wrong
            if command.referent_id == charge.referent_id:
                return []
            return [
                ReferentAssigned(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    referent_id=command.referent_id,
                )
            ]
        case _:
            return no_room(state)


def agree_plan(command: AgreePlan, state: CaseState) -> Decision:
    match state:
        case InCharge(file=file, charge=charge):
            if wrong := misdated(command.on, command.on, charge.taken_on, "the taking in charge"):
                return wrong
            return [
                PlanAgreed(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    plan_version=charge.plan_version + 1,
                    ready_for=command.ready_for,
                )
            ]
        case _:
            return no_room(state)


def note_plan_overdue(command: NotePlanOverdue, state: CaseState) -> Decision:
    """Once per taking in charge; a plan that came late stays late, and one that is there is not overdue (P24)."""
    match state:
        case InCharge(file=file, charge=charge) | Suspended(file=file, charge=charge):
            if charge.plan_version > 0 or charge.overdue:
                return []
            if command.on <= charge.plan_due_on:
                return PLAN_NOT_DUE.about(due=charge.plan_due_on)
            return [
                PlanOverdue(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    due_on=charge.plan_due_on,
                )
            ]
        case _:
            return no_room(state)


def suspend(command: SuspendCase, state: CaseState) -> Decision:
    match state:
        case InCharge(file=file, since=since):
            if wrong := misdated(command.on, command.on, since, "the day since when the person is in charge"):
                return wrong
            return [
                CaseSuspended(
                    case_id=file.case_id, person_id=file.person_id, occurred_on=command.on, reason=command.reason
                )
            ]
        case Suspended(since=since) if since == command.on:
            return []
        case _:
            return no_room(state)


def resume(command: ResumeCase, state: CaseState) -> Decision:
    match state:
        case Suspended(file=file, since=since):
            if wrong := misdated(command.on, command.on, since, "the suspension"):
                return wrong
            return [CaseResumed(case_id=file.case_id, person_id=file.person_id, occurred_on=command.on)]
        case InCharge(since=since) if since == command.on:
            return []
        case _:
            return no_room(state)
