"""The implementing agreement and the legal limits as dated versions (P62, P67, P69)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.agreement import ConsentOf, CostShare, SpendingRule
from insieme_events.contracts.governance import AgreementAdopted, LegalLimitsPublished
from insieme_events.decider import Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import MATRIX, SHARES, agreement, limits, parameters
from insieme_governance.agreement import AGREEMENT, AdoptAgreement
from insieme_governance.legal_limits import LEGAL_LIMITS, PublishLegalLimits
from insieme_governance.testing import (
    LIMITS_ID,
    SIGNED_ON,
    actor,
    adopt,
    agreement_circumstances,
    limits_circumstances,
    register,
)

given = scenario(AGREEMENT, agreement_circumstances())


@pytest.mark.clause("P62", "P69")
def test_a_version_is_adopted_by_the_promoters_and_holds_to_the_end_of_the_term() -> None:
    (event,) = given().when(adopt()).then_types(AgreementAdopted)
    assert isinstance(event, AgreementAdopted)
    assert (event.valid_from, event.valid_to) == (SIGNED_ON, date(2026, 3, 3))
    assert event.signed_by == ("citta_metropolitana", "comune_bologna", "fondazione_san_petronio")
    assert event.parameters.spending_rule is SpendingRule.UNANIMOUS
    given(event).when(adopt()).then_nothing()
    given(event).when(adopt(version="2021.9")).then_refused("governance.agreement_adopted", clause="P62")


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "command")
def test_its_transition_goes_beyond_the_term() -> None:
    (event,) = given().when(adopt(parameters=parameters(transitional_months=12))).then_types(AgreementAdopted)
    assert isinstance(event, AgreementAdopted)
    assert event.valid_to == date(2027, 3, 3)


@pytest.mark.clause("P02", "P62")
def test_every_promoter_signs_itself_or_by_its_delegate() -> None:
    two = adopt(signed_by=frozenset({"comune_bologna", "citta_metropolitana"}))
    given().when(two).then_refused("governance.agreement_not_signed_by", clause="P62")
    union = adopt(signed_by=frozenset({"comune_bologna", "citta_metropolitana", "fondazione_san_petronio", "cgil"}))
    given().when(union).then_refused("governance.not_a_promoter", clause="P67")
    stranger = agreement_circumstances(actor=actor("cgil"))
    given().under(stranger).when(adopt()).then_refused("governance.agreement_not_of_actor", clause="P62")


@pytest.mark.clause("P67")
@pytest.mark.invariant("I14", "command")
def test_the_shares_of_the_promoters_make_the_whole() -> None:
    for shares, code in (
        (SHARES[:2], "governance.shares_not_whole"),
        ((*SHARES, SHARES[0]), "governance.share_twice"),
        ((), "governance.shares_not_whole"),
        ((*SHARES[:2], CostShare(party="caritas", basis_points=2000)), "governance.not_a_promoter"),
        ((CostShare(party="comune_bologna", basis_points=9_999),), "governance.shares_not_whole"),
    ):
        given().when(adopt(parameters=parameters(cost_shares=shares))).then_refused(code, clause="P67")
    whole = (CostShare(party="comune_bologna", basis_points=10_000),)
    given().when(adopt(parameters=parameters(cost_shares=whole))).then_types(AgreementAdopted)


@pytest.mark.clause("P03", "P04", "P05", "P67")
@pytest.mark.invariant("I14", "command")
@pytest.mark.parametrize(
    ("party", "code", "clause"),
    [
        ("regione_emilia_romagna", "governance.participant_bears_no_costs", "P03"),
        ("cna", "governance.association_bears_no_costs", "P04"),
        ("cgil", "governance.union_bears_no_costs", "P05"),
    ],
)
def test_who_takes_part_or_collaborates_bears_no_share(party: str, code: str, clause: str) -> None:
    shares = (*SHARES[:2], CostShare(party=party, basis_points=2000))
    given().when(adopt(parameters=parameters(cost_shares=shares))).then_refused(code, clause=clause)


@pytest.mark.clause("P67")
@pytest.mark.invariant("I14", "command")
def test_a_promoter_that_has_left_bears_no_share() -> None:
    left = agreement_circumstances(register=register(until={"fondazione_san_petronio": date(2022, 1, 1)}))
    two = frozenset({"comune_bologna", "citta_metropolitana"})
    later = adopt(valid_from=date(2022, 1, 1), signed_by=two)
    given().under(left).when(later).then_refused("governance.not_a_promoter", clause="P67")


@pytest.mark.clause("P67")
@pytest.mark.invariant("I14", "property")
@settings(max_examples=200, deadline=None, derandomize=True)
@for_all(st.lists(st.integers(0, 10_000), min_size=0, max_size=4), st.booleans())
def test_no_version_is_adopted_whose_shares_are_not_whole(points: list[int], fill: bool) -> None:
    promoters = ("comune_bologna", "citta_metropolitana", "arcidiocesi", "fondazione_san_petronio")
    if fill and len(points) < len(promoters) and sum(points) <= 10_000:
        points = [*points, 10_000 - sum(points)]
    shares = tuple(CostShare(party=party, basis_points=n) for party, n in zip(promoters, points, strict=False))
    command = adopt(parameters=parameters(cost_shares=shares))
    decision = AGREEMENT.decide(command, AGREEMENT.initial, agreement_circumstances())
    assert isinstance(decision, Refused) is (sum(points) != 10_000)


FIRST = agreement("2021.1", SIGNED_ON)


@pytest.mark.clause("P62")
def test_a_version_changes_nothing_before_it() -> None:
    day = date(2023, 5, 2)
    known = agreement_circumstances(today=day, versions=(FIRST,))

    def second(valid_from: date, on: date = day, **changes: Any) -> AdoptAgreement:
        return adopt(version="2023.1", valid_from=valid_from, on=on, **changes)

    under = given().under(known)
    under.when(second(day)).then_types(AgreementAdopted)
    under.when(second(date(2023, 6, 1))).then_types(AgreementAdopted)
    for back_dated in (second(date(2023, 5, 1)), second(date(2022, 1, 1), on=date(2022, 1, 1)), second(SIGNED_ON)):
        under.when(back_dated).then_refused("governance.agreement_back_dated", clause="P62")
    later = agreement_circumstances(today=day, versions=(FIRST, agreement("2023.2", date(2023, 7, 1))))
    given().under(later).when(second(date(2023, 7, 1))).then_refused("governance.agreement_back_dated", clause="P62")


@pytest.mark.clause("P62", "P79")
def test_it_begins_within_a_term_under_a_name_of_its_own() -> None:
    outside = adopt(valid_from=date(2026, 3, 4))
    given().when(outside).then_refused("governance.agreement_out_of_term", clause="P79")
    known = agreement_circumstances(versions=(FIRST,))
    given().under(known).when(adopt()).then_refused("governance.agreement_version_taken", clause="P62")
    given().when(adopt(on=date(2022, 1, 1))).then_refused("governance.date_in_future")


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "command")
def test_the_matrix_does_not_keep_consent_from_whom_a_renewal_asks() -> None:
    matrix = tuple(row.model_copy(update={"consents": False}) for row in MATRIX)
    contradicting = adopt(parameters=parameters(matrix=matrix))
    given().when(contradicting).then_refused("governance.matrix_withholds_consent", clause="P80")
    asked = parameters(matrix=matrix, consent_of=ConsentOf.PROMOTERS)
    given().when(adopt(parameters=asked)).then_types(AgreementAdopted)
    twice = adopt(parameters=parameters(matrix=(*MATRIX, MATRIX[0])))
    given().when(twice).then_refused("governance.matrix_role_twice", clause="P62")


def publish(version: str, valid_from: date) -> PublishLegalLimits:
    return PublishLegalLimits(
        limits_id=LIMITS_ID, version=version, valid_from=valid_from, limits=limits(), on=date(2022, 1, 10)
    )


@pytest.mark.clause("P34")
def test_what_the_law_says_is_published_by_its_day() -> None:
    limited = scenario(LEGAL_LIMITS, limits_circumstances())
    command = publish("2022.1", date(2022, 1, 1))
    (event,) = limited().when(command).then_types(LegalLimitsPublished)
    limited(event).when(command).then_nothing()
    limited(event).when(publish("2022.2", date(2022, 1, 1))).then_refused("governance.legal_limits_published")
    limited().when(publish("2010.1", date(2022, 1, 1))).then_refused("governance.legal_limits_version_taken")
    limited().when(publish("2010.2", date(2010, 1, 1))).then_refused("governance.legal_limits_back_dated")
