"""A year of the plan (piano di lavoro annuale): resources committed, the plan, what is done of it (P52, P58, P72).

One stream per year holds all three, so that no plan is approved beyond resources that are corrected at the same
instant (I3).
"""

from __future__ import annotations

from typing import assert_never
from uuid import UUID, uuid5

from insieme_events.decider import Decider, Decision
from insieme_governance.gates import not_after
from insieme_governance.plan_year import actions, approval, resources
from insieme_governance.plan_year.commands import (
    AcceptReduction,
    AmendWorkPlan,
    ApproveWorkPlan,
    AssignAction,
    ClosePlanYear,
    CommitResources,
    DraftWorkPlan,
    NoteMissingCommitment,
    PlanYearCommand,
    RecordCash,
    RefuseReduction,
    RejectWorkPlan,
    ReportActionProgress,
    TagAction,
)
from insieme_governance.plan_year.facts import PlanYearCircumstances
from insieme_governance.plan_year.state import PlanYear, Unplanned, evolve

YEARS = UUID("0b7f2f0e-6a39-5d5e-9c0e-5d3b0c6a7f21")


def plan_year_id(year: int) -> UUID:
    """The stream of a year."""
    return uuid5(YEARS, str(year))


def decide(command: PlanYearCommand, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case CommitResources():
            return resources.commit(command, state, circumstances)
        case RecordCash():
            return resources.cash(command, state, circumstances)
        case NoteMissingCommitment():
            return resources.note_missing(command, state, circumstances)
        case DraftWorkPlan():
            return approval.draft(command, state, circumstances)
        case RejectWorkPlan():
            return approval.reject(command, state, circumstances)
        case ApproveWorkPlan():
            return approval.approve(command, state, circumstances)
        case AmendWorkPlan():
            return approval.amend(command, state, circumstances)
        case AcceptReduction() | RefuseReduction():
            return approval.settle(command, state)
        case TagAction():
            return actions.tag(command, state, circumstances)
        case AssignAction():
            return actions.assign(command, state, circumstances)
        case ReportActionProgress():
            return actions.report(command, state, circumstances)
        case ClosePlanYear():
            return approval.close(command, state)
        case _:
            assert_never(command)


PLAN_YEAR: Decider[PlanYear, PlanYearCommand, PlanYearCircumstances] = Decider(
    context="governance", name="plan_year", initial=Unplanned(), decide=decide, evolve=evolve
)

__all__ = [
    "PLAN_YEAR",
    "AcceptReduction",
    "AmendWorkPlan",
    "ApproveWorkPlan",
    "AssignAction",
    "ClosePlanYear",
    "CommitResources",
    "DraftWorkPlan",
    "NoteMissingCommitment",
    "PlanYear",
    "PlanYearCircumstances",
    "PlanYearCommand",
    "RecordCash",
    "RefuseReduction",
    "RejectWorkPlan",
    "ReportActionProgress",
    "TagAction",
    "plan_year_id",
]
