"""Actions are tagged, assigned by the Tavolo tecnico, reported on by who does them (P16, P17, P48, P58)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.governance_plan import (
    ActionAssigned,
    ActionProgressReported,
    ActionTagged,
    Framework,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing import scenario
from insieme_governance.plan_year import PLAN_YEAR, AcceptReduction, AssignAction, ReportActionProgress, TagAction
from insieme_governance.testing.plan import (
    ACTION_1,
    ACTION_2,
    AMENDMENT_ID,
    CITY,
    COMUNE,
    FEBRUARY,
    JUNE,
    MARCH,
    MEASURE_ID,
    OTHER_MEETING,
    YEAR,
    action,
    approved,
    ceiling,
    committed,
    drafted,
    plan_circumstances,
)

given = scenario(PLAN_YEAR, plan_circumstances(party=CITY))
PLANNED = given(committed(), drafted(), approved())
BY_MAY = date(YEAR, 5, 31)


def tag(**changes: Any) -> TagAction:
    values: dict[str, Any] = {"action_id": ACTION_1, "frameworks": (Framework.METROPOLITAN_PACT,), "on": MARCH}
    return TagAction(**{**values, **changes})


def tagged(**changes: Any) -> ActionTagged:
    values: dict[str, Any] = {
        "year": YEAR,
        "action_id": ACTION_1,
        "frameworks": (Framework.METROPOLITAN_PACT,),
        "regional_policy": None,
        "completes": None,
        "occurred_on": MARCH,
    }
    return ActionTagged(**{**values, **changes})


ASSIGN = AssignAction(action_id=ACTION_1, party=COMUNE, due_on=BY_MAY, on=MARCH)
ASSIGNED = ActionAssigned(
    year=YEAR, action_id=ACTION_1, strand=Strand.TRAINING_TARGETED, party=COMUNE, due_on=BY_MAY, occurred_on=MARCH
)
IN_NAME_OF_THE_COMUNE = plan_circumstances(party=COMUNE)


def report(percent: int, on: date) -> ReportActionProgress:
    return ReportActionProgress(action_id=ACTION_1, percent=percent, on=on)


def reported(percent: int, on: date, late: bool) -> ActionProgressReported:
    return ActionProgressReported(
        year=YEAR,
        action_id=ACTION_1,
        strand=Strand.TRAINING_TARGETED,
        percent=percent,
        late=late,
        occurred_on=on,
    )


@pytest.mark.clause("P16", "P17")
def test_an_action_is_tagged_with_frameworks_and_regional_policy() -> None:
    both = (Framework.METROPOLITAN_PACT, Framework.COMMUNITY_FUND)
    PLANNED.when(tag(frameworks=both, regional_policy="programma_gol")).then(
        tagged(frameworks=both, regional_policy="programma_gol")
    )
    given(drafted()).when(tag()).then(tagged())
    given(drafted(), tagged()).when(tag()).then_nothing()
    PLANNED.when(tag(action_id=ACTION_2)).then_refused("governance.action_unknown")
    given(committed()).when(tag()).then_refused("governance.no_plan")


@pytest.mark.clause("P48")
def test_it_names_the_regional_measure_that_it_completes() -> None:
    PLANNED.when(tag(completes=MEASURE_ID)).then(tagged(completes=MEASURE_ID))
    PLANNED.when(tag(completes=UUID(int=999))).then_refused("governance.measure_unknown", clause="P48")


@pytest.mark.clause("P58")
def test_an_action_of_the_approved_plan_is_assigned_to_a_party_in_force() -> None:
    PLANNED.when(ASSIGN).then(ASSIGNED)
    PLANNED.given(ASSIGNED).when(ASSIGN).then_nothing()
    given(committed(), drafted()).when(ASSIGN).then_refused("governance.plan_not_approved")
    PLANNED.when(ASSIGN.model_copy(update={"action_id": ACTION_2})).then_refused("governance.action_unknown")
    early = ASSIGN.model_copy(update={"on": date(YEAR, 2, 9)})
    PLANNED.when(early).then_refused("governance.before_approval", clause="P58")


@pytest.mark.clause("P58", "P81")
def test_a_party_that_is_out_gets_no_action() -> None:
    without_the_comune = plan_circumstances(party=CITY, parties={CITY: plan_circumstances().parties[CITY]})
    PLANNED.under(without_the_comune).when(ASSIGN).then_refused("governance.party_not_in_force", clause="P81")


@pytest.mark.clause("P58")
def test_who_does_it_reports_and_late_is_late() -> None:
    assigned = PLANNED.given(ASSIGNED).under(IN_NAME_OF_THE_COMUNE)
    assigned.when(report(40, BY_MAY)).then(reported(40, BY_MAY, late=False))
    assigned.when(report(40, JUNE)).then(reported(40, JUNE, late=True))
    assigned.when(report(100, JUNE)).then(reported(100, JUNE, late=False))
    assigned.given(reported(40, JUNE, late=True)).when(report(40, JUNE)).then_nothing()


@pytest.mark.clause("P58")
def test_nobody_else_reports_but_the_coordinator_that_records_it() -> None:
    PLANNED.when(report(40, MARCH)).then_refused("governance.action_not_assigned", clause="P58")
    assigned = PLANNED.given(ASSIGNED)
    assigned.under(plan_circumstances(party="cna")).when(report(40, JUNE)).then_refused(
        "governance.not_for_party", clause="P65"
    )
    assigned.when(report(40, JUNE)).then(reported(40, JUNE, late=True))


@pytest.mark.clause("P58", "P65")
def test_the_coordinator_puts_down_what_the_tavolo_tecnico_assigned() -> None:
    PLANNED.under(plan_circumstances(party=COMUNE)).when(ASSIGN).then_refused(
        "governance.not_the_coordinator", clause="P65"
    )
    nobody = plan_circumstances(party=CITY, coordinator=None)
    PLANNED.under(nobody).when(ASSIGN).then_refused("governance.no_coordinator", clause="P65")


@pytest.mark.clause("P58")
def test_an_amendment_keeps_what_is_done_of_actions_that_stay() -> None:
    kept = WorkPlanAmended(
        year=YEAR,
        amendment_id=AMENDMENT_ID,
        meeting_id=OTHER_MEETING,
        decision_no=4,
        ceilings=(ceiling(700),),
        actions=(action(planned_cost=650),),
        agreement_version="2021.1",
        occurred_on=JUNE,
    )
    after = PLANNED.given(ASSIGNED, kept).under(IN_NAME_OF_THE_COMUNE)
    after.when(report(50, JUNE)).then(reported(50, JUNE, late=True))
    dropped = kept.model_copy(update={"actions": ()})
    PLANNED.given(ASSIGNED, dropped).under(IN_NAME_OF_THE_COMUNE).when(report(50, JUNE)).then_refused(
        "governance.action_unknown"
    )


@pytest.mark.clause("P16")
def test_a_tag_given_while_funding_is_asked_is_not_lost() -> None:
    proposed = WorkPlanAmendmentProposed(
        year=YEAR,
        amendment_id=AMENDMENT_ID,
        meeting_id=OTHER_MEETING,
        decision_no=4,
        ceilings=(ceiling(550),),
        actions=(action(),),
        agreement_version="2021.1",
        occurred_on=FEBRUARY,
    )
    waiting = PLANNED.given(proposed, tagged())
    (amended,) = waiting.when(AcceptReduction(amendment_id=AMENDMENT_ID, on=JUNE)).then_types(WorkPlanAmended)
    assert isinstance(amended, WorkPlanAmended)
    assert amended.actions[0].frameworks == (Framework.METROPOLITAN_PACT,)
