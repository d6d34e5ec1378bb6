"""Governance after 2021 at its whole scale, through the services' own decisions: plans, the Board, seats, duties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from tests.unit.demo.on_paper import Paper

from insieme_demo import later, ledger, plan
from insieme_demo.grants import Money
from insieme_demo.later import Later
from insieme_demo.mending import Mending
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance import (
    NominationEnded,
    RepresentativeNominated,
    TechnicalReferentNominated,
)
from insieme_events.contracts.governance_bodies import (
    DecisionTaken,
    MeetingAttendanceRecorded,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    MeetingRequestAnswered,
    MeetingRequested,
    MeetingRequestOverdue,
)
from insieme_events.contracts.governance_plan import (
    AnnualPresentationOverdue,
    CompanyJoinedBoard,
    CompanyLeftBoard,
    LegalFormStudyStarted,
    PlanYearClosed,
    StudyConcluded,
    StudyMilestoneReached,
    WorkPlanAmended,
    WorkPlanApproved,
)
from insieme_events.contracts.governance_registers import (
    AssociationOutreachHeld,
    ContributionRecorded,
    DeskClosed,
    EntryVoided,
    InformationExchanged,
    OutreachHeld,
    PracticeAdopted,
    RegionalMeasureRegistered,
    StaffCommitted,
    VisibilityEventHeld,
)

WHOLE = plan.make(onwards=True)
NOTHING = Mending((), (), (), {}, (), ())


@pytest.fixture(scope="module")
def after() -> Later:
    assert WHOLE.later is not None
    return WHOLE.later


@pytest.fixture(scope="module")
def events() -> list[DomainEvent]:
    """With the companies that join the Board, and nothing of persons, courses and money to 2021."""
    companies = replace(WHOLE.offers, needs=[], vacancies=[], candidacies=[])
    assert WHOLE.later is not None
    unspent = Money((), (), (), (), ())
    later_alone = replace(
        WHOLE.later, ways=(), placements=(), courses=(), internships=(), money=unspent, money_before=unspent, rests=()
    )
    alone = replace(
        WHOLE, ways=[], chains=[], courses=[], internships=[], offers=companies, mending=NOTHING,
        money=unspent, later=later_alone,
    )  # fmt: skip
    paper = Paper()
    paper.write(plan.months(alone))
    return [event for stream in paper.streams.values() for _, event in stream]


def of(events: Iterable[DomainEvent], *types: type[DomainEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, types)]


def test_every_year_that_is_over_has_its_plan_closed_and_2026_goes_on(events: list[DomainEvent]) -> None:
    closed = {one.year: one.occurred_on for one in of(events, PlanYearClosed)}
    assert sorted(closed) == list(range(2018, 2026))
    assert all(on.year == year + 1 for year, on in closed.items())
    approved = {one.year: one.occurred_on for one in of(events, WorkPlanApproved)}
    assert sorted(approved) == list(range(2018, 2027))
    assert approved[2026] < later.EXPIRED, "nobody decides on a plan once the term is over"
    assert [one.year for one in of(events, WorkPlanAmended)] == [2020, 2024]


def test_the_board_goes_on_with_other_companies(events: list[DomainEvent], after: Later) -> None:
    joined, left = of(events, CompanyJoinedBoard), of(events, CompanyLeftBoard)
    for day, size in ledger.count_later(after).board.items():
        assert sum(one.occurred_on <= day for one in joined) - sum(one.occurred_on <= day for one in left) == size
    assert sum(one.occurred_on <= date(2021, 12, 31) for one in joined) - sum(
        one.occurred_on <= date(2021, 12, 31) for one in left
    ) == 109, "what was published stays"  # fmt: skip
    years = Counter(one.occurred_on.year for one in left), Counter(one.occurred_on.year for one in joined)
    assert all(kind[year] > 0 for kind in years for year in range(2022, 2026))
    assert max(one.occurred_on for one in (*joined, *left)) <= later.LAST_MEETING


Sat = dict[tuple[str, str], list[tuple[Any, date, date]]]


@pytest.fixture(scope="module")
def seats(events: list[DomainEvent]) -> Sat:
    """By party and body: who sat there from which day to which, both included, as the events say."""
    found: Sat = {}
    ended = {(one.party, one.seat, one.nominee_id): one.occurred_on for one in of(events, NominationEnded)}
    for kind, body in (
        (RepresentativeNominated, "coordination_table"),
        (TechnicalReferentNominated, "technical_table"),
    ):
        seat = "representative" if body == "coordination_table" else "technical_referent"
        for one in of(events, kind):
            last = min(one.until or date.max, ended.get((one.party, seat, one.nominee_id), date.max))
            found.setdefault((one.party, body), []).append((one.nominee_id, one.occurred_on, last))
    return found


def test_every_party_names_who_sits_at_both_tables_and_replaces_them(events: list[DomainEvent], seats: Sat) -> None:
    gone, _, effective_on = later.WITHDREW
    assert len(seats) == 14 * 2
    for (party, _), sat in seats.items():
        following = sorted(sat, key=lambda one: one[1])
        assert following[0][1] < date(2022, 2, 1)
        for (_, _, last), (_, since, _) in pairwise(following):
            assert last < since, "one after the other"
        assert (following[-1][2] < effective_on) is (party == gone)
    assert sum(len(sat) - 1 for sat in seats.values()) > 10, "replacements"
    assert any(one.until is not None for one in of(events, RepresentativeNominated, TechnicalReferentNominated))
    gaps = [b[1] - a[2] for sat in seats.values() for a, b in pairwise(sat)]
    assert any(gap.days == 1 for gap in gaps)
    assert any(gap.days > 1 for gap in gaps), "after a mandate a place is empty for a while"


def test_the_minutes_name_who_sat_there_on_that_day(events: list[DomainEvent], seats: Sat) -> None:
    kinds = {one.meeting_id: one.kind for one in of(events, MeetingConvened)}
    named = 0
    for one in of(events, MeetingAttendanceRecorded):
        body = str(kinds[one.meeting_id])
        sat = [who for who, since, last in seats.get((one.party, body), []) if since <= one.occurred_on <= last]
        assert one.representative_id == (sat[0] if one.present and sat else None)
        named += one.representative_id is not None
    assert named > 250


def test_a_meeting_that_is_called_off_is_held_two_weeks_later(events: list[DomainEvent]) -> None:
    kinds = {one.meeting_id: (one.kind, one.meets_on) for one in of(events, MeetingConvened)}
    off = {kinds[one.meeting_id]: (one.occurred_on, one.reason) for one in of(events, MeetingCancelled)}
    held = {(kinds[one.meeting_id][0], one.occurred_on) for one in of(events, MeetingHeld)}
    assert [(kind, meets_on.year) for kind, meets_on in sorted(off, key=lambda one: one[1])] == [
        ("coordination_table", 2020), ("coordination_table", 2023), ("board", 2024),
    ]  # fmt: skip
    for kind, meets_on in off:
        assert any(each is kind and (on - meets_on).days == 14 for each, on in held)
    ((_, meets_on),) = [one for one in off if one[1].year == 2023]
    assert off["coordination_table", meets_on] == (meets_on, "other"), "on the day itself, for want of people"


def test_one_request_is_answered_in_time_and_one_too_late(events: list[DomainEvent]) -> None:
    asked = {one.request_id: one for one in of(events, MeetingRequested)}
    answered = {one.request_id: one.occurred_on for one in of(events, MeetingRequestAnswered)}
    overdue = {one.request_id for one in of(events, MeetingRequestOverdue)}
    assert [one.party for one in asked.values()] == ["cgil", "cna"]
    assert answered.keys() == asked.keys()
    assert overdue == {one for one, on in answered.items() if (on - asked[one].occurred_on).days > 30}
    assert len(overdue) == 1


def test_every_meeting_held_has_minutes(events: list[DomainEvent]) -> None:
    held = [one for one in of(events, MeetingHeld) if one.occurred_on.year > 2021]
    decided = {one.meeting_id for one in of(events, DecisionTaken)}
    there = Counter(one.meeting_id for one in of(events, MeetingAttendanceRecorded))
    assert Counter(one.occurred_on.year for one in held) == {2022: 9, 2023: 8, 2024: 8, 2025: 8, 2026: 1}
    assert all(one.meeting_id in decided and there[one.meeting_id] == len(one.invited) for one in held)


def test_the_study_begins_in_the_september_of_the_text_and_is_concluded(events: list[DomainEvent]) -> None:
    (started,), (concluded,) = of(events, LegalFormStudyStarted), of(events, StudyConcluded)
    assert (started.occurred_on.year, started.occurred_on.month, started.late) == (2021, 9, False)
    reached = [one.occurred_on for one in of(events, StudyMilestoneReached)]
    assert len(reached) == 7
    assert reached == sorted(reached)
    assert reached[-1] < concluded.occurred_on < later.EXPIRED


def test_years_without_a_presentation_are_overdue_while_a_term_ran(events: list[DomainEvent]) -> None:
    overdue = {one.year: one.occurred_on for one in of(events, AnnualPresentationOverdue)}
    assert overdue == {year: date(year + 1, 1, 1) for year in range(2021, 2026)}


def test_the_registers_hold_every_year_what_the_text_asks_for(events: list[DomainEvent]) -> None:
    gone, _, effective_on = later.WITHDREW
    voided = {one.entry_id for one in of(events, EntryVoided)}
    for year in range(2022, 2026):
        parties = 14 if year == 2022 else 13

        def entries(kind: type[DomainEvent], year: int = year) -> list[Any]:
            return [one for one in of(events, kind) if one.occurred_on.year == year and one.entry_id not in voided]

        assert len({one.party for one in entries(ContributionRecorded)}) == parties
        assert {one.party for one in entries(StaffCommitted)} == {
            "citta_metropolitana", "comune_bologna", "fondazione_san_petronio",
        }  # fmt: skip
        reached = [(one.territory_kind, one.territory) for one in entries(OutreachHeld)]
        assert 14 <= len(set(reached)) == len(reached) <= 20
        assert 5 <= len(entries(AssociationOutreachHeld)) <= 9
        assert len(entries(VisibilityEventHeld)) == 3
        assert len(entries(InformationExchanged)) == 2
    assert len(voided) == 4
    corrected = [one for one in of(events, ContributionRecorded) if one.corrects is not None]
    assert Counter(one.occurred_on.year for one in corrected) == dict.fromkeys(range(2022, 2026), 1)
    for one in corrected:
        (wrong,) = (each for each in of(events, ContributionRecorded) if each.entry_id == one.entry_id and each != one)
        assert wrong.hours == one.hours * 10
    late = [one for one in events if getattr(one, "party", None) == gone and one.occurred_on >= effective_on]
    assert late == []
    assert Counter(type(one) for one in of(events, PracticeAdopted, DeskClosed, RegionalMeasureRegistered)) == {
        PracticeAdopted: 2, DeskClosed: 1, RegionalMeasureRegistered: 1,
    }  # fmt: skip
