"""A meeting: who must be invited, when it counts as held, who was there, what was decided (P49-P51, P70)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.agreement import RoleRights
from insieme_events.contracts.governance_bodies import (
    CancelReason,
    DecisionCompleted,
    DecisionSubject,
    DecisionTaken,
    InvitationLapsed,
    MeetingAttendanceRecorded,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    PartiesInvited,
)
from insieme_events.contracts.vocabulary import BodyKind, PartyRole
from insieme_events.testing import scenario
from insieme_events.testing.agreements import MATRIX, agreement
from insieme_governance.meeting import MEETING
from insieme_governance.meeting.commands import (
    CancelMeeting,
    CompleteDecision,
    ConveneMeeting,
    DeclareMeetingHeld,
    InviteParties,
    LapseInvitation,
    RecordDecision,
    RecordMeetingAttendance,
)
from insieme_governance.register import Register, Signed
from insieme_governance.testing import (
    BODY_ID,
    DECISION_ID,
    ENDS_ON,
    MEETING_ID,
    NOMINEE_ID,
    OTHER_ID,
    PARTIES,
    SIGNED_ON,
    actor,
    convened,
    held,
    meeting_circumstances,
    register,
    roll,
)

given = scenario(MEETING, meeting_circumstances())
CONVENED_ON, MEETS_ON = date(2021, 5, 17), date(2021, 6, 14)
ALL = frozenset(PARTIES)
HOLD = DeclareMeetingHeld(on=MEETS_ON)


def convene(**changes: Any) -> ConveneMeeting:
    values: dict[str, Any] = {
        "meeting_id": MEETING_ID,
        "body_id": BODY_ID,
        "meets_on": MEETS_ON,
        "invited": ALL,
        "on": CONVENED_ON,
    }
    return ConveneMeeting(**{**values, **changes})


@pytest.mark.clause("P50")
@pytest.mark.invariant("I5", "command")
def test_every_party_in_force_is_invited() -> None:
    given().when(convene()).then(convened())
    given(convened()).when(convene()).then_nothing()
    given(convened()).when(convene(body_id=OTHER_ID)).then_refused("governance.meeting_convened")
    for party in PARTIES:
        refused = given().when(convene(invited=ALL - {party})).then_refused("governance.parties_not_invited", "P50")
        assert f"missing: {party}." in refused.sentence


@pytest.mark.clause("P50", "P70")
def test_both_tables_invite_everybody_and_the_board_whom_it_wants() -> None:
    some = convene(invited=frozenset({"cna"}))
    technical = meeting_circumstances(body=BodyKind.TECHNICAL_TABLE)
    given().under(technical).when(some).then_refused("governance.parties_not_invited", clause="P50")
    board = meeting_circumstances(body=BodyKind.BOARD)
    given().under(board).when(some).then_types(MeetingConvened)
    unknown = meeting_circumstances(body=None)
    given().under(unknown).when(convene()).then_refused("governance.body_unknown")


@pytest.mark.clause("P50")
def test_the_matrix_says_which_roles_are_invited() -> None:
    guest = RoleRights(role=PartyRole.PARTICIPANT, invited=False, may_request=True, consents=True, pays=False)
    rest = tuple(row for row in MATRIX if row.role is not PartyRole.PARTICIPANT)
    circumstances = meeting_circumstances(versions=(agreement(matrix=(*rest, guest)),))
    without = convene(invited=ALL - {"regione_emilia_romagna"})
    given().under(circumstances).when(without).then_types(MeetingConvened)
    given().under(circumstances).when(convene()).then_types(MeetingConvened)
    given().under(meeting_circumstances(versions=())).when(convene()).then_refused("governance.agreement_unknown")


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_from_its_effective_date_a_party_is_not_invited() -> None:
    leaving = meeting_circumstances(register=register(until={"cna": MEETS_ON}))
    given().under(leaving).when(convene()).then_refused("governance.not_a_party", clause="P81")
    given().under(leaving).when(convene(invited=ALL - {"cna"})).then_types(MeetingConvened)
    a_day_before = convene(meets_on=date(2021, 6, 13))
    given().under(leaving).when(a_day_before).then_types(MeetingConvened)


@pytest.mark.clause("P79")
def test_outside_every_term_there_is_nobody_to_meet() -> None:
    given().when(convene(meets_on=date(2026, 3, 4))).then_refused("governance.no_protocol_in_force", clause="P79")


@pytest.mark.clause("P65")
def test_the_operational_coordinator_convenes() -> None:
    union = meeting_circumstances(actor=actor("cgil"))
    given().under(union).when(convene()).then_refused("governance.not_the_coordinator", clause="P65")
    unassigned = Register((Signed(replace(roll(), holders=()), SIGNED_ON, ENDS_ON),))
    nobody = meeting_circumstances(register=unassigned)
    given().under(nobody).when(convene()).then_refused("governance.no_coordinator", clause="P65")


@pytest.mark.clause("P50")
@pytest.mark.invariant("I5", "command")
def test_the_invitations_are_checked_again_for_the_day_on_which_it_was_held() -> None:
    given(convened()).when(HOLD).then(held())
    given(convened(), held()).when(HOLD).then_nothing()
    given(convened(), held()).when(DeclareMeetingHeld(on=date(2021, 6, 15))).then_refused("governance.meeting_held")
    joined = meeting_circumstances(register=register(since={"nuova": date(2021, 6, 1)}))
    given(convened()).under(joined).when(HOLD).then_refused("governance.parties_not_invited", clause="P50")
    invite = InviteParties(invited=frozenset({"nuova", "cna"}), on=date(2021, 6, 2))
    invited = PartiesInvited(meeting_id=MEETING_ID, invited=("nuova",), occurred_on=date(2021, 6, 2))
    given(convened()).under(joined).when(invite).then(invited)
    given(convened(), invited).under(joined).when(invite).then_nothing()
    (event,) = given(convened(), invited).under(joined).when(HOLD).then_types(MeetingHeld)
    assert isinstance(event, MeetingHeld)
    assert set(event.invited) == ALL | {"nuova"}


@pytest.mark.clause("P50", "P81")
@pytest.mark.invariant("I12", "command")
def test_who_has_withdrawn_by_the_day_it_was_held_was_not_invited_as_a_party() -> None:
    """The meeting was put off by a month, beyond the day on which the party left."""
    left = meeting_circumstances(register=register(until={"cna": date(2021, 7, 1)}))
    (event,) = given(convened()).under(left).when(DeclareMeetingHeld(on=date(2021, 7, 14))).then_types(MeetingHeld)
    assert isinstance(event, MeetingHeld)
    assert set(event.invited) == ALL - {"cna"}
    attend = RecordMeetingAttendance(party="cna", present=True)
    given(convened(), event).when(attend).then_refused("governance.not_invited", clause="P49")


@pytest.mark.clause("P81")
@pytest.mark.invariant("I12", "command")
def test_an_invitation_lapses_with_a_withdrawal() -> None:
    lapse = LapseInvitation(party="cna", effective_on=MEETS_ON, on=CONVENED_ON)
    lapsed = InvitationLapsed(meeting_id=MEETING_ID, party="cna", occurred_on=CONVENED_ON)
    given(convened()).when(lapse).then(lapsed)
    given(convened(), lapsed).when(lapse).then_nothing()
    later = LapseInvitation(party="cna", effective_on=date(2021, 6, 15), on=CONVENED_ON)
    given(convened()).when(later).then_nothing()
    given(convened(), held()).when(lapse).then_nothing()


def test_a_meeting_is_cancelled_or_held_not_both() -> None:
    cancel = CancelMeeting(reason=CancelReason.POSTPONED, on=date(2021, 6, 1))
    cancelled = MeetingCancelled(meeting_id=MEETING_ID, reason=CancelReason.POSTPONED, occurred_on=date(2021, 6, 1))
    given(convened()).when(cancel).then(cancelled)
    given(convened(), cancelled).when(cancel).then_nothing()
    given(convened(), cancelled).when(HOLD).then_refused("governance.meeting_cancelled")
    given(convened(), held()).when(cancel).then_refused("governance.meeting_held")
    given().when(HOLD).then_refused("governance.meeting_unknown", clause="P50")
    given(convened()).when(DeclareMeetingHeld(on=date(2021, 5, 16))).then_refused("governance.before_convening")
    given(convened()).under(meeting_circumstances(today=date(2021, 6, 1))).when(HOLD).then_refused(
        "governance.date_in_future"
    )


@pytest.mark.clause("P49", "P70")
def test_the_attendance_of_each_signatory_is_recorded() -> None:
    there = RecordMeetingAttendance(party="cgil", present=True, representative_id=NOMINEE_ID)
    recorded = MeetingAttendanceRecorded(
        meeting_id=MEETING_ID, party="cgil", present=True, representative_id=NOMINEE_ID, occurred_on=MEETS_ON
    )
    given(convened(), held()).when(there).then(recorded)
    given(convened(), held(), recorded).when(there).then_nothing()
    corrected = RecordMeetingAttendance(party="cgil", present=False)
    given(convened(), held(), recorded).when(corrected).then_types(MeetingAttendanceRecorded)
    given(convened()).when(there).then_refused("governance.meeting_not_held", clause="P50")
    nobody = RecordMeetingAttendance(party="cgil", present=False, representative_id=NOMINEE_ID)
    given(convened(), held()).when(nobody).then_refused("governance.absent_with_representative", clause="P49")
    stranger = RecordMeetingAttendance(party="caritas", present=True)
    given(convened(), held()).when(stranger).then_refused("governance.not_invited", clause="P49")


@pytest.mark.clause("P50", "P57")
def test_who_sits_for_a_party_was_nominated_for_that_table() -> None:
    """The nominee represents CGIL at the one table, and is UIL's technical referent at the other, to 2022."""
    at_first = RecordMeetingAttendance(party="uil", present=True, representative_id=NOMINEE_ID)
    given(convened(), held()).when(at_first).then_refused("governance.not_nominated", clause="P50")
    technical = convened(kind=BodyKind.TECHNICAL_TABLE)
    given(technical, held()).when(at_first).then_types(MeetingAttendanceRecorded)
    other = RecordMeetingAttendance(party="cgil", present=True, representative_id=NOMINEE_ID)
    given(technical, held()).when(other).then_refused("governance.not_a_technical_referent", clause="P57")


