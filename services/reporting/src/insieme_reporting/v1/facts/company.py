"""A company that the programme knows (P21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed, earliest


@dataclass(frozen=True, slots=True)
class CompanyVersion(FactRow):
    """An ATECO section is read with its version only. `comune` is an ISTAT code."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "company"
    table: ClassVar[str] = "company_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    registered_on: date
    ateco_version: str
    ateco_section: str
    comune: str
    introduced_by: str | None
    first_contacted_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], CompanyVersion], stored: Stored) -> Sequence[CompanyVersion]:
    match stored.event:
        case matching.CompanyRegistered() as event:
            return (
                CompanyVersion(
                    event.company_id,
                    event.occurred_on,
                    event.ateco_version.value,
                    event.ateco_section,
                    event.comune,
                    event.introduced_by,
                ),
            )
        case matching.CompanyContacted() as event:
            before = latest[(event.company_id,)]
            return changed(
                before,
                replace(before, first_contacted_on=earliest(before.first_contacted_on, event.occurred_on)),
            )
        case _:
            return ()
