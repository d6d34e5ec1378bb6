"""What became of a person after the exit, and the support of the family on the way (P18, P75)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.intake import FollowUpRecorded
from insieme_events.contracts.intake_following import FamilySupportEvent, FamilySupportOffered
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, readable
from insieme_reporting.v1.facts.changes import changed

OF_FOLLOW_UPS = (FollowUpRecorded,)
OF_SUPPORT = (FamilySupportEvent,)


@dataclass(frozen=True, slots=True)
class FollowUpVersion(FactRow):
    """Asked again for the same month, the last answer counts. 0 months are those at the exit itself (P18)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "follow_up_versions"
    key: ClassVar[tuple[str, ...]] = ("case_id", "months")
    sealed: ClassVar[tuple[str, ...]] = ("outcome",)

    case_id: UUID
    months: int
    person_id: UUID
    asked_on: date
    outcome: str


def follow_up(latest: Mapping[tuple[Any, ...], FollowUpVersion], stored: Stored) -> Sequence[FollowUpVersion]:
    event = stored.event
    if not isinstance(event, FollowUpRecorded):
        return ()
    key = (event.case_id, event.months_after_exit)
    row = FollowUpVersion(*key, event.person_id, event.occurred_on, readable(event.outcome))
    return changed(latest.get(key), row, always=True)


@dataclass(frozen=True, slots=True)
class FamilySupportVersion(FactRow):
    """A measure that lets a person take or keep work: offered, and taken up (P75)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "family_support_versions"
    key: ClassVar[tuple[str, ...]] = ("case_id", "support_id")
    sealed: ClassVar[tuple[str, ...]] = ("kind",)

    case_id: UUID
    support_id: UUID
    person_id: UUID
    kind: str
    offered_on: date | None = None
    started_on: date | None = None


def family_support(
    latest: Mapping[tuple[Any, ...], FamilySupportVersion], stored: Stored
) -> Sequence[FamilySupportVersion]:
    event = stored.event
    if not isinstance(event, FamilySupportEvent):
        return ()
    key = (event.case_id, event.support_id)
    before = latest.get(key)
    row = before or FamilySupportVersion(*key, event.person_id, "")
    row = replace(row, kind=readable(event.kind))
    if isinstance(event, FamilySupportOffered):
        row = replace(row, offered_on=event.occurred_on)
    else:
        row = replace(row, started_on=event.occurred_on)
    return changed(before, row, always=True)
