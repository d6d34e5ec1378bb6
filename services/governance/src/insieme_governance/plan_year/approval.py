"""The plan is drafted, and a decision of a held Tavolo approves, rejects or amends it, within the resources (P52)."""

from __future__ import annotations

from collections import Counter
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.governance_plan import (
    Ceiling,
    PlannedAction,
    PlanYearClosed,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
    WorkPlanAmendmentRejected,
    WorkPlanApproved,
    WorkPlanDrafted,
    WorkPlanRejected,
)
from insieme_events.decider import Decision, Refused
from insieme_governance.gates import NO_AGREEMENT_IN_FORCE
from insieme_governance.plan_year.commands import (
    AcceptReduction,
    AmendWorkPlan,
    ApproveWorkPlan,
    ClosePlanYear,
    DraftWorkPlan,
    RefuseReduction,
    RejectWorkPlan,
)
from insieme_governance.plan_year.facts import HELD, TAVOLO, WORK_PLAN, WORK_PLAN_AMENDMENT, PlanYearCircumstances
from insieme_governance.plan_year.refusals import (
    ACTION_BEYOND_CEILING,
    ACTION_TWICE,
    AMENDMENT_OPEN,
    AMENDMENT_UNKNOWN,
    APPROVED_ALREADY,
    BEFORE_MEETING,
    BEYOND_RESOURCES,
    CEILING_TWICE,
    DECISION_USED,
    DRAFTED_AFTER_MEETING,
    MEASURE_UNKNOWN,
    MEETING_UNKNOWN,
    NO_DRAFT,
    NO_PLAN,
    NOT_APPROVED,
    NOT_DECIDED,
    NOT_HELD,
    NOT_THE_TAVOLO,
    OTHER_SUBJECT,
    YEAR_RUNNING,
)
from insieme_governance.plan_year.resources import YEAR_CLOSED
from insieme_governance.plan_year.state import (
    Amending,
    Approved,
    Books,
    Closed,
    DecisionOfTavolo,
    Drafted,
    PlanYear,
    Rejected,
    Unplanned,
    by_source,
)


def draft(command: DraftWorkPlan, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    match state:
        case Unplanned() | Drafted() | Rejected():
            if wrong := misfit(command.ceilings, command.actions, circumstances):
                return wrong
            drafted = WorkPlanDrafted(
                year=command.year, ceilings=command.ceilings, actions=command.actions, occurred_on=command.on
            )
            same = isinstance(state, Drafted) and (state.plan.ceilings, tuple(state.plan.actions.values())) == (
                command.ceilings,
                command.actions,
            )
            return [] if same else [drafted]
        case Approved() | Amending():
            return APPROVED_ALREADY
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)


def reject(command: RejectWorkPlan, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    match state:
        case Unplanned():
            return NO_PLAN
        case Drafted():
            if missing := undecided(command, circumstances, used=state.against):
                return missing
            return drafted_later(state, circumstances) or [
                WorkPlanRejected(
                    year=state.year,
                    meeting_id=command.meeting_id,
                    decision_no=command.decision_no,
                    occurred_on=command.on,
                )
            ]
        case Rejected(against=against):
            return [] if (command.meeting_id, command.decision_no) in against else NO_DRAFT
        case Approved() | Amending():
            return APPROVED_ALREADY
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)


def approve(command: ApproveWorkPlan, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    match state:
        case Unplanned():
            return NO_PLAN
        case Rejected():
            return NO_DRAFT
        case Drafted():
            if circumstances.agreement is None:
                return NO_AGREEMENT_IN_FORCE.about(on=command.on)
            if missing := undecided(command, circumstances, used=state.against):
                return missing
            if later := drafted_later(state, circumstances):
                return later
            return beyond(state.plan.ceilings, state.books, circumstances.agreement) or [
                WorkPlanApproved(
                    year=state.year,
                    meeting_id=command.meeting_id,
                    decision_no=command.decision_no,
                    ceilings=state.plan.ceilings,
                    agreement_version=circumstances.agreement.version,
                    occurred_on=command.on,
                )
            ]
        case Approved() | Amending() if (command.meeting_id, command.decision_no) in state.work.decisions:
            return []
        case Approved() | Amending():
            return APPROVED_ALREADY
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)


