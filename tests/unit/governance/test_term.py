"""The term of the protocol: signature, succession, renewal, warnings, the end (P79, P80)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.governance import (
    PartyWithdrew,
    ProtocolExpired,
    ProtocolExpiryWarned,
    ProtocolRenewed,
    ProtocolSigned,
    ProtocolSucceeded,
    RenewalConsentGiven,
    RenewalConsentRefused,
    RenewalProposed,
)
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_governance.protocol import PROTOCOL
from insieme_governance.protocol.commands import (
    CompleteRenewal,
    ConsentToRenewal,
    ExpireProtocol,
    ProposeRenewal,
    ProtocolCommand,
    RefuseConsent,
    RegisterParty,
    SignProtocol,
    SucceedProtocol,
    WarnExpiry,
)
from insieme_governance.protocol.commands import NoticeWithdrawal as Withdraw
from insieme_governance.testing import (
    ENDS_ON,
    OTHER_ID,
    PARTIES,
    PROTOCOL_ID,
    RENEWED_TO,
    SIGNED_ON,
    actor,
    in_force,
    prepared,
    protocol_circumstances,
    registered,
)

given = scenario(PROTOCOL, protocol_circumstances())
PROPOSED_ON = date(2025, 10, 1)
SIGN = SignProtocol(ends_on=ENDS_ON, on=SIGNED_ON)
PROPOSE = ProposeRenewal(party="comune_bologna", ends_on=RENEWED_TO, on=PROPOSED_ON)


def proposed(consent_of: ConsentOf = ConsentOf.ALL_IN_FORCE) -> RenewalProposed:
    return RenewalProposed(
        protocol_id=PROTOCOL_ID,
        party="comune_bologna",
        ends_on=RENEWED_TO,
        consent_of=consent_of,
        agreement_version="2021.1",
        occurred_on=PROPOSED_ON,
    )


def consented(party: str, on: date = PROPOSED_ON) -> RenewalConsentGiven:
    return RenewalConsentGiven(protocol_id=PROTOCOL_ID, party=party, occurred_on=on)


def withdrew(party: str, effective_on: date, on: date = PROPOSED_ON) -> PartyWithdrew:
    values = {"effective_on": effective_on, "agreement_version": "2021.1", "occurred_on": on}
    return PartyWithdrew(protocol_id=PROTOCOL_ID, party=party, **values)


def renewed(on: date, *consents: str) -> ProtocolRenewed:
    return ProtocolRenewed(
        protocol_id=PROTOCOL_ID, ends_on=RENEWED_TO, consents=tuple(sorted(consents)), occurred_on=on
    )


@pytest.mark.clause("P79")
def test_it_is_in_force_from_its_signature_for_five_years() -> None:
    given(*prepared()).when(SIGN).then(ProtocolSigned(protocol_id=PROTOCOL_ID, ends_on=ENDS_ON, occurred_on=SIGNED_ON))
    given(*in_force()).when(SIGN).then_nothing()
    longer = SignProtocol(ends_on=date(2027, 3, 3), on=SIGNED_ON)
    given(*prepared()).when(longer).then_refused("governance.wrong_end_of_term", clause="P80")
    later = SignProtocol(ends_on=date(2026, 3, 4), on=date(2021, 3, 4))
    given(*in_force()).when(later).then_refused("governance.protocol_signed", clause="P79")
    given().when(SIGN).then_refused("governance.protocol_unknown")


@pytest.mark.clause("P01", "P79")
def test_it_is_signed_by_promoters_that_are_parties_by_then() -> None:
    given(registered("cna")).when(SIGN).then_refused("governance.no_promoter", clause="P01")
    late = registered("cna", date(2021, 3, 4))
    given(registered("comune_bologna"), late).when(SIGN).then_refused("governance.party_after_signature", clause="P79")


@pytest.mark.clause("P79")
def test_a_successor_ends_its_predecessor_the_day_before() -> None:
    unsucceeded = protocol_circumstances(unsucceeded=frozenset({OTHER_ID}))
    given(*prepared()).under(unsucceeded).when(SIGN).then_refused("governance.predecessor_first", clause="P79")
    named = SignProtocol(ends_on=ENDS_ON, predecessor_id=OTHER_ID, on=SIGNED_ON)
    given(*prepared()).under(unsucceeded).when(named).then_types(ProtocolSigned)
    succeed = SucceedProtocol(successor_id=OTHER_ID, on=date(2024, 6, 1))
    cut = ProtocolSucceeded(
        protocol_id=PROTOCOL_ID, successor_id=OTHER_ID, ends_on=date(2024, 5, 31), occurred_on=date(2024, 6, 1)
    )
    given(*in_force()).when(succeed).then(cut)
    given(*in_force(), cut).when(succeed).then_nothing()
    other = SucceedProtocol(successor_id=PROTOCOL_ID, on=date(2025, 6, 1))
    given(*in_force(), cut).when(other).then_refused("governance.protocol_succeeded", clause="P79")
    first = SucceedProtocol(successor_id=OTHER_ID, on=SIGNED_ON)
    given(*in_force()).when(first).then_refused("governance.before_predecessor", clause="P79")
    given(*in_force(), cut).when(PROPOSE).then_refused("governance.out_of_term", clause="P79")


@pytest.mark.clause("P50", "P79")
def test_no_signature_before_a_meeting_that_was_held() -> None:
    held = protocol_circumstances(last_held_on=SIGNED_ON)
    given(*prepared()).under(held).when(SIGN).then_refused("governance.meetings_held_since", clause="P50")


@pytest.mark.clause("P80")
def test_a_renewal_is_proposed_for_five_years_more() -> None:
    given(*in_force()).when(PROPOSE).then(proposed())
    given(*in_force(), proposed()).when(PROPOSE).then_nothing()
    longer = PROPOSE.model_copy(update={"ends_on": date(2036, 3, 3)})
    given(*in_force()).when(longer).then_refused("governance.wrong_end_of_term", clause="P80")
    consent = ConsentToRenewal(party="cna", on=PROPOSED_ON)
    given(*in_force()).when(consent).then_refused("governance.renewal_not_proposed", clause="P80")
    early = ConsentToRenewal(party="cna", on=date(2025, 9, 30))
    given(*in_force(), proposed()).when(early).then_refused("governance.before_proposal", clause="P80")


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "command")
def test_it_is_renewed_with_the_last_consent_and_not_before() -> None:
    history: list[DomainEvent] = [*in_force(), proposed()]
    *others, last = PARTIES
    for number, party in enumerate(others):
        day = PROPOSED_ON + timedelta(days=number)
        given(*history).when(ConsentToRenewal(party=party, on=day)).then(consented(party, day))
        history.append(consented(party, day))
    day = date(2025, 12, 1)
    whole = ConsentToRenewal(party=last, on=day)
    given(*history).when(whole).then(consented(last, day), renewed(day, *PARTIES))
    given(*history, consented(last, day), renewed(day, *PARTIES)).when(whole).then_nothing()


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "command")
def test_a_refusal_keeps_it_from_being_renewed_until_the_party_consents() -> None:
    parties = ("comune_bologna", "citta_metropolitana", "cna")
    history = (*in_force(parties), proposed(), consented("comune_bologna"), consented("citta_metropolitana"))
    refused = RenewalConsentRefused(protocol_id=PROTOCOL_ID, party="cna", occurred_on=PROPOSED_ON)
    given(*history).when(RefuseConsent(party="cna", on=PROPOSED_ON)).then(refused)
    given(*history, refused).when(RefuseConsent(party="cna", on=PROPOSED_ON)).then_nothing()
    given(*history, refused).when(ConsentToRenewal(party="cna", on=PROPOSED_ON)).then(
        consented("cna"), renewed(PROPOSED_ON, *parties)
    )


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "command")
@pytest.mark.invariant("I12", "command")
def test_a_party_that_has_withdrawn_by_then_does_not_count() -> None:
    parties = ("comune_bologna", "citta_metropolitana", "cna")
    left_on = date(2025, 12, 1)
    history = (*in_force(parties), proposed(), withdrew("cna", left_on), consented("comune_bologna"))
    before, after = date(2025, 11, 30), date(2025, 12, 2)
    consent = ConsentToRenewal(party="citta_metropolitana", on=before)
    on_that_day = protocol_circumstances(today=before)
    given(*history).under(on_that_day).when(consent).then(consented("citta_metropolitana", before))
    late = ConsentToRenewal(party="citta_metropolitana", on=after)
    given(*history).when(late).then(
        consented("citta_metropolitana", after), renewed(after, "comune_bologna", "citta_metropolitana")
    )
    gone = ConsentToRenewal(party="cna", on=left_on)
    given(*history).when(gone).then_refused("governance.not_a_party", clause="P81")


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "clock")
def test_the_day_on_which_the_last_that_had_not_consented_leaves_completes_it() -> None:
    parties = ("comune_bologna", "citta_metropolitana", "cna")
    left_on = date(2025, 12, 1)
    history = (
        *in_force(parties),
        proposed(),
        consented("comune_bologna"),
        consented("citta_metropolitana"),
        withdrew("cna", left_on),
    )
    before, then = (protocol_circumstances(today=day) for day in (date(2025, 11, 30), left_on))
    given(*history).under(before).when(CompleteRenewal(on=date(2025, 11, 30))).then_nothing()
    both = renewed(left_on, "comune_bologna", "citta_metropolitana")
    given(*history).under(then).when(CompleteRenewal(on=left_on)).then(both)
    # Also where nobody looked until the term was over: the day counts, not when somebody looks.
    over = protocol_circumstances(today=date(2026, 4, 1))
    given(*history).under(over).when(ExpireProtocol(on=date(2026, 4, 1))).then(both)


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "command")
def test_the_agreement_may_ask_the_promoters_alone() -> None:
    promoters = [party for party, role in PARTIES.items() if role is PartyRole.PROMOTER]
    asked = protocol_circumstances(agreement=agreement(consent_of=ConsentOf.PROMOTERS))
    given(*in_force()).under(asked).when(PROPOSE).then(proposed(ConsentOf.PROMOTERS))
    history = [*in_force(), proposed(ConsentOf.PROMOTERS), *(consented(party) for party in promoters[:-1])]
    given(*history).when(ConsentToRenewal(party=promoters[-1], on=PROPOSED_ON)).then(
        consented(promoters[-1]), renewed(PROPOSED_ON, *promoters)
    )


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "command")
def test_who_joins_or_leaves_changes_no_renewal_that_is_done() -> None:
    parties = ("comune_bologna", "citta_metropolitana")
    done = renewed(PROPOSED_ON, *parties)
    history = (*in_force(parties), proposed(), *(consented(party) for party in parties), done)
    join = RegisterParty(protocol_id=PROTOCOL_ID, party="cna", role=PARTIES["cna"], on=PROPOSED_ON)
    given(*history).when(join).then_refused("governance.before_renewal", clause="P80")
    at_once = protocol_circumstances(agreement=agreement(notice_days=0))
    leave = Withdraw(party="comune_bologna", effective_on=PROPOSED_ON, on=PROPOSED_ON)
    given(*history).under(at_once).when(leave).then_refused("governance.before_renewal", clause="P80")


@pytest.mark.clause("P80")
def test_only_the_party_or_the_coordinator_consents_for_it() -> None:
    consent = ConsentToRenewal(party="arcidiocesi", on=PROPOSED_ON)
    foundation = protocol_circumstances(actor=actor("fondazione_san_petronio"))
    given(*in_force(), proposed()).under(foundation).when(consent).then_refused("governance.not_for_party")


@pytest.mark.clause("P80")
def test_its_end_is_warned_of_by_the_months_of_the_agreement() -> None:
    warned = [
        ProtocolExpiryWarned(
            protocol_id=PROTOCOL_ID, months=months, ends_on=ENDS_ON, agreement_version="2021.1", occurred_on=day
        )
        for months, day in ((12, date(2025, 3, 3)), (6, date(2025, 9, 3)), (3, date(2025, 12, 3)))
    ]
    history: list[DomainEvent] = list(in_force())
    for event in warned:
        given(*history).when(WarnExpiry(on=event.occurred_on - timedelta(days=1))).then_nothing()
        given(*history).when(WarnExpiry(on=event.occurred_on)).then(event)
        history.append(event)
        given(*history).when(WarnExpiry(on=event.occurred_on + timedelta(days=1))).then_nothing()


@pytest.mark.clause("P80")
def test_after_its_last_day_it_is_over() -> None:
    after = protocol_circumstances(today=date(2026, 5, 1))
    given(*in_force()).under(after).when(ExpireProtocol(on=ENDS_ON)).then_refused("governance.term_runs")
    expired = ProtocolExpired(protocol_id=PROTOCOL_ID, occurred_on=date(2026, 3, 4))
    given(*in_force()).under(after).when(ExpireProtocol(on=date(2026, 4, 1))).then(expired)
    given(*in_force(), expired).under(after).when(ExpireProtocol(on=date(2026, 4, 1))).then_nothing()
    # A successor that is recorded after the end of the term, of a day within it.
    succeed = SucceedProtocol(successor_id=OTHER_ID, on=date(2026, 2, 1))
    given(*in_force(), expired).under(after).when(succeed).then_types(ProtocolSucceeded)
    late = PROPOSE.model_copy(update={"on": date(2026, 3, 4)})
    given(*in_force(), expired).under(after).when(late).then_refused("governance.out_of_term", clause="P79")


@pytest.mark.clause("P80")
def test_a_consent_of_the_term_may_be_recorded_after_it() -> None:
    parties = ("comune_bologna", "citta_metropolitana")
    expired = ProtocolExpired(protocol_id=PROTOCOL_ID, occurred_on=date(2026, 3, 4))
    history = (*in_force(parties), proposed(), consented("comune_bologna"), expired)
    after = protocol_circumstances(today=date(2026, 5, 1))
    given(*history).under(after).when(ConsentToRenewal(party="citta_metropolitana", on=ENDS_ON)).then(
        consented("citta_metropolitana", ENDS_ON), renewed(ENDS_ON, *parties)
    )


DAYS = st.integers(0, 120).map(lambda n: PROPOSED_ON + timedelta(days=n))
SOME = ("comune_bologna", "citta_metropolitana", "cna", "uil")
NOISE: st.SearchStrategy[ProtocolCommand] = st.one_of(
    st.builds(ConsentToRenewal, party=st.just("nuova"), on=DAYS),
    st.builds(RefuseConsent, party=st.sampled_from(SOME), on=DAYS),
    st.builds(Withdraw, party=st.sampled_from(SOME), effective_on=DAYS, on=st.just(PROPOSED_ON)),
    st.builds(
        RegisterParty,
        protocol_id=st.just(PROTOCOL_ID),
        party=st.just("nuova"),
        role=st.just(PartyRole.PARTICIPANT),
        on=DAYS,
    ),
    st.builds(CompleteRenewal, on=DAYS),
)
CONSENTS = st.tuples(*(st.builds(ConsentToRenewal, party=st.just(party), on=DAYS) for party in SOME))
COMMANDS: st.SearchStrategy[list[ProtocolCommand]] = st.tuples(CONSENTS, st.lists(NOISE, max_size=8)).flatmap(
    lambda both: st.permutations([*both[0], *both[1]])
)


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "property")
def test_whatever_comes_in_whatever_order_a_renewal_counts_exactly_the_parties_in_force() -> None:
    """A ledger kept beside the aggregate says who was a party on the day, and whose last word was a consent by then."""
    seen = 0

    @settings(max_examples=200, deadline=None, derandomize=True)
    @for_all(COMMANDS)
    def run(commands: list[ProtocolCommand]) -> None:
        nonlocal seen
        circumstances = protocol_circumstances(agreement=agreement(notice_days=0), today=date(2026, 3, 1))
        state = PROTOCOL.fold([*in_force(SOME), proposed()])
        parties: dict[str, tuple[date, date | None]] = dict.fromkeys(SOME, (SIGNED_ON, None))
        consents: dict[str, date] = {}
        for command in commands:
            decision = PROTOCOL.decide(command, state, circumstances)
            if isinstance(decision, Refused):
                continue
            state = PROTOCOL.fold(decision, state)
            for event in decision:
                match event:
                    case RenewalConsentGiven(party=party):
                        consents[party] = event.occurred_on
                    case RenewalConsentRefused(party=party):
                        consents.pop(party, None)
                    case PartyWithdrew(party=party):
                        parties[party] = (parties[party][0], event.effective_on)
                    case ProtocolRenewed():
                        seen += 1
            for event in decision:
                if isinstance(event, ProtocolRenewed):
                    day = event.occurred_on
                    assert set(event.consents) == in_force_on(parties, day)
                    assert all(consents[party] <= day for party in event.consents)
            if isinstance(command, RegisterParty) and decision:
                parties["nuova"] = (command.on, None)
                renewals = [event for event in decision if isinstance(event, ProtocolRenewed)]
                assert renewals == []

    run()
    assert seen > 100


def in_force_on(parties: dict[str, tuple[date, date | None]], day: date) -> set[str]:
    return {party for party, (since, until) in parties.items() if since <= day and (until is None or day < until)}
