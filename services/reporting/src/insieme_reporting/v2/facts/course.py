"""A course, from the plan to its end (P36-P41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import training, training_courses
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class CourseVersion(FactRow):
    """`positions` are those that a 2.b course had identified when it was activated; `positions_lost_on` is empty
    again once others carry the seats.
    """

    context: ClassVar[str] = "training"
    stream_name: ClassVar[str] = "course"
    table: ClassVar[str] = "course_versions"
    key: ClassVar[tuple[str, ...]] = ("course_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    course_id: UUID
    strand: str
    course_code: str | None = None
    module_kind: str | None = None
    hours: int | None = None
    seats: int | None = None
    proposed_by: str | None = None
    planned_on: date | None = None
    activated_on: date | None = None
    positions: int | None = None
    positions_lost_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    cancelled_on: date | None = None
    cancel_reason: str | None = None


def apply(latest: Mapping[tuple[Any, ...], CourseVersion], stored: Stored) -> Sequence[CourseVersion]:
    event = stored.event
    if not isinstance(event, training.CourseEvent):
        return ()
    before = latest.get((event.course_id,))
    return changed(before, _after(before or CourseVersion(event.course_id, event.strand.value), event))


def _after(course: CourseVersion, event: training.CourseEvent) -> CourseVersion:
    day = event.occurred_on
    match event:
        case training_courses.CourseProposed():
            return replace(course, course_code=event.course_code, proposed_by=event.by_party)
        case training_courses.CoursePlanned():
            return replace(
                course,
                course_code=event.course_code,
                module_kind=event.module_kind.value if event.module_kind is not None else None,
                hours=event.hours,
                seats=event.seats,
                proposed_by=event.proposed_by,
                planned_on=day,
            )
        case training_courses.CourseActivated():
            return replace(course, activated_on=day, positions=event.positions)
        case training_courses.PositionsLost():
            return replace(course, positions_lost_on=day)
        case training_courses.PositionsRecovered():
            return replace(course, positions_lost_on=None)
        case training_courses.CourseStarted():
            return replace(course, started_on=day)
        case training_courses.CourseEnded():
            return replace(course, ended_on=day)
        case training_courses.CourseCancelled():
            return replace(course, cancelled_on=day, cancel_reason=event.reason.value)
        case _:
            return course
