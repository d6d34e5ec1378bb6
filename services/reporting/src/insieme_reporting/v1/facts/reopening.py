"""A closed case taken up again: it counts as re-enrolled, never as enrolled (aggregates.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import intake
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow


@dataclass(frozen=True, slots=True)
class ReopeningVersion(FactRow):
    """`reopening_no` counts from 1 within the case."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "reopening_versions"
    key: ClassVar[tuple[str, ...]] = ("case_id", "reopening_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    case_id: UUID
    reopening_no: int
    person_id: UUID
    reopened_on: date
    reason: str


def apply(latest: Mapping[tuple[Any, ...], ReopeningVersion], stored: Stored) -> Sequence[ReopeningVersion]:
    event = stored.event
    if not isinstance(event, intake.CaseReopened):
        return ()
    return (ReopeningVersion(event.case_id, len(latest) + 1, event.person_id, event.occurred_on, event.reason.value),)
