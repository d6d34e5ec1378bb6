"""Case: a person's way through the programme, from the application to the follow-up (aggregates.md section 2)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.decider import Decider, Decision
from insieme_intake.case.admission import decide_admission
from insieme_intake.case.assessment import decide_assessment
from insieme_intake.case.charge import decide_charge
from insieme_intake.case.circle import decide_circle
from insieme_intake.case.commands import (
    AdmissionCommand,
    AssessmentCommand,
    CaseCommand,
    ChargeCommand,
    CircleCommand,
    CorrectCharacteristics,
    EraseFields,
    ExitCommand,
    FactCommand,
    InterviewCommand,
    MergingCommand,
    VoidEnrolment,
    WithdrawApplication,
)
from insieme_intake.case.facts import decide_fact
from insieme_intake.case.interviews import decide_interview
from insieme_intake.case.leaving import decide_exit
from insieme_intake.case.merging import decide_merging
from insieme_intake.case.states import CaseState, NoCase, evolve, no_room
from insieme_intake.circumstances import RESTRICTED, IntakeCircumstances, misdated

__all__ = ["CASE", "CaseCommand", "CaseState", "decide"]

KEEPS = EraseFields | CorrectCharacteristics | VoidEnrolment | WithdrawApplication
"""What may be done with data that may not be used: put right, taken back, erased (GDPR art. 18 (2))."""


def decide(command: CaseCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    if found.restricted_on is not None and not isinstance(command, KEEPS):
        return RESTRICTED.about(on=found.restricted_on)
    if isinstance(command, EraseFields):
        return erase_fields(command, state)
    if isinstance(command, AdmissionCommand):
        return decide_admission(command, state, found)
    if isinstance(command, FactCommand):
        return decide_fact(command, state)
    if isinstance(command, InterviewCommand):
        return decide_interview(command, state, found)
    if isinstance(command, AssessmentCommand):
        return decide_assessment(command, state, found)
    if isinstance(command, ChargeCommand):
        return decide_charge(command, state, found)
    if isinstance(command, CircleCommand):
        return decide_circle(command, state)
    if isinstance(command, MergingCommand):
        return decide_merging(command, state)
    if isinstance(command, ExitCommand):
        return decide_exit(command, state, found)
    assert_never(command)


def erase_fields(command: EraseFields, state: CaseState) -> Decision:
    """Possible in every state but the first; once is enough."""
    if isinstance(state, NoCase):
        return no_room(state)
    if state.file.erased:
        return []
    if wrong := misdated(command.on, command.on, state.file.received_on, "the application"):
        return wrong
    return [SealedFieldsErased(person_id=state.file.person_id, occurred_on=command.on)]


CASE: Decider[CaseState, CaseCommand, IntakeCircumstances] = Decider(
    context="intake", name="case", initial=NoCase(), decide=decide, evolve=evolve
)
