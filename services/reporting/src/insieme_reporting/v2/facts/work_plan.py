"""The work plan of a year, its ceilings, and what parties put into the year (P52, P66, P72)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from insieme_events.contracts.governance_plan import (
    PlanYearClosed,
    ResourcesCashed,
    ResourcesCommitted,
    WorkPlanAmended,
    WorkPlanApproved,
    WorkPlanDrafted,
    WorkPlanRejected,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

OF_PLAN = (WorkPlanDrafted, WorkPlanRejected, WorkPlanApproved, WorkPlanAmended, PlanYearClosed)
OF_CEILINGS = (WorkPlanApproved, WorkPlanAmended)
OF_RESOURCES = (ResourcesCommitted, ResourcesCashed)


@dataclass(frozen=True, slots=True)
class WorkPlanVersion(FactRow):
    """How often the plan of a year was drafted, rejected and amended, and the day of its approval (P52)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "plan_year"
    table: ClassVar[str] = "work_plan_versions"
    key: ClassVar[tuple[str, ...]] = ("year",)
    sealed: ClassVar[tuple[str, ...]] = ()

    year: int
    drafts: int = 0
    rejections: int = 0
    amendments: int = 0
    drafted_on: date | None = None
    approved_on: date | None = None
    amended_on: date | None = None
    closed_on: date | None = None


def plan(latest: Mapping[tuple[Any, ...], WorkPlanVersion], stored: Stored) -> Sequence[WorkPlanVersion]:
    event = stored.event
    if not isinstance(event, OF_PLAN):
        return ()
    before = latest.get((event.year,))
    row, day = before or WorkPlanVersion(event.year), event.occurred_on
    match event:
        case WorkPlanDrafted():
            row = replace(row, drafts=row.drafts + 1, drafted_on=row.drafted_on or day)
        case WorkPlanRejected():
            row = replace(row, rejections=row.rejections + 1)
        case WorkPlanApproved():
            row = replace(row, approved_on=day)
        case WorkPlanAmended():
            row = replace(row, amendments=row.amendments + 1, amended_on=day)
        case PlanYearClosed():
            row = replace(row, closed_on=day)
    return changed(before, row)


@dataclass(frozen=True, slots=True)
class PlanCeilingVersion(FactRow):
    """The most that the approved plan lets a source spend on a strand, in euro cents; 0 where it was taken out."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "plan_year"
    table: ClassVar[str] = "plan_ceiling_versions"
    key: ClassVar[tuple[str, ...]] = ("year", "source", "strand")
    sealed: ClassVar[tuple[str, ...]] = ()

    year: int
    source: str
    strand: str
    amount: Money


def ceilings(latest: Mapping[tuple[Any, ...], PlanCeilingVersion], stored: Stored) -> Sequence[PlanCeilingVersion]:
    event = stored.event
    if not isinstance(event, WorkPlanApproved | WorkPlanAmended):
        return ()
    amounts: dict[tuple[Any, ...], int] = dict.fromkeys(latest, 0)
    for one in event.ceilings:
        key = (event.year, one.source, one.strand.value)
        amounts[key] = amounts.get(key, 0) + one.amount
    found: list[PlanCeilingVersion] = []
    for key in sorted(amounts):
        found.extend(changed(latest.get(key), PlanCeilingVersion(*key, amounts[key])))
    return found


@dataclass(frozen=True, slots=True)
class ResourceVersion(FactRow):
    """What a party puts into a year from a source, and what of it has come in, in euro cents (P52, P72).

    Each event says the whole amount, so the last one counts.
    """

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "plan_year"
    table: ClassVar[str] = "resource_versions"
    key: ClassVar[tuple[str, ...]] = ("year", "party", "source", "strand")
    sealed: ClassVar[tuple[str, ...]] = ()

    year: int
    party: str
    source: str
    strand: str
    committed: Money = 0
    cashed: Money = 0


def resources(latest: Mapping[tuple[Any, ...], ResourceVersion], stored: Stored) -> Sequence[ResourceVersion]:
    event = stored.event
    if not isinstance(event, OF_RESOURCES):
        return ()
    key = (event.year, event.party, event.source, event.strand.value)
    before = latest.get(key)
    row = before or ResourceVersion(*key)
    if isinstance(event, ResourcesCommitted):
        row = replace(row, committed=event.amount)
    else:
        row = replace(row, cashed=event.amount)
    return changed(before, row)
