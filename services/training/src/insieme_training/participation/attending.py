"""Taking part in a course: the first lesson, attendance, and how it ends (P37; I8)."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from insieme_events.contracts.training_participations import (
    DropReason,
    LessonAttendanceRecorded,
    ParticipantCompleted,
    ParticipantDropped,
    ParticipantStarted,
)
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.gates import PARTICIPATION_UNKNOWN, in_charge_on
from insieme_training.participation.circumstances import ParticipationCircumstances
from insieme_training.participation.commands import (
    AttendingCommand,
    CompleteParticipant,
    DropParticipant,
    LetGo,
    RecordAttendance,
    StartParticipant,
)
from insieme_training.participation.state import (
    Blocked,
    Completed,
    Dropped,
    Enrolled,
    Known,
    Lesson,
    NotRequested,
    Participation,
    Record,
    Requested,
    Started,
    Waitlisted,
)

NOT_CONFIRMED = Refused(
    code="training.not_confirmed",
    sentence="Intake has not confirmed yet that nobody does the same for the person: nothing starts before it has.",
    clause="P25",
)
DOUBLED = Refused(
    code="training.doubled",
    sentence="Another party does the same for the person in those days: a named role may override that in intake, or "
    "the participation is dropped.",
    clause="P25",
)
NO_SEAT = Refused(
    code="training.no_seat",
    sentence="The person is on the waiting list: who has no seat cannot start.",
    clause="P37",
)
COURSE_NOT_STARTED = Refused(
    code="training.course_not_started",
    sentence="The course has not started by {on}: record its start first, or correct the date.",
    clause="P37",
)
NOT_STARTED = Refused(
    code="training.participant_not_started",
    sentence="The person has not started yet: record the first lesson first.",
    clause="P37",
)
COMPLETED = Refused(
    code="training.participant_completed",
    sentence="The person completed the course on {on}: look at the participation again.",
    clause="P37",
)
DROPPED = Refused(
    code="training.participant_dropped",
    sentence="The participation was dropped on {on}: ask for the course again to start a new one.",
    clause="P37",
)
BEFORE_LAST_STEP = Refused(
    code="training.participant_before_last_step",
    sentence="The step before was on {last_on}: this one cannot be dated earlier.",
    clause="P37",
)


REASON_OF_THE_COURSE = Refused(
    code="training.reason_of_the_course",
    sentence="Whoever is left is let go with the course by itself: end or cancel the course, or give another reason.",
    clause="P37",
    kind=RefusalKind.INVALID,
)
WITH_THE_COURSE = (DropReason.COURSE_CANCELLED, DropReason.COURSE_OVER)


def decide_attending(command: AttendingCommand, state: Participation, found: ParticipationCircumstances) -> Decision:
    match command, state:
        case _, NotRequested():
            return PARTICIPATION_UNKNOWN
        case StartParticipant(on=on), _:
            return start(state, on, found)
        case RecordAttendance(), _:
            return record_attendance(command, state)
        case CompleteParticipant(on=on), _:
            return complete(state, on)
        case DropParticipant(reason=reason), _ if reason in WITH_THE_COURSE:
            return REASON_OF_THE_COURSE
        case DropParticipant() | LetGo(), _:
            return drop(command, state)
        case _:
            assert_never(command)


def start(state: Known, on: date, found: ParticipationCircumstances) -> Decision:
    match state:
        case Requested():
            return NOT_CONFIRMED
        case Blocked():
            return DOUBLED
        case Waitlisted():
            return NO_SEAT
        case Enrolled(record=record) if on < record.last_on:
            return BEFORE_LAST_STEP.about(last_on=record.last_on)
        case Enrolled(record=record):
            course = found.course
            if course is None or not course.open or course.started_on is None or on < course.started_on:
                return COURSE_NOT_STARTED.about(on=on)
            if refused := in_charge_on(found.in_charge, on):
                return refused
            return [
                ParticipantStarted(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    occurred_on=on,
                )
            ]
        case Started():
            return []
        case Completed(record=record):
            return COMPLETED.about(on=record.last_on)
        case Dropped(record=record):
            return DROPPED.about(on=record.last_on)
        case _:
            assert_never(state)


def record_attendance(command: RecordAttendance, state: Known) -> Decision:
    match state:
        case Requested() | Blocked() | Waitlisted() | Enrolled():
            return NOT_STARTED
        case Started(record=record) if record.started_on is not None and command.on < record.started_on:
            return BEFORE_LAST_STEP.about(last_on=record.started_on)
        case Started(record=record):
            told = Lesson(command.on, command.minutes, command.attendance)
            if record.lessons.get(command.lesson_no) == told:
                return []
            return [
                LessonAttendanceRecorded(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    lesson_no=command.lesson_no,
                    minutes=command.minutes,
                    attendance=command.attendance,
                    occurred_on=command.on,
                )
            ]
        case Completed(record=record):
            return COMPLETED.about(on=record.last_on)
        case Dropped(record=record):
            return DROPPED.about(on=record.last_on)
        case _:
            assert_never(state)


def complete(state: Known, on: date) -> Decision:
    match state:
        case Requested() | Blocked() | Waitlisted() | Enrolled():
            return NOT_STARTED
        case Started(record=record) if on < last_day(record):
            return BEFORE_LAST_STEP.about(last_on=last_day(record))
        case Started(record=record):
            return [
                ParticipantCompleted(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    minutes_present=record.minutes_present,
                    minutes_recorded=record.minutes_recorded,
                    occurred_on=on,
                )
            ]
        case Completed():
            return []
        case Dropped(record=record):
            return DROPPED.about(on=record.last_on)
        case _:
            assert_never(state)


def drop(command: DropParticipant | LetGo, state: Known) -> Decision:
    match state:
        case Requested() | Blocked() | Waitlisted() | Enrolled() | Started() if command.on < state.record.last_on:
            return BEFORE_LAST_STEP.about(last_on=state.record.last_on)
        case Requested() | Blocked() | Waitlisted() | Enrolled() | Started():
            record = state.record
            return [
                ParticipantDropped(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    reason=command.reason,
                    occurred_on=command.on,
                )
            ]
        case Completed() if isinstance(command, LetGo):
            # Nobody is let go by a course that is over who completed it meanwhile.
            return []
        case Completed(record=record):
            return COMPLETED.about(on=record.last_on)
        case Dropped():
            return []
        case _:
            assert_never(state)


def last_day(record: Record) -> date:
    """The day of the last step or lesson."""
    return max([record.last_on, *(lesson.on for lesson in record.lessons.values())])
