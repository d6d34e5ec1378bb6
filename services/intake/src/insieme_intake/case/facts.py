"""Facts that change and are recorded again: status, residence, measures, fragility, autonomy, and the work before.

P06, P07, P08, P10, P15, P27 to P29.
"""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import (
    AutonomyAssessed,
    EmploymentStatusRecorded,
    FragilityAssessed,
    JobLossCause,
    JobLossRecorded,
    OtherMeasureDeclared,
    ResidenceRecorded,
)
from insieme_events.contracts.intake_following import PreviousStatus, WorkHistoryRecorded
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.case.commands import (
    AssessAutonomy,
    AssessFragility,
    DeclareOtherMeasure,
    FactCommand,
    RecordEmploymentStatus,
    RecordJobLoss,
    RecordResidence,
    RecordWorkHistory,
)
from insieme_intake.case.conditions import evidence_later, no_home
from insieme_intake.case.states import Applied, CaseState, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import ERASED_PERSON, misdated

LOSS_IN_FUTURE = Refused(
    "intake.job_loss_month",
    "The work was lost in a month that is still to come: correct the month.",
    clause="P06",
    kind=RefusalKind.INVALID,
)
LOSS_MONTH_MISSING = Refused(
    "intake.job_loss_month_missing",
    "Say in which month the work was lost, or give never_worked as the cause, which has no month.",
    clause="P06",
    kind=RefusalKind.INVALID,
)
NEVER_WORKED_SOMEWHERE = Refused(
    "intake.work_history",
    "Whoever worked came from a sector, and whoever never worked from none: correct the section or the status.",
    clause="P07",
    kind=RefusalKind.INVALID,
)


def decide_fact(command: FactCommand, state: CaseState) -> Decision:
    """Taken while the case runs. A move out of the territory is a fact too: it is recorded, and eligibility sees it."""
    if not isinstance(state, Applied | Enrolled | Interviewed | InCharge | Suspended):
        return no_room(state)
    file = state.file
    if file.erased:
        return ERASED_PERSON
    case, on = {"case_id": file.case_id, "person_id": file.person_id}, command.on
    match command:
        case RecordEmploymentStatus(status=status, evidence=evidence, evidence_on=evidence_on):
            if wrong := evidence_later(evidence_on, on):
                return wrong
            return [
                EmploymentStatusRecorded(
                    **case, occurred_on=on, status=status, evidence=evidence, evidence_on=evidence_on
                )
            ]
        case RecordResidence(comune=comune, quartiere=quartiere, basis=basis):
            if wrong := no_home(comune, quartiere, on):
                return wrong
            return [ResidenceRecorded(**case, occurred_on=on, comune=comune, quartiere=quartiere, basis=basis)]
        case DeclareOtherMeasure(kind=kind):
            return [OtherMeasureDeclared(**case, occurred_on=on, kind=kind)]
        case RecordJobLoss(cause=cause, month=month):
            if month is not None and month > f"{on:%Y-%m}":
                return LOSS_IN_FUTURE
            if (month is None) != (cause is JobLossCause.NEVER_WORKED):
                return LOSS_MONTH_MISSING
            return [JobLossRecorded(**case, occurred_on=on, cause=cause, month=month)]
        case RecordWorkHistory(ateco_version=version, section=section, previous_status=previous):
            if (section is None) != (previous is PreviousStatus.NEVER_WORKED):
                return NEVER_WORKED_SOMEWHERE
            return [
                WorkHistoryRecorded(
                    **case, occurred_on=on, ateco_version=version, section=section, previous_status=previous
                )
            ]
        case AssessFragility(band=band, instrument_version=version):
            if wrong := misdated(on, on, file.received_on, "the application"):
                return wrong
            return [FragilityAssessed(**case, occurred_on=on, band=band, instrument_version=version)]
        case AssessAutonomy(level=level):
            if wrong := misdated(on, on, file.received_on, "the application"):
                return wrong
            return [AutonomyAssessed(**case, occurred_on=on, level=level)]
        case _:
            assert_never(command)
