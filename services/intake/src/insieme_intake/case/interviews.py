"""Interviews: fixed, held, missed. The first access interview that is held makes a person `interviewed`."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from insieme_events.contracts.intake import InterviewHeld, InterviewKind, InterviewMissed, InterviewScheduled
from insieme_events.contracts.intake_following import InterviewOverdue
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.case.commands import (
    HoldInterview,
    InterviewCommand,
    MissInterview,
    NoteInterviewOverdue,
    ScheduleInterview,
)
from insieme_intake.case.file import CaseFile, Interview, InterviewStatus
from insieme_intake.case.states import CaseState, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import AGREEMENT_UNKNOWN, IntakeCircumstances, misdated

INTERVIEW_OVER = Refused(
    "intake.interview_over", "This interview was {status} on {day}: fix another one with an id of its own."
)
INTERVIEW_UNKNOWN = Refused(
    "intake.interview_unknown",
    "No interview with this id is fixed in this case: look it up again.",
    kind=RefusalKind.NOT_FOUND,
)
OTHER_KIND = Refused(
    "intake.interview_other_kind",
    "This interview was fixed as {kind}: another kind is another interview, with an id of its own.",
)
SCHEDULED_IN_PAST = Refused(
    "intake.scheduled_in_past",
    "An interview is fixed for a day that is not before the day of fixing it.",
    kind=RefusalKind.INVALID,
)
FOLLOW_UP_FIRST = Refused(
    "intake.access_first", "The first interview of a case is the access interview: hold that one first.", "P24"
)

INTERVIEW_NOT_DUE = Refused(
    "intake.interview_not_due",
    "The access interview is due on {due} and is late from the day after.",
    clause="P24",
)


def decide_interview(command: InterviewCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    if not isinstance(state, Enrolled | Interviewed | InCharge | Suspended):
        # A follow-up after the exit is recorded by RecordFollowUp.
        return no_room(state)
    file = state.file
    if wrong := misdated(command.on, command.on, file.received_on, "the enrolment"):
        return wrong
    if isinstance(command, NoteInterviewOverdue):
        return note_overdue(command, state, found)
    known = file.interview(command.interview_id)
    match command:
        case ScheduleInterview():
            return schedule(command, file, known)
        case HoldInterview():
            return hold(command, file, known)
        case MissInterview():
            return miss(command, file, known)
        case _:
            assert_never(command)


def schedule(command: ScheduleInterview, file: CaseFile, known: Interview | None) -> Decision:
    if command.scheduled_for < command.on:
        return SCHEDULED_IN_PAST
    if known is not None and known.status is not InterviewStatus.SCHEDULED:
        return INTERVIEW_OVER.about(status=known.status, day=known.on)
    if known is not None and known.kind is not command.kind:
        return OTHER_KIND.about(kind=known.kind)
    if known is not None and known.on == command.scheduled_for:
        return []
    return [
        InterviewScheduled(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            interview_id=command.interview_id,
            kind=command.kind,
            scheduled_for=command.scheduled_for,
        )
    ]


def hold(command: HoldInterview, file: CaseFile, known: Interview | None) -> Decision:
    if known is not None and known.status is InterviewStatus.HELD and known.on == command.on:
        return []
    if known is not None and known.status is not InterviewStatus.SCHEDULED:
        return INTERVIEW_OVER.about(status=known.status, day=known.on)
    if known is not None and known.kind is not command.kind:
        return OTHER_KIND.about(kind=known.kind)
    if command.kind is InterviewKind.FOLLOW_UP and file.first_access_on() is None:
        return FOLLOW_UP_FIRST
    return [
        InterviewHeld(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            interview_id=command.interview_id,
            kind=command.kind,
            interviewer_id=command.interviewer_id,
        )
    ]


def miss(command: MissInterview, file: CaseFile, known: Interview | None) -> Decision:
    if known is None:
        return INTERVIEW_UNKNOWN
    if known.status is InterviewStatus.MISSED and known.on == command.on:
        return []
    if known.status is not InterviewStatus.SCHEDULED:
        return INTERVIEW_OVER.about(status=known.status, day=known.on)
    if wrong := misdated(command.on, command.on, known.on, "the fixed interview"):
        return wrong
    return [
        InterviewMissed(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            interview_id=command.interview_id,
            kind=known.kind,
        )
    ]


def note_overdue(
    command: NoteInterviewOverdue, state: Enrolled | Interviewed | InCharge | Suspended, found: IntakeCircumstances
) -> Decision:
    """Once for each wait. Fixed, or missed, is not held: it is late all the same; one that came late is no lateness
    that nobody noted (P24)."""
    if not isinstance(state, Enrolled) or state.since in state.file.late_interviews:
        return []
    agreement = found.last_agreement(state.since)
    if agreement is None:
        return AGREEMENT_UNKNOWN
    due_on = state.since + timedelta(days=agreement.interview_due_days)
    if command.on <= due_on:
        return INTERVIEW_NOT_DUE.about(due=due_on)
    return [
        InterviewOverdue(
            case_id=state.file.case_id,
            person_id=state.file.person_id,
            occurred_on=command.on,
            waiting_since=state.since,
            due_on=due_on,
        )
    ]
