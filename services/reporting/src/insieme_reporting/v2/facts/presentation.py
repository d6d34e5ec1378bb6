"""The annual presentation of the results to the public (P56)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from insieme_events.contracts.governance_plan import AnnualPresentationOverdue, AnnualResultsPresented
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (AnnualResultsPresented, AnnualPresentationOverdue)


@dataclass(frozen=True, slots=True)
class PresentationVersion(FactRow):
    """`year` is that of the results. A presentation that was overdue may still be held: then it is late."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "annual_presentation"
    table: ClassVar[str] = "presentation_versions"
    key: ClassVar[tuple[str, ...]] = ("year",)
    sealed: ClassVar[tuple[str, ...]] = ()

    year: int
    overdue_on: date | None = None
    presented_on: date | None = None
    late: bool = False


def apply(latest: Mapping[tuple[Any, ...], PresentationVersion], stored: Stored) -> Sequence[PresentationVersion]:
    event = stored.event
    if not isinstance(event, EVENTS):
        return ()
    before = latest.get((event.year,))
    row = before or PresentationVersion(event.year)
    if isinstance(event, AnnualResultsPresented):
        row = replace(row, presented_on=event.occurred_on, late=event.late)
    else:
        row = replace(row, overdue_on=event.occurred_on)
    return changed(before, row)
