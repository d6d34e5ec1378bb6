"""What can be done to a year of the plan. Amounts are euro cents, and always the whole, never a difference."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import Code
from insieme_events.contracts.governance_plan import Ceiling, Framework, Percent, PlannedAction, Year
from insieme_events.contracts.vocabulary import Cents
from insieme_events.days import Day
from insieme_events.decider import Command

Ceilings = Annotated[tuple[Ceiling, ...], Field(min_length=1, max_length=200)]
Actions = Annotated[tuple[PlannedAction, ...], Field(max_length=500)]
DecisionNo = Annotated[int, Field(ge=1, le=10_000)]


class Commitment(Command):
    """What a promoter puts into the year from a source; said again, it corrects what was said before (P72)."""

    party: Code
    source: Code
    amount: Cents
    on: Day


class CommitResources(Commitment):
    year: Year


class Cash(Command):
    """What has come in of a commitment so far (P52)."""

    party: Code
    source: Code
    amount: Cents
    on: Day


class RecordCash(Cash):
    year: Year


class NoteMissingCommitment(Command):
    """The day by which a party had to commit has passed without a commitment: a timer's command (P72)."""

    year: Year
    party: Code
    on: Day


class Draft(Command):
    """A draft of the plan: the most that each source may spend on each strand, and the actions (P52, P16)."""

    ceilings: Ceilings
    actions: Actions
    on: Day


class DraftWorkPlan(Draft):
    year: Year


class RejectWorkPlan(Command):
    """The Tavolo decided against the draft (P52)."""

    meeting_id: UUID
    decision_no: DecisionNo
    on: Day


class ApproveWorkPlan(Command):
    """The Tavolo decided on the plan (P52)."""

    meeting_id: UUID
    decision_no: DecisionNo
    on: Day


class Amendment(Command):
    """The Tavolo decided on other ceilings and actions: both are given whole (P52)."""

    meeting_id: UUID
    decision_no: DecisionNo
    ceilings: Ceilings
    actions: Actions
    on: Day


class AmendWorkPlan(Amendment):
    amendment_id: UUID


class AcceptReduction(Command):
    """Funding's budgets fit under the lower ceilings: a reaction's command (P66)."""

    amendment_id: UUID
    on: Day


class RefuseReduction(Command):
    """Funding has committed more than the lower ceilings allow: a reaction's command (P66)."""

    amendment_id: UUID
    on: Day


class Tags(Command):
    """Where the action belongs: frameworks, regional policy, the regional measure that it completes (P16, P17, P48)."""

    frameworks: Annotated[tuple[Framework, ...], Field(max_length=len(Framework))]
    regional_policy: Code | None = None
    completes: UUID | None = None
    on: Day


class TagAction(Tags):
    action_id: UUID


class Assignment(Command):
    """The Tavolo tecnico assigns an action to a party (P58)."""

    party: Code
    due_on: Day | None = None
    on: Day


class AssignAction(Assignment):
    action_id: UUID


class Progress(Command):
    """How far the party to which an action is assigned has come with it (P58)."""

    percent: Percent
    on: Day


class ReportActionProgress(Progress):
    action_id: UUID


class ClosePlanYear(Command):
    on: Day


PlanYearCommand = (
    CommitResources
    | RecordCash
    | NoteMissingCommitment
    | DraftWorkPlan
    | RejectWorkPlan
    | ApproveWorkPlan
    | AmendWorkPlan
    | AcceptReduction
    | RefuseReduction
    | TagAction
    | AssignAction
    | ReportActionProgress
    | ClosePlanYear
)
