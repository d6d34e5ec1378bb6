"""A link of an employment: its start, or a renewal (proroga). Links are what the programme counts as inserimenti."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


class LinkKind(StrEnum):
    NEW = "new"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class PlacementLinkVersion(FactRow):
    """What was recorded of the link itself.

    A renewal is at the place of the link before it. It states no contract of its own unless a correction does: those
    columns are None, and `measures/base.sql` reads the class from the chain, transformations included. `closed_on` is
    the day on which the employment ended in this link.
    """

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "employment"
    table: ClassVar[str] = "placement_link_versions"
    key: ClassVar[tuple[str, ...]] = ("employment_id", "link_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    employment_id: UUID
    link_no: int
    person_id: UUID
    company_id: UUID
    vacancy_id: UUID | None
    strand: str
    kind: str
    starts_on: date
    ends_on: date | None
    contract_type: str | None = None
    contract_class: str | None = None
    working_time: str | None = None
    comune: str | None = None
    entry_kind: str | None = None
    voided: bool = False
    closed_on: date | None = None
    end_reason: str | None = None


Links = Mapping[tuple[Any, ...], PlacementLinkVersion]


def apply(latest: Links, stored: Stored) -> Sequence[PlacementLinkVersion]:
    match stored.event:
        case matching.PlacementStarted() as event:
            return (_started(event),)
        case matching.PlacementExtended() as event:
            return (_renewed(_standing(latest)[-1], event),)
        case matching.PlacementCorrected() as event:
            before = latest[(event.employment_id, event.link_no)]
            return changed(before, _corrected(before, event))
        case matching.PlacementVoided() as event:
            return [replace(link, voided=True) for link in _standing(latest) if link.link_no >= event.from_link]
        case matching.PlacementEnded() as event:
            return [
                replace(link, closed_on=event.occurred_on, end_reason=event.reason.value)
                for link in _standing(latest)[-1:]
            ]
        case _:
            return ()


def _standing(latest: Links) -> list[PlacementLinkVersion]:
    """The links that are not voided, in order of the chain."""
    return sorted((link for link in latest.values() if not link.voided), key=lambda link: link.link_no)


def _started(event: matching.PlacementStarted) -> PlacementLinkVersion:
    return PlacementLinkVersion(
        employment_id=event.employment_id,
        link_no=1,
        person_id=event.person_id,
        company_id=event.company_id,
        vacancy_id=event.vacancy_id,
        strand=event.strand.value,
        kind=LinkKind.NEW.value,
        starts_on=event.occurred_on,
        ends_on=event.ends_on,
        contract_type=event.contract_type,
        contract_class=event.contract_class.value,
        working_time=event.working_time.value,
        comune=event.comune,
        entry_kind=event.entry_kind.value,
    )


def _renewed(before: PlacementLinkVersion, event: matching.PlacementExtended) -> PlacementLinkVersion:
    return PlacementLinkVersion(
        employment_id=event.employment_id,
        link_no=event.link_no,
        person_id=event.person_id,
        company_id=event.company_id,
        vacancy_id=before.vacancy_id,
        strand=event.strand.value,
        kind=LinkKind.RENEWAL.value,
        starts_on=event.occurred_on,
        ends_on=event.ends_on,
        comune=before.comune,
    )


def _corrected(link: PlacementLinkVersion, event: matching.PlacementCorrected) -> PlacementLinkVersion:
    return replace(
        link,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        contract_type=event.contract_type,
        contract_class=event.contract_class.value,
        working_time=event.working_time.value,
        comune=event.comune,
    )
