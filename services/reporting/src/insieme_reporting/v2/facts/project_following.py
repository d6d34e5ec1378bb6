"""What followed of a project: jobs, help by companies of the Board, survival, microcredit (P43, P45, P61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding_projects import (
    ConsolidationActionRecorded,
    MicrocreditReported,
    PlacementLinkedToProject,
    PlacementUnlinkedFromProject,
    ProjectSurvivalRecorded,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

OF_PLACEMENTS = (PlacementLinkedToProject, PlacementUnlinkedFromProject)
OF_SURVIVAL = (ProjectSurvivalRecorded,)
OF_CONSOLIDATION = (ConsolidationActionRecorded,)
OF_MICROCREDIT = (MicrocreditReported,)


@dataclass(frozen=True, slots=True)
class ProjectPlacementVersion(FactRow):
    """A job that a project created; not any more from `unlinked_on` on (P45). It may be linked again."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "project"
    table: ClassVar[str] = "project_placement_versions"
    key: ClassVar[tuple[str, ...]] = ("project_id", "employment_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    project_id: UUID
    employment_id: UUID
    linked_on: date
    suitability: str
    unlinked_on: date | None = None


def placement(
    latest: Mapping[tuple[Any, ...], ProjectPlacementVersion], stored: Stored
) -> Sequence[ProjectPlacementVersion]:
    match stored.event:
        case PlacementLinkedToProject() as event:
            row = ProjectPlacementVersion(
                event.project_id, event.employment_id, event.occurred_on, event.suitability.value
            )
            return changed(latest.get((event.project_id, event.employment_id)), row)
        case PlacementUnlinkedFromProject() as event:
            before = latest[(event.project_id, event.employment_id)]
            return changed(before, replace(before, unlinked_on=event.occurred_on))
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class ProjectSurvivalVersion(FactRow):
    """Whether the enterprise was alive so many months after the funding; asked again, the last answer counts (P61)."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "project"
    table: ClassVar[str] = "project_survival_versions"
    key: ClassVar[tuple[str, ...]] = ("project_id", "months")
    sealed: ClassVar[tuple[str, ...]] = ()

    project_id: UUID
    months: int
    asked_on: date
    alive: bool


def survival(
    latest: Mapping[tuple[Any, ...], ProjectSurvivalVersion], stored: Stored
) -> Sequence[ProjectSurvivalVersion]:
    event = stored.event
    if not isinstance(event, ProjectSurvivalRecorded):
        return ()
    row = ProjectSurvivalVersion(event.project_id, event.months, event.occurred_on, event.alive)
    return changed(latest.get((event.project_id, event.months)), row)


@dataclass(frozen=True, slots=True)
class ConsolidationVersion(FactRow):
    """What a company of the Board did for a funded project (P61)."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "project"
    table: ClassVar[str] = "consolidation_versions"
    key: ClassVar[tuple[str, ...]] = ("project_id", "action_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    project_id: UUID
    action_id: UUID
    company_id: UUID
    kind: str
    acted_on: date


def consolidation(
    latest: Mapping[tuple[Any, ...], ConsolidationVersion], stored: Stored
) -> Sequence[ConsolidationVersion]:
    event = stored.event
    if not isinstance(event, ConsolidationActionRecorded):
        return ()
    row = ConsolidationVersion(event.project_id, event.action_id, event.company_id, event.kind.value, event.occurred_on)
    return changed(latest.get((event.project_id, event.action_id)), row)


@dataclass(frozen=True, slots=True)
class MicrocreditVersion(FactRow):
    """What the bank granted to a project, in euro cents; no money of a budget (P43)."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "project"
    table: ClassVar[str] = "microcredit_versions"
    key: ClassVar[tuple[str, ...]] = ("project_id", "report_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    project_id: UUID
    report_id: UUID
    strand: str
    granted_on: date
    amount: Money


def microcredit(latest: Mapping[tuple[Any, ...], MicrocreditVersion], stored: Stored) -> Sequence[MicrocreditVersion]:
    event = stored.event
    if not isinstance(event, MicrocreditReported):
        return ()
    row = MicrocreditVersion(event.project_id, event.report_id, event.strand.value, event.occurred_on, event.amount)
    return changed(latest.get((event.project_id, event.report_id)), row)
