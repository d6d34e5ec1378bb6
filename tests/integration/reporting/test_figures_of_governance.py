"""Meetings, decisions and the registers of the parties, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.reporting.telling_parties import Meeting, Register, overdue, presented

from insieme_events import territory
from insieme_events.contracts import governance_bodies as bodies
from insieme_events.contracts import governance_registers as registers
from insieme_events.contracts.governance_bodies import DecisionSubject
from insieme_events.contracts.vocabulary import BodyKind, Strand
from insieme_reporting.testing import History

FEBRUARY, MARCH, MAY = date(2019, 2, 4), date(2019, 3, 4), date(2019, 5, 6)
YEAR = {"since": date(2019, 1, 1), "to": date(2019, 12, 31)}


@pytest.mark.clause("P49", "P50", "P70")
async def test_attendance_is_that_of_held_meetings_whose_record_there_is(facts: Any) -> None:
    history = History()
    first = Meeting(history, MARCH, "comune_bologna", "cgil", "cna")
    first.record(bodies.PartiesInvited(**first.ids, invited=("uil",), occurred_on=MARCH))
    first.record(bodies.InvitationLapsed(**first.ids, party="cna", occurred_on=MARCH))
    first.held(MARCH, "comune_bologna", "cgil", "uil")
    first.attended(MARCH, comune_bologna=True, cgil=True)
    first.attended(MARCH, cgil=False)
    second = Meeting(history, MAY, "comune_bologna", "cgil", kind=BodyKind.TECHNICAL_TABLE)
    second.held(MAY, "comune_bologna", "cgil")
    second.attended(MAY, comune_bologna=True, cgil=True)
    never = Meeting(history, MAY, "comune_bologna")
    never.record(bodies.MeetingCancelled(**never.ids, reason=bodies.CancelReason.POSTPONED, occurred_on=MAY))
    await facts.fill(history, batch=4)

    assert await facts.by("meetings_held", "body", **YEAR) == {"coordination_table": 1, "technical_table": 1}
    rows = {row["party"]: row for row in await facts.rows("attendance_rate", by="party", **YEAR)}
    assert {party: (row["numerator"], row["denominator"]) for party, row in rows.items()} == {
        "comune_bologna": (2, 2),
        "cgil": (1, 2),
    }
    assert await facts.by("attendance_rate", "body", **YEAR) == {"coordination_table": 0.5, "technical_table": 1.0}


@pytest.mark.clause("P51")
async def test_decisions_are_open_until_they_are_done_and_overdue_after_their_day(facts: Any) -> None:
    history = History()
    meeting = Meeting(history, FEBRUARY, "comune_bologna")
    meeting.held(FEBRUARY, "comune_bologna")
    done = meeting.decided(FEBRUARY, DecisionSubject.WORK_PLAN, "comune_bologna", date(2019, 6, 30))
    meeting.decided(FEBRUARY, DecisionSubject.WORK_PLAN, "citta_metropolitana", date(2019, 3, 31))
    meeting.decided(FEBRUARY, DecisionSubject.OTHER)
    meeting.completed(done, MAY)
    await facts.fill(history)

    assert await facts.by("decisions_taken", "subject", **YEAR) == {"work_plan": 2, "other": 1}
    assert await facts.rows("decisions_completed_rate", **YEAR) == [{"numerator": 1, "denominator": 3, "value": 0.3333}]
    for day, expected in (
        (date(2019, 3, 31), {"no": 2, "no_deadline": 1}),
        (date(2019, 4, 1), {"no": 1, "yes": 1, "no_deadline": 1}),
        (MAY, {"yes": 1, "no_deadline": 1}),
    ):
        assert await facts.by("decisions_open", "overdue", to=day) == expected, day
    assert await facts.value("decisions_open", to=date(2019, 2, 3)) == 0


@pytest.mark.clause("P56")
async def test_a_year_is_presented_in_time_late_or_not_at_all(facts: Any) -> None:
    history = History()
    for year in (2018, 2019, 2020):
        stream = uuid4()
        if year != 2018:
            overdue(history, stream, year)
        if year != 2020:
            presented(history, stream, year, date(2020, 2, 3) if year == 2019 else date(2018, 11, 5), year == 2019)
    await facts.fill(history)
    rows = await facts.rows("presentations_on_time_rate", by="year", since=date(2018, 1, 1), to=date(2020, 12, 31))
    assert [(row["year"], row["numerator"], row["denominator"]) for row in rows] == [
        (2018, 1, 1),
        (2019, 0, 1),
        (2020, 0, 1),
    ]


@pytest.mark.clause("P26")
async def test_a_correction_takes_the_place_of_an_entry_and_a_voided_one_counts_nowhere(facts: Any) -> None:
    history = History()
    register = Register(history)
    given: dict[str, Any] = {
        "strand": Strand.MATCHING,
        "action_id": None,
        "kind": registers.ContributionKind.COMPETENCE,
    }
    entry = register.says(registers.ContributionRecorded, MARCH, **given, party="cgil", hours=8, value=None)
    wrong = register.says(registers.ContributionRecorded, MARCH, **given, party="cna", hours=500, value=7)
    register.says(registers.ContributionRecorded, MAY, entry, **given, party="cisl", hours=12, value=90_000)
    register.voided(wrong, MAY)
    await facts.fill(history)
    assert await facts.by("contributions", "party", **YEAR) == {"cisl": 1}
    assert [await facts.value(f"contribution_{name}", **YEAR) for name in ("hours", "value")] == [12, 90_000]
    then = datetime(2019, 4, 1, tzinfo=UTC)
    assert await facts.by("contribution_hours", "party", known_at=then, **YEAR) == {"cgil": 8, "cna": 500}


@pytest.mark.clause("P23", "P47")
async def test_a_practice_counts_once_under_each_of_its_steps_and_parties(facts: Any) -> None:
    history = History()
    register = Register(history)
    said: dict[str, Any] = {"practice": "buddy", "strand": Strand.MATCHING}
    entry = register.says(registers.PracticeProposed, FEBRUARY, **said, proposed_by="cna")
    register.says(registers.PracticeProposed, FEBRUARY, entry, **said, proposed_by="cgil")
    for party in ("cna", "uil"):
        event = registers.PracticeAdopted(entry_id=entry, adopted_by=party, occurred_on=MARCH)
        register.record(entry, event)
    shared = registers.PracticeShared(entry_id=entry, shared_with="regione", occurred_on=MAY)
    register.record(entry, shared)
    exchange: dict[str, Any] = {"what": "outcomes", "purpose": "monitoring", "legal_basis": None}
    sides: dict[str, Any] = {"from_party": "comune_bologna", "to_party": "regione"}
    register.says(registers.InformationExchanged, MAY, **exchange, **sides, level=registers.ExchangeLevel.AGGREGATE)
    await facts.fill(history)
    assert await facts.value("practices", **YEAR) == 1
    assert await facts.by("practices", "step", **YEAR) == {"proposed": 1, "adopted": 1, "shared": 1}
    assert await facts.by("practices", "party", **YEAR) == {"cgil": 1, "cna": 1, "uil": 1, "regione": 1}
    assert await facts.by("exchanges", "level", **YEAR) == {"aggregate": 1}


@pytest.mark.clause("P73")
async def test_territories_are_reached_by_their_debtors_within_the_period(facts: Any) -> None:
    history = History()
    register = Register(history)
    kind = registers.TerritoryKind
    meeting = registers.OutreachKind.MEETING
    wrong = None
    for party, of, name, on in (
        ("comune_bologna", kind.QUARTIERE, "navile", MARCH),
        ("comune_bologna", kind.QUARTIERE, "navile", MAY),
        ("citta_metropolitana", kind.UNIONE, "terre_d_acqua", MARCH),
        ("citta_metropolitana", kind.DISTRETTO, "citta_di_bologna", MARCH),
        ("citta_metropolitana", kind.COMUNE, "037039", MARCH),
        ("cgil", kind.QUARTIERE, "savena", MARCH),
        ("citta_metropolitana", kind.DISTRETTO, "imola", date(2018, 12, 31)),
        ("comune_bologna", kind.QUARTIERE, "santo_stefano", MAY),
    ):
        wrong = register.says(registers.OutreachHeld, on, party=party, territory_kind=of, territory=name, kind=meeting)
    assert wrong is not None
    register.voided(wrong, MAY)
    await facts.fill(history)

    rows = {
        row["territory_kind"]: row for row in await facts.rows("outreach_coverage_rate", by="territory_kind", **YEAR)
    }
    assert {of: (row["numerator"], row["denominator"]) for of, row in rows.items()} == {
        "quartiere": (1, 6),
        "unione": (1, 7),
        "distretto": (1, 7),
    }
    # Every comune of Terre d'Acqua, Molinella in itself, and Bologna by a quartiere.
    united = {m.istat for m in territory.memberships() if m.unione == "Terre d'Acqua" and m.valid_to is None}
    (row,) = await facts.rows("outreach_comuni_rate", **YEAR)
    assert (row["numerator"], row["denominator"]) == (len(united | {"037039", "037006"}), 55)
    assert await facts.by("outreach", "party", **YEAR) == {"comune_bologna": 2, "citta_metropolitana": 3, "cgil": 1}


@pytest.mark.clause("P76", "P77", "P78", "P71")
async def test_companies_reached_public_events_and_what_is_guaranteed(facts: Any) -> None:
    history = History()
    register = Register(history)
    meeting = registers.OutreachKind.MEETING
    for count in (30, 12):
        register.says(registers.AssociationOutreachHeld, MARCH, party="cna", kind=meeting, companies_reached=count)
    themes = (registers.Theme.WORKING_POVERTY, registers.Theme.FRAGILITY)
    scope = registers.Scope.REGIONAL
    event = register.says(registers.VisibilityEventHeld, MARCH, promoters=("cgil", "cisl"), themes=themes, scope=scope)
    register.says(registers.VisibilityEventHeld, MAY, event, promoters=("cgil", "uil"), themes=themes[:1], scope=scope)
    adviser = registers.StaffProfile.CAREER_ADVISER
    register.says(
        registers.StaffCommitted, MARCH, party="comune_bologna", year=2019, profile=adviser, fte_hundredths=150
    )
    desk = register.says(registers.DeskRegistered, MARCH, party="comune_bologna", desk="navile_1", comune="037006")
    register.says(registers.DeskRegistered, MARCH, party="cgil", desk="imola_1", comune="037032")
    register.record(desk, registers.DeskClosed(entry_id=desk, occurred_on=MAY))
    await facts.fill(history)

    assert await facts.by("companies_reached", "party", **YEAR) == {"cna": 42}
    assert await facts.value("visibility_events", **YEAR) == 1
    assert await facts.by("visibility_events", "party", **YEAR) == {"cgil": 1, "uil": 1}
    assert await facts.by("visibility_events", "theme", **YEAR) == {"lavoro_povero": 1}
    assert await facts.by("staff_committed", "staff_profile", **YEAR) == {"career_adviser": 150}
    days = (date(2019, 3, 3), MARCH, date(2019, 5, 5), MAY)
    assert [await facts.value("desks_open", to=day) for day in days] == [0, 2, 2, 1]
