"""What may be asked of a participation (P37, P38, P41, P42)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import Code
from insieme_events.contracts.training_participations import (
    AssessedAt,
    AssessmentMethod,
    Attendance,
    CertificateKind,
    DropReason,
    LanguageLevel,
    LanguageSkill,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.days import Day
from insieme_events.decider import Command


class NewParticipation(Command):
    """Who asks for which course, and how the person came to it; an association is named where one sent them (P41)."""

    course_id: UUID
    person_id: UUID
    channel_class: ChannelClass = ChannelClass.SELF
    association: Code | None = None
    on: Day


class RequestParticipation(NewParticipation):
    participation_id: UUID


class BlockParticipation(Command):
    """Intake found the intervention doubled (P25)."""

    on: date


class EnrolParticipant(Command):
    """Intake confirmed the intervention and the course has a seat; part of the unit with TakeSeat."""

    on: date


class WaitlistParticipant(Command):
    """Intake confirmed the intervention and no seat is to be given yet; part of the unit with AwaitSeat."""

    on: date


class ApplyPriority(Command):
    """Part of the unit with RankApplicants (P42)."""

    on: date


class StartParticipant(Command):
    on: Day


class RecordAttendance(Command):
    """Whether the person was at the lesson of that number, on that day; told again, the last counts (P37)."""

    lesson_no: Annotated[int, Field(ge=1, le=2000)]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    attendance: Attendance
    on: Day


class CompleteParticipant(Command):
    on: Day


class DropParticipant(Command):
    """The person leaves. The unit also holds GiveUpSeat on the course."""

    reason: DropReason
    on: Day


class LetGo(Command):
    """The course is over or was cancelled, and with it whoever had not completed it; a reaction's command."""

    reason: DropReason
    on: date


class IssueCertificate(Command):
    kind: CertificateKind
    on: Day


class AssessLanguage(Command):
    skill: LanguageSkill
    assessed_at: AssessedAt
    method: AssessmentMethod
    level: LanguageLevel
    on: Day


class EraseFields(Command):
    """The person's data are erased: the stream takes no sealed field any more (GDPR art. 17)."""

    on: date


AskingCommand = RequestParticipation | BlockParticipation | EnrolParticipant | WaitlistParticipant | ApplyPriority
AttendingCommand = StartParticipant | RecordAttendance | CompleteParticipant | DropParticipant | LetGo
ProofCommand = IssueCertificate | AssessLanguage
ParticipationCommand = AskingCommand | AttendingCommand | ProofCommand | EraseFields
