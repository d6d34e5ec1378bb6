"""What is done of the plan: the Tavolo tecnico assigns actions to parties and reports on them (P58, P16, P17)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.governance_plan import ActionAssigned, ActionProgressReported, ActionTagged
from insieme_events.decider import Decision, Refused
from insieme_governance.gates import coordinates, for_party, in_force
from insieme_governance.plan_year.commands import AssignAction, ReportActionProgress, TagAction
from insieme_governance.plan_year.facts import PlanYearCircumstances
from insieme_governance.plan_year.refusals import (
    ACTION_UNKNOWN,
    BEFORE_APPROVAL,
    MEASURE_UNKNOWN,
    NO_DRAFT,
    NO_PLAN,
    NOT_APPROVED,
    NOT_ASSIGNED,
)
from insieme_governance.plan_year.resources import YEAR_CLOSED
from insieme_governance.plan_year.state import (
    Amending,
    Approved,
    Assigned,
    Closed,
    Drafted,
    PlanYear,
    Rejected,
    Unplanned,
)


def tag(command: TagAction, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    match state:
        case Unplanned():
            return NO_PLAN
        case Rejected():
            return NO_DRAFT
        case Drafted(plan=plan):
            pass
        case Approved(work=work) | Amending(work=work):
            plan = work.plan
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)
    action = plan.actions.get(command.action_id)
    if action is None:
        return ACTION_UNKNOWN
    if command.completes is not None and command.completes not in circumstances.measures:
        return MEASURE_UNKNOWN.about(measure=command.completes)
    tags = (command.frameworks, command.regional_policy, command.completes)
    if tags == (action.frameworks, action.regional_policy, action.completes):
        return []
    return [
        ActionTagged(
            year=state.year,
            action_id=command.action_id,
            frameworks=command.frameworks,
            regional_policy=command.regional_policy,
            completes=command.completes,
            occurred_on=command.on,
        )
    ]


def assign(command: AssignAction, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    """What the Tavolo tecnico assigned, the operational coordinator puts down (P58, P65)."""
    work = at_work(command, state)
    if isinstance(work, Refused):
        return work
    if refused := coordinates(circumstances.actor.party, circumstances.coordinator, command.on):
        return refused
    if unknown := in_force(circumstances.parties, {command.party}, command.on):
        return unknown
    before = work.work.assigned.get(command.action_id)
    if before is not None and (before.party, before.due_on) == (command.party, command.due_on):
        return []
    return [
        ActionAssigned(
            year=work.year,
            action_id=command.action_id,
            strand=work.work.plan.actions[command.action_id].strand,
            party=command.party,
            due_on=command.due_on,
            occurred_on=command.on,
        )
    ]


def report(command: ReportActionProgress, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    work = at_work(command, state)
    if isinstance(work, Refused):
        return work
    assigned = work.work.assigned.get(command.action_id)
    if assigned is None:
        return NOT_ASSIGNED
    if refused := for_party(circumstances.actor.party, assigned.party, circumstances.coordinator):
        return refused
    if (command.percent, command.on) == (assigned.percent, assigned.reported_on):
        return []
    return [
        ActionProgressReported(
            year=work.year,
            action_id=command.action_id,
            strand=work.work.plan.actions[command.action_id].strand,
            percent=command.percent,
            late=is_late(assigned, command),
            occurred_on=command.on,
        )
    ]


def at_work(command: AssignAction | ReportActionProgress, state: PlanYear) -> Approved | Amending | Refused:
    """The approved plan that has the action, on a day on which it was approved."""
    match state:
        case Unplanned() | Drafted() | Rejected():
            return NOT_APPROVED
        case Approved() | Amending() if command.action_id not in state.work.plan.actions:
            return ACTION_UNKNOWN
        case Approved() | Amending() if command.on < state.work.approved_on:
            return BEFORE_APPROVAL.about(approved_on=state.work.approved_on)
        case Approved() | Amending():
            return state
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)


def is_late(assigned: Assigned, command: ReportActionProgress) -> bool:
    return command.percent < 100 and assigned.due_on is not None and command.on > assigned.due_on