def amend(command: AmendWorkPlan, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    match state:
        case Unplanned() | Drafted() | Rejected():
            return NOT_APPROVED
        case Amending(amendment=amendment) if amendment.amendment_id == command.amendment_id:
            return []
        case Amending(amendment=amendment):
            return AMENDMENT_OPEN.about(amendment_id=amendment.amendment_id)
        case Approved() if command.amendment_id in state.work.settled:
            return []
        case Approved():
            if circumstances.agreement is None:
                return NO_AGREEMENT_IN_FORCE.about(on=command.on)
            return (
                misfit(command.ceilings, command.actions, circumstances)
                or undecided(command, circumstances, used=state.work.decisions)
                or beyond(command.ceilings, state.books, circumstances.agreement)
                or [decided(command, state, circumstances.agreement)]
            )
        case Closed():
            return YEAR_CLOSED.about(year=state.year)
        case _:
            assert_never(state)


def decided(
    command: AmendWorkPlan, state: Approved, agreement: Agreement
) -> WorkPlanAmendmentProposed | WorkPlanAmended:
    """At once where no ceiling goes down; else funding has to say first whether its budgets fit."""
    kind = WorkPlanAmendmentProposed if any_lower(state.work.plan.ceilings, command.ceilings) else WorkPlanAmended
    return kind(
        year=state.year,
        amendment_id=command.amendment_id,
        meeting_id=command.meeting_id,
        decision_no=command.decision_no,
        ceilings=command.ceilings,
        actions=command.actions,
        agreement_version=agreement.version,
        occurred_on=command.on,
    )


def settle(command: AcceptReduction | RefuseReduction, state: PlanYear) -> Decision:
    match state:
        case Amending(amendment=amendment) if amendment.amendment_id == command.amendment_id:
            day = max(command.on, amendment.decided_on)
            if isinstance(command, RefuseReduction):
                return [
                    WorkPlanAmendmentRejected(year=state.year, amendment_id=amendment.amendment_id, occurred_on=day)
                ]
            return [
                WorkPlanAmended(
                    year=state.year,
                    amendment_id=amendment.amendment_id,
                    meeting_id=amendment.meeting_id,
                    decision_no=amendment.decision_no,
                    ceilings=amendment.plan.ceilings,
                    actions=tuple(amendment.plan.actions.values()),
                    agreement_version=amendment.agreement_version,
                    occurred_on=day,
                )
            ]
        case Approved() | Amending() | Closed() if command.amendment_id in state.work.settled:
            return []
        case Unplanned() | Drafted() | Rejected() | Approved() | Amending() | Closed():
            return AMENDMENT_UNKNOWN
        case _:
            assert_never(state)


def close(command: ClosePlanYear, state: PlanYear) -> Decision:
    match state:
        case Unplanned() | Drafted() | Rejected():
            return NOT_APPROVED
        case Amending(amendment=amendment):
            return AMENDMENT_OPEN.about(amendment_id=amendment.amendment_id)
        case Approved() if command.on.year <= state.year:
            return YEAR_RUNNING.about(year=state.year)
        case Approved():
            return [PlanYearClosed(year=state.year, occurred_on=command.on)]
        case Closed():
            return []
        case _:
            assert_never(state)


def undecided(
    command: RejectWorkPlan | ApproveWorkPlan | AmendWorkPlan,
    circumstances: PlanYearCircumstances,
    used: frozenset[DecisionOfTavolo],
) -> Refused | None:
    """Refuses what no held meeting of the Tavolo decided, and what rests on a decision that has served before."""
    wanted = WORK_PLAN_AMENDMENT if isinstance(command, AmendWorkPlan) else WORK_PLAN
    match circumstances.meeting:
        case None:
            return MEETING_UNKNOWN
        case meeting if meeting.body != TAVOLO:
            return NOT_THE_TAVOLO.about(body=meeting.body)
        case meeting if meeting.status != HELD or meeting.held_on is None:
            return NOT_HELD.about(status=meeting.status)
        case meeting if command.on < meeting.held_on:
            return BEFORE_MEETING.about(held_on=meeting.held_on)
        case meeting if meeting.subject is None:
            return NOT_DECIDED.about(number=command.decision_no)
        case meeting if meeting.subject != wanted:
            return OTHER_SUBJECT.about(number=command.decision_no, subject=meeting.subject, wanted=wanted)
        case _ if (command.meeting_id, command.decision_no) in used:
            return DECISION_USED.about(number=command.decision_no)
        case _:
            return None


def drafted_later(state: Drafted, circumstances: PlanYearCircumstances) -> Refused | None:
    """A draft that was changed after the meeting is not the one that the meeting decided on."""
    meeting = circumstances.meeting
    if meeting is None or meeting.held_on is None or state.drafted_on <= meeting.held_on:
        return None
    return DRAFTED_AFTER_MEETING.about(drafted_on=state.drafted_on, held_on=meeting.held_on)


def beyond(ceilings: tuple[Ceiling, ...], books: Books, agreement: Agreement) -> Refused | None:
    """Refuses a plan that may spend more from a source than is available there (P52, I3)."""
    for source, planned in sorted(by_source(ceilings).items()):
        available = books.available(source, agreement.resources_basis)
        if planned > available:
            return BEYOND_RESOURCES.about(planned=planned, source=source, available=available)
    return None


def any_lower(old: tuple[Ceiling, ...], new: tuple[Ceiling, ...]) -> bool:
    """Whether any source may spend less on any strand than before; one that is left out may spend nothing."""
    now = {(ceiling.source, ceiling.strand): ceiling.amount for ceiling in new}
    return any(now.get((ceiling.source, ceiling.strand), 0) < ceiling.amount for ceiling in old)


def misfit(
    ceilings: tuple[Ceiling, ...], actions: tuple[PlannedAction, ...], circumstances: PlanYearCircumstances
) -> Refused | None:
    """Refuses what contradicts itself, or names a regional measure that nobody registered (P48, P52)."""
    most: dict[tuple[str, str], int] = {}
    for ceiling in ceilings:
        if (ceiling.source, ceiling.strand) in most:
            return CEILING_TWICE.about(source=ceiling.source, strand=ceiling.strand)
        most[ceiling.source, ceiling.strand] = ceiling.amount
    costs: Counter[tuple[str, str]] = Counter()
    seen = set()
    for action in actions:
        if action.action_id in seen:
            return ACTION_TWICE.about(action_id=action.action_id)
        seen.add(action.action_id)
        if action.completes is not None and action.completes not in circumstances.measures:
            return MEASURE_UNKNOWN.about(measure=action.completes)
        costs[action.source, action.strand] += action.planned_cost
    for (source, strand), planned in costs.items():
        ceiling_of = most.get((source, strand), 0)
        if planned > ceiling_of:
            return ACTION_BEYOND_CEILING.about(strand=strand, planned=planned, source=source, ceiling=ceiling_of)
    return None
