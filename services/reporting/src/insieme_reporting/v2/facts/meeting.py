"""A meeting of a body of the governance, who was invited and came, and what it decided (P49-P51, P55, P70)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.governance_bodies import (
    DecisionCompleted,
    DecisionTaken,
    InvitationLapsed,
    MeetingAttendanceRecorded,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    PartiesInvited,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

OF_MEETING = (MeetingConvened, MeetingHeld, MeetingCancelled)
OF_INVITATIONS = (MeetingConvened, PartiesInvited, InvitationLapsed, MeetingHeld, MeetingAttendanceRecorded)
OF_DECISIONS = (DecisionTaken, DecisionCompleted)


@dataclass(frozen=True, slots=True)
class MeetingVersion(FactRow):
    """`body` is the kind of the body: coordination_table, technical_table, board."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "meeting"
    table: ClassVar[str] = "meeting_versions"
    key: ClassVar[tuple[str, ...]] = ("meeting_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    meeting_id: UUID
    body: str
    convened_on: date
    meets_on: date
    held_on: date | None = None
    cancelled_on: date | None = None
    cancel_reason: str | None = None


def meeting(latest: Mapping[tuple[Any, ...], MeetingVersion], stored: Stored) -> Sequence[MeetingVersion]:
    match stored.event:
        case MeetingConvened() as event:
            return (MeetingVersion(event.meeting_id, event.kind.value, event.occurred_on, event.meets_on),)
        case MeetingHeld() as event:
            before = latest[(event.meeting_id,)]
            return changed(before, replace(before, held_on=event.occurred_on))
        case MeetingCancelled() as event:
            before = latest[(event.meeting_id,)]
            return changed(before, replace(before, cancelled_on=event.occurred_on, cancel_reason=event.reason.value))
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class InvitationVersion(FactRow):
    """`lapsed` where the party was none any more on the day; `present` is None until its attendance is recorded."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "meeting"
    table: ClassVar[str] = "invitation_versions"
    key: ClassVar[tuple[str, ...]] = ("meeting_id", "party")
    sealed: ClassVar[tuple[str, ...]] = ()

    meeting_id: UUID
    party: str
    lapsed: bool = False
    present: bool | None = None


Invitations = Mapping[tuple[Any, ...], InvitationVersion]


def invitation(latest: Invitations, stored: Stored) -> Sequence[InvitationVersion]:
    match stored.event:
        case MeetingConvened() | PartiesInvited() as event:
            return _invited(latest, event.meeting_id, event.invited)
        case InvitationLapsed() as event:
            before = latest[(event.meeting_id, event.party)]
            return changed(before, replace(before, lapsed=True))
        case MeetingHeld() as event:
            gone = [row for row in latest.values() if row.party not in event.invited and not row.lapsed]
            return [*_invited(latest, event.meeting_id, event.invited), *(replace(row, lapsed=True) for row in gone)]
        case MeetingAttendanceRecorded() as event:
            before = latest[(event.meeting_id, event.party)]
            return changed(before, replace(before, present=event.present))
        case _:
            return ()


def _invited(latest: Invitations, meeting_id: UUID, parties: Iterable[str]) -> list[InvitationVersion]:
    found: list[InvitationVersion] = []
    for party in sorted(parties):
        before = latest.get((meeting_id, party))
        row = InvitationVersion(meeting_id, party) if before is None else replace(before, lapsed=False)
        found.extend(changed(before, row))
    return found


@dataclass(frozen=True, slots=True)
class DecisionVersion(FactRow):
    """A numbered decision, who follows it up, by when, and the day on which it was done (P51)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "meeting"
    table: ClassVar[str] = "decision_versions"
    key: ClassVar[tuple[str, ...]] = ("meeting_id", "decision_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    meeting_id: UUID
    decision_no: int
    subject: str
    taken_on: date
    owner: str | None
    deadline: date | None
    completed_on: date | None = None


def decision(latest: Mapping[tuple[Any, ...], DecisionVersion], stored: Stored) -> Sequence[DecisionVersion]:
    match stored.event:
        case DecisionTaken() as event:
            return (
                DecisionVersion(
                    event.meeting_id,
                    event.decision_no,
                    event.subject.value,
                    event.occurred_on,
                    event.owner,
                    event.deadline,
                ),
            )
        case DecisionCompleted() as event:
            before = latest[(event.meeting_id, event.decision_no)]
            return changed(before, replace(before, completed_on=event.occurred_on))
        case _:
            return ()
