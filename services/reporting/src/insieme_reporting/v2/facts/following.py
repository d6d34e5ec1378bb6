"""What became of a person after the exit from the case or from a funded operation, and the support of the family on
the way (P18, P75).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.intake import FollowUpRecorded
from insieme_events.contracts.intake_following import (
    FamilySupportEvent,
    FamilySupportOffered,
    ParticipationClosed,
    ParticipationFollowUpRecorded,
    ParticipationOpened,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, readable
from insieme_reporting.v1.facts.changes import changed

OF_FOLLOW_UPS = (FollowUpRecorded,)
OF_OPERATIONS = (ParticipationOpened, ParticipationClosed)
AFTER_OPERATIONS = (ParticipationFollowUpRecorded,)
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
class OperationParticipationVersion(FactRow):
    """A person in a funded operation, from the first day to the last (P18)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "participation"
    table: ClassVar[str] = "operation_participation_versions"
    key: ClassVar[tuple[str, ...]] = ("participation_id",)

    participation_id: UUID
    case_id: UUID
    person_id: UUID
    operation: str
    opened_on: date
    closed_on: date | None = None


def operation(
    latest: Mapping[tuple[Any, ...], OperationParticipationVersion], stored: Stored
) -> Sequence[OperationParticipationVersion]:
    event = stored.event
    match event:
        case ParticipationOpened():
            ids = (event.participation_id, event.case_id, event.person_id)
            return (OperationParticipationVersion(*ids, event.operation, event.occurred_on),)
        case ParticipationClosed():
            return (replace(latest[(event.participation_id,)], closed_on=event.occurred_on),)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class OperationFollowUpVersion(FactRow):
    """As after a case: asked again for the same month, the last answer counts; 0 are those at the exit (P18)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "participation"
    table: ClassVar[str] = "operation_follow_up_versions"
    key: ClassVar[tuple[str, ...]] = ("participation_id", "months")
    sealed: ClassVar[tuple[str, ...]] = ("outcome",)

    participation_id: UUID
    months: int
    person_id: UUID
    asked_on: date
    outcome: str


def after_operation(
    latest: Mapping[tuple[Any, ...], OperationFollowUpVersion], stored: Stored
) -> Sequence[OperationFollowUpVersion]:
    event = stored.event
    if not isinstance(event, ParticipationFollowUpRecorded):
        return ()
    key = (event.participation_id, event.months_after_exit)
    row = OperationFollowUpVersion(*key, event.person_id, event.occurred_on, readable(event.outcome))
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
