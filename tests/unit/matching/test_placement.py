"""A placement starts for a person in charge, is extended, and ends (P33, P34; standards 2.2)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.matching import (
    EndReason,
    PlacementEnded,
    PlacementStarted,
    PlacementSupportRecorded,
    PlacementVoided,
    SupportKind,
)
from insieme_events.contracts.matching import PlacementVoidReason as Why
from insieme_events.contracts.vocabulary import ContractClass, Strand, WorkingTime
from insieme_events.decider import RefusalKind
from insieme_events.gates import Interval
from insieme_events.testing import scenario
from insieme_matching.employment import EMPLOYMENT, EndPlacement, ExtendPlacement, RecordSupport
from insieme_matching.testing import (
    AGREEMENT,
    COMPANY_ID,
    EMPLOYMENT_ID,
    LINK_1,
    PERSON,
    VACANCY_ID,
    employment_circumstances,
    extended,
    placed,
    start_placement,
)

given = scenario(EMPLOYMENT, employment_circumstances())
PERMANENT = placed(contract_type="A.01.00", contract_class=ContractClass.PERMANENT, ends_on=None)


def ended(on: date, reason: EndReason = EndReason.RESIGNATION) -> PlacementEnded:
    return PlacementEnded(
        employment_id=EMPLOYMENT_ID, person_id=PERSON, company_id=COMPANY_ID, reason=reason, occurred_on=on
    )


@pytest.mark.clause("P22", "P33")
def test_a_placement_starts_under_the_class_of_its_contract_type() -> None:
    given().when(start_placement()).then(placed())
    permanent = start_placement(contract_type="A.01.00", ends_on=None)
    given().when(permanent).then(PERMANENT)
    given(placed()).when(start_placement()).then_refused("matching.placement_already_started")


@pytest.mark.clause("P30", "P33")
@pytest.mark.invariant("I10", "command")
def test_it_may_come_from_a_vacancy_and_belong_to_another_strand() -> None:
    command = start_placement(vacancy_id=VACANCY_ID, strand=Strand.TRAINING_TARGETED)
    given().when(command).then(placed(vacancy_id=VACANCY_ID, strand=Strand.TRAINING_TARGETED))


@pytest.mark.clause("P34")
def test_an_internship_is_not_a_placement() -> None:
    given().when(start_placement(contract_type="C.01.00")).then_refused("matching.not_a_placement", clause="P34")
    given().when(start_placement(contract_type="Z.01.00")).then_refused("matching.contract_type_unknown")


def test_a_term_needs_a_last_day_and_a_permanent_contract_has_none() -> None:
    given().when(start_placement(ends_on=None)).then_refused("matching.end_needed")
    given().when(start_placement(contract_type="A.01.00")).then_refused("matching.end_not_allowed")
    backwards = start_placement(ends_on=date(2021, 2, 28))
    given().when(backwards).then_refused("matching.end_before_start")
    given().when(start_placement(ends_on=date(2021, 3, 1))).then(placed(ends_on=date(2021, 3, 1)))


def test_the_work_may_be_anywhere() -> None:
    given().when(start_placement(comune="015146")).then(placed(comune="015146"))


@pytest.mark.clause("P33")
@pytest.mark.invariant("I7", "command")
@pytest.mark.parametrize(
    ("starts_on", "admitted"),
    [
        (date(2021, 1, 9), False),
        (date(2021, 1, 10), True),
        (date(2021, 11, 30), True),
        (date(2021, 12, 1), False),
    ],
)
def test_the_person_is_in_charge_on_the_first_day_both_ends_included(starts_on: date, admitted: bool) -> None:
    outcome = given().when(start_placement(starts_on=starts_on, ends_on=date(2022, 1, 31)))
    if admitted:
        outcome.then_types(PlacementStarted)
    else:
        outcome.then_refused("matching.not_in_charge", clause="P33")


def test_a_second_charge_counts_like_the_first() -> None:
    twice = (Interval(date(2019, 1, 1), date(2019, 6, 30)), Interval(date(2021, 2, 1), None))
    given().under(employment_circumstances(in_charge=twice)).when(start_placement()).then(placed())


@pytest.mark.clause("P33")
@pytest.mark.invariant("I7", "command")
def test_a_person_not_heard_of_yet_is_a_matter_of_waiting_and_one_never_in_charge_is_not() -> None:
    unheard = employment_circumstances(in_charge=None)
    refusal = given().under(unheard).when(start_placement()).then_refused("matching.person_unknown", clause="P33")
    assert refusal.kind is RefusalKind.RETRY
    never = employment_circumstances(in_charge=())
    refusal = given().under(never).when(start_placement()).then_refused("matching.not_in_charge")
    assert refusal.kind is RefusalKind.CONFLICT


@pytest.mark.clause("P21", "P33")
def test_the_company_is_registered() -> None:
    unknown = employment_circumstances(company_known=False)
    given().under(unknown).when(start_placement()).then_refused("matching.company_unknown", clause="P21")


@pytest.mark.clause("P79")
def test_a_start_out_of_term_is_recorded_and_flagged() -> None:
    out_of_term = employment_circumstances(agreement=None, last_known=AGREEMENT)
    given().under(out_of_term).when(start_placement()).then(placed(out_of_term=True))


@pytest.mark.clause("P79")
def test_there_is_no_placement_before_the_first_agreement() -> None:
    before = employment_circumstances(agreement=None, last_known=None)
    given().under(before).when(start_placement()).then_refused("matching.before_the_programme", clause="P79")


def test_an_extension_is_the_next_link_from_the_day_after_the_end() -> None:
    given(placed()).when(ExtendPlacement(ends_on=date(2021, 8, 31))).then(extended())
    third = given(placed(), extended()).when(ExtendPlacement(ends_on=date(2021, 10, 31)))
    third.then(extended(link_no=3, occurred_on=date(2021, 9, 1), ends_on=date(2021, 10, 31)))


def test_an_extension_may_outlive_the_charge() -> None:
    ended_charge = employment_circumstances(in_charge=(Interval(date(2021, 1, 1), date(2021, 4, 1)),))
    given(placed()).under(ended_charge).when(ExtendPlacement(ends_on=date(2021, 8, 31))).then(extended())


def test_an_extension_moves_the_end_of_a_contract_that_has_one() -> None:
    shorter = ExtendPlacement(ends_on=date(2021, 5, 31))
    given(placed()).when(shorter).then_refused("matching.extension_not_later")
    given(PERMANENT).when(shorter).then_refused("matching.no_end_to_extend")


def test_it_ends_on_a_day_of_its_last_link() -> None:
    history = (placed(), extended())
    resign = EndPlacement(reason=EndReason.RESIGNATION, on=date(2021, 7, 15))
    given(*history).when(resign).then(ended(date(2021, 7, 15)))
    for outside in (date(2021, 5, 31), date(2021, 9, 1)):
        early = EndPlacement(reason=EndReason.RESIGNATION, on=outside)
        given(*history).when(early).then_refused("matching.end_outside")


def test_the_term_is_reached_on_the_last_day_only() -> None:
    reached = EndPlacement(reason=EndReason.TERM_REACHED, on=date(2021, 5, 31))
    given(placed()).when(reached).then(ended(date(2021, 5, 31), EndReason.TERM_REACHED))
    early = EndPlacement(reason=EndReason.TERM_REACHED, on=date(2021, 5, 30))
    given(placed()).when(early).then_refused("matching.term_not_reached")
    given(PERMANENT).when(reached).then_refused("matching.term_not_reached")


def test_what_ended_goes_no_further() -> None:
    history = (placed(), ended(date(2021, 4, 30)))
    extension = given(*history).when(ExtendPlacement(ends_on=date(2021, 8, 31)))
    extension.then_refused("matching.placement_ended")
    again = EndPlacement(reason=EndReason.RESIGNATION, on=date(2021, 4, 30))
    given(*history).when(again).then_nothing()
    other = EndPlacement(reason=EndReason.DISMISSAL, on=date(2021, 4, 30))
    given(*history).when(other).then_refused("matching.placement_ended")


def test_nothing_happens_to_a_placement_that_nobody_started_or_that_was_voided() -> None:
    voided = PlacementVoided(
        employment_id=EMPLOYMENT_ID,
        person_id=PERSON,
        company_id=COMPANY_ID,
        voids=LINK_1,
        from_link=1,
        reason=Why.KEYED_TWICE,
        occurred_on=date(2021, 4, 1),
    )
    for command in (
        ExtendPlacement(ends_on=date(2021, 8, 31)),
        EndPlacement(reason=EndReason.OTHER, on=date(2021, 4, 1)),
    ):
        given().when(command).then_refused("matching.employment_unknown")
        given(placed(), voided).when(command).then_refused("matching.placement_voided")
    given(placed(), voided).when(start_placement()).then_refused("matching.placement_voided")


def test_an_extension_keeps_the_hours_and_the_comune_of_the_chain() -> None:
    part_time = placed(working_time=WorkingTime.HORIZONTAL, comune="037011")
    chain = EMPLOYMENT.fold([part_time, extended()])
    assert chain.chain.last.working_time is WorkingTime.HORIZONTAL  # type: ignore[union-attr]
    assert chain.chain.last.comune == "037011"  # type: ignore[union-attr]


@pytest.mark.clause("P32")
def test_who_was_placed_is_stood_by_also_after_the_end() -> None:
    visit = RecordSupport(kind=SupportKind.VISIT_AT_WORK, on=date(2021, 4, 1))
    (event,) = given(placed()).when(visit).then_types(PlacementSupportRecorded)
    assert isinstance(event, PlacementSupportRecorded)
    assert (event.kind, event.occurred_on) == (SupportKind.VISIT_AT_WORK, date(2021, 4, 1))
    ended = (
        given(placed())
        .when(EndPlacement(reason=EndReason.RESIGNATION, on=date(2021, 3, 31)))
        .then_types(PlacementEnded)
    )
    given(placed(), *ended).when(visit).then_types(PlacementSupportRecorded)
    early = RecordSupport(kind=SupportKind.CALL, on=date(2021, 2, 28))
    given(placed()).when(early).then_refused("matching.before_placement", clause="P32")
    given().when(visit).then_refused("matching.employment_unknown")
    tomorrow = RecordSupport(kind=SupportKind.CALL, on=date(2022, 1, 1))
    given(placed()).when(tomorrow).then_refused("matching.date_in_future")
