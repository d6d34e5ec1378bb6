"""The case of a person: which states of the funnel it reached, and when (aggregates.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import intake
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, readable
from insieme_reporting.v1.facts.changes import changed, earliest


@dataclass(frozen=True, slots=True)
class CaseVersion(FactRow):
    """Each date is that of the first event of its kind. A voided case counts nowhere.

    The sealed columns are the characteristics at entry; only a correction changes them. `birth_month` is `YYYY-MM`,
    `comune` an ISTAT code.
    """

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "case_versions"
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    sealed: ClassVar[tuple[str, ...]] = ("gender", "birth_month", "citizenship", "isced", "comune")

    case_id: UUID
    person_id: UUID
    channel_class: str | None = None
    applied_on: date | None = None
    rejected_on: date | None = None
    withdrawn_on: date | None = None
    enrolled_on: date | None = None
    voided: bool = False
    interviewed_on: date | None = None
    in_target_on: date | None = None
    taken_in_charge_on: date | None = None
    plan_agreed_on: date | None = None
    closed_on: date | None = None
    exit_state: str | None = None
    gender: str | None = None
    birth_month: str | None = None
    citizenship: str | None = None
    isced: str | None = None
    comune: str | None = None


def apply(latest: Mapping[tuple[Any, ...], CaseVersion], stored: Stored) -> Sequence[CaseVersion]:
    event = stored.event
    if not isinstance(event, intake.CaseEvent):
        return ()
    before = latest.get((event.case_id,))
    after = _after(before or CaseVersion(event.case_id, event.person_id), event, before is None)
    return changed(before, after, always=isinstance(event, intake.EntryCharacteristicsRecorded))


def _after(case: CaseVersion, event: intake.CaseEvent, first: bool) -> CaseVersion | None:
    day = event.occurred_on
    match event:
        case intake.ApplicationSubmitted():
            return replace(case, applied_on=day, channel_class=event.channel_class.value)
        case intake.EntryCharacteristicsRecorded():
            return replace(
                case,
                gender=readable(event.gender),
                birth_month=readable(event.birth_month),
                citizenship=readable(event.citizenship),
                isced=readable(event.isced),
                comune=readable(event.comune),
            )
        case intake.PersonEnrolled():
            return replace(case, enrolled_on=day, channel_class=event.channel_class.value, voided=False)
        case intake.ApplicationRejected():
            return replace(case, rejected_on=day)
        case intake.ApplicationWithdrawn():
            return replace(case, withdrawn_on=day)
        case intake.EnrolmentVoided():
            return replace(case, voided=True)
        case intake.InterviewHeld(kind=intake.InterviewKind.ACCESS):
            return replace(case, interviewed_on=earliest(case.interviewed_on, day))
        case intake.SuitabilityAssessed(outcome=intake.SuitabilityOutcome.IN_TARGET):
            return replace(case, in_target_on=earliest(case.in_target_on, day))
        case intake.PersonTakenInCharge():
            return replace(case, taken_in_charge_on=earliest(case.taken_in_charge_on, day))
        case intake.PlanAgreed():
            return replace(case, plan_agreed_on=earliest(case.plan_agreed_on, day))
        case intake.CaseClosed():
            return replace(case, closed_on=day, exit_state=event.exit_state.value)
        case intake.CaseReopened():
            return replace(case, closed_on=None, exit_state=None)
        case _:
            return None if first else case
