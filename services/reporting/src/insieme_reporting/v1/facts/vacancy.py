"""A vacancy of a company (offerta; P31)."""

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
class VacancyVersion(FactRow):
    """`profile` is an Istat CP2021 code, `comune` the ISTAT code of the place of work."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "vacancy"
    table: ClassVar[str] = "vacancy_versions"
    key: ClassVar[tuple[str, ...]] = ("vacancy_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    vacancy_id: UUID
    company_id: UUID
    strand: str
    opened_on: date
    profile: str
    positions: int
    comune: str
    filled_on: date | None = None
    closed_on: date | None = None
    close_reason: str | None = None
    withdrawn_on: date | None = None
    withdraw_reason: str | None = None


def apply(latest: Mapping[tuple[Any, ...], VacancyVersion], stored: Stored) -> Sequence[VacancyVersion]:
    event = stored.event
    if isinstance(event, matching.VacancyOpened):
        return (
            VacancyVersion(
                event.vacancy_id,
                event.company_id,
                event.strand.value,
                event.occurred_on,
                event.profile,
                event.positions,
                event.comune,
            ),
        )
    if not isinstance(event, matching.VacancyEvent):
        return ()
    before = latest[(event.vacancy_id,)]
    return changed(before, _after(before, event))


def _after(vacancy: VacancyVersion, event: matching.VacancyEvent) -> VacancyVersion:
    match event:
        case matching.VacancyFilled():
            return replace(vacancy, filled_on=event.occurred_on)
        case matching.PositionFreed():
            return replace(vacancy, filled_on=None)
        case matching.VacancyClosed():
            return replace(vacancy, closed_on=event.occurred_on, close_reason=event.reason.value)
        case matching.VacancyWithdrawn():
            return replace(vacancy, withdrawn_on=event.occurred_on, withdraw_reason=event.reason.value)
        case _:
            return vacancy
