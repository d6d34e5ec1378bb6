"""The states of a participation and how its events lead from one to the next.

requested → enrolled / waitlisted → started → completed / dropped; blocked while doubled (aggregates.md section 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import ERASED, DomainEvent, Erased
from insieme_events.contracts.training import ParticipationRequested, SealedFieldsErased
from insieme_events.contracts.training_participations import (
    AssessedAt,
    Attendance,
    CertificateIssued,
    CertificateKind,
    CoursePriorityApplied,
    DropReason,
    LanguageLevel,
    LanguageLevelAssessed,
    LanguageSkill,
    LessonAttendanceRecorded,
    ParticipantCompleted,
    ParticipantDropped,
    ParticipantEnrolled,
    ParticipantStarted,
    ParticipantWaitlisted,
    ParticipationBlocked,
    PersonReferredToCourse,
)
from insieme_events.contracts.vocabulary import ChannelClass, Strand


@dataclass(frozen=True, slots=True)
class Lesson:
    on: date
    minutes: int
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Assessed:
    on: date
    level: LanguageLevel | Erased


@dataclass(frozen=True, slots=True)
class Record:
    """What a participation is in every status; `last_on` is the day of its last step.

    `score` None: not ranked. `erased`: no sealed value can be read or recorded any more.
    """

    participation_id: UUID
    course_id: UUID
    person_id: UUID
    strand: Strand
    requested_on: date
    last_on: date
    channel_class: ChannelClass | None = None
    association: str | Erased | None = None
    score: int | Erased | None = None
    started_on: date | None = None
    dropped_for: DropReason | None = None
    lessons: Mapping[int, Lesson] = field(default_factory=dict)
    certificates: Mapping[CertificateKind, date] = field(default_factory=dict)
    levels: Mapping[tuple[LanguageSkill, AssessedAt], Assessed] = field(default_factory=dict)
    erased: bool = False

    @property
    def minutes_recorded(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons.values())

    @property
    def minutes_present(self) -> int:
        return sum(one.minutes for one in self.lessons.values() if one.attendance is Attendance.PRESENT)


@dataclass(frozen=True, slots=True)
class NotRequested:
    pass


@dataclass(frozen=True, slots=True)
class Requested:
    """Until intake's ledger answers; without an answer nothing starts (I8)."""

    record: Record


@dataclass(frozen=True, slots=True)
class Blocked:
    record: Record


@dataclass(frozen=True, slots=True)
class Waitlisted:
    record: Record


@dataclass(frozen=True, slots=True)
class Enrolled:
    record: Record


@dataclass(frozen=True, slots=True)
class Started:
    record: Record


@dataclass(frozen=True, slots=True)
class Completed:
    record: Record


@dataclass(frozen=True, slots=True)
class Dropped:
    record: Record


Known = Requested | Blocked | Waitlisted | Enrolled | Started | Completed | Dropped

Participation = NotRequested | Known


def evolve(state: Participation, event: DomainEvent) -> Participation:
    match state, event:
        case NotRequested(), ParticipationRequested():
            return Requested(
                Record(
                    participation_id=event.participation_id,
                    course_id=event.course_id,
                    person_id=event.person_id,
                    strand=event.strand,
                    requested_on=event.occurred_on,
                    last_on=event.occurred_on,
                )
            )
        case NotRequested(), _:
            raise TypeError(f"a participation does not begin with {type(event).__name__}")
        case _, ParticipationBlocked():
            return Blocked(at(state.record, event))
        case _, ParticipantWaitlisted():
            return Waitlisted(at(state.record, event))
        case _, ParticipantEnrolled():
            return Enrolled(at(state.record, event))
        case _, ParticipantStarted():
            return Started(replace(at(state.record, event), started_on=event.occurred_on))
        case _, ParticipantCompleted():
            return Completed(at(state.record, event))
        case _, ParticipantDropped():
            return Dropped(replace(at(state.record, event), dropped_for=event.reason))
        case _:
            return replace(state, record=learn(state.record, event))


def at(record: Record, event: DomainEvent) -> Record:
    return replace(record, last_on=event.occurred_on)


def learn(record: Record, event: DomainEvent) -> Record:
    """What an event that moves no status adds."""
    match event:
        case PersonReferredToCourse(channel_class=channel_class, association=association):
            return replace(record, channel_class=channel_class, association=association)
        case CoursePriorityApplied(score=score):
            return replace(record, score=score)
        case LessonAttendanceRecorded(lesson_no=number, minutes=minutes, attendance=attendance):
            lesson = Lesson(event.occurred_on, minutes, attendance)
            return replace(record, lessons={**record.lessons, number: lesson})
        case CertificateIssued(kind=kind):
            return replace(record, certificates={**record.certificates, kind: event.occurred_on})
        case LanguageLevelAssessed(skill=skill, assessed_at=assessed_at, level=level):
            assessed = Assessed(event.occurred_on, level)
            return replace(record, levels={**record.levels, (skill, assessed_at): assessed})
        case SealedFieldsErased():
            return blanked(record)
        case _:
            raise TypeError(f"{type(event).__name__} is none of a participation's stream")


def blanked(record: Record) -> Record:
    """As a replay after the key is destroyed would read it."""
    return replace(
        record,
        association=None if record.channel_class is None else ERASED,
        score=None if record.score is None else ERASED,
        levels={key: replace(one, level=ERASED) for key, one in record.levels.items()},
        erased=True,
    )
