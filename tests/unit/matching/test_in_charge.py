"""The intervals that a case gives: from the taking in charge to the closing, both days included (I7b, P33)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.intake import (
    CaseClosed,
    CaseEvent,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    EnrolmentVoided,
    ExitState,
    PersonTakenInCharge,
    ReopeningReason,
    SuspensionReason,
    VoidReason,
)
from insieme_events.contracts.intake_following import CaseMerged, CaseUnmerged
from insieme_events.gates import Interval
from insieme_events.in_charge import Charge, InChargeView, after
from insieme_matching.gates import in_charge_on

CASE, WHO = UUID(int=1), UUID(int=2)
JANUARY_10, MARCH_1, APRIL_1, JUNE_1 = date(2021, 1, 10), date(2021, 3, 1), date(2021, 4, 1), date(2021, 6, 1)
TAKEN = PersonTakenInCharge(
    case_id=CASE,
    person_id=WHO,
    occurred_on=JANUARY_10,
    referent_id=UUID(int=3),
    eligible_on=JANUARY_10,
    plan_due_on=JANUARY_10,
    agreement_version="2017.1",
)
CLOSED = CaseClosed(case_id=CASE, person_id=WHO, occurred_on=MARCH_1, exit_state=ExitState.OTHER)


def reopened(reason: ReopeningReason) -> CaseReopened:
    return CaseReopened(case_id=CASE, person_id=WHO, occurred_on=APRIL_1, reason=reason, agreement_version="2021.1")


def intervals(*events: CaseEvent) -> Sequence[Interval]:
    charge = Charge(WHO)
    for event in events:
        charge = after(charge, event)
    return charge.intervals


def test_it_opens_with_the_taking_in_charge_and_ends_with_the_closing() -> None:
    assert intervals(TAKEN) == (Interval(JANUARY_10, None),)
    assert intervals(TAKEN, CLOSED) == (Interval(JANUARY_10, MARCH_1),)


def test_a_case_that_was_never_in_charge_gives_nothing() -> None:
    assert intervals(CLOSED, reopened(ReopeningReason.CAME_BACK)) == ()


def test_a_reopened_case_is_in_charge_again_from_that_day() -> None:
    again = intervals(TAKEN, CLOSED, reopened(ReopeningReason.LOST_WORK))
    assert again == (Interval(JANUARY_10, MARCH_1), Interval(APRIL_1, None))
    later = CLOSED.model_copy(update={"occurred_on": JUNE_1})
    assert intervals(TAKEN, CLOSED, reopened(ReopeningReason.LOST_WORK), later)[-1] == Interval(APRIL_1, JUNE_1)


def test_a_case_closed_by_mistake_was_in_charge_all_along() -> None:
    assert intervals(TAKEN, CLOSED, reopened(ReopeningReason.CLOSED_BY_MISTAKE)) == (Interval(JANUARY_10, None),)


def test_a_suspended_case_stays_in_charge() -> None:
    suspended = CaseSuspended(case_id=CASE, person_id=WHO, occurred_on=MARCH_1, reason=SuspensionReason.SHORT_CONTRACT)
    resumed = CaseResumed(case_id=CASE, person_id=WHO, occurred_on=APRIL_1)
    assert intervals(TAKEN, suspended, resumed) == (Interval(JANUARY_10, None),)
    assert not {CaseSuspended, CaseResumed} & (InChargeView.types or frozenset())


def test_a_voided_enrolment_takes_every_interval_away() -> None:
    voided = EnrolmentVoided(
        case_id=CASE, person_id=WHO, occurred_on=JUNE_1, voids=UUID(int=9), reason=VoidReason.WRONG_PERSON
    )
    assert intervals(TAKEN, CLOSED, voided) == ()


@pytest.mark.invariant("I7", "command")
def test_both_days_of_an_interval_are_in_charge() -> None:
    charge = [Interval(JANUARY_10, MARCH_1)]
    assert in_charge_on(charge, JANUARY_10) is None
    assert in_charge_on(charge, MARCH_1) is None
    assert in_charge_on(charge, date(2021, 3, 2)) is not None


def test_a_case_that_was_merged_ends_and_goes_on_where_the_merge_was_a_mistake() -> None:
    merged = CaseMerged(case_id=CASE, person_id=WHO, occurred_on=MARCH_1, into_case_id=UUID(int=8))
    apart = CaseUnmerged(case_id=CASE, person_id=WHO, occurred_on=APRIL_1)
    assert intervals(TAKEN, merged) == (Interval(JANUARY_10, MARCH_1),)
    assert intervals(TAKEN, merged, apart) == (Interval(JANUARY_10, None),)
    assert intervals(merged, apart) == ()
    assert {CaseMerged, CaseUnmerged} <= (InChargeView.types or frozenset())
