"""A project from the submission to what became of it (P43-P45, P63, P64)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import funding_projects as told
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed, earliest

EVENTS = (
    told.ProjectSubmitted,
    told.AccompanimentStarted,
    told.AccompanimentClosed,
    told.ProjectEvaluated,
    told.ProjectApproved,
    told.ProjectRejected,
    told.ProjectFunded,
    told.InstalmentPaid,
    told.FundingRevoked,
    told.ProjectClosed,
    told.JobTargetDeclared,
)


@dataclass(frozen=True, slots=True)
class ProjectVersion(FactRow):
    """Euro cents. Who proposed it is no column: strand 3a is a natural person's, and no figure counts proposers (P44).

    `jobs` are those that the project promises (P45); `first_paid_on` is the day of the first instalment.
    """

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "project"
    table: ClassVar[str] = "project_versions"
    key: ClassVar[tuple[str, ...]] = ("project_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    project_id: UUID
    call_id: UUID
    strand: str
    submitted_on: date
    accompanied_from: date | None = None
    accompanied_to: date | None = None
    accompaniment_outcome: str | None = None
    evaluated_on: date | None = None
    evaluation_outcome: str | None = None
    approved_on: date | None = None
    rejected_on: date | None = None
    rejection_ground: str | None = None
    funded_on: date | None = None
    year: int | None = None
    source: str | None = None
    granted: Money | None = None
    first_paid_on: date | None = None
    revoked_on: date | None = None
    closed_on: date | None = None
    outcome: str | None = None
    jobs: int | None = None


def apply(latest: Mapping[tuple[Any, ...], ProjectVersion], stored: Stored) -> Sequence[ProjectVersion]:
    event = stored.event
    if isinstance(event, told.ProjectSubmitted):
        return (ProjectVersion(event.project_id, event.call_id, event.strand.value, event.occurred_on),)
    if not isinstance(event, told.ProjectEvent):
        return ()
    before = latest[(event.project_id,)]
    return changed(before, _after(before, event))


def _after(project: ProjectVersion, event: told.ProjectEvent) -> ProjectVersion:
    day = event.occurred_on
    match event:
        case told.AccompanimentStarted():
            return replace(project, accompanied_from=day)
        case told.AccompanimentClosed():
            return replace(project, accompanied_to=day, accompaniment_outcome=event.outcome.value)
        case told.ProjectEvaluated():
            return replace(project, evaluated_on=day, evaluation_outcome=event.outcome.value)
        case told.ProjectApproved():
            return replace(project, approved_on=day)
        case told.ProjectRejected():
            return replace(project, rejected_on=day, rejection_ground=event.ground.value)
        case told.ProjectFunded():
            return replace(project, funded_on=day, year=event.year, source=event.source, granted=event.amount)
        case told.InstalmentPaid():
            return replace(project, first_paid_on=earliest(project.first_paid_on, day))
        case told.FundingRevoked():
            return replace(project, revoked_on=day)
        case told.ProjectClosed():
            return replace(project, closed_on=day, outcome=event.outcome.value)
        case told.JobTargetDeclared():
            return replace(project, jobs=event.jobs)
        case _:
            return project
