"""What funding's decisions are told on paper: the plan that it heard of, and what stood there when the batch began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from insieme_demo.happening import Kind, Order
from insieme_events.contracts.governance_plan import Ceiling
from insieme_events.decider import Circumstances
from insieme_events.gates import Interval
from insieme_funding.budget import BudgetCircumstances, Ceilings
from insieme_funding.call import Open
from insieme_funding.committee import Appointed, CommitteeCircumstances, DeclareConflict
from insieme_funding.decision import DecisionCircumstances
from insieme_funding.gates import budget_id
from insieme_funding.panel import Panel
from insieme_funding.project import CallSeen, PlacementSeen, ProjectCircumstances

OF_MONEY = (Kind.COMMITTEE, Kind.CALL, Kind.BUDGET, Kind.PROJECT, Kind.FUNDING_DECISION)
PAYERS = ("comune_bologna", "citta_metropolitana", "fondazione_san_petronio")


def ceilings_by_budget(told: Mapping[int, tuple[Ceiling, ...]]) -> dict[UUID, Ceilings]:
    """What the plans that funding heard of let each source spend in each year."""
    found: dict[UUID, dict[Any, int]] = {}
    for year, ceilings in told.items():
        for source in PAYERS:
            lines = {one.strand: one.amount for one in ceilings if one.source == source}
            found[budget_id(year, source)] = lines
    return dict(found)


def circumstances(
    order: Order,
    usual: tuple[Any, Any, Any],
    seen: Mapping[str, Any],
    ceilings: Mapping[UUID, Ceilings],
    in_charge: tuple[Interval, ...] | None,
    placement: PlacementSeen | None,
    board: tuple[Interval, ...] | None,
) -> Circumstances:
    command = order.command
    panel = panel_of(seen.get(f"committee-{getattr(command, 'committee_id', None)}"))
    match order.kind:
        case Kind.COMMITTEE:
            known = isinstance(command, DeclareConflict) and f"project-{command.project_id}" in seen
            return CommitteeCircumstances(*usual, overlaps=False, project_known=known)
        case Kind.BUDGET:
            return BudgetCircumstances(*usual, ceilings=ceilings.get(order.stream_id), previous=None)
        case Kind.PROJECT:
            call = seen.get(f"call-{getattr(command, 'call_id', None)}")
            conflicted = frozenset(
                member
                for state in seen.values()
                if isinstance(state, Appointed)
                for member, project in state.conflicts
                if project == order.stream_id
            )
            return ProjectCircumstances(
                *usual,
                panel=panel,
                conflicted=conflicted,
                call=CallSeen(call.strand, call.opened_on, call.closes_on) if isinstance(call, Open) else None,
                in_charge=in_charge,
                placement=placement,
                board=board,
            )
        case Kind.FUNDING_DECISION:
            return DecisionCircumstances(*usual, panel=panel)
        case _:
            return Circumstances(*usual)


def panel_of(state: Any) -> Panel | None:
    if not isinstance(state, Appointed):
        return None
    return Panel(state.committee_id, state.kind, state.since, state.until, state.members)
