"""A budget stands on the approved plan, and what is used of it never goes above it (P64, P66; I3, I4)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.funding import money
from insieme_events.contracts.funding_budget import (
    AmendmentCause,
    BudgetAmended,
    BudgetClosed,
    CommitmentKind,
    CommitmentReleased,
    ExpenditureReturned,
    ReductionReleased,
    ReductionReserved,
    ReleaseReason,
)
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_funding.budget import (
    BUDGET,
    AmendBudget,
    CloseBudget,
    FollowPlan,
    Pay,
    Release,
    ReleaseReduction,
    ReserveReduction,
    TakeBack,
)
from insieme_funding.testing import (
    AMENDMENT,
    B2,
    B3,
    BUDGET_ID,
    EXPENDITURE,
    PROJECT_ID,
    SOURCE,
    YEAR,
    budget_circumstances,
    budget_set,
    commit,
    committed,
    expenditure,
    lines,
    set_budget,
    spent,
)

given = scenario(BUDGET, budget_circumstances())
PLACE: dict[str, Any] = {"budget_id": BUDGET_ID, "year": YEAR, "source": SOURCE}
OTHER = UUID(int=99)


def pay(amount: int, expenditure_id: UUID = EXPENDITURE, on: date = date(2022, 6, 1)) -> Pay:
    return Pay(expenditure_id=expenditure_id, commitment_id=PROJECT_ID, amount=amount, on=on)


@pytest.mark.clause("P66")
@pytest.mark.invariant("I4", "command")
def test_a_budget_is_set_only_with_an_approved_plan() -> None:
    given().when(set_budget()).then(budget_set())
    without = given().under(budget_circumstances(ceilings=None, previous={B3: 12_000_000}))
    without.when(set_budget()).then_refused("funding.no_plan", clause="P66")
    unknown = given().under(budget_circumstances(agreement=None))
    unknown.when(set_budget()).then_refused("funding.agreement_unknown", clause="P62")
    given(budget_set()).when(set_budget()).then_nothing()
    given(budget_set()).when(set_budget(lines=lines(s3b=1))).then_refused("funding.budget_already_set")


@pytest.mark.clause("P66")
@pytest.mark.invariant("I3", "command")
def test_no_line_is_above_the_plan() -> None:
    given().when(set_budget(lines=lines(s3b=2_000_001))).then_refused("funding.over_plan", clause="P66")
    given().when(set_budget(lines=lines(s1=1))).then_refused("funding.over_plan")
    twice = (*lines(s3b=1), *lines(s3b=2))
    given().when(set_budget(lines=twice)).then_refused("funding.strand_twice")
    above = AmendBudget(lines=lines(s3b=2_000_001), on=date(2022, 3, 1))
    given(budget_set()).when(above).then_refused("funding.over_plan", clause="P66")


@pytest.mark.clause("P66")
@pytest.mark.invariant("I4", "command")
def test_twelfths_of_the_plan_before_only_in_january_and_february_and_where_the_agreement_says_so() -> None:
    twelfths = {"ceilings": None, "previous": {B3: 1_200_000}}
    allowed = budget_circumstances(agreement=agreement(provisional_twelfths=True), **twelfths)
    forbidden = budget_circumstances(**twelfths)
    january = set_budget(lines=lines(s3b=100_000), on=date(2022, 1, 31))
    given().under(forbidden).when(january).then_refused("funding.no_plan", clause="P66")
    provisional = budget_set(lines=lines(s3b=100_000), provisional=True, occurred_on=date(2022, 1, 31))
    given().under(allowed).when(january).then(provisional)
    more = set_budget(lines=lines(s3b=100_001), on=date(2022, 1, 31))
    given().under(allowed).when(more).then_refused("funding.over_plan")
    given().under(allowed).when(set_budget(lines=lines(s3b=200_000), on=date(2022, 2, 1))).then_types(type(provisional))
    march = set_budget(lines=lines(s3b=1), on=date(2022, 3, 1))
    given().under(allowed).when(march).then_refused("funding.no_plan")
    year_before = set_budget(lines=lines(s3b=1), on=date(2021, 12, 31))
    given().under(allowed).when(year_before).then_refused("funding.no_plan")

    february, after = commit(amount=1, on=date(2022, 2, 28)), commit(amount=1, on=date(2022, 3, 1))
    given(provisional).under(allowed).when(february).then(committed(1, occurred_on=date(2022, 2, 28)))
    given(provisional).under(allowed).when(after).then_refused("funding.no_plan", clause="P66")
    given(provisional).under(allowed).when(expenditure(strand=B3, on=date(2022, 3, 1))).then_refused("funding.no_plan")
    second = AmendBudget(lines=lines(s3b=200_000), on=date(2022, 2, 1))
    given(provisional).under(allowed).when(second).then_types(BudgetAmended)

    approved = FollowPlan(
        cause=AmendmentCause.PLAN_APPROVED, amendment_id=None, ceilings=lines(s3b=90_000), on=date(2022, 3, 3)
    )
    confirmed = BudgetAmended(
        **PLACE,
        lines=lines(s3b=90_000),
        provisional=False,
        cause=AmendmentCause.PLAN_APPROVED,
        occurred_on=date(2022, 3, 3),
    )
    given(provisional).when(approved).then(confirmed)
    given(provisional, confirmed).when(approved).then_nothing()
    given(provisional, confirmed).when(commit(amount=90_000)).then(committed(90_000))


@pytest.mark.clause("P64")
@pytest.mark.invariant("I3", "command")
def test_commitments_and_uncommitted_expenditure_stay_within_the_line() -> None:
    given(budget_set()).when(commit()).then(committed())
    given(budget_set(), committed()).when(commit()).then_nothing()
    given(budget_set(), committed()).when(commit(amount=1)).then_refused("funding.committed_otherwise")
    more = commit(commitment_id=OTHER, amount=200_001)
    refused = given(budget_set(), committed()).when(more).then_refused("funding.not_left", clause="P64")
    assert "200000" in refused.sentence
    given(budget_set(), committed()).when(commit(commitment_id=OTHER, amount=200_000)).then(
        committed(200_000, commitment_id=OTHER)
    )
    given(budget_set()).when(expenditure()).then(spent())
    given(budget_set(), spent()).when(expenditure()).then_nothing()
    given(budget_set(), spent()).when(expenditure(amount=1)).then_refused("funding.paid_otherwise")
    over = expenditure(expenditure_id=OTHER, amount=400_001)
    given(budget_set(), spent()).when(over).then_refused("funding.not_left", clause="P64")
    given(budget_set(), spent()).when(commit(strand=B2, amount=400_001)).then_refused("funding.not_left")
    given().when(commit()).then_refused("funding.budget_unknown", clause="P66")
    given().when(expenditure()).then_refused("funding.budget_unknown")


def test_money_belongs_to_its_year() -> None:
    given(budget_set()).when(commit(on=date(2021, 12, 31))).then_refused("funding.other_year", clause="P66")
    given(budget_set()).when(commit(on=date(2022, 1, 19))).then_refused("funding.before_budget")
    given(budget_set()).when(commit(on=date(2023, 1, 1))).then_refused("funding.date_in_future")


@pytest.mark.clause("P64")
@pytest.mark.invariant("I3", "command")
def test_payments_stay_within_their_commitment() -> None:
    paid = spent(500_000, B3, commitment_id=PROJECT_ID, occurred_on=date(2022, 6, 1))
    history = (budget_set(), committed(), paid)
    given(budget_set(), committed()).when(pay(500_000)).then(paid)
    given(*history).when(pay(500_000)).then_nothing()
    given(*history).when(pay(1)).then_refused("funding.paid_otherwise")
    given(*history).when(pay(300_001, OTHER)).then_refused("funding.over_commitment", clause="P64")
    given(*history).when(pay(1, OTHER, date(2022, 5, 19))).then_refused("funding.before_commitment")
    given(budget_set()).when(pay(1)).then_refused("funding.commitment_unknown")
    # What is paid was committed before: it takes nothing more out of the line.
    given(*history).when(commit(commitment_id=OTHER, amount=200_000)).then(committed(200_000, commitment_id=OTHER))


def test_a_project_is_paid_by_instalments_and_an_activity_by_expenditures() -> None:
    on_project = expenditure(commitment_id=PROJECT_ID, strand=B3, on=date(2022, 6, 1))
    given(budget_set(), committed()).when(on_project).then_refused("funding.pay_by_instalment", clause="P64")
    activity = committed(300_000, B2, commitment_kind=CommitmentKind.ACTIVITY)
    on_activity = expenditure(commitment_id=PROJECT_ID, on=date(2022, 6, 1))
    given(budget_set(), activity).when(on_activity).then(spent(commitment_id=PROJECT_ID, occurred_on=date(2022, 6, 1)))
    other_strand = expenditure(commitment_id=PROJECT_ID, strand=B3, on=date(2022, 6, 1))
    given(budget_set(), activity).when(other_strand).then_refused("funding.other_strand", clause="P30")


@pytest.mark.clause("P64")
def test_revocation_and_return_free_the_money() -> None:
    paid = spent(500_000, B3, commitment_id=PROJECT_ID, occurred_on=date(2022, 6, 1))
    release = Release(commitment_id=PROJECT_ID, reason=ReleaseReason.REVOKED, on=date(2022, 9, 1))
    released = CommitmentReleased(
        **PLACE,
        **money(B3, 300_000),
        commitment_id=PROJECT_ID,
        reason=ReleaseReason.REVOKED,
        occurred_on=date(2022, 9, 1),
    )
    history = (budget_set(), committed(), paid)
    given(*history).when(release).then(released)
    given(*history, released).when(release).then_nothing()
    back = TakeBack(return_id=OTHER, commitment_id=PROJECT_ID, amount=200_000, on=date(2022, 10, 1))
    returned = ExpenditureReturned(
        **PLACE,
        **money(B3, 200_000),
        return_id=OTHER,
        commitment_id=PROJECT_ID,
        borne_by="comune_bologna",
        occurred_on=date(2022, 10, 1),
    )
    given(*history, released).when(back).then(returned)
    given(*history, released, returned).when(back).then_nothing()
    too_much = TakeBack(return_id=EXPENDITURE, commitment_id=PROJECT_ID, amount=300_001, on=date(2022, 10, 1))
    given(*history, released, returned).when(too_much).then_refused("funding.over_paid", clause="P64")
    everything = commit(commitment_id=EXPENDITURE, amount=700_000, on=date(2022, 11, 1))
    given(*history, released, returned).when(everything).then_types(type(committed()))
    one_more = commit(commitment_id=EXPENDITURE, amount=700_001, on=date(2022, 11, 1))
    given(*history, released, returned).when(one_more).then_refused("funding.not_left")


def test_a_closed_budget_takes_back_and_lets_go() -> None:
    paid = spent(500_000, B3, commitment_id=PROJECT_ID, occurred_on=date(2022, 6, 1))
    closed = BudgetClosed(**PLACE, occurred_on=date(2022, 12, 1))
    back = TakeBack(return_id=OTHER, commitment_id=PROJECT_ID, amount=200_000, on=date(2022, 12, 2))
    given(budget_set(), committed(), paid, closed).when(back).then_types(ExpenditureReturned)
    held = ReductionReserved(**PLACE, amendment_id=AMENDMENT, ceilings=lines(s3b=900_000), occurred_on=date(2022, 6, 1))
    release = ReleaseReduction(amendment_id=AMENDMENT, on=date(2022, 12, 2))
    given(budget_set(), committed(), held, closed).when(release).then_types(ReductionReleased)


def test_an_amendment_keeps_what_is_used() -> None:
    low = AmendBudget(lines=lines(s3b=799_999), on=date(2022, 6, 1))
    given(budget_set(), committed()).when(low).then_refused("funding.below_used", clause="P66")
    exact = AmendBudget(lines=lines(s3b=800_000), on=date(2022, 6, 1))
    amended = BudgetAmended(
        **PLACE,
        lines=lines(s3b=800_000),
        provisional=False,
        cause=AmendmentCause.DECIDED,
        occurred_on=date(2022, 6, 1),
    )
    given(budget_set(), committed()).when(exact).then(amended)
    given(budget_set(), committed(), amended).when(exact).then_nothing()
    given().when(exact).then_refused("funding.budget_unknown")


@pytest.mark.clause("P66")
@pytest.mark.invariant("I3", "command")
def test_a_lower_plan_is_held_from_the_acceptance_on() -> None:
    reserve = ReserveReduction(amendment_id=AMENDMENT, ceilings=lines(s3b=900_000), on=date(2022, 6, 1))
    held = ReductionReserved(**PLACE, amendment_id=AMENDMENT, ceilings=lines(s3b=900_000), occurred_on=date(2022, 6, 1))
    history = (budget_set(), committed())
    given(*history).when(reserve).then(held)
    given(*history, held).when(reserve).then_nothing()
    given().when(reserve).then_nothing()
    too_low = ReserveReduction(amendment_id=AMENDMENT, ceilings=lines(s3b=799_999), on=date(2022, 6, 1))
    given(*history).when(too_low).then_refused("funding.reduction_does_not_fit", clause="P66")

    more = commit(commitment_id=OTHER, amount=100_001, on=date(2022, 6, 2))
    given(*history).when(more).then_types(type(committed()))
    given(*history, held).when(more).then_refused("funding.not_left", clause="P64")
    training = commit(commitment_id=OTHER, strand=B2, amount=1, on=date(2022, 6, 2))
    given(*history, held).when(training).then_refused("funding.not_left")

    release = ReleaseReduction(amendment_id=AMENDMENT, on=date(2022, 6, 3))
    free = ReductionReleased(**PLACE, amendment_id=AMENDMENT, occurred_on=date(2022, 6, 3))
    given(*history, held).when(release).then(free)
    given(*history, held, free).when(release).then_nothing()
    given(*history, held, free).when(more).then_types(type(committed()))

    follow = FollowPlan(
        cause=AmendmentCause.PLAN_AMENDED,
        amendment_id=AMENDMENT,
        ceilings=lines(s3b=900_000),
        on=date(2022, 6, 3),
    )
    lower = BudgetAmended(
        **PLACE,
        lines=lines(s3b=900_000, s2b=0),
        provisional=False,
        cause=AmendmentCause.PLAN_AMENDED,
        occurred_on=date(2022, 6, 3),
    )
    given(*history, held).when(follow).then(lower, free)
    given(*history, held, lower, free).when(follow).then_nothing()
    given(*history, held, lower, free).when(more).then_refused("funding.not_left")


def test_a_plan_that_came_out_lower_than_what_was_used_takes_nothing_away_and_lets_nothing_more() -> None:
    follow = FollowPlan(
        cause=AmendmentCause.PLAN_AMENDED, amendment_id=None, ceilings=lines(s3b=1), on=date(2022, 6, 3)
    )
    found = given(budget_set(), committed()).when(follow).then_types(BudgetAmended)
    assert isinstance(found[0], BudgetAmended)
    assert found[0].lines == lines(s3b=800_000, s2b=0)
    given(budget_set(), committed(), found[0]).when(commit(commitment_id=OTHER, amount=1)).then_refused(
        "funding.not_left"
    )


@pytest.mark.clause("P66")
def test_a_closed_budget_pays_what_it_bound_and_binds_nothing_more() -> None:
    close = CloseBudget(on=date(2022, 12, 31))
    closed = BudgetClosed(**PLACE, occurred_on=date(2022, 12, 31))
    history = (budget_set(), committed(), closed)
    given().when(close).then_refused("funding.budget_unknown")
    given(budget_set(), committed()).when(close).then(closed)
    given(*history).when(close).then_nothing()
    given(*history).when(commit(commitment_id=OTHER, amount=1)).then_refused("funding.budget_closed", clause="P66")
    given(*history).when(expenditure()).then_refused("funding.budget_closed")
    given(*history).when(AmendBudget(lines=lines(s3b=1), on=date(2022, 12, 31))).then_refused("funding.budget_closed")
    given(*history).when(pay(1, on=date(2022, 12, 31))).then_types(type(spent()))
    release = Release(commitment_id=PROJECT_ID, reason=ReleaseReason.CLOSED, on=date(2022, 12, 31))
    given(*history).when(release).then_types(CommitmentReleased)
