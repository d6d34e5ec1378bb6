"""What may be asked of a meeting (P49-P51, P55, P70)."""

from __future__ import annotations

from uuid import UUID

from insieme_events.contracts import Code
from insieme_events.contracts.governance_bodies import CancelReason, DecisionSubject
from insieme_events.days import Day
from insieme_events.decider import Command


class NewMeeting(Command):
    """`meets_on` is the day of the meeting, `on` that of the convening."""

    body_id: UUID
    meets_on: Day
    invited: frozenset[Code]
    on: Day


class ConveneMeeting(NewMeeting):
    """In the same unit as NoteConvened on the body (P50, P55, P65)."""

    meeting_id: UUID


class InviteParties(Command):
    """Parties that joined, or came into force, after the convening (P50)."""

    invited: frozenset[Code]
    on: Day


class LapseInvitation(Command):
    """The party is none any more from `effective_on` on: part of the same unit as its NoticeWithdrawal (P81)."""

    party: Code
    effective_on: Day
    on: Day


class DeclareMeetingHeld(Command):
    """It was held on `on`; in the same unit as NoteHeld on the body (P50)."""

    on: Day


class CancelMeeting(Command):
    """In the same unit as NoteCancelled on the body (P55)."""

    reason: CancelReason
    on: Day


class RecordMeetingAttendance(Command):
    """Whether a party was there; recorded again, the last record counts (P49, P70)."""

    party: Code
    present: bool
    representative_id: UUID | None = None


class NewDecision(Command):
    subject: DecisionSubject
    owner: Code | None = None
    deadline: Day | None = None


class RecordDecision(NewDecision):
    """A decision of the day of the meeting; it gets the next number (P51)."""

    decision_id: UUID


class CompleteDecision(Command):
    """What was decided is done (P51)."""

    decision_no: int
    on: Day


MeetingCommand = (
    ConveneMeeting
    | InviteParties
    | LapseInvitation
    | DeclareMeetingHeld
    | CancelMeeting
    | RecordMeetingAttendance
    | RecordDecision
    | CompleteDecision
)
