"""A request of a company that is worked on: the unit of the measure `selections` (P32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class SelectionVersion(FactRow):
    """`selection_no` counts from 1 within the vacancy."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "vacancy"
    table: ClassVar[str] = "selection_versions"
    key: ClassVar[tuple[str, ...]] = ("vacancy_id", "selection_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    vacancy_id: UUID
    selection_no: int
    company_id: UUID
    opened_on: date
    closed_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], SelectionVersion], stored: Stored) -> Sequence[SelectionVersion]:
    match stored.event:
        case matching.SelectionOpened() as event:
            return (SelectionVersion(event.vacancy_id, event.selection_no, event.company_id, event.occurred_on),)
        case matching.SelectionClosed() as event:
            before = latest[(event.vacancy_id, event.selection_no)]
            return changed(before, replace(before, closed_on=event.occurred_on))
        case _:
            return ()
