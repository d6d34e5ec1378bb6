"""What a decision about a participation is told by the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Circumstances
from insieme_events.gates import Interval


@dataclass(frozen=True, slots=True)
class CourseFound:
    """The course as its view has it; `open`: planned, activated or started."""

    course_id: UUID
    strand: Strand
    module_kind: ModuleKind | None
    open: bool
    planned_on: date
    starts_on: date
    ends_on: date
    started_on: date | None


@dataclass(frozen=True, slots=True)
class PriorityFacts:
    """What training knows of the person for P42, as of the day of the ranking."""

    pandemic: bool
    sector_change_on: date | None


@dataclass(frozen=True, slots=True)
class ParticipationCircumstances(Circumstances):
    """`in_charge`: when the person was in charge, None if not heard of yet. `course` None: no such course.
    `association_known`: whether the association of a RequestParticipation is a trade association of the protocol in
    force. `erased`: the person's data were erased.
    """

    last_known: Agreement | None
    in_charge: tuple[Interval, ...] | None
    course: CourseFound | None
    association_known: bool
    erased: bool
    priority: PriorityFacts