def taken(number: int = 1, **changes: Any) -> DecisionTaken:
    values: dict[str, Any] = {
        "meeting_id": MEETING_ID,
        "decision_id": DECISION_ID,
        "decision_no": number,
        "subject": DecisionSubject.WORK_PLAN,
        "owner": "citta_metropolitana",
        "deadline": date(2021, 12, 31),
        "occurred_on": MEETS_ON,
    }
    return DecisionTaken(**{**values, **changes})


def record(**changes: Any) -> RecordDecision:
    values: dict[str, Any] = {
        "decision_id": DECISION_ID,
        "subject": DecisionSubject.WORK_PLAN,
        "owner": "citta_metropolitana",
        "deadline": date(2021, 12, 31),
    }
    return RecordDecision(**{**values, **changes})


@pytest.mark.clause("P51")
def test_decisions_are_numbered_and_have_an_owner_and_a_deadline() -> None:
    given(convened(), held()).when(record()).then(taken())
    given(convened(), held(), taken()).when(record()).then_nothing()
    second = record(decision_id=OTHER_ID, owner="area_sviluppo_economico")
    given(convened(), held(), taken()).when(second).then(
        taken(2, decision_id=OTHER_ID, owner="area_sviluppo_economico")
    )
    given(convened(), held()).when(record(owner="caritas")).then_refused("governance.no_such_owner", clause="P51")
    early = record(deadline=date(2021, 6, 13))
    given(convened(), held()).when(early).then_refused("governance.before_meeting", clause="P51")
    given(convened()).when(record()).then_refused("governance.meeting_not_held")
    union = meeting_circumstances(actor=actor("cgil"))
    given(convened(), held()).under(union).when(record()).then_refused("governance.not_the_coordinator", clause="P65")


@pytest.mark.clause("P51")
def test_a_decision_is_completed_once() -> None:
    complete = CompleteDecision(decision_no=1, on=date(2021, 11, 1))
    completed = DecisionCompleted(
        meeting_id=MEETING_ID, decision_id=DECISION_ID, decision_no=1, occurred_on=date(2021, 11, 1)
    )
    given(convened(), held(), taken()).when(complete).then(completed)
    given(convened(), held(), taken(), completed).when(complete).then_nothing()
    given(convened(), held()).when(complete).then_refused("governance.decision_unknown", clause="P51")
    early = CompleteDecision(decision_no=1, on=date(2021, 6, 13))
    given(convened(), held(), taken()).when(early).then_refused("governance.before_meeting")
