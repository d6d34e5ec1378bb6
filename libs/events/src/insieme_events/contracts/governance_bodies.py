"""Events of the bodies of the governance and of their meetings (P49-P51, P53-P55, P57, P70)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.base import Code
from insieme_events.contracts.governance import GovernanceEvent
from insieme_events.contracts.vocabulary import BodyKind


class CadenceMeasure(StrEnum):
    """How «almeno semestralmente» is measured: calendar months, or the longest gap in days (P54)."""

    CALENDAR_MONTHS = "calendar_months"
    ROLLING_DAYS = "rolling_days"


class CancelReason(StrEnum):
    """Why a convened meeting is not held."""

    POSTPONED = "postponed"
    REQUEST_WITHDRAWN = "request_withdrawn"
    CONVENED_WRONGLY = "convened_wrongly"
    OTHER = "other"


class DecisionSubject(StrEnum):
    """What a decision is about; its text stands in the minutes (P51, P52, P53, P56)."""

    WORK_PLAN = "work_plan"
    WORK_PLAN_AMENDMENT = "work_plan_amendment"
    RESOURCES = "resources"
    MONITORING = "monitoring"
    """Italian: monitoraggio."""
    ANNUAL_RESULTS = "annual_results"
    PARTIES = "parties"
    COMMUNICATION = "communication"
    LEGAL_FORM = "legal_form"
    OTHER = "other"


class BodyEvent(GovernanceEvent):
    body_id: UUID


class BodyEstablished(BodyEvent):
    """A body works from `occurred_on` on; the clock of its meetings starts then (P54, P57, P59)."""

    kind: BodyKind
    party_fields = ("body_id", "kind", "occurred_on")


class MeetingRequested(BodyEvent):
    """One signatory asked for a meeting: it is to be convened by `due_on` (P55). Italian: richiesta di convocazione."""

    request_id: UUID
    party: Code
    due_on: date
    agreement_version: Code
    party_fields = ("body_id", "request_id", "party", "due_on", "agreement_version", "occurred_on")


class MeetingRequestAnswered(BodyEvent):
    """The request has its convening (P55)."""

    request_id: UUID
    meeting_id: UUID
    party_fields = ("body_id", "request_id", "meeting_id", "occurred_on")


class MeetingRequestReopened(BodyEvent):
    """The meeting that answered the request was cancelled: it waits for a convening again (P55)."""

    request_id: UUID
    meeting_id: UUID
    party_fields = ("body_id", "request_id", "meeting_id", "occurred_on")


class MeetingRequestOverdue(BodyEvent):
    """Nothing was convened by the day due; `occurred_on` is the day after it (P55)."""

    request_id: UUID
    party: Code
    due_on: date
    party_fields = ("body_id", "request_id", "party", "due_on", "occurred_on")


class BodyMet(BodyEvent):
    """A meeting of the body was held on `occurred_on`: its clock starts again (P54)."""

    meeting_id: UUID
    party_fields = ("body_id", "meeting_id", "occurred_on")


class MeetingCadenceWarned(BodyEvent):
    """The next meeting is due on `due_on`, and none was held since `since` (P54)."""

    since: date
    due_on: date
    agreement_version: Code
    party_fields = ("body_id", "since", "due_on", "agreement_version", "occurred_on")


class MeetingCadenceBreached(BodyEvent):
    """No meeting from `since` to `due_on`; `occurred_on` is the day after it (P54)."""

    measure: CadenceMeasure
    since: date
    due_on: date
    agreement_version: Code
    party_fields = ("body_id", "measure", "since", "due_on", "agreement_version", "occurred_on")


class MeetingCadenceBreachLifted(BodyEvent):
    """A meeting that was recorded late shows that the breach counted from `since` was none (P54)."""

    measure: CadenceMeasure
    since: date
    meeting_id: UUID
    party_fields = ("body_id", "measure", "since", "meeting_id", "occurred_on")


class MeetingEvent(GovernanceEvent):
    meeting_id: UUID


class MeetingConvened(MeetingEvent):
    """A meeting of the body on `meets_on`, with the parties that are invited (P50). Italian: convocazione."""

    body_id: UUID
    kind: BodyKind
    meets_on: date
    protocol_id: UUID
    invited: tuple[Code, ...]
    agreement_version: Code
    party_fields = (
        "meeting_id",
        "body_id",
        "kind",
        "meets_on",
        "protocol_id",
        "invited",
        "agreement_version",
        "occurred_on",
    )


class PartiesInvited(MeetingEvent):
    """More parties are invited: such as joined after the convening (P50)."""

    invited: tuple[Code, ...]
    party_fields = ("meeting_id", "invited", "occurred_on")


class InvitationLapsed(MeetingEvent):
    """The party is no party any more on the day of the meeting: its invitation lapses (P81)."""

    party: Code
    party_fields = ("meeting_id", "party", "occurred_on")


class MeetingHeld(MeetingEvent):
    """Held on `occurred_on`; `invited` are the parties in force on that day that had been invited (P50).

    Italian: riunione.
    """

    body_id: UUID
    protocol_id: UUID
    invited: tuple[Code, ...]
    agreement_version: Code
    party_fields = ("meeting_id", "body_id", "protocol_id", "invited", "agreement_version", "occurred_on")


class MeetingCancelled(MeetingEvent):
    """It will not be held; requests that it answered are open again (P55)."""

    reason: CancelReason
    party_fields = ("meeting_id", "reason", "occurred_on")


class MeetingAttendanceRecorded(MeetingEvent):
    """Whether a party that was invited was there, and by whom; the last record counts (P49, P70)."""

    party: Code
    present: bool
    representative_id: UUID | None = None
    party_fields = ("meeting_id", "party", "present", "representative_id", "occurred_on")


class DecisionTaken(MeetingEvent):
    """Decision number so-and-so of a held meeting, who follows it up and by when (P51)."""

    decision_id: UUID
    decision_no: int
    subject: DecisionSubject
    owner: Code | None = None
    deadline: date | None = None
    party_fields = ("meeting_id", "decision_id", "decision_no", "subject", "owner", "deadline", "occurred_on")


class DecisionCompleted(MeetingEvent):
    """What was decided is done (P51)."""

    decision_id: UUID
    decision_no: int
    party_fields = ("meeting_id", "decision_id", "decision_no", "occurred_on")
