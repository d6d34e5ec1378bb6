"""Entries of the registers: recorded by parties in force, corrected by saying them again, voided (P19 to P78)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.governance_registers import (
    ContributionRecorded,
    DeskClosed,
    EntryVoided,
    InstrumentRegistered,
    InstrumentStatus,
    InstrumentStatusChanged,
    IntegrationStatus,
    IntegrationStatusChanged,
    PracticeAdopted,
    PracticeShared,
    RecordedEntry,
)
from insieme_events.testing import scenario
from insieme_governance.registers import (
    REGISTER_ENTRY,
    AdoptPractice,
    ChangeInstrumentStatus,
    ChangeIntegrationStatus,
    CloseDesk,
    CorrectEntry,
    RecordEntry,
    RegisterCommand,
    SharePractice,
    VoidEntry,
)
from insieme_governance.registers.kinds import KINDS, Kind
from insieme_governance.testing.plan import (
    ACTION_1,
    COMUNE,
    ENTRY_ID,
    FIRST_EVENT,
    JUNE,
    PARTIES,
    register_circumstances,
)

given = scenario(REGISTER_ENTRY, register_circumstances(today=date(2024, 12, 31)))
BY_NAME = {kind.name: kind for kind in KINDS}
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def fact(name: str, **changes: Any) -> Any:
    return BY_NAME[name].fact(**{**BY_NAME[name].example, **changes})


def record(name: str, **changes: Any) -> RecordEntry:
    return RecordEntry(entry_id=ENTRY_ID, fact=fact(name, **changes))


def recorded(name: str, **changes: Any) -> Any:
    """The event of an entry as its kind's example says it."""
    (event,) = given().when(record(name, **changes)).then_types(BY_NAME[name].event)
    return event


@pytest.mark.clause("P19", "P23", "P26", "P46", "P47", "P48", "P71", "P73", "P76", "P77", "P78")
@each_kind
def test_every_kind_is_recorded_by_an_event_with_all_that_was_said(kind: Kind) -> None:
    event = recorded(kind.name)
    assert isinstance(event, RecordedEntry)
    said = event.model_dump(mode="json")
    assert {name: said[name] for name in kind.example if name != "on"} == {
        name: list(value) if isinstance(value, list) else value for name, value in kind.example.items() if name != "on"
    }
    given(event).when(record(kind.name)).then_nothing()


@each_kind
def test_the_fields_of_a_kind_s_command_and_event_are_the_same(kind: Kind) -> None:
    assert set(kind.fact.model_fields) - {"on"} == set(kind.event.model_fields) - {
        "entry_id",
        "corrects",
        "occurred_on",
        "by",
    }
    assert kind.event.party_fields is not None
    assert set(kind.event.model_fields) - {"by"} == set(kind.event.party_fields)


@pytest.mark.clause("P81")
@each_kind
def test_every_party_that_an_entry_names_is_in_force_on_its_day(kind: Kind) -> None:
    named = kind.parties_of(kind.fact(**kind.example))
    for party in named:
        without = {code: role for code, role in PARTIES.items() if code != party}
        gone = register_circumstances(parties=without, today=date(2024, 12, 31))
        given().under(gone).when(record(kind.name)).then_refused("governance.party_not_in_force", clause="P81")


@each_kind
def test_a_correction_says_the_entry_again_and_names_what_it_corrects(kind: Kind) -> None:
    first = recorded(kind.name)
    again = fact(kind.name, on="2024-04-02")
    correct = CorrectEntry(corrects=FIRST_EVENT, fact=again)
    (second,) = given(first).when(correct).then_types(kind.event)
    assert second == first.model_copy(update={"corrects": FIRST_EVENT, "occurred_on": date(2024, 4, 2)})
    given(first, second).when(correct).then_nothing()
    stale = CorrectEntry(corrects=UUID(int=999), fact=again)
    given(first).when(stale).then_refused("governance.corrects_other")
    given().when(correct).then_refused("governance.entry_unknown")


