"""Events of a person's participation in a course, and of the wish to change sector (P37, P38, P41, P42).

All of them stay on the restricted topic: which course somebody attends may tell who somebody is (privacy.md 3.6).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code, Sealed
from insieme_events.contracts.training import ParticipationEvent, TrainingEvent
from insieme_events.contracts.vocabulary import AtecoSection, AtecoVersion, ChannelClass

Minutes = Annotated[int, Field(ge=0, le=100_000)]


class PersonReferredToCourse(ParticipationEvent):
    """How the person came to the course, by class; `association` is the trade association that sent them (P41)."""

    channel_class: ChannelClass
    association: Sealed[Code | None]


class ParticipationBlocked(ParticipationEvent):
    """Another party does the same for the person in those days: nothing starts unless somebody overrides (P25, I8)."""


class ParticipantEnrolled(ParticipationEvent):
    """The intervention is confirmed and the person has a seat (P37)."""


class ParticipantWaitlisted(ParticipationEvent):
    """The intervention is confirmed, and there is no seat to give yet (P37, P42)."""


class CoursePriorityApplied(ParticipationEvent):
    """The facts of P42 as they stood when the applicants of a 2.c course were ranked; they are never ranked again.

    `score` 1 is the priority: work lost by the pandemic, and the declared wish to change sector.
    """

    score: Sealed[Annotated[int, Field(ge=0, le=1)]]
    pandemic: Sealed[bool]
    sector_change_on: Sealed[date | None]
    agreement_version: Code


class ParticipantStarted(ParticipationEvent):
    """The person's first lesson was on `occurred_on` (P37)."""


class Attendance(StrEnum):
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class LessonAttendanceRecorded(ParticipationEvent):
    """Whether the person was at a lesson, on `occurred_on`; told again for the same lesson, the last counts (P37)."""

    lesson_no: Annotated[int, Field(ge=1, le=2000)]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    attendance: Attendance


class ParticipantCompleted(ParticipationEvent):
    """The person went through the course; `minutes_present` of `minutes_recorded` (P37)."""

    minutes_present: Minutes
    minutes_recorded: Minutes


class DropReason(StrEnum):
    """Closed; nothing that tells of health, family or belief."""

    FOUND_JOB = "found_job"
    OTHER_PATH = "other_path"
    WITHDREW = "withdrew"
    NOT_REACHABLE = "not_reachable"
    TOO_OFTEN_ABSENT = "too_often_absent"
    CASE_CLOSED = "case_closed"
    DOUBLED = "doubled"
    COURSE_CANCELLED = "course_cancelled"
    COURSE_OVER = "course_over"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class ParticipantDropped(ParticipationEvent):
    """The person does not take part any more, or never did (P37): the intervention is over."""

    reason: DropReason


class CertificateKind(StrEnum):
    """Attendance and safety by the provider; the others by the regional system of certification (SRFC).

    Italian: attestato.
    """

    ATTENDANCE = "attendance"
    SAFETY = "safety"
    SKILLS_SHEET = "skills_sheet"
    """Scheda capacità e conoscenze."""
    COMPETENCES = "competences"
    """Certificato di competenze."""
    QUALIFICATION = "qualification"
    """Certificato di qualifica professionale. Italian: qualifica professionale regionale."""


class CertificateIssued(ParticipationEvent):
    """Dated `occurred_on`; a safety certificate is only issued for the module of safety (P38)."""

    kind: CertificateKind


class LanguageSkill(StrEnum):
    LISTENING = "listening"
    READING = "reading"
    SPEAKING = "speaking"
    WRITING = "writing"


class LanguageLevel(StrEnum):
    """CEFR, with those below it: `a0` does not write in any language, `pre_a1` begins."""

    A0 = "a0"
    PRE_A1 = "pre_a1"
    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"
    C2 = "c2"


class AssessedAt(StrEnum):
    """Entering the course or leaving it: the difference is what it gave (P38)."""

    ENTRY = "entry"
    EXIT = "exit"


class AssessmentMethod(StrEnum):
    TEST = "test"
    INTERVIEW = "interview"
    CERTIFICATE = "certificate"


class LanguageLevelAssessed(ParticipationEvent):
    """Italian of the person in one skill, entering or leaving the course (P38); told again, the last counts."""

    skill: LanguageSkill
    assessed_at: AssessedAt
    method: AssessmentMethod
    level: Sealed[LanguageLevel]


class SectorChangeDeclared(TrainingEvent):
    """The person is ready to leave the sector of the last work, for any other or for a named one (P42).

    Italian: disponibilità a cambiare settore di occupazione.
    """

    person_id: UUID
    ateco_version: AtecoVersion
    from_section: Sealed[AtecoSection]
    to_section: Sealed[AtecoSection | None]


class SectorChangeRevoked(TrainingEvent):
    """The declaration does not hold any more (P42)."""

    person_id: UUID
