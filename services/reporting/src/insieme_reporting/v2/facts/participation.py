"""A person's participation in a course, from the request to the certificate (P37, P38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import training, training_participations
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class ParticipationVersion(FactRow):
    """`qualified_on` is the day of a certificate of qualification, `certified_on` that of any certificate."""

    context: ClassVar[str] = "training"
    stream_name: ClassVar[str] = "participation"
    table: ClassVar[str] = "participation_versions"
    key: ClassVar[tuple[str, ...]] = ("participation_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

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


def apply(latest: Mapping[tuple[Any, ...], ParticipationVersion], stored: Stored) -> Sequence[ParticipationVersion]:
    event = stored.event
    if not isinstance(event, training.ParticipationEvent):
        return ()
    before = latest.get((event.participation_id,))
    row = before or ParticipationVersion(event.participation_id, event.course_id, event.person_id, event.strand.value)
    return changed(before, _after(row, event))


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
            return replace(participation, completed_on=day)
        case training_participations.ParticipantDropped():
            return replace(participation, dropped_on=day, drop_reason=event.reason.value)
        case training_participations.CertificateIssued(kind=training_participations.CertificateKind.QUALIFICATION):
            return replace(participation, certified_on=participation.certified_on or day, qualified_on=day)
        case training_participations.CertificateIssued():
            return replace(participation, certified_on=participation.certified_on or day)
        case _:
            return participation