@each_kind
def test_a_voided_entry_is_over(kind: Kind) -> None:
    first = recorded(kind.name)
    void = VoidEntry(voids=FIRST_EVENT, on=date(2024, 6, 1))
    voided = EntryVoided(entry_id=ENTRY_ID, voids=FIRST_EVENT, occurred_on=date(2024, 6, 1))
    given(first).when(void).then(voided)
    given(first, voided).when(void).then_nothing()
    given(first, voided).when(record(kind.name)).then_refused("governance.entry_voided")
    given(first).when(VoidEntry(voids=UUID(int=999), on=date(2024, 6, 1))).then_refused("governance.corrects_other")
    given().when(void).then_refused("governance.entry_unknown")


def test_an_entry_is_recorded_once_and_keeps_its_kind() -> None:
    first = recorded("instruments")
    given(first).when(record("instruments", owner="cna")).then_refused("governance.entry_recorded_already")
    other = CorrectEntry(corrects=FIRST_EVENT, fact=fact("desks"))
    given(first).when(other).then_refused("governance.entry_of_other_kind")


ON = date(2024, 9, 1)


@pytest.mark.clause("P19")
def test_an_instrument_moves_between_activating_active_and_closed() -> None:
    first = recorded("instruments", status="activating")
    activate = ChangeInstrumentStatus(status=InstrumentStatus.ACTIVE, on=ON)
    active = InstrumentStatusChanged(entry_id=ENTRY_ID, status=InstrumentStatus.ACTIVE, occurred_on=ON)
    closed = InstrumentStatusChanged(entry_id=ENTRY_ID, status=InstrumentStatus.CLOSED, occurred_on=ON)
    given(first).when(activate).then(active)
    given(first, active).when(activate).then_nothing()
    given(first, active, closed).when(activate).then_refused("governance.entry_ended", clause="P19")
    early = ChangeInstrumentStatus(status=InstrumentStatus.ACTIVE, on=date(2024, 3, 3))
    given(first).when(early).then_refused("governance.before_entry")


@pytest.mark.clause("P19")
def test_a_correction_keeps_the_status_that_was_reached_since() -> None:
    first = recorded("instruments", status="activating")
    closed = InstrumentStatusChanged(entry_id=ENTRY_ID, status=InstrumentStatus.CLOSED, occurred_on=ON)
    corrected = CorrectEntry(corrects=FIRST_EVENT, fact=fact("instruments", status="activating", strand="2a"))
    (second,) = given(first, closed).when(corrected).then_types(InstrumentRegistered)
    activate = ChangeInstrumentStatus(status=InstrumentStatus.ACTIVE, on=ON)
    given(first, closed, second).when(activate).then_refused("governance.entry_ended")


@pytest.mark.clause("P46")
def test_an_integration_is_followed_until_it_ends() -> None:
    first = recorded("integrations")
    live = IntegrationStatusChanged(entry_id=ENTRY_ID, status=IntegrationStatus.LIVE, occurred_on=ON)
    given(first).when(ChangeIntegrationStatus(status=IntegrationStatus.LIVE, on=ON)).then(live)
    ended = live.model_copy(update={"status": IntegrationStatus.ENDED})
    testing = ChangeIntegrationStatus(status=IntegrationStatus.TESTING, on=ON)
    given(first, live).when(testing).then_types(IntegrationStatusChanged)
    given(first, ended).when(testing).then_refused("governance.entry_ended")


@pytest.mark.clause("P23", "P47")
def test_a_practice_is_adopted_by_parties_in_force_and_shared_with_anybody() -> None:
    first = recorded("practices")
    adopted = PracticeAdopted(entry_id=ENTRY_ID, adopted_by=COMUNE, occurred_on=ON)
    shared = PracticeShared(entry_id=ENTRY_ID, shared_with="comune_modena", occurred_on=ON)
    adopt, share = AdoptPractice(adopted_by=COMUNE, on=ON), SharePractice(shared_with="comune_modena", on=ON)
    given(first).when(adopt).then(adopted)
    given(first, adopted).when(adopt).then_nothing()
    given(first, adopted).when(share).then(shared)
    given(first, shared).when(share).then_nothing()
    outsider = AdoptPractice(adopted_by="comune_modena", on=ON)
    given(first).when(outsider).then_refused("governance.party_not_in_force", clause="P81")


