"""Promoters commit resources for the year by its day, and the approved plan stays within them (P52, P72, I3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.agreement import ResourcesBasis
from insieme_events.contracts.governance_plan import CommitmentMissing, ResourcesCashed
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_governance.plan_year import PLAN_YEAR, AmendWorkPlan, CommitResources, NoteMissingCommitment, RecordCash
from insieme_governance.testing.plan import (
    AMENDMENT_ID,
    CITY,
    COMUNE,
    FEBRUARY,
    HELD_IN_JUNE,
    JANUARY,
    JUNE,
    MARCH,
    YEAR,
    approved,
    ceiling,
    committed,
    drafted,
    plan_circumstances,
)

given = scenario(PLAN_YEAR, plan_circumstances())
BY_CASH = agreement(resources_basis=ResourcesBasis.CASHED)


def commit(amount: int = 1000, **changes: Any) -> CommitResources:
    values: dict[str, Any] = {"year": YEAR, "party": COMUNE, "source": COMUNE, "amount": amount, "on": JANUARY}
    return CommitResources(**{**values, **changes})


def cash(amount: int, on: date = MARCH) -> RecordCash:
    return RecordCash(year=YEAR, party=COMUNE, source=COMUNE, amount=amount, on=on)


def cashed(amount: int, on: date = MARCH) -> ResourcesCashed:
    return ResourcesCashed(year=YEAR, party=COMUNE, source=COMUNE, amount=amount, occurred_on=on)


@pytest.mark.clause("P72")
def test_a_promoter_commits_an_amount_and_may_correct_it() -> None:
    given().when(commit()).then(committed())
    given(committed()).when(commit()).then_nothing()
    given(committed(), drafted()).when(commit(400, on=FEBRUARY)).then(committed(400, occurred_on=FEBRUARY))


@pytest.mark.clause("P03", "P72", "P81")
def test_only_a_party_that_pays_and_is_in_force_commits() -> None:
    region = plan_circumstances(party="regione_emilia_romagna")
    given().under(region).when(commit(party="regione_emilia_romagna")).then_refused("governance.party_does_not_pay")
    given().when(commit(party="nobody")).then_refused("governance.party_not_in_force", clause="P81")


@pytest.mark.clause("P65", "P72")
def test_a_party_says_itself_what_it_gives_or_the_coordinator_records_it() -> None:
    given().under(plan_circumstances(party=CITY)).when(commit()).then(committed())
    given().when(commit(party=CITY)).then_refused("governance.not_for_party", clause="P65")
    nobody_coordinates = plan_circumstances(party=CITY, coordinator=None)
    given().under(nobody_coordinates).when(commit()).then_refused("governance.not_for_party", clause="P65")


@pytest.mark.clause("P62", "P72")
def test_without_an_agreement_nobody_commits_money() -> None:
    nobody = plan_circumstances(agreement=None)
    given().under(nobody).when(commit()).then_refused("governance.no_agreement_in_force", clause="P62")
    given(committed()).under(nobody).when(cash(10)).then_refused("governance.no_agreement_in_force")


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "command")
def test_a_commitment_is_not_corrected_below_what_an_approved_plan_spends() -> None:
    planned = given(committed(), drafted(), approved())
    planned.when(commit(599, on=MARCH)).then_refused("governance.plan_needs_it", clause="P52")
    planned.when(commit(600, on=MARCH)).then(committed(600, occurred_on=MARCH))
    planned.given(committed(300, party=CITY)).when(commit(300, on=MARCH)).then(committed(300, occurred_on=MARCH))


@pytest.mark.invariant("I3", "command")
def test_nor_below_what_an_open_amendment_would_spend() -> None:
    higher = (ceiling(500), ceiling(400, strand=Strand.MATCHING))
    in_june = plan_circumstances(meeting=HELD_IN_JUNE)
    amend = AmendWorkPlan(
        amendment_id=AMENDMENT_ID, meeting_id=AMENDMENT_ID, decision_no=3, ceilings=higher, actions=(), on=JUNE
    )
    planned = given(committed(), drafted(), approved())
    proposed = planned.under(in_june).when(amend).decision
    assert isinstance(proposed, list)
    planned.given(*proposed).when(commit(899, on=JUNE)).then_refused("governance.plan_needs_it")
    planned.given(*proposed).when(commit(900, on=JUNE)).then(committed(900, occurred_on=JUNE))


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "command")
def test_where_cash_counts_it_is_cash_that_may_not_sink() -> None:
    by_cash = plan_circumstances(agreement=BY_CASH)
    planned = given(committed(), cashed(700, JANUARY), drafted(), approved()).under(by_cash)
    planned.when(cash(599)).then_refused("governance.plan_needs_it", clause="P52")
    planned.when(cash(650)).then(cashed(650))


@pytest.mark.clause("P72")
def test_cash_and_commitment_bound_one_another() -> None:
    given(committed()).when(cash(1001)).then_refused("governance.more_than_committed", clause="P72")
    given(committed()).when(cash(400)).then(cashed(400))
    given(committed(), cashed(400)).when(cash(400)).then_nothing()
    given(committed(), cashed(400)).when(commit(399, on=JUNE)).then_refused("governance.cashed_already")


def missing(party: str = CITY, on: date = FEBRUARY) -> NoteMissingCommitment:
    return NoteMissingCommitment(year=YEAR, party=party, on=on)


NOTED = CommitmentMissing(
    year=YEAR, party=CITY, due_on=date(YEAR, 1, 31), agreement_version="2021.1", occurred_on=FEBRUARY
)


@pytest.mark.clause("P72")
def test_a_commitment_is_missing_once_its_day_is_over() -> None:
    given().when(missing(on=date(YEAR, 1, 31))).then_refused("governance.commitment_not_due", clause="P72")
    given(committed()).when(missing()).then(NOTED)
    given(committed(), NOTED).when(missing()).then_nothing()
    given(committed()).when(missing(COMUNE)).then_nothing()
    given(committed(0)).when(missing(COMUNE)).then_types(CommitmentMissing)


@pytest.mark.clause("P72")
def test_it_is_missing_only_from_a_party_that_bears_a_share() -> None:
    given().when(missing("arcidiocesi")).then_refused("governance.owes_no_commitment", clause="P72")
    late = plan_circumstances(parties={COMUNE: plan_circumstances().parties[COMUNE]})
    given().under(late).when(missing()).then_refused("governance.owes_no_commitment")


def test_nothing_is_dated_in_the_future() -> None:
    given().when(commit(on=date(2023, 1, 2))).then_refused("governance.date_in_future")
