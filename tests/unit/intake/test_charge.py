"""In charge: only who is eligible on that day, with a referent at once and a plan in time (I7b, I9; P24)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    CaseClosed,
    CaseResumed,
    CaseSuspended,
    ExitState,
    PersonTakenInCharge,
    PlanAgreed,
    ReadyFor,
    ReferentAssigned,
    SuspensionReason,
)
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import AgreePlan, AssignReferent, ResumeCase, SuspendCase, TakeInCharge
from insieme_intake.testing import (
    ASSESSED,
    OTHER_REFERENT,
    PLAN_DUE,
    REFERENT,
    TAKEN,
    VALID_UNTIL,
    applied,
    assessable,
    charge,
    circumstances,
    closed,
    eligibility,
    eligible,
    enrolled,
    in_charge,
    interviewed,
    of_case,
    reopening,
    suspended,
    suspension,
    voiding,
)

given = scenario(CASE, circumstances())
TAKE = TakeInCharge(on=TAKEN, referent_id=REFERENT)
ASSIGN = AssignReferent(on=date(2021, 5, 3), referent_id=OTHER_REFERENT)
PLAN = AgreePlan(on=date(2021, 5, 3), ready_for=ReadyFor.PLACEMENT)
SUSPEND = SuspendCase(on=date(2021, 6, 1), reason=SuspensionReason.SHORT_CONTRACT)
RESUME = ResumeCase(on=date(2021, 7, 1))
RESUMED = of_case(CaseResumed, date(2021, 7, 1))
AGREED = of_case(PlanAgreed, date(2021, 5, 3), plan_version=1, ready_for=ReadyFor.PLACEMENT)


@pytest.mark.clause("P24")
@pytest.mark.invariant("I7", "command")
@pytest.mark.invariant("I9", "command")
def test_who_is_eligible_is_taken_in_charge_with_a_referent_and_a_date_for_the_plan() -> None:
    given(*eligible()).when(TAKE).then(charge())
    assert charge().plan_due_on == PLAN_DUE
    assert charge().eligible_on == ASSESSED


def test_nobody_is_taken_in_charge_who_was_not_interviewed_or_assessed() -> None:
    given(*enrolled()).when(TAKE).then_refused("intake.not_interviewed", clause="P24")
    given(*assessable()).when(TAKE).then_refused("intake.eligibility_missing", clause="P27")
    assessed_later = (*assessable(), eligibility(TAKEN + timedelta(days=1)))
    given(*assessed_later).when(TAKE).then_refused("intake.eligibility_missing")


@pytest.mark.clause("P27", "P28", "P29")
@pytest.mark.invariant("I7", "command")
def test_nobody_is_taken_in_charge_who_was_not_eligible() -> None:
    not_eligible = eligibility(unmet=("P27", "P29"))
    refusal = given(*interviewed(), not_eligible).when(TAKE).then_refused("intake.not_eligible")
    assert "P27, P29" in refusal.sentence
    assert refusal.clause == "P27"


def test_the_last_assessment_counts() -> None:
    lost = eligibility(date(2021, 4, 18), unmet=("P28",))
    given(*eligible(), lost).when(TAKE).then_refused("intake.not_eligible", clause="P28")
    before_that = TakeInCharge(on=date(2021, 4, 17), referent_id=REFERENT)
    given(*eligible(), lost).when(before_that).then_types(PersonTakenInCharge)
    given(*interviewed(), eligibility(unmet=("P28",)), eligibility()).when(TAKE).then_types(PersonTakenInCharge)


@pytest.mark.clause("P27")
@pytest.mark.invariant("I7", "command")
def test_eligibility_lasts_to_its_last_day() -> None:
    given(*eligible()).when(TakeInCharge(on=VALID_UNTIL, referent_id=REFERENT)).then_types(PersonTakenInCharge)
    late = TakeInCharge(on=VALID_UNTIL + timedelta(days=1), referent_id=REFERENT)
    refusal = given(*eligible()).when(late).then_refused("intake.eligibility_expired", clause="P27")
    assert str(VALID_UNTIL) in refusal.sentence


def test_nobody_is_taken_in_charge_outside_the_term_of_the_protocol() -> None:
    without = circumstances(agreements=())
    given(*eligible()).under(without).when(TAKE).then_refused("intake.out_of_term", clause="P79")


def test_taken_in_charge_follows_the_access_interview() -> None:
    early = TakeInCharge(on=date(2021, 4, 11), referent_id=REFERENT)
    given(*eligible()).when(early).then_refused("intake.date_too_early")


def test_taken_in_charge_once() -> None:
    given(*in_charge()).when(TAKE).then_nothing()
    again = TakeInCharge(on=date(2021, 4, 21), referent_id=REFERENT)
    given(*in_charge()).when(again).then_refused("intake.in_charge", clause="P24")
    other = TakeInCharge(on=TAKEN, referent_id=OTHER_REFERENT)
    given(*in_charge()).when(other).then_refused("intake.in_charge")


def test_after_a_reopening_nobody_is_taken_in_charge_before_it() -> None:
    left = of_case(CaseClosed, date(2021, 4, 16), exit_state=ExitState.NOT_REACHABLE)
    back = (*eligible(), left, reopening(date(2021, 5, 10)))
    given(*back).when(TAKE).then_refused("intake.date_too_early")
    given(*back).when(TakeInCharge(on=date(2021, 5, 10), referent_id=REFERENT)).then_types(PersonTakenInCharge)


@pytest.mark.parametrize("history", [in_charge(), suspended()], ids=["in charge", "suspended"])
@pytest.mark.clause("P24")
def test_another_referent_is_assigned(history: tuple[DomainEvent, ...]) -> None:
    given(*history).when(ASSIGN).then(of_case(ReferentAssigned, date(2021, 5, 3), referent_id=OTHER_REFERENT))
    same = ASSIGN.model_copy(update={"referent_id": REFERENT})
    given(*history).when(same).then_nothing()


@pytest.mark.clause("P24")
@pytest.mark.invariant("I9", "command")
def test_every_agreed_plan_is_the_next_version() -> None:
    given(*in_charge()).when(PLAN).then(AGREED)
    (second,) = given(*in_charge(), AGREED).when(PLAN).then_types(PlanAgreed)
    assert isinstance(second, PlanAgreed)
    assert second.plan_version == 2


def test_a_case_is_suspended_and_resumed() -> None:
    given(*in_charge()).when(SUSPEND).then(suspension())
    given(*suspended()).when(SUSPEND).then_nothing()
    given(*suspended()).when(RESUME).then(RESUMED)
    given(*suspended(), RESUMED).when(RESUME).then_nothing()
    again = SuspendCase(on=date(2021, 8, 1), reason=SuspensionReason.UNAVAILABLE)
    given(*suspended(), RESUMED).when(again).then_types(CaseSuspended)


def test_a_suspended_case_is_resumed_before_it_goes_on() -> None:
    given(*suspended()).when(PLAN).then_refused("intake.case_suspended", clause="P24")
    other_day = SUSPEND.model_copy(update={"on": date(2021, 6, 2)})
    given(*suspended()).when(other_day).then_refused("intake.case_suspended")
    given(*in_charge()).when(RESUME).then_refused("intake.in_charge")


@pytest.mark.parametrize(
    ("history", "command", "day"),
    [
        (in_charge(), ASSIGN, date(2021, 4, 19)),
        (in_charge(), PLAN, date(2021, 4, 19)),
        (in_charge(), SUSPEND, date(2021, 4, 19)),
        (suspended(), RESUME, date(2021, 5, 31)),
        ((*suspended(), RESUMED), SUSPEND, date(2021, 6, 30)),
    ],
)
def test_nothing_comes_before_what_it_follows(
    history: tuple[DomainEvent, ...], command: AssignReferent | AgreePlan | SuspendCase | ResumeCase, day: date
) -> None:
    given(*history).when(command.model_copy(update={"on": day})).then_refused("intake.date_too_early")


@pytest.mark.parametrize("command", [ASSIGN, PLAN, SUSPEND, RESUME], ids=lambda command: type(command).__name__)
def test_only_who_is_in_charge_is_followed(command: AssignReferent | AgreePlan | SuspendCase | ResumeCase) -> None:
    for history, code in (
        ((), "intake.case_unknown"),
        (applied(), "intake.not_enrolled"),
        (enrolled(), "intake.already_enrolled"),
        (eligible(), "intake.already_interviewed"),
        (closed(), "intake.case_closed"),
        ((*in_charge(), voiding()), "intake.enrolment_voided"),
    ):
        given(*history).when(command).then_refused(code)
