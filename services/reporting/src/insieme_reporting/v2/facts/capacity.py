"""Staff and desks that parties guarantee (P71)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.governance_registers import DeskClosed, DeskRegistered, EntryVoided, StaffCommitted
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

OF_STAFF = (StaffCommitted, EntryVoided)
OF_DESKS = (DeskRegistered, DeskClosed, EntryVoided)


@dataclass(frozen=True, slots=True)
class StaffVersion(FactRow):
    """Hundredths of a full-time person, for a whole year; nobody is named (P71)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "staff_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    year: int
    profile: str
    fte_hundredths: int
    voided: bool = False


def staff(latest: Mapping[tuple[Any, ...], StaffVersion], stored: Stored) -> Sequence[StaffVersion]:
    match stored.event:
        case StaffCommitted() as event:
            row = StaffVersion(event.entry_id, event.party, event.year, event.profile.value, event.fte_hundredths)
            return changed(latest.get((event.entry_id,)), row)
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class DeskVersion(FactRow):
    """A desk (servizio-sportello) in a comune; `closed_on` is the first day on which it is closed (P71)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "desk_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    comune: str
    opened_on: date
    closed_on: date | None = None
    voided: bool = False


def desk(latest: Mapping[tuple[Any, ...], DeskVersion], stored: Stored) -> Sequence[DeskVersion]:
    match stored.event:
        case DeskRegistered() as event:
            before = latest.get((event.entry_id,))
            closed_on = before.closed_on if before is not None else None
            row = DeskVersion(event.entry_id, event.party, event.comune, event.occurred_on, closed_on)
            return changed(before, row)
        case DeskClosed() as event:
            before = latest[(event.entry_id,)]
            return changed(before, replace(before, closed_on=event.occurred_on))
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()
