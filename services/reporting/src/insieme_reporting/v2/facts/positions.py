"""Positions that were identified for a 2.b course, and those that its participants took (P39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.matching_vacancies import PositionFreed, ReservedPositionUsed
from insieme_events.contracts.training_courses import PositionsIdentified, PositionsWithdrawn
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

OF_COURSE = (PositionsIdentified, PositionsWithdrawn)
OF_VACANCY = (ReservedPositionUsed, PositionFreed)


@dataclass(frozen=True, slots=True)
class CoursePositionVersion(FactRow):
    """A reservation as the course sees it: so many positions of a vacancy or a need are kept for it still."""

    context: ClassVar[str] = "training"
    stream_name: ClassVar[str] = "course"
    table: ClassVar[str] = "course_position_versions"
    key: ClassVar[tuple[str, ...]] = ("course_id", "reservation_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    course_id: UUID
    reservation_id: UUID
    company_id: UUID
    identified_on: date
    identified: int
    positions: int


def identified(
    latest: Mapping[tuple[Any, ...], CoursePositionVersion], stored: Stored
) -> Sequence[CoursePositionVersion]:
    match stored.event:
        case PositionsIdentified() as event:
            row = CoursePositionVersion(
                event.course_id,
                event.reservation_id,
                event.company_id,
                event.occurred_on,
                event.positions,
                event.positions,
            )
            return changed(latest.get((event.course_id, event.reservation_id)), row)
        case PositionsWithdrawn() as event:
            before = latest[(event.course_id, event.reservation_id)]
            return changed(before, replace(before, positions=event.positions))
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class ReservedPositionVersion(FactRow):
    """A placement that took a position kept for a course; `freed_on` where the placement was voided.

    On the stream of the vacancy: a need has none, it becomes a vacancy first.
    """

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "vacancy"
    table: ClassVar[str] = "reserved_position_versions"
    key: ClassVar[tuple[str, ...]] = ("vacancy_id", "employment_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    vacancy_id: UUID
    employment_id: UUID
    course_id: UUID
    reservation_id: UUID
    used_on: date
    freed_on: date | None = None


def used(
    latest: Mapping[tuple[Any, ...], ReservedPositionVersion], stored: Stored
) -> Sequence[ReservedPositionVersion]:
    match stored.event:
        case ReservedPositionUsed() as event:
            row = ReservedPositionVersion(
                event.source_id, event.employment_id, event.course_id, event.reservation_id, event.occurred_on
            )
            return changed(latest.get((event.source_id, event.employment_id)), row)
        case PositionFreed() as event:
            before = latest.get((event.vacancy_id, event.employment_id))
            return changed(before, None if before is None else replace(before, freed_on=event.occurred_on))
        case _:
            return ()
