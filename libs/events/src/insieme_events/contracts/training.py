"""Events of training: courses of the strands 2.a, 2.b, 2.c, and who takes part in them (P36-P42)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import base
from insieme_events.contracts.base import DomainEvent
from insieme_events.contracts.vocabulary import InterventionKind, Strand

PositionCount = Annotated[int, Field(ge=1, le=500)]


class TrainingEvent(DomainEvent):
    context = "training"


class ErasureCompleted(base.ErasureCompleted):
    """Training holds nothing readable of the person any more (GDPR art. 17)."""

    context = "training"


class SealedFieldsErased(base.SealedFieldsErased):
    """This stream holds nothing readable of the person any more, and takes no sealed field again."""

    context = "training"


class PositionSourceKind(StrEnum):
    """Where identified positions come from: a vacancy, or a company's need (P39)."""

    VACANCY = "vacancy"
    NEED = "need"


class CourseEvent(TrainingEvent):
    course_id: UUID
    strand: Strand


class PositionsRequested(CourseEvent):
    """Training asks matching to keep so many positions free for the course (P39).

    Matching answers with PositionsReserved or ReservationRefused under the same `reservation_id`.
    """

    reservation_id: UUID
    source_kind: PositionSourceKind
    source_id: UUID
    positions: PositionCount


class PositionsReturned(CourseEvent):
    """The course does not need the reservation any more: matching frees the positions (P39)."""

    reservation_id: UUID
    source_kind: PositionSourceKind
    source_id: UUID


class ParticipationEvent(TrainingEvent):
    participation_id: UUID
    course_id: UUID
    person_id: UUID
    strand: Strand


class ParticipationRequested(ParticipationEvent):
    """A person asks for a course. Intake's ledger confirms the intervention or finds it doubled (P25, P37).

    The intervention has the id of the participation.
    """

    kind: InterventionKind
    starts_on: date
    ends_on: date | None
