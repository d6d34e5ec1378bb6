"""The parties of the protocol: fourteen by role, who acts for whom, who holds a role, who sits for whom."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.governance import (
    AmendmentNoticed,
    DelegateLinked,
    NominationEnded,
    OwnershipTransferred,
    PartyWithdrew,
    RepresentativeNominated,
    RoleAssigned,
    TechnicalReferentNominated,
)
from insieme_events.contracts.vocabulary import DelegateScope, GovernanceRole, NoticeKind, PartyRole, Seat
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_governance.protocol import PROTOCOL
from insieme_governance.protocol.commands import (
    AssignRole,
    EndNomination,
    LinkDelegate,
    NominateRepresentative,
    NominateTechnicalReferent,
    NoticeAmendment,
    NoticeWithdrawal,
    RegisterParty,
    TransferOwnership,
)
from insieme_governance.protocol.state import InForce
from insieme_governance.testing import (
    MEETING_ID,
    NOMINEE_ID,
    NOTICE_ID,
    PARTIES,
    PROTOCOL_ID,
    SIGNED_ON,
    actor,
    in_force,
    prepared,
    protocol_circumstances,
    registered,
)

given = scenario(PROTOCOL, protocol_circumstances())
ON = date(2022, 5, 2)
MONTHS_ON = date(2022, 9, 1)


def register(party: str, on: date = SIGNED_ON, role: PartyRole | None = None) -> RegisterParty:
    wanted = role or PARTIES.get(party, PartyRole.PARTICIPANT)
    return RegisterParty(protocol_id=PROTOCOL_ID, party=party, role=wanted, on=on)


@pytest.mark.clause("P01", "P02", "P03", "P04", "P05")
def test_fourteen_parties_stand_in_the_register_by_their_roles() -> None:
    state = PROTOCOL.initial
    for party in PARTIES:
        joining = register(party).model_copy(update={"preparing": True})
        decision = PROTOCOL.decide(joining, state, protocol_circumstances())
        state = PROTOCOL.fold(decision, state)  # type: ignore[arg-type]
    state = PROTOCOL.fold(in_force()[len(PARTIES) :], state)
    assert isinstance(state, InForce)
    by_role: dict[PartyRole, set[str]] = {}
    for party, role in state.roll.parties_on(SIGNED_ON).items():
        by_role.setdefault(role, set()).add(party)
    assert by_role[PartyRole.PROMOTER] == {
        "comune_bologna",
        "citta_metropolitana",
        "arcidiocesi",
        "fondazione_san_petronio",
    }
    assert by_role[PartyRole.PARTICIPANT] == {"regione_emilia_romagna"}
    assert len(by_role[PartyRole.EMPLOYER_ASSOCIATION]) == 6
    assert by_role[PartyRole.TRADE_UNION] == {"cgil", "cisl", "uil"}


@pytest.mark.clause("P01")
def test_a_party_joins_a_protocol_that_is_prepared_and_prepares_none_by_a_wrong_id() -> None:
    given().when(register("cna")).then_refused("governance.protocol_unknown")
    given(registered("cna")).when(register("cisl")).then(registered("cisl"))


@pytest.mark.clause("P01")
def test_a_party_has_one_role() -> None:
    given(registered("cna")).when(register("cna")).then_nothing()
    given(registered("cna")).when(register("cna", role=PartyRole.PROMOTER)).then_refused(
        "governance.already_party", clause="P01"
    )


@pytest.mark.clause("P02")
def test_the_foundation_acts_for_the_diocese_in_a_scope_and_nowhere_else() -> None:
    caritas = LinkDelegate(
        party="arcidiocesi", delegate="fondazione_san_petronio", scope=DelegateScope.CARITAS_LINK, on=ON
    )
    (linked,) = given(*in_force()).when(caritas).then_types(DelegateLinked)
    state = PROTOCOL.fold([*in_force(), linked])
    assert isinstance(state, InForce)
    foundation = "fondazione_san_petronio"
    assert state.roll.acts_for(foundation, DelegateScope.CARITAS_LINK, ON) == {"arcidiocesi"}
    assert state.roll.acts_for(foundation, DelegateScope.CARITAS_LINK, SIGNED_ON) == set()
    assert state.roll.acts_for(foundation, DelegateScope.RESOURCES, ON) == set()
    assert state.roll.acts_for("arcidiocesi", DelegateScope.CARITAS_LINK, ON) == set()
    given(*in_force(), linked).when(caritas).then_nothing()


@pytest.mark.clause("P02", "P74")
def test_a_delegate_is_another_party_in_force() -> None:
    same = LinkDelegate(party="arcidiocesi", delegate="arcidiocesi", scope=DelegateScope.CARITAS_LINK, on=ON)
    given(*in_force()).when(same).then_refused("governance.same_party", clause="P02")
    stranger = LinkDelegate(party="arcidiocesi", delegate="caritas", scope=DelegateScope.CARITAS_LINK, on=ON)
    given(*in_force()).when(stranger).then_refused("governance.not_a_party", clause="P81")


@pytest.mark.clause("P02")
def test_the_delegate_says_nothing_for_the_diocese_where_it_speaks_for_itself() -> None:
    """Its seat and its word stay its own: only it, or the coordinator that records it, nominates."""
    nominate = NominateRepresentative(party="arcidiocesi", nominee_id=NOMINEE_ID, on=ON)
    foundation = protocol_circumstances(actor=actor("fondazione_san_petronio"))
    given(*in_force()).under(foundation).when(nominate).then_refused("governance.not_for_party", clause="P65")
    diocese = protocol_circumstances(actor=actor("arcidiocesi"))
    given(*in_force()).under(diocese).when(nominate).then_types(RepresentativeNominated)


def test_a_party_that_joins_changes_nothing_before_it() -> None:
    given(*in_force()).when(register("nuova", ON)).then(registered("nuova", ON))
    given(*in_force()).when(register("nuova", date(2020, 1, 1))).then_refused("governance.out_of_term", clause="P79")
    after = protocol_circumstances(last_held_on=ON)
    given(*in_force()).under(after).when(register("nuova", ON)).then_refused(
        "governance.meetings_held_since", clause="P50"
    )


@pytest.mark.clause("P65")
def test_a_role_has_one_holder_at_a_time() -> None:
    role = GovernanceRole.OPERATIONAL_COORDINATOR
    passed_on = AssignRole(role=role, party="comune_bologna", unit=None, on=ON)
    given(*in_force()).when(passed_on).then(
        RoleAssigned(protocol_id=PROTOCOL_ID, role=role, party="comune_bologna", occurred_on=ON)
    )
    same = AssignRole(role=role, party="citta_metropolitana", unit="area_sviluppo_economico", on=ON)
    given(*in_force()).when(same).then_nothing()
    assigned = RoleAssigned(protocol_id=PROTOCOL_ID, role=role, party="comune_bologna", occurred_on=MONTHS_ON)
    given(*in_force(), assigned).when(passed_on).then_refused("governance.role_assigned_later", clause="P65")
    state = PROTOCOL.fold([*in_force(), assigned])
    assert isinstance(state, InForce)
    before, after = state.roll.holder_on(role, ON), state.roll.holder_on(role, MONTHS_ON)
    assert before is not None
    assert (before.party, before.unit) == ("citta_metropolitana", "area_sviluppo_economico")
    assert after is not None
    assert after.party == "comune_bologna"


@pytest.mark.clause("P50", "P57")
def test_each_party_names_who_sits_for_it_with_days() -> None:
    until = date(2023, 12, 31)
    named = NominateRepresentative(party="cgil", nominee_id=NOMINEE_ID, until=until, on=ON)
    values = {"protocol_id": PROTOCOL_ID, "party": "cgil", "nominee_id": NOMINEE_ID, "occurred_on": ON}
    given(*in_force()).when(named).then(RepresentativeNominated(**values, until=until))
    technical = NominateTechnicalReferent(party="cgil", nominee_id=NOMINEE_ID, on=ON)
    given(*in_force()).when(technical).then(TechnicalReferentNominated(**values))
    seated = TechnicalReferentNominated(**values)
    given(*in_force(), seated).when(technical).then_nothing()
    ended = EndNomination(party="cgil", seat=Seat.TECHNICAL_REFERENT, nominee_id=NOMINEE_ID, on=MONTHS_ON)
    (event,) = given(*in_force(), seated).when(ended).then_types(NominationEnded)
    given(*in_force(), seated, event).when(ended).then_nothing()
    state = PROTOCOL.fold([*in_force(), seated, event])
    assert isinstance(state, InForce)
    assert state.roll.seated_on("cgil", Seat.TECHNICAL_REFERENT, MONTHS_ON) == {NOMINEE_ID}
    assert state.roll.seated_on("cgil", Seat.TECHNICAL_REFERENT, date(2022, 9, 2)) == frozenset()
    assert state.roll.seated_on("cgil", Seat.REPRESENTATIVE, ON) == frozenset()
    given(*in_force()).when(ended).then_refused("governance.not_nominated")


def test_a_nomination_does_not_end_before_it_starts() -> None:
    named = NominateRepresentative(party="cgil", nominee_id=NOMINEE_ID, until=SIGNED_ON, on=ON)
    given(*in_force()).when(named).then_refused("governance.ends_before_start")


WITHDREW = PartyWithdrew(
    protocol_id=PROTOCOL_ID, party="cna", effective_on=MONTHS_ON, agreement_version="2021.1", occurred_on=ON
)


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_a_withdrawal_is_noticed_in_time_and_keeps_the_past() -> None:
    withdraw = NoticeWithdrawal(party="cna", effective_on=MONTHS_ON, on=ON)
    given(*in_force()).when(withdraw).then(WITHDREW)
    given(*in_force(), WITHDREW).when(withdraw).then_nothing()
    soon = NoticeWithdrawal(party="cna", effective_on=date(2022, 7, 30), on=ON)
    given(*in_force()).when(soon).then_refused("governance.notice_too_short", clause="P81")
    state = PROTOCOL.fold([*in_force(), WITHDREW])
    assert isinstance(state, InForce)
    assert "cna" in state.roll.parties_on(date(2022, 8, 31))
    assert "cna" not in state.roll.parties_on(MONTHS_ON)
    assert "cna" in {member.party for member in state.roll.members}


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_who_has_withdrawn_has_no_part_in_it_any_more() -> None:
    late = date(2022, 10, 1)
    nominate = NominateRepresentative(party="cna", nominee_id=NOMINEE_ID, on=late)
    given(*in_force(), WITHDREW).when(nominate).then_refused("governance.not_a_party", clause="P81")
    assign = AssignRole(role=GovernanceRole.PROJECT_OFFICE, party="cna", on=late)
    given(*in_force(), WITHDREW).when(assign).then_refused("governance.not_a_party", clause="P81")
    given(*in_force(), WITHDREW).when(register("cna", late)).then_refused(
        "governance.party_has_withdrawn", clause="P81"
    )


@pytest.mark.clause("P81")
def test_only_the_party_or_the_coordinator_notices_its_withdrawal() -> None:
    withdraw = NoticeWithdrawal(party="cna", effective_on=MONTHS_ON, on=ON)
    stranger = protocol_circumstances(actor=actor("confesercenti"))
    given(*in_force()).under(stranger).when(withdraw).then_refused("governance.not_for_party", clause="P65")


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_a_withdrawal_takes_its_invitations_along_and_undoes_no_meeting() -> None:
    withdraw = NoticeWithdrawal(party="cna", effective_on=MONTHS_ON, on=ON)
    convened = protocol_circumstances(convened=frozenset({MEETING_ID}))
    given(*in_force()).under(convened).when(withdraw).then_refused("governance.invitations_moved", clause="P81")
    taking_along = withdraw.model_copy(update={"lapsing": frozenset({MEETING_ID})})
    given(*in_force()).under(convened).when(taking_along).then(WITHDREW)
    given(*in_force()).when(taking_along).then_refused("governance.invitations_moved", clause="P81")
    was_there = protocol_circumstances(held_with_it=MONTHS_ON)
    given(*in_force()).under(was_there).when(withdraw).then_refused("governance.party_was_invited", clause="P81")


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_a_party_does_not_leave_before_a_day_on_which_it_gave_money_as_one() -> None:
    withdraw = NoticeWithdrawal(party="cna", effective_on=MONTHS_ON, on=ON)
    gave = protocol_circumstances(committed_on=MONTHS_ON)
    given(*in_force()).under(gave).when(withdraw).then_refused("governance.party_committed", clause="P81")


@pytest.mark.clause("P81")
def test_the_days_of_notice_are_those_of_the_agreement() -> None:
    quick = protocol_circumstances(agreement=agreement(notice_days=0))
    withdraw = NoticeWithdrawal(party="cna", effective_on=ON, on=ON)
    given(*in_force()).under(quick).when(withdraw).then_types(PartyWithdrew)
    unknown = protocol_circumstances(agreement=None)
    given(*in_force()).under(unknown).when(withdraw).then_refused("governance.agreement_unknown", clause="P62")


@pytest.mark.clause("P81")
def test_an_amendment_is_noticed_with_its_day() -> None:
    notice = NoticeAmendment(notice_id=NOTICE_ID, party="cisl", kind=NoticeKind.UPDATE, effective_on=MONTHS_ON, on=ON)
    (event,) = given(*in_force()).when(notice).then_types(AmendmentNoticed)
    given(*in_force(), event).when(notice).then_nothing()
    soon = notice.model_copy(update={"effective_on": ON})
    given(*in_force()).when(soon).then_refused("governance.notice_too_short", clause="P81")


@pytest.mark.clause("P84")
def test_the_programme_may_be_handed_on_without_rewriting_what_was() -> None:
    day = date(2025, 1, 1)
    hand_on = TransferOwnership(from_owner="citta_metropolitana", to_owner="ente_insieme", effective_on=day, on=ON)
    handed_on = OwnershipTransferred(
        protocol_id=PROTOCOL_ID,
        from_owner="citta_metropolitana",
        to_owner="ente_insieme",
        effective_on=day,
        occurred_on=ON,
    )
    given(*in_force()).when(hand_on).then(handed_on)
    given(*in_force(), handed_on).when(hand_on).then_nothing()
    state = PROTOCOL.fold([*in_force(), handed_on])
    assert isinstance(state, InForce)
    assert state.roll.owner_on(date(2024, 12, 31)) == "citta_metropolitana"
    assert state.roll.owner_on(day) == "ente_insieme"
    again = TransferOwnership(from_owner="comune_bologna", to_owner="altri", effective_on=date(2025, 6, 1), on=ON)
    given(*in_force(), handed_on).when(again).then_refused("governance.other_owner", clause="P84")
    earlier = TransferOwnership(from_owner="ente_insieme", to_owner="altri", effective_on=day, on=ON)
    given(*in_force(), handed_on).when(earlier).then_refused("governance.owned_later", clause="P84")
    stranger = TransferOwnership(from_owner="altri", to_owner="ente_insieme", effective_on=day, on=ON)
    given(*in_force()).when(stranger).then_refused("governance.not_a_party")
    elsewhere = protocol_circumstances(owner_before="altri")
    given(*in_force()).under(elsewhere).when(stranger).then_types(OwnershipTransferred)


def test_nothing_of_a_protocol_that_is_not_there_or_not_signed() -> None:
    assign = AssignRole(role=GovernanceRole.PROJECT_OFFICE, party="cna", on=ON)
    given().when(assign).then_refused("governance.protocol_unknown", clause="P01")
    given(*prepared()).when(assign).then_refused("governance.protocol_not_signed", clause="P79")
    future = AssignRole(role=GovernanceRole.PROJECT_OFFICE, party="cna", on=date(2030, 1, 1))
    given(*in_force()).when(future).then_refused("governance.date_in_future")
