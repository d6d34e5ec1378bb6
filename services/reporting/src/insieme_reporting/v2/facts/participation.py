"""A person's participation in a course, from the request to the certificate (P37, P38, P41, P42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import training, training_participations
from insieme_events.envelope import Stored
from insieme_events.projection import UNKNOWN, FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (
    training.ParticipationRequested,
    training_participations.PersonReferredToCourse,
    training_participations.ParticipantEnrolled,
    training_participations.ParticipantWaitlisted,
    training_participations.CoursePriorityApplied,
    training_participations.ParticipantStarted,
    training_participations.ParticipantCompleted,
    training_participations.ParticipantDropped,
    training_participations.CertificateIssued,
)
PRIORITY: Mapping[Any, str] = {0: "no", 1: "yes"}


@dataclass(frozen=True, slots=True)
class ParticipationVersion(FactRow):
    """`qualified_on` is the day of a certificate of qualification, `certified_on` that of any certificate.

    The minutes are those of the completion. `priority` is yes or no where the applicants of a 2.c course were ranked:
    lost work by the pandemic, and ready to change sector (P42); it is sealed.
    """

    context: ClassVar[str] = "training"
    stream_name: ClassVar[str] = "participation"
    table: ClassVar[str] = "participation_versions"
    key: ClassVar[tuple[str, ...]] = ("participation_id",)
    sealed: ClassVar[tuple[str, ...]] = ("priority",)

    participation_id: UUID
    course_id: UUID
    person_id: UUID
    strand: str
    requested_on: date | None = None
    enrolled_on: date | None = None
    waitlisted_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    dropped_on: date | None = None
    drop_reason: str | None = None
    certified_on: date | None = None
    qualified_on: date | None = None
    channel_class: str | None = None
    minutes_present: int | None = None
    minutes_recorded: int | None = None
    priority: str | None = None


def apply(latest: Mapping[tuple[Any, ...], ParticipationVersion], stored: Stored) -> Sequence[ParticipationVersion]:
    event = stored.event
    if not isinstance(event, training.ParticipationEvent):
        return ()
    before = latest.get((event.participation_id,))
    row = before or ParticipationVersion(event.participation_id, event.course_id, event.person_id, event.strand.value)
    always = isinstance(event, training_participations.CoursePriorityApplied)
    return changed(before, _after(row, event), always=always)


def _after(participation: ParticipationVersion, event: training.ParticipationEvent) -> ParticipationVersion:
    day = event.occurred_on
    match event:
        case training.ParticipationRequested():
            return replace(participation, requested_on=day)
        case training_participations.ParticipantEnrolled():
            return replace(participation, enrolled_on=day)
        case training_participations.ParticipantWaitlisted():
            return replace(participation, waitlisted_on=day)
        case training_participations.ParticipantStarted():
            return replace(participation, started_on=day)
        case training_participations.ParticipantCompleted():
            return replace(
                participation,
                completed_on=day,
                minutes_present=event.minutes_present,
                minutes_recorded=event.minutes_recorded,
            )
        case training_participations.PersonReferredToCourse():
            return replace(participation, channel_class=event.channel_class.value)
        case training_participations.CoursePriorityApplied():
            return replace(participation, priority=PRIORITY.get(event.score, UNKNOWN))
        case training_participations.ParticipantDropped():
            return replace(participation, dropped_on=day, drop_reason=event.reason.value)
        case training_participations.CertificateIssued(kind=training_participations.CertificateKind.QUALIFICATION):
            return replace(participation, certified_on=participation.certified_on or day, qualified_on=day)
        case training_participations.CertificateIssued():
            return replace(participation, certified_on=participation.certified_on or day)
        case _:
            return participation
