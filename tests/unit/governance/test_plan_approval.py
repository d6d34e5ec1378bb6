"""The plan is approved by a decision of a held Tavolo, within the resources, and only so (P52, P66, I3, I4)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.agreement import ResourcesBasis
from insieme_events.contracts.governance_plan import (
    PlanYearClosed,
    ResourcesCashed,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
    WorkPlanAmendmentRejected,
    WorkPlanApproved,
    WorkPlanDrafted,
    WorkPlanRejected,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_governance.plan_year import (
    PLAN_YEAR,
    AcceptReduction,
    AmendWorkPlan,
    ApproveWorkPlan,
    ClosePlanYear,
    DraftWorkPlan,
    RefuseReduction,
    RejectWorkPlan,
)
from insieme_governance.plan_year.facts import HELD, TAVOLO, WORK_PLAN, WORK_PLAN_AMENDMENT, Meeting
from insieme_governance.testing.plan import (
    ACTION_2,
    AMENDMENT_ID,
    COMUNE,
    FEBRUARY,
    HELD_IN_JUNE,
    JANUARY,
    JUNE,
    MARCH,
    MEASURE_ID,
    MEETING_ID,
    OTHER_MEETING,
    TODAY,
    YEAR,
    action,
    approved,
    ceiling,
    committed,
    drafted,
    plan_circumstances,
)

given = scenario(PLAN_YEAR, plan_circumstances())
APPROVE = ApproveWorkPlan(meeting_id=MEETING_ID, decision_no=1, on=FEBRUARY)
REJECT = RejectWorkPlan(meeting_id=MEETING_ID, decision_no=1, on=FEBRUARY)
REJECTED = WorkPlanRejected(year=YEAR, meeting_id=MEETING_ID, decision_no=1, occurred_on=FEBRUARY)
IN_JUNE = plan_circumstances(meeting=HELD_IN_JUNE)
CLOSED = PlanYearClosed(year=YEAR, occurred_on=date(2023, 1, 1))


def draft(**changes: Any) -> DraftWorkPlan:
    values: dict[str, Any] = {"year": YEAR, "ceilings": (ceiling(),), "actions": (action(),), "on": JANUARY}
    return DraftWorkPlan(**{**values, **changes})


def amend(amount: int, amendment_id: UUID = AMENDMENT_ID, **changes: Any) -> AmendWorkPlan:
    values: dict[str, Any] = {
        "amendment_id": amendment_id,
        "meeting_id": OTHER_MEETING,
        "decision_no": 4,
        "ceilings": (ceiling(amount),),
        "actions": (),
        "on": JUNE,
    }
    return AmendWorkPlan(**{**values, **changes})


def amended(amount: int, kind: type[WorkPlanAmended | WorkPlanAmendmentProposed]) -> Any:
    return kind(
        year=YEAR,
        amendment_id=AMENDMENT_ID,
        meeting_id=OTHER_MEETING,
        decision_no=4,
        ceilings=(ceiling(amount),),
        actions=(),
        agreement_version="2021.1",
        occurred_on=JUNE,
    )


@pytest.mark.clause("P52")
def test_a_draft_takes_the_place_of_the_draft_before() -> None:
    given().when(draft()).then(drafted())
    given(drafted()).when(draft()).then_nothing()
    given(drafted()).when(draft(ceilings=(ceiling(900),), on=MARCH)).then_types(WorkPlanDrafted)
    given(drafted(), approved()).when(draft(on=MARCH)).then_refused("governance.plan_approved_already", clause="P52")


@pytest.mark.clause("P52")
def test_a_draft_does_not_contradict_itself() -> None:
    twice = draft(ceilings=(ceiling(), ceiling(1)))
    given().when(twice).then_refused("governance.ceiling_twice", clause="P52")
    given().when(draft(actions=(action(), action()))).then_refused("governance.action_twice")
    dear = draft(actions=(action(planned_cost=500), action(action_id=ACTION_2, planned_cost=101)))
    given().when(dear).then_refused("governance.action_beyond_ceiling", clause="P52")
    elsewhere = draft(actions=(action(strand=Strand.MATCHING),))
    given().when(elsewhere).then_refused("governance.action_beyond_ceiling")


@pytest.mark.clause("P48")
def test_an_action_completes_only_a_regional_measure_that_is_registered() -> None:
    given().when(draft(actions=(action(completes=MEASURE_ID),))).then_types(WorkPlanDrafted)
    unknown = draft(actions=(action(completes=UUID(int=999)),))
    given().when(unknown).then_refused("governance.measure_unknown", clause="P48")


@pytest.mark.clause("P52", "P66")
@pytest.mark.invariant("I4", "command")
def test_a_held_tavolo_approves_the_draft_with_its_ceilings() -> None:
    given(committed(), drafted()).when(APPROVE).then(approved())
    given(committed(), drafted(), approved()).when(APPROVE).then_nothing()
    given(committed()).when(APPROVE).then_refused("governance.no_plan", clause="P52")


NOT_BY_THAT = {
    "governance.plan_meeting_unknown": None,
    "governance.not_the_tavolo": Meeting("technical_table", HELD, FEBRUARY, WORK_PLAN),
    "governance.plan_meeting_not_held": Meeting(TAVOLO, "convened", None, WORK_PLAN),
    "governance.plan_decision_unknown": Meeting(TAVOLO, HELD, FEBRUARY, None),
    "governance.decision_about_other": Meeting(TAVOLO, HELD, FEBRUARY, WORK_PLAN_AMENDMENT),
    "governance.before_meeting": Meeting(TAVOLO, HELD, MARCH, WORK_PLAN),
    "governance.drafted_after_meeting": Meeting(TAVOLO, HELD, date(YEAR, 1, 9), WORK_PLAN),
}


@pytest.mark.clause("P52")
@pytest.mark.invariant("I4", "command")
@pytest.mark.parametrize("code", NOT_BY_THAT)
def test_nothing_but_a_decision_of_a_held_tavolo_approves_or_rejects(code: str) -> None:
    circumstances = plan_circumstances(meeting=NOT_BY_THAT[code])
    given(committed(), drafted()).under(circumstances).when(APPROVE).then_refused(code, clause="P52")
    given(committed(), drafted()).under(circumstances).when(REJECT).then_refused(code, clause="P52")


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "command")
def test_a_plan_beyond_the_resources_of_a_source_is_not_approved() -> None:
    given(committed(599), drafted()).when(APPROVE).then_refused("governance.plan_beyond_resources", clause="P52")
    other_source = committed(5000, source="fondo_sociale")
    given(other_source, drafted()).when(APPROVE).then_refused("governance.plan_beyond_resources")
    two = drafted(ceilings=(ceiling(600), ceiling(401, strand=Strand.MATCHING)))
    given(committed(), two).when(APPROVE).then_refused("governance.plan_beyond_resources")


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "command")
def test_where_cash_counts_commitments_are_not_enough() -> None:
    by_cash = plan_circumstances(agreement=agreement(resources_basis=ResourcesBasis.CASHED))
    came_in = ResourcesCashed(year=YEAR, party=COMUNE, source=COMUNE, amount=600, occurred_on=JANUARY)
    given(committed(), drafted()).under(by_cash).when(APPROVE).then_refused("governance.plan_beyond_resources")
    given(committed(), came_in, drafted()).under(by_cash).when(APPROVE).then_types(WorkPlanApproved)


@pytest.mark.clause("P52", "P62")
def test_without_an_agreement_nothing_is_approved() -> None:
    nobody = plan_circumstances(agreement=None)
    given(committed(), drafted()).under(nobody).when(APPROVE).then_refused("governance.no_agreement_in_force")


@pytest.mark.clause("P52")
def test_a_rejected_draft_is_drafted_again_and_needs_another_decision() -> None:
    given(committed(), drafted()).when(REJECT).then(REJECTED)
    given(committed(), drafted(), REJECTED).when(REJECT).then_nothing()
    given(committed(), drafted(), REJECTED).when(APPROVE).then_refused("governance.no_draft", clause="P52")
    given(committed(), drafted(), REJECTED).when(draft()).then(drafted())
    again = given(committed(), drafted(), REJECTED, drafted())
    again.when(APPROVE).then_refused("governance.decision_used", clause="P52")
    again.when(APPROVE.model_copy(update={"decision_no": 2})).then(approved(decision_no=2))


PLANNED = given(committed(), drafted(), approved()).under(IN_JUNE)


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "command")
def test_higher_ceilings_hold_at_once_if_the_resources_allow_them() -> None:
    PLANNED.when(amend(1000)).then(amended(1000, WorkPlanAmended))
    PLANNED.when(amend(1001)).then_refused("governance.plan_beyond_resources", clause="P52")
    PLANNED.given(amended(1000, WorkPlanAmended)).when(amend(1000)).then_nothing()


@pytest.mark.clause("P52", "P66")
@pytest.mark.invariant("I3", "command")
def test_a_lower_ceiling_waits_for_funding() -> None:
    PLANNED.when(amend(599)).then(amended(599, WorkPlanAmendmentProposed))
    moved = amend(0, ceilings=(ceiling(900, strand=Strand.MATCHING),))
    PLANNED.when(moved).then_types(WorkPlanAmendmentProposed)
    waiting = PLANNED.given(amended(599, WorkPlanAmendmentProposed))
    waiting.when(AcceptReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then(amended(599, WorkPlanAmended))
    rejected = WorkPlanAmendmentRejected(year=YEAR, amendment_id=AMENDMENT_ID, occurred_on=JUNE)
    waiting.when(RefuseReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then(rejected)
    settled = waiting.given(rejected)
    settled.when(RefuseReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then_nothing()
    settled.when(amend(599)).then_nothing()
    settled.when(amend(599, UUID(int=998))).then_refused("governance.decision_used")


@pytest.mark.clause("P52")
def test_two_amendments_are_never_open() -> None:
    waiting = PLANNED.given(amended(599, WorkPlanAmendmentProposed))
    waiting.when(amend(599)).then_nothing()
    waiting.when(amend(1000, UUID(int=998))).then_refused("governance.amendment_open", clause="P52")
    waiting.when(ClosePlanYear(on=TODAY)).then_refused("governance.amendment_open")


@pytest.mark.clause("P66")
def test_an_answer_about_an_amendment_that_nobody_proposed_is_not_found() -> None:
    PLANNED.when(AcceptReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then_refused("governance.amendment_unknown")
    given().when(RefuseReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then_refused("governance.amendment_unknown")


@pytest.mark.clause("P52")
def test_a_plan_that_is_not_approved_is_not_amended() -> None:
    given(drafted()).under(IN_JUNE).when(amend(700)).then_refused("governance.plan_not_approved", clause="P52")
    about_the_plan = plan_circumstances(meeting=Meeting(TAVOLO, HELD, JUNE, WORK_PLAN))
    PLANNED.under(about_the_plan).when(amend(700)).then_refused("governance.decision_about_other", clause="P52")
    used = amend(700, meeting_id=MEETING_ID, decision_no=1)
    PLANNED.when(used).then_refused("governance.decision_used", clause="P52")


@pytest.mark.clause("P52")
def test_a_year_is_closed_once_it_is_over_and_stays_closed() -> None:
    later = plan_circumstances(today=date(2023, 6, 1))
    given(committed(), drafted(), approved()).when(ClosePlanYear(on=TODAY)).then_refused("governance.plan_year_running")
    planned = given(committed(), drafted(), approved()).under(later)
    planned.when(ClosePlanYear(on=date(2023, 1, 1))).then(CLOSED)
    planned.given(CLOSED).when(ClosePlanYear(on=date(2023, 2, 1))).then_nothing()
    for command in (draft(), APPROVE, REJECT, amend(700)):
        planned.given(CLOSED).when(command).then_refused("governance.plan_year_closed", clause="P52")
