"""The clock of the Tavolo and the requests of signatories (P54, P55, I5)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.agreement import RoleRights
from insieme_events.contracts.governance_bodies import (
    BodyMet,
    CadenceMeasure,
    MeetingCadenceBreached,
    MeetingCadenceBreachLifted,
    MeetingCadenceWarned,
    MeetingRequestAnswered,
    MeetingRequested,
    MeetingRequestOverdue,
    MeetingRequestReopened,
)
from insieme_events.contracts.vocabulary import BodyKind, PartyRole
from insieme_events.days import add_months
from insieme_events.decider import Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import MATRIX, agreement
from insieme_governance.body import (
    BODY,
    Body,
    CheckCadence,
    CheckRequests,
    EstablishBody,
    Established,
    NoteCancelled,
    NoteConvened,
    NoteHeld,
    RequestMeeting,
)
from insieme_governance.testing import (
    BODY_ID,
    MEETING_ID,
    OTHER_ID,
    PARTIES,
    REQUEST_ID,
    SIGNED_ON,
    actor,
    body_circumstances,
    established,
    register,
)

given = scenario(BODY, body_circumstances())
DUE_ON = date(2021, 9, 3)


def met(on: date, meeting_id: UUID = MEETING_ID) -> BodyMet:
    return BodyMet(body_id=BODY_ID, meeting_id=meeting_id, occurred_on=on)


def breached(measure: CadenceMeasure, since: date, due_on: date) -> MeetingCadenceBreached:
    return MeetingCadenceBreached(
        body_id=BODY_ID,
        measure=measure,
        since=since,
        due_on=due_on,
        agreement_version="2021.1",
        occurred_on=due_on + timedelta(days=1),
    )


def checked(on: date, *, held: Sequence[date] = ()) -> list[type]:
    """Which kinds of events a look at the clock on that day leads to, and one the day after."""
    history = [established(), *(met(day, UUID(int=100 + n)) for n, day in enumerate(held))]
    decision = BODY.decide(CheckCadence(on=on), BODY.fold(history), body_circumstances())
    assert not isinstance(decision, Refused)
    return [type(event) for event in decision]


@pytest.mark.clause("P54")
def test_a_body_is_established_once() -> None:
    establish = EstablishBody(body_id=BODY_ID, kind=BodyKind.COORDINATION_TABLE, on=SIGNED_ON)
    given().when(establish).then(established())
    given(established()).when(establish).then_nothing()
    board = EstablishBody(body_id=BODY_ID, kind=BodyKind.BOARD, on=SIGNED_ON)
    given(established()).when(board).then_refused("governance.body_established")
    given().when(CheckCadence(on=SIGNED_ON)).then_refused("governance.body_unknown")
    early = NoteHeld(meeting_id=MEETING_ID, on=date(2021, 3, 2))
    given(established()).when(early).then_refused("governance.before_body")


@pytest.mark.clause("P54")
@pytest.mark.invariant("I5", "clock")
def test_the_first_meeting_is_due_six_calendar_months_after_the_start() -> None:
    """Warned a month before, missed on the day after; 184 days from 3 March are over on 4 September, too."""
    warned = date(2021, 8, 4)
    assert checked(warned - timedelta(days=1)) == []
    assert checked(warned) == [MeetingCadenceWarned]
    assert checked(DUE_ON) == [MeetingCadenceWarned]
    assert checked(DUE_ON + timedelta(days=1)) == [MeetingCadenceBreached] * 2
    first = MeetingCadenceWarned(
        body_id=BODY_ID, since=SIGNED_ON, due_on=DUE_ON, agreement_version="2021.1", occurred_on=warned
    )
    given(established()).when(CheckCadence(on=warned)).then(first)
    given(established(), first).when(CheckCadence(on=DUE_ON)).then_nothing()
    missed = [breached(measure, SIGNED_ON, DUE_ON) for measure in CadenceMeasure]
    after = CheckCadence(on=date(2021, 9, 20))
    given(established(), first).when(after).then(*missed)
    given(established(), first, *missed).when(after).then_nothing()


@pytest.mark.clause("P54")
@pytest.mark.invariant("I5", "clock")
def test_the_two_measures_of_half_a_year_are_told_apart() -> None:
    """From 31 August six calendar months end on 28 February, after 181 days; 184 days end on 3 March."""
    last = date(2021, 8, 31)
    assert checked(date(2022, 2, 28), held=[last]) == [MeetingCadenceWarned]
    assert checked(date(2022, 3, 1), held=[last]) == [MeetingCadenceBreached]
    assert checked(date(2022, 3, 3), held=[last]) == [MeetingCadenceBreached]
    assert checked(date(2022, 3, 4), held=[last]) == [MeetingCadenceBreached] * 2


@pytest.mark.clause("P54")
@pytest.mark.invariant("I5", "command")
def test_a_meeting_on_the_last_day_is_in_time_and_one_on_the_day_after_is_not() -> None:
    given(established()).when(NoteHeld(meeting_id=MEETING_ID, on=DUE_ON)).then(met(DUE_ON))
    late = date(2021, 9, 4)
    given(established()).when(NoteHeld(meeting_id=MEETING_ID, on=late)).then(
        met(late), *(breached(measure, SIGNED_ON, DUE_ON) for measure in CadenceMeasure)
    )
    given(established(), met(DUE_ON)).when(NoteHeld(meeting_id=MEETING_ID, on=DUE_ON)).then_nothing()


@pytest.mark.clause("P54")
@pytest.mark.invariant("I5", "command")
def test_a_meeting_recorded_late_lifts_the_breach_that_was_none() -> None:
    missed = [breached(measure, SIGNED_ON, DUE_ON) for measure in CadenceMeasure]
    given(established(), *missed).when(NoteHeld(meeting_id=MEETING_ID, on=date(2021, 7, 1))).then(
        met(date(2021, 7, 1)),
        *(
            MeetingCadenceBreachLifted(
                body_id=BODY_ID, measure=one, since=SIGNED_ON, meeting_id=MEETING_ID, occurred_on=date(2021, 7, 1)
            )
            for one in CadenceMeasure
        ),
    )


@pytest.mark.clause("P54")
def test_only_the_coordination_table_has_the_clock() -> None:
    for kind in (BodyKind.TECHNICAL_TABLE, BodyKind.BOARD):
        given(established(kind)).when(CheckCadence(on=date(2022, 9, 1))).then_refused("governance.no_cadence", "P54")
        given(established(kind)).when(NoteHeld(meeting_id=MEETING_ID, on=date(2022, 9, 1))).then_types(BodyMet)


@pytest.mark.clause("P54", "P79")
def test_outside_every_term_nothing_is_due() -> None:
    over = body_circumstances(today=date(2026, 12, 1))
    started = established(on=date(2025, 12, 1))
    given(started).under(over).when(CheckCadence(on=date(2026, 12, 1))).then_nothing()
    still = body_circumstances(today=date(2026, 12, 1), register=register(ends_on=date(2031, 3, 3)))
    given(started).under(still).when(CheckCadence(on=date(2026, 12, 1))).then_types(*[MeetingCadenceBreached] * 2)


@pytest.mark.clause("P54")
def test_each_gap_is_judged_by_the_version_that_holds_when_it_becomes_too_long() -> None:
    """A version of December allows a year; it forgives nothing that was missed before it."""
    wider = agreement("2021.2", date(2021, 12, 1), meeting_cadence_months=12, meeting_longest_gap_days=366)
    versions = (agreement("2021.1"), wider)
    circumstances = body_circumstances(versions=versions)
    missed = [breached(measure, SIGNED_ON, DUE_ON) for measure in CadenceMeasure]
    given(established()).under(circumstances).when(CheckCadence(on=date(2022, 1, 1))).then(*missed)
    in_time = met(date(2021, 8, 1))
    given(established(), in_time).under(circumstances).when(CheckCadence(on=date(2022, 2, 15))).then_nothing()


HISTORY_END = date(2025, 6, 1)


@pytest.mark.clause("P54")
@pytest.mark.invariant("I5", "property")
@settings(max_examples=80, deadline=None, derandomize=True)
@for_all(
    st.lists(st.integers(1, 1500), max_size=9, unique=True),
    st.lists(st.integers(1, 1550), max_size=6),
    st.randoms(use_true_random=False),
)
def test_in_whatever_order_meetings_are_recorded_and_looked_for_the_breaches_are_the_same(
    meetings: list[int], looks: list[int], shuffled: random.Random
) -> None:
    """A ledger reckons day by day from the dates alone; looks at the clock in between, in any order, change nothing."""
    held = [SIGNED_ON + timedelta(days=n) for n in meetings]
    commands: list[NoteHeld | CheckCadence] = [
        *(NoteHeld(meeting_id=UUID(int=1000 + n), on=day) for n, day in enumerate(held)),
        *(CheckCadence(on=SIGNED_ON + timedelta(days=n)) for n in looks),
    ]
    shuffled.shuffle(commands)
    state: Body = BODY.fold([established()])
    for command in (*commands, CheckCadence(on=HISTORY_END)):
        decision = BODY.decide(command, state, body_circumstances())
        assert not isinstance(decision, Refused)
        state = BODY.fold(decision, state)
    assert isinstance(state, Established)
    assert state.breached == ledger(held)


def ledger(held: Sequence[date]) -> set[tuple[date, CadenceMeasure]]:
    """Every day is looked at: had a meeting been held on it or within the half year before it?"""
    found = set()
    last = SIGNED_ON
    for n in range((HISTORY_END - SIGNED_ON).days + 1):
        day = SIGNED_ON + timedelta(days=n)
        if day > add_months(last, 6):
            found.add((last, CadenceMeasure.CALENDAR_MONTHS))
        if (day - last).days > 184:
            found.add((last, CadenceMeasure.ROLLING_DAYS))
        if day in held:
            last = day
    return found


ASKED_ON = date(2022, 5, 2)
ASK = RequestMeeting(request_id=REQUEST_ID, party="cgil", on=ASKED_ON)
ASKED = MeetingRequested(
    body_id=BODY_ID,
    request_id=REQUEST_ID,
    party="cgil",
    due_on=date(2022, 6, 1),
    agreement_version="2021.1",
    occurred_on=ASKED_ON,
)
OVERDUE = MeetingRequestOverdue(
    body_id=BODY_ID, request_id=REQUEST_ID, party="cgil", due_on=date(2022, 6, 1), occurred_on=date(2022, 6, 2)
)
BEFORE = (established(), met(date(2022, 3, 1)))


def answered(on: date) -> MeetingRequestAnswered:
    return MeetingRequestAnswered(body_id=BODY_ID, request_id=REQUEST_ID, meeting_id=MEETING_ID, occurred_on=on)


@pytest.mark.clause("P55")
@pytest.mark.invariant("I5", "command")
def test_any_one_signatory_is_enough() -> None:
    for party in PARTIES:
        asked = ASK.model_copy(update={"party": party})
        own = body_circumstances(actor=actor(party))
        given(*BEFORE).under(own).when(asked).then(ASKED.model_copy(update={"party": party}))
    given(*BEFORE, ASKED).when(ASK).then_nothing()


@pytest.mark.clause("P55", "P81")
@pytest.mark.invariant("I12", "command")
def test_who_is_no_signatory_does_not_ask() -> None:
    stranger = ASK.model_copy(update={"party": "caritas"})
    given(*BEFORE).when(stranger).then_refused("governance.not_a_signatory", clause="P55")
    left = body_circumstances(register=register(until={"cgil": ASKED_ON}))
    given(*BEFORE).under(left).when(ASK).then_refused("governance.not_a_signatory", clause="P55")
    other = body_circumstances(actor=actor("uil"))
    given(*BEFORE).under(other).when(ASK).then_refused("governance.not_for_party", clause="P65")


@pytest.mark.clause("P55")
def test_the_matrix_says_who_may_ask() -> None:
    silent = RoleRights(role=PartyRole.TRADE_UNION, invited=True, may_request=False, consents=True, pays=False)
    rest = tuple(row for row in MATRIX if row.role is not PartyRole.TRADE_UNION)
    circumstances = body_circumstances(agreement=agreement(matrix=(*rest, silent)))
    given(*BEFORE).under(circumstances).when(ASK).then_refused("governance.may_not_request", clause="P55")
    unknown = body_circumstances(agreement=None)
    given(*BEFORE).under(unknown).when(ASK).then_refused("governance.agreement_unknown", clause="P62")


@pytest.mark.clause("P55")
@pytest.mark.invariant("I5", "command")
def test_a_convening_answers_every_open_request() -> None:
    on = date(2022, 5, 16)
    convened = NoteConvened(meeting_id=MEETING_ID, on=on)
    given(*BEFORE, ASKED).when(convened).then(answered(on))
    given(*BEFORE, ASKED, answered(on)).when(NoteConvened(meeting_id=OTHER_ID, on=on)).then_nothing()
    given(*BEFORE, ASKED).when(NoteConvened(meeting_id=MEETING_ID, on=date(2022, 5, 1))).then_nothing()
    cancelled = NoteCancelled(meeting_id=MEETING_ID, on=date(2022, 5, 20))
    reopened = MeetingRequestReopened(
        body_id=BODY_ID, request_id=REQUEST_ID, meeting_id=MEETING_ID, occurred_on=date(2022, 5, 20)
    )
    given(*BEFORE, ASKED, answered(on)).when(cancelled).then(reopened)
    given(*BEFORE, ASKED, answered(on), reopened).when(CheckRequests(on=date(2022, 6, 2))).then(OVERDUE)


@pytest.mark.clause("P55")
@pytest.mark.invariant("I5", "clock")
def test_a_request_without_a_convening_is_overdue_on_the_day_after() -> None:
    given(*BEFORE, ASKED).when(CheckRequests(on=date(2022, 6, 1))).then_nothing()
    given(*BEFORE, ASKED).when(CheckRequests(on=date(2022, 6, 2))).then(OVERDUE)
    given(*BEFORE, ASKED, OVERDUE).when(CheckRequests(on=date(2022, 7, 1))).then_nothing()
    in_time = answered(date(2022, 6, 1))
    given(*BEFORE, ASKED, in_time).when(CheckRequests(on=date(2022, 7, 1))).then_nothing()
    # Nobody looked before the late convening: it was overdue all the same.
    late = date(2022, 6, 10)
    given(*BEFORE, ASKED).when(NoteConvened(meeting_id=MEETING_ID, on=late)).then(OVERDUE, answered(late))
