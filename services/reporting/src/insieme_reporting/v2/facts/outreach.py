"""How the programme is made known: in the territories, among companies, in public (P73, P76-P78)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.governance_registers import (
    AssociationOutreachHeld,
    EntryVoided,
    OutreachHeld,
    VisibilityEventHeld,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

OF_OUTREACH = (OutreachHeld, EntryVoided)
OF_ASSOCIATIONS = (AssociationOutreachHeld, EntryVoided)
OF_VISIBILITY = (VisibilityEventHeld, EntryVoided)


@dataclass(frozen=True, slots=True)
class OutreachVersion(FactRow):
    """`territory` is the code of a quartiere, an unione or a distretto, or the ISTAT code of a comune (P73)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "outreach_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    territory_kind: str
    territory: str
    kind: str
    held_on: date
    voided: bool = False


def outreach(latest: Mapping[tuple[Any, ...], OutreachVersion], stored: Stored) -> Sequence[OutreachVersion]:
    match stored.event:
        case OutreachHeld() as event:
            row = OutreachVersion(
                event.entry_id,
                event.party,
                event.territory_kind.value,
                event.territory,
                event.kind.value,
                event.occurred_on,
            )
            return changed(latest.get((event.entry_id,)), row)
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class AssociationOutreachVersion(FactRow):
    """`companies` are those that a trade association or a union reached (P76)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "association_outreach_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    kind: str
    companies: int
    held_on: date
    voided: bool = False


def association(
    latest: Mapping[tuple[Any, ...], AssociationOutreachVersion], stored: Stored
) -> Sequence[AssociationOutreachVersion]:
    match stored.event:
        case AssociationOutreachHeld() as event:
            row = AssociationOutreachVersion(
                event.entry_id, event.party, event.kind.value, event.companies_reached, event.occurred_on
            )
            return changed(latest.get((event.entry_id,)), row)
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class VisibilityVersion(FactRow):
    """A public event, once per promoter and theme; what a correction leaves out is voided (P77, P78)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "visibility_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id", "party", "theme")
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    theme: str
    scope: str
    held_on: date
    voided: bool = False


def visibility(latest: Mapping[tuple[Any, ...], VisibilityVersion], stored: Stored) -> Sequence[VisibilityVersion]:
    match stored.event:
        case VisibilityEventHeld() as event:
            pairs = sorted({(party, theme.value) for party in event.promoters for theme in event.themes})
            said = [VisibilityVersion(event.entry_id, *pair, event.scope.value, event.occurred_on) for pair in pairs]
            keys = {(event.entry_id, *pair) for pair in pairs}
            gone = [row for key, row in latest.items() if key not in keys and not row.voided]
            made = [one for row in said for one in changed(latest.get((row.entry_id, row.party, row.theme)), row)]
            return [*made, *(replace(row, voided=True) for row in gone)]
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values() if not row.voided]
        case _:
            return ()
