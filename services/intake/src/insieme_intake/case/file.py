"""What is on file in a case, whatever its status: dated facts, interviews, assessments.

A fact counts from its business date. As of a day, the one with the latest date not after it counts, and of two of the
same date the one recorded last: so a correction is recorded again under the same date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from insieme_events.contracts import ERASED, DomainEvent, Erased
from insieme_events.contracts.intake import (
    ApplicationSubmitted,
    EligibilityAssessed,
    EmploymentStatus,
    EmploymentStatusRecorded,
    FollowUpRecorded,
    FragilityAssessed,
    InterviewHeld,
    InterviewKind,
    InterviewMissed,
    InterviewScheduled,
    JobLossCause,
    JobLossRecorded,
    MeasureKind,
    OtherMeasureDeclared,
    ResidenceRecorded,
    SealedFieldsErased,
    StatusEvidence,
)
from insieme_events.contracts.intake_following import (
    FamilySupportKind,
    FamilySupportOffered,
    FamilySupportStarted,
    FollowUpDue,
    FollowUpGroupJoined,
    FollowUpGroupLeft,
    InterviewOverdue,
    PreviousStatus,
    WorkHistoryRecorded,
)
from insieme_events.contracts.vocabulary import AtecoVersion, ChannelClass, FragilityBand
from insieme_intake.follow_ups import Recorded


class Dated(Protocol):
    @property
    def on(self) -> date: ...


F = TypeVar("F", bound=Dated)


@dataclass(frozen=True, slots=True)
class Status:
    on: date
    status: EmploymentStatus | Erased
    evidence: StatusEvidence


@dataclass(frozen=True, slots=True)
class Measure:
    """`kind` None: the person answered that none is under way."""

    on: date
    kind: MeasureKind | Erased | None


@dataclass(frozen=True, slots=True)
class Residence:
    on: date
    comune: str | Erased


@dataclass(frozen=True, slots=True)
class Fragility:
    on: date
    band: FragilityBand | Erased


@dataclass(frozen=True, slots=True)
class Eligibility:
    on: date
    eligible: bool
    unmet: tuple[str, ...]
    valid_until: date


@dataclass(frozen=True, slots=True)
class JobLoss:
    on: date
    cause: JobLossCause | Erased
    month: str | Erased | None


@dataclass(frozen=True, slots=True)
class WorkHistory:
    on: date
    ateco_version: AtecoVersion
    section: str | Erased | None
    previous_status: PreviousStatus | Erased


@dataclass(frozen=True, slots=True)
class Support:
    """A measure of family support; `started_on` None: offered and not taken up."""

    support_id: UUID
    kind: FamilySupportKind | Erased
    offered_on: date
    started_on: date | None = None


class InterviewStatus(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Interview:
    """`on`: the day it is fixed for, or the day it was held or missed."""

    interview_id: UUID
    kind: InterviewKind
    status: InterviewStatus
    on: date


@dataclass(frozen=True, slots=True)
class CaseFile:
    """`erased`: no sealed value can be read or recorded any more. `group`: who follows the case beside the referent.

    `late_interviews`: since when those waited whose access interview is on record as late.
    `follow_ups_asked`: day of exit and months of those that were due without an answer.
    """

    case_id: UUID
    person_id: UUID
    received_on: date
    channel_class: ChannelClass
    statuses: tuple[Status, ...] = ()
    measures: tuple[Measure, ...] = ()
    residences: tuple[Residence, ...] = ()
    fragilities: tuple[Fragility, ...] = ()
    eligibilities: tuple[Eligibility, ...] = ()
    interviews: tuple[Interview, ...] = ()
    job_losses: tuple[JobLoss, ...] = ()
    histories: tuple[WorkHistory, ...] = ()
    supports: tuple[Support, ...] = ()
    group: frozenset[UUID] = frozenset()
    late_interviews: frozenset[date] = frozenset()
    follow_ups: tuple[Recorded, ...] = ()
    follow_ups_asked: frozenset[tuple[date, int]] = frozenset()
    erased: bool = False

    def interview(self, interview_id: UUID) -> Interview | None:
        return next((i for i in self.interviews if i.interview_id == interview_id), None)

    def support(self, support_id: UUID) -> Support | None:
        return next((each for each in self.supports if each.support_id == support_id), None)

    def first_access_on(self) -> date | None:
        """The day of the first access interview that was held: from then on the person is `interviewed`."""
        return min((i.on for i in self.interviews if _is_held_access(i)), default=None)

    def last_interview_on(self) -> date | None:
        return max((i.on for i in self.interviews if i.status is not InterviewStatus.SCHEDULED), default=None)


def _is_held_access(interview: Interview) -> bool:
    return interview.status is InterviewStatus.HELD and interview.kind is InterviewKind.ACCESS


def as_of(facts: Sequence[F], day: date) -> F | None:
    """The fact that counts on that day; None before the first."""
    found: F | None = None
    for fact in facts:
        if fact.on <= day and (found is None or fact.on >= found.on):
            found = fact
    return found


def opened(event: ApplicationSubmitted) -> CaseFile:
    return CaseFile(event.case_id, event.person_id, event.occurred_on, event.channel_class)


def learn(file: CaseFile, event: DomainEvent) -> CaseFile:
    """The file with what the event adds to it; the file itself when the event adds nothing that a decision needs."""
    match event:
        case EmploymentStatusRecorded(occurred_on=on, status=status, evidence=evidence):
            return replace(file, statuses=(*file.statuses, Status(on, status, evidence)))
        case OtherMeasureDeclared(occurred_on=on, kind=kind):
            return replace(file, measures=(*file.measures, Measure(on, kind)))
        case ResidenceRecorded(occurred_on=on, comune=comune):
            return replace(file, residences=(*file.residences, Residence(on, comune)))
        case FragilityAssessed(occurred_on=on, band=band):
            return replace(file, fragilities=(*file.fragilities, Fragility(on, band)))
        case EligibilityAssessed(occurred_on=on, eligible=eligible, unmet=unmet, valid_until=valid_until):
            assessed = Eligibility(on, eligible, unmet, valid_until)
            return replace(file, eligibilities=(*file.eligibilities, assessed))
        case InterviewScheduled(interview_id=interview_id, kind=kind, scheduled_for=day):
            return _with_interview(file, Interview(interview_id, kind, InterviewStatus.SCHEDULED, day))
        case InterviewHeld(interview_id=interview_id, kind=kind, occurred_on=day):
            return _with_interview(file, Interview(interview_id, kind, InterviewStatus.HELD, day))
        case InterviewMissed(interview_id=interview_id, kind=kind, occurred_on=day):
            return _with_interview(file, Interview(interview_id, kind, InterviewStatus.MISSED, day))
        case InterviewOverdue(waiting_since=since):
            return replace(file, late_interviews=file.late_interviews | {since})
        case FollowUpRecorded(occurred_on=on, months_after_exit=months):
            return replace(file, follow_ups=(*file.follow_ups, Recorded(on, months)))
        case FollowUpDue(left_on=left_on, months_after_exit=months):
            return replace(file, follow_ups_asked=file.follow_ups_asked | {(left_on, months)})
        case JobLossRecorded(occurred_on=on, cause=cause, month=month):
            return replace(file, job_losses=(*file.job_losses, JobLoss(on, cause, month)))
        case WorkHistoryRecorded(occurred_on=on, ateco_version=version, section=section, previous_status=previous):
            return replace(file, histories=(*file.histories, WorkHistory(on, version, section, previous)))
        case FollowUpGroupJoined(operator_id=operator_id):
            return replace(file, group=file.group | {operator_id})
        case FollowUpGroupLeft(operator_id=operator_id):
            return replace(file, group=file.group - {operator_id})
        case FamilySupportOffered(support_id=support_id, kind=kind, occurred_on=on):
            return replace(file, supports=(*file.supports, Support(support_id, kind, on)))
        case FamilySupportStarted(support_id=support_id, occurred_on=on):
            return replace(
                file,
                supports=tuple(
                    replace(each, started_on=on) if each.support_id == support_id else each for each in file.supports
                ),
            )
        case SealedFieldsErased():
            return _blanked(file)
        case _:
            return file


def _with_interview(file: CaseFile, interview: Interview) -> CaseFile:
    others = tuple(i for i in file.interviews if i.interview_id != interview.interview_id)
    return replace(file, interviews=(*others, interview))


def _blanked(file: CaseFile) -> CaseFile:
    """As a replay after the key is destroyed would read it."""
    return replace(
        file,
        statuses=tuple(replace(fact, status=ERASED) for fact in file.statuses),
        measures=tuple(replace(fact, kind=ERASED) for fact in file.measures),
        residences=tuple(replace(fact, comune=ERASED) for fact in file.residences),
        fragilities=tuple(replace(fact, band=ERASED) for fact in file.fragilities),
        job_losses=tuple(replace(fact, cause=ERASED, month=ERASED) for fact in file.job_losses),
        histories=tuple(replace(fact, section=ERASED, previous_status=ERASED) for fact in file.histories),
        supports=tuple(replace(each, kind=ERASED) for each in file.supports),
        erased=True,
    )
