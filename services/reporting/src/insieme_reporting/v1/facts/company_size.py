"""The size of a company, from a day on: a placement is counted under the size in force when its link starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class CompanySizeVersion(FactRow):
    """Keyed by the day, so a later event for the same day corrects it. Sizes: EU Recommendation 2003/361."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "company"
    table: ClassVar[str] = "company_size_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id", "valid_from")
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    valid_from: date
    size: str


def apply(latest: Mapping[tuple[Any, ...], CompanySizeVersion], stored: Stored) -> Sequence[CompanySizeVersion]:
    match stored.event:
        case matching.CompanyRegistered() | matching.CompanySizeChanged() as event:
            row = CompanySizeVersion(event.company_id, event.occurred_on, event.size.value)
            return changed(latest.get((row.company_id, row.valid_from)), row)
        case _:
            return ()
