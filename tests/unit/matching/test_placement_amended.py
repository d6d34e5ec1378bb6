"""Corrections restate a link and voids take it out of every count; the recorded events stay (standards 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.contracts.matching import (
    EndReason,
    PlacementCorrected,
    PlacementEnded,
    PlacementExtended,
    PlacementTransformed,
    PlacementVoided,
    TransformationCode,
)
from insieme_events.contracts.matching import PlacementVoidReason as Why
from insieme_events.contracts.vocabulary import ContractClass, WorkingTime
from insieme_events.testing import scenario
from insieme_matching.employment import (
    EMPLOYMENT,
    EndPlacement,
    ExtendPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.employment.state import Running, Voided
from insieme_matching.testing import (
    COMPANY_ID,
    EMPLOYMENT_ID,
    LINK_1,
    LINK_2,
    PERSON,
    correct_placement,
    employment_circumstances,
    extended,
    placed,
    start_placement,
)

given = scenario(EMPLOYMENT, employment_circumstances())
OCTOBER_1 = date(2021, 10, 1)


def corrected(**changes: Any) -> PlacementCorrected:
    values: dict[str, Any] = {
        "employment_id": EMPLOYMENT_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "corrects": LINK_1,
        "link_no": 1,
        "starts_on": date(2021, 3, 1),
        "ends_on": date(2021, 5, 31),
        "contract_type": "A.02.00",
        "contract_class": ContractClass.FIXED_TERM,
        "working_time": WorkingTime.FULL,
        "comune": "037006",
        "occurred_on": OCTOBER_1,
    }
    return PlacementCorrected(**{**values, **changes})


def void(from_link: int = 1, voids: UUID = LINK_1) -> VoidPlacement:
    return VoidPlacement(voids=voids, from_link=from_link, reason=Why.NEVER_STARTED, on=OCTOBER_1)


def voided(from_link: int = 1, voids: UUID = LINK_1) -> PlacementVoided:
    return PlacementVoided(
        employment_id=EMPLOYMENT_ID,
        person_id=PERSON,
        company_id=COMPANY_ID,
        voids=voids,
        from_link=from_link,
        reason=Why.NEVER_STARTED,
        occurred_on=OCTOBER_1,
    )


def test_a_correction_restates_a_link_and_names_the_event_that_began_it() -> None:
    given(placed()).when(correct_placement(comune="037011")).then(corrected(comune="037011"))
    given(placed()).when(correct_placement()).then_nothing()


def test_a_correction_of_another_event_is_refused() -> None:
    wrong = correct_placement(corrects=LINK_2, comune="037011")
    given(placed()).when(wrong).then_refused("matching.not_the_links_event")
    given(placed()).when(correct_placement(link_no=2)).then_refused("matching.link_unknown")


def test_a_corrected_first_day_passes_the_in_charge_gate_again() -> None:
    earlier = correct_placement(starts_on=date(2021, 2, 15))
    given(placed()).when(earlier).then(corrected(starts_on=date(2021, 2, 15)))
    too_early = correct_placement(starts_on=date(2021, 1, 9))
    given(placed()).when(too_early).then_refused("matching.not_in_charge", clause="P33")
    elsewhere = employment_circumstances(in_charge=())
    given(placed()).under(elsewhere).when(correct_placement(comune="037011")).then(corrected(comune="037011"))


def test_a_boundary_between_links_moves_for_both() -> None:
    given(placed(), extended()).when(correct_placement(ends_on=date(2021, 6, 30))).then(
        corrected(ends_on=date(2021, 6, 30)),
        corrected(corrects=LINK_2, link_no=2, starts_on=date(2021, 7, 1), ends_on=date(2021, 8, 31)),
    )
    second = correct_placement(corrects=LINK_2, link_no=2, starts_on=date(2021, 5, 16), ends_on=date(2021, 8, 31))
    given(placed(), extended()).when(second).then(
        corrected(ends_on=date(2021, 5, 15)),
        corrected(corrects=LINK_2, link_no=2, starts_on=date(2021, 5, 16), ends_on=date(2021, 8, 31)),
    )


def test_a_boundary_does_not_swallow_the_neighbour() -> None:
    swallowing = correct_placement(ends_on=date(2021, 8, 31))
    given(placed(), extended()).when(swallowing).then_refused("matching.end_before_start")
    endless = correct_placement(contract_type="A.01.00", ends_on=None)
    given(placed(), extended()).when(endless).then_refused("matching.link_needs_end")


def test_a_contract_type_is_corrected_on_the_first_link_for_the_whole_chain() -> None:
    agency = {"contract_type": "A.06.01", "contract_class": ContractClass.AGENCY}
    given(placed(), extended()).when(correct_placement(contract_type="A.06.01")).then(
        corrected(**agency),
        corrected(corrects=LINK_2, link_no=2, starts_on=date(2021, 6, 1), ends_on=date(2021, 8, 31), **agency),
    )
    second = correct_placement(
        corrects=LINK_2, link_no=2, starts_on=date(2021, 6, 1), ends_on=date(2021, 8, 31), contract_type="A.06.01"
    )
    given(placed(), extended()).when(second).then_refused("matching.correct_first_link")


def test_a_correction_leaves_every_later_movement_valid() -> None:
    to_permanent = PlacementTransformed(
        employment_id=EMPLOYMENT_ID,
        person_id=PERSON,
        company_id=COMPANY_ID,
        code=TransformationCode.FIXED_TO_PERMANENT,
        contract_type="A.01.00",
        contract_class=ContractClass.PERMANENT,
        ends_on=None,
        working_time=WorkingTime.FULL,
        occurred_on=date(2021, 4, 1),
    )
    permanent = correct_placement(contract_type="A.01.00", ends_on=None)
    given(placed(), to_permanent).when(permanent).then_refused("matching.transformation_not_from_this")
    late = correct_placement(starts_on=date(2021, 4, 10))
    given(placed(), to_permanent).when(late).then_refused("matching.transformation_outside")
    resigned = PlacementEnded(
        employment_id=EMPLOYMENT_ID,
        person_id=PERSON,
        company_id=COMPANY_ID,
        reason=EndReason.RESIGNATION,
        occurred_on=date(2021, 5, 20),
    )
    too_short = correct_placement(ends_on=date(2021, 5, 10))
    given(placed(), resigned).when(too_short).then_refused("matching.end_outside")


def test_a_void_takes_the_whole_chain_out_and_nothing_happens_to_it_any_more() -> None:
    given(placed(), extended()).when(void()).then(voided())
    history = (placed(), extended(), voided())
    assert isinstance(EMPLOYMENT.fold(history), Voided)
    for command in (
        start_placement(),
        ExtendPlacement(ends_on=date(2021, 12, 31)),
        TransformPlacement(code=TransformationCode.FIXED_TO_PERMANENT, contract_type="A.01.00", on=OCTOBER_1),
        EndPlacement(reason=EndReason.OTHER, on=date(2021, 7, 1)),
        correct_placement(),
        void(),
    ):
        given(*history).when(command).then_refused("matching.placement_voided")


def test_a_void_of_later_links_brings_the_old_end_back() -> None:
    given(placed(), extended()).when(void(2, LINK_2)).then(voided(2, LINK_2))
    chain = EMPLOYMENT.fold([placed(), extended(), voided(2, LINK_2)])
    assert isinstance(chain, Running)
    assert [(link.no, link.ends_on) for link in chain.chain.links] == [(1, date(2021, 5, 31))]


def test_the_number_of_a_voided_link_is_not_used_again() -> None:
    next_one = given(placed(), extended(), voided(2, LINK_2)).when(ExtendPlacement(ends_on=date(2021, 7, 31)))
    (event,) = next_one.then_types(PlacementExtended)
    assert event == extended(link_no=3, ends_on=date(2021, 7, 31))


def test_what_fell_into_a_voided_link_falls_with_it() -> None:
    resigned = PlacementEnded(
        employment_id=EMPLOYMENT_ID,
        person_id=PERSON,
        company_id=COMPANY_ID,
        reason=EndReason.RESIGNATION,
        occurred_on=date(2021, 7, 1),
    )
    chain = EMPLOYMENT.fold([placed(), extended(), resigned, voided(2, LINK_2)])
    assert isinstance(chain, Running)


def test_a_void_names_the_event_that_began_the_link() -> None:
    given(placed()).when(void(1, LINK_2)).then_refused("matching.not_the_links_event")
    given(placed()).when(void(2, LINK_2)).then_refused("matching.link_unknown")
    given().when(void()).then_refused("matching.employment_unknown")
    tomorrow = void().model_copy(update={"on": date(2022, 1, 1)})
    given(placed()).when(tomorrow).then_refused("matching.date_in_future")
