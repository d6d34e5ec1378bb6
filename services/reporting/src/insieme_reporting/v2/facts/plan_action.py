"""An action of the work plan, to whom it was assigned and how far it is (P52, P58)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.governance_plan import (
    ActionAssigned,
    ActionProgressReported,
    PlannedAction,
    WorkPlanAmended,
    WorkPlanApproved,
    WorkPlanDrafted,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

EVENTS = (WorkPlanDrafted, WorkPlanApproved, WorkPlanAmended, ActionAssigned, ActionProgressReported)


@dataclass(frozen=True, slots=True)
class PlanActionVersion(FactRow):
    """`planned_cost` in euro cents. It is one of the plan from `planned_on` on, as long as it is not `dropped`.

    An action of a draft that the next one leaves out is dropped too, and never was planned.
    """

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "plan_year"
    table: ClassVar[str] = "plan_action_versions"
    key: ClassVar[tuple[str, ...]] = ("year", "action_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    year: int
    action_id: UUID
    strand: str
    source: str
    planned_cost: Money
    dropped: bool = False
    planned_on: date | None = None
    party: str | None = None
    due_on: date | None = None
    percent: int | None = None
    late: bool = False


Actions = Mapping[tuple[Any, ...], PlanActionVersion]


def apply(latest: Actions, stored: Stored) -> Sequence[PlanActionVersion]:
    match stored.event:
        case WorkPlanDrafted() as event:
            return _said(latest, event.year, event.actions, None)
        case WorkPlanApproved() as event:
            standing = [row for row in latest.values() if not row.dropped]
            return [replace(row, planned_on=event.occurred_on) for row in standing]
        case WorkPlanAmended() as event:
            return _said(latest, event.year, event.actions, event.occurred_on)
        case ActionAssigned() as event:
            before = latest[(event.year, event.action_id)]
            return changed(before, replace(before, party=event.party, due_on=event.due_on))
        case ActionProgressReported() as event:
            before = latest[(event.year, event.action_id)]
            return changed(before, replace(before, percent=event.percent, late=event.late))
        case _:
            return ()


def _said(
    latest: Actions, year: int, actions: Sequence[PlannedAction], planned_on: date | None
) -> list[PlanActionVersion]:
    """The actions as they are said now; those that are left out are dropped."""
    found: list[PlanActionVersion] = []
    said = {(year, one.action_id) for one in actions}
    for one in actions:
        before = latest.get((year, one.action_id))
        row = PlanActionVersion(year, one.action_id, one.strand.value, one.source, one.planned_cost)
        if before is not None:
            row = replace(before, strand=row.strand, source=row.source, planned_cost=row.planned_cost, dropped=False)
        found.extend(changed(before, replace(row, planned_on=row.planned_on or planned_on)))
    found.extend(replace(row, dropped=True) for key, row in latest.items() if key not in said and not row.dropped)
    return found