@pytest.mark.clause("P71")
def test_a_desk_is_closed_once() -> None:
    first = recorded("desks")
    closed = DeskClosed(entry_id=ENTRY_ID, occurred_on=ON)
    given(first).when(CloseDesk(on=ON)).then(closed)
    given(first, closed).when(CloseDesk(on=ON)).then_nothing()


def test_what_belongs_to_one_kind_is_not_done_to_another() -> None:
    changes: dict[str, RegisterCommand] = {
        "desks": AdoptPractice(adopted_by=COMUNE, on=ON),
        "practices": CloseDesk(on=ON),
        "instruments": ChangeIntegrationStatus(status=IntegrationStatus.LIVE, on=ON),
        "integrations": ChangeInstrumentStatus(status=InstrumentStatus.ACTIVE, on=ON),
        "outreach": SharePractice(shared_with=COMUNE, on=ON),
    }
    for name, command in changes.items():
        given(recorded(name)).when(command).then_refused("governance.entry_of_other_kind")
        given().when(command).then_refused("governance.entry_unknown")


@pytest.mark.clause("P26")
def test_a_contribution_is_counted_and_serves_an_action_that_there_is() -> None:
    given().when(record("contributions", hours=None)).then_refused("governance.contribution_empty", clause="P26")
    given().when(record("contributions", hours=None, value=90_000)).then_types(ContributionRecorded)
    given().when(record("contributions", action_id=ACTION_1)).then_types(ContributionRecorded)
    unknown = record("contributions", action_id=UUID(int=999))
    given().when(unknown).then_refused("governance.action_served_unknown", clause="P26")


@pytest.mark.clause("P47")
def test_information_about_persons_is_exchanged_on_a_legal_basis_only() -> None:
    refused = "governance.exchange_needs_basis"
    given().when(record("exchanges", level="person")).then_refused(refused, clause="P47")
    based = record("exchanges", level="person", legal_basis="public_interest")
    given().when(based).then_types(BY_NAME["exchanges"].event)
    alone = record("exchanges", to_party="citta_metropolitana")
    given().when(alone).then_refused("governance.exchange_with_itself", clause="P47")


@pytest.mark.clause("P48")
def test_a_regional_measure_does_not_end_before_it_begins() -> None:
    given().when(record("regional-measures", valid_to="2021-12-31")).then_refused(
        "governance.measure_ends_first", clause="P48"
    )


@pytest.mark.clause("P71")
def test_staff_and_desks_are_given_by_the_three_guarantors() -> None:
    for name in ("staff", "desks"):
        given().when(record(name, party="cna")).then_refused("governance.no_guarantor", clause="P71")
        given().when(record(name, party="fondazione_san_petronio")).then_types(BY_NAME[name].event)
    given().when(record("desks", comune="036023")).then_refused("governance.desk_outside", clause="P71")


@pytest.mark.clause("P73")
@pytest.mark.parametrize(
    ("kind", "territory"),
    [
        ("quartiere", "navile"),
        ("unione", "terre_d_acqua"),
        ("unione", "nuovo_circondario_imolese"),
        ("distretto", "citta_di_bologna"),
        ("comune", "037039"),
    ],
)
def test_outreach_reaches_a_territory_that_there_is(kind: str, territory: str) -> None:
    given().when(record("outreach", territory_kind=kind, territory=territory)).then_types(BY_NAME["outreach"].event)
    wrong = record("outreach", territory_kind=kind, territory="modena")
    given().when(wrong).then_refused("governance.territory_unknown", clause="P73")


@pytest.mark.clause("P76")
def test_associations_and_unions_reach_their_members() -> None:
    kind = BY_NAME["association-outreach"].event
    given().when(record("association-outreach", party="uil")).then_types(kind)
    given().when(record("association-outreach", party=COMUNE)).then_refused("governance.no_association", clause="P76")


def test_nothing_is_recorded_ahead() -> None:
    early = register_circumstances(today=JUNE)
    given().under(early).when(record("outreach")).then_refused("governance.date_in_future")
