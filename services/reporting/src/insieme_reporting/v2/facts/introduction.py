"""Which party brought a company to the programme (P76)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.matching_companies import CompanyIntroduced, CompanyRegistered
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (CompanyRegistered, CompanyIntroduced)


@dataclass(frozen=True, slots=True)
class IntroductionVersion(FactRow):
    """Told with the registration, or later of a company that had been registered without a word of it."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "company"
    table: ClassVar[str] = "introduction_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    party: str
    introduced_on: date


def apply(latest: Mapping[tuple[Any, ...], IntroductionVersion], stored: Stored) -> Sequence[IntroductionVersion]:
    match stored.event:
        case CompanyRegistered(introduced_by=str(party)) as event:
            row = IntroductionVersion(event.company_id, party, event.occurred_on)
        case CompanyIntroduced() as event:
            row = IntroductionVersion(event.company_id, event.by_party, event.occurred_on)
        case _:
            return ()
    return changed(latest.get((row.company_id,)), row)
