"""An interview of a case: scheduled, then held or missed. Held ones are the unit of the measure `interviews`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import intake
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

InterviewEvent = intake.InterviewScheduled | intake.InterviewHeld | intake.InterviewMissed


@dataclass(frozen=True, slots=True)
class InterviewVersion(FactRow):
    """`kind`: access or follow_up. An interview that was missed may be scheduled again and held."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "interview_versions"
    key: ClassVar[tuple[str, ...]] = ("interview_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    interview_id: UUID
    case_id: UUID
    person_id: UUID
    kind: str
    scheduled_for: date | None = None
    held_on: date | None = None
    missed_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], InterviewVersion], stored: Stored) -> Sequence[InterviewVersion]:
    event = stored.event
    if not isinstance(event, InterviewEvent):
        return ()
    before = latest.get((event.interview_id,))
    row = before or InterviewVersion(event.interview_id, event.case_id, event.person_id, event.kind.value)
    match event:
        case intake.InterviewScheduled():
            row = replace(row, scheduled_for=event.scheduled_for)
        case intake.InterviewHeld():
            row = replace(row, held_on=event.occurred_on, kind=event.kind.value)
        case intake.InterviewMissed():
            row = replace(row, missed_on=event.occurred_on)
    return changed(before, row)
