"""A company joins the Board by a signed adhesion and leaves it; merged ids are one member (P59)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_governance.board_membership import (
    BOARD_MEMBERSHIP,
    CedeMembership,
    JoinBoard,
    LeaveBoard,
    TakeOverMembership,
)
from insieme_governance.testing.plan import (
    COMPANY_ID,
    FEBRUARY,
    JANUARY,
    JUNE,
    MARCH,
    OTHER_COMPANY,
    board_circumstances,
)

given = scenario(BOARD_MEMBERSHIP, board_circumstances())
JOIN = JoinBoard(company_id=COMPANY_ID, adhesion_on=JANUARY, on=FEBRUARY)
JOINED = CompanyJoinedBoard(
    company_id=COMPANY_ID, adhesion_on=JANUARY, agreement_version="2021.1", occurred_on=FEBRUARY
)
LEFT = CompanyLeftBoard(company_id=COMPANY_ID, occurred_on=MARCH)
pytestmark = pytest.mark.clause("P59")


def test_a_known_company_joins_by_a_signed_adhesion() -> None:
    given().when(JOIN).then(JOINED)
    given(JOINED).when(JOIN).then_nothing()
    later = JOIN.model_copy(update={"on": MARCH})
    given(JOINED).when(later).then_refused("governance.board_member_already", clause="P59")


def test_a_company_that_nobody_has_heard_of_may_be_on_its_way() -> None:
    unknown = board_circumstances(stands_for=None)
    refused = given().under(unknown).when(JOIN).then_refused("governance.company_unknown", clause="P59")
    assert refused.kind is RefusalKind.RETRY


def test_a_merged_id_does_not_join() -> None:
    merged = board_circumstances(stands_for=OTHER_COMPANY)
    refused = given().under(merged).when(JOIN).then_refused("governance.company_merged", clause="P59")
    assert str(OTHER_COMPANY) in refused.sentence


def test_the_adhesion_is_signed_before_where_the_agreement_asks_for_one() -> None:
    without = JoinBoard(company_id=COMPANY_ID, on=FEBRUARY)
    given().when(without).then_refused("governance.adhesion_missing", clause="P59")
    late = JoinBoard(company_id=COMPANY_ID, adhesion_on=MARCH, on=FEBRUARY)
    given().when(late).then_refused("governance.adhesion_later", clause="P59")
    open_to_all = board_circumstances(last_known=agreement(board_needs_adhesion=False))
    given().under(open_to_all).when(without).then_types(CompanyJoinedBoard)
    before_any = board_circumstances(last_known=None)
    given().under(before_any).when(without).then_refused("governance.adhesion_missing")
    given().under(before_any).when(JOIN).then(JOINED.model_copy(update={"agreement_version": None}))


def test_it_leaves_and_may_come_back() -> None:
    given(JOINED).when(LeaveBoard(on=MARCH)).then(LEFT)
    given(JOINED, LEFT).when(LeaveBoard(on=MARCH)).then_nothing()
    given(JOINED, LEFT).when(LeaveBoard(on=JUNE)).then_refused("governance.no_board_member", clause="P59")
    given().when(LeaveBoard(on=MARCH)).then_refused("governance.no_board_member")
    given(JOINED).when(LeaveBoard(on=FEBRUARY)).then_refused("governance.before_joining")
    given(JOINED, LEFT).when(JOIN).then_refused("governance.before_leaving")
    again = JOIN.model_copy(update={"on": JUNE})
    given(JOINED, LEFT).when(again).then(JOINED.model_copy(update={"occurred_on": JUNE}))


def test_of_two_merged_ids_the_membership_goes_on_under_the_one_that_stays() -> None:
    cede = CedeMembership(into=OTHER_COMPANY, on=MARCH)
    ceded = CompanyLeftBoard(company_id=COMPANY_ID, merged_into=OTHER_COMPANY, occurred_on=MARCH)
    given(JOINED).when(cede).then(ceded)
    given(JOINED, ceded).when(cede).then_nothing()
    given().when(cede).then_nothing()

    take_over = TakeOverMembership(company_id=OTHER_COMPANY, merged_id=COMPANY_ID, on=MARCH)
    taken = CompanyJoinedBoard(company_id=OTHER_COMPANY, merged_from=COMPANY_ID, occurred_on=MARCH)
    member = board_circumstances(ceded=FEBRUARY)
    given().under(member).when(take_over).then(taken)
    given(taken).under(member).when(take_over).then_nothing()
    given().when(take_over).then_nothing()


def test_a_membership_that_began_after_the_merge_is_ceded_on_its_first_day() -> None:
    early = CedeMembership(into=OTHER_COMPANY, on=date(2022, 1, 5))
    given(JOINED).when(early).then(
        CompanyLeftBoard(company_id=COMPANY_ID, merged_into=OTHER_COMPANY, occurred_on=FEBRUARY)
    )
