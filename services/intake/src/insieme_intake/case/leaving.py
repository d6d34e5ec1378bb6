"""Leaving: closed with the state of exit, reopened, followed up (P18, P24)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import CaseClosed, CaseReopened, FollowUpRecorded
from insieme_events.contracts.intake_following import FollowUpDue
from insieme_events.decider import Decision, Refused
from insieme_intake.case.commands import CloseCase, ExitCommand, NoteFollowUpDue, RecordFollowUp, ReopenCase
from insieme_intake.case.states import CaseState, Closed, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import ERASED_PERSON, LIMITS_UNKNOWN, OUT_OF_TERM, IntakeCircumstances, misdated
from insieme_intake.follow_ups import FOLLOW_UP_MONTHS, FOLLOW_UP_NOT_DUE, answered, due_days

NOT_CLOSED = Refused(
    "intake.not_closed", "The follow-up asks what became of a person after the exit: close the case first.", "P18"
)


def decide_exit(command: ExitCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    match command:
        case CloseCase():
            return close(command, state)
        case ReopenCase():
            return reopen(command, state, found)
        case RecordFollowUp():
            return record_follow_up(command, state)
        case NoteFollowUpDue():
            return note_follow_up_due(command, state, found)
        case _:
            assert_never(command)


def close(command: CloseCase, state: CaseState) -> Decision:
    match state:
        case Enrolled(file=file) | Interviewed(file=file) | InCharge(file=file) | Suspended(file=file):
            since = state.since if isinstance(state, InCharge | Suspended) else state.reopened_on or file.received_on
            last = max(since, file.last_interview_on() or since)
            if wrong := misdated(command.on, command.on, last, "what the case last went through"):
                return wrong
            return [
                CaseClosed(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    exit_state=command.exit_state,
                )
            ]
        case Closed(on=on) if on == command.on:
            return []
        case _:
            return no_room(state)


def reopen(command: ReopenCase, state: CaseState, found: IntakeCircumstances) -> Decision:
    """That the person has no other open case is an index of the view (P25)."""
    match state:
        case Closed(file=file, on=closed_on):
            if wrong := misdated(command.on, command.on, closed_on, "the closing"):
                return wrong
            agreement = found.agreement_on(command.on)
            if agreement is None:
                return OUT_OF_TERM.about(day=command.on)
            return [
                CaseReopened(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    reason=command.reason,
                    agreement_version=agreement.version,
                )
            ]
        case _:
            return no_room(state)


def record_follow_up(command: RecordFollowUp, state: CaseState) -> Decision:
    match state:
        case Closed(file=file, on=closed_on):
            if wrong := misdated(command.on, command.on, closed_on, "the exit"):
                return wrong
            if not 0 <= command.months_after_exit <= 60:
                return FOLLOW_UP_MONTHS
            if file.erased:
                return ERASED_PERSON
            return [
                FollowUpRecorded(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    months_after_exit=command.months_after_exit,
                    outcome=command.outcome,
                )
            ]
        case Enrolled() | Interviewed() | InCharge() | Suspended():
            return NOT_CLOSED
        case _:
            return no_room(state)


def note_follow_up_due(command: NoteFollowUpDue, state: CaseState, found: IntakeCircumstances) -> Decision:
    """Once per exit and follow-up; of one that is on record, or that nobody can record any more, nothing is said."""
    match state:
        case Closed(file=file, on=left_on):
            limits = found.limits_on(left_on)
            if limits is None:
                return LIMITS_UNKNOWN.about(day=left_on)
            due_on = due_days(left_on, limits).get(command.months)
            if due_on is None or command.on < due_on:
                return FOLLOW_UP_NOT_DUE.about(left_on=left_on, months=command.months, day=command.on)
            asked = (left_on, command.months) in file.follow_ups_asked
            if asked or file.erased or answered(file.follow_ups, left_on, command.months, limits):
                return []
            return [
                FollowUpDue(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    left_on=left_on,
                    months_after_exit=command.months,
                )
            ]
        case Enrolled() | Interviewed() | InCharge() | Suspended():
            return NOT_CLOSED
        case _:
            return no_room(state)
