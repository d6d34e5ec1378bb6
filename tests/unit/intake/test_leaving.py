"""A case is closed with the state of exit, followed up and, where the person comes back, reopened (P18, P24)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    CaseClosed,
    CaseReopened,
    ExitState,
    FollowUpOutcome,
    FollowUpRecorded,
    InterviewHeld,
    InterviewKind,
    ReopeningReason,
)
from insieme_events.contracts.intake_following import FollowUpDue
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import CloseCase, NoteFollowUpDue, RecordFollowUp, ReopenCase
from insieme_intake.case.states import Enrolled, InCharge, Interviewed, Suspended
from insieme_intake.testing import (
    OFFICER,
    OTHER_INTERVIEW,
    applied,
    circumstances,
    closed,
    closing,
    enrolled,
    erasure,
    in_charge,
    interviewed,
    of_case,
    reopening,
    suspended,
    voiding,
)

given = scenario(CASE, circumstances())
CLOSE = CloseCase(on=date(2021, 9, 1), exit_state=ExitState.STABLE_WORK)
REOPEN = ReopenCase(on=date(2021, 10, 1), reason=ReopeningReason.LOST_WORK)
FOLLOW_UP = RecordFollowUp(on=date(2021, 12, 1), months_after_exit=3, outcome=FollowUpOutcome.EMPLOYED)
RUNNING = [enrolled(), interviewed(), in_charge(), suspended()]
NAMES = ["enrolled", "interviewed", "in charge", "suspended"]


@pytest.mark.parametrize("history", RUNNING, ids=NAMES)
@pytest.mark.clause("P18")
def test_every_running_case_can_be_closed(history: tuple[DomainEvent, ...]) -> None:
    given(*history).when(CLOSE).then(closing())
    given(*history, closing()).when(CLOSE).then_nothing()
    other_day = CLOSE.model_copy(update={"on": date(2021, 9, 2)})
    given(*history, closing()).when(other_day).then_refused("intake.case_closed", clause="P24")


@pytest.mark.parametrize(
    ("history", "last"),
    [
        (enrolled(), date(2021, 4, 1)),
        (interviewed(), date(2021, 4, 12)),
        (in_charge(), date(2021, 4, 20)),
        (suspended(), date(2021, 6, 1)),
        ((*enrolled(), closing(), reopening()), date(2021, 10, 1)),
        ((*interviewed(), closing(), reopening()), date(2021, 10, 1)),
        ((*in_charge(), closing(), reopening()), date(2021, 10, 1)),
    ],
)
def test_a_case_is_not_closed_before_what_it_last_went_through(history: tuple[DomainEvent, ...], last: date) -> None:
    given(*history).when(CLOSE.model_copy(update={"on": last})).then_types(CaseClosed)
    early = CLOSE.model_copy(update={"on": date.fromordinal(last.toordinal() - 1)})
    given(*history).when(early).then_refused("intake.date_too_early")


def test_a_case_is_not_closed_before_its_last_interview() -> None:
    talk = of_case(
        InterviewHeld,
        date(2021, 9, 10),
        interview_id=OTHER_INTERVIEW,
        kind=InterviewKind.FOLLOW_UP,
        interviewer_id=OFFICER,
    )
    given(*in_charge(), talk).when(CLOSE).then_refused("intake.date_too_early")


@pytest.mark.parametrize(
    ("history", "status"), list(zip(RUNNING, [Enrolled, Interviewed, InCharge, Suspended], strict=True)), ids=NAMES
)
def test_a_reopened_case_is_where_it_was(history: tuple[DomainEvent, ...], status: type) -> None:
    given(*history, closing()).when(REOPEN).then(reopening())
    assert type(CASE.fold((*history, closing(), reopening()))) is status


def test_a_case_is_reopened_within_a_term_and_not_before_it_was_closed() -> None:
    without = circumstances(agreements=())
    given(*closed()).under(without).when(REOPEN).then_refused("intake.out_of_term", clause="P79")
    early = REOPEN.model_copy(update={"on": date(2021, 8, 31)})
    given(*closed()).when(early).then_refused("intake.date_too_early")


def test_a_case_is_closed_and_reopened_as_often_as_it_takes() -> None:
    history = (*closed(), reopening())
    again = date(2021, 11, 1)
    (left,) = given(*history).when(CLOSE.model_copy(update={"on": again})).then_types(CaseClosed)
    given(*history, left).when(REOPEN.model_copy(update={"on": again})).then_types(CaseReopened)


@pytest.mark.parametrize("months", [0, 3, 60])
@pytest.mark.clause("P18")
def test_what_became_of_a_person_is_recorded_after_the_exit(months: int) -> None:
    command = FOLLOW_UP.model_copy(update={"months_after_exit": months})
    expected = of_case(FollowUpRecorded, date(2021, 12, 1), months_after_exit=months, outcome=FollowUpOutcome.EMPLOYED)
    given(*closed()).when(command).then(expected)


@pytest.mark.parametrize("months", [-1, 61])
@pytest.mark.clause("P18")
def test_a_follow_up_is_within_five_years(months: int) -> None:
    command = FOLLOW_UP.model_copy(update={"months_after_exit": months})
    given(*closed()).when(command).then_refused("intake.follow_up_months", clause="P18")


@pytest.mark.parametrize("history", RUNNING, ids=NAMES)
@pytest.mark.clause("P18")
def test_who_did_not_leave_is_not_followed_up(history: tuple[DomainEvent, ...]) -> None:
    given(*history).when(FOLLOW_UP).then_refused("intake.not_closed", clause="P18")


@pytest.mark.clause("P18")
def test_a_follow_up_does_not_come_before_the_exit() -> None:
    early = FOLLOW_UP.model_copy(update={"on": date(2021, 8, 31)})
    given(*closed()).when(early).then_refused("intake.date_too_early")


@pytest.mark.parametrize("command", [CLOSE, REOPEN, FOLLOW_UP], ids=lambda command: type(command).__name__)
def test_nobody_leaves_who_never_entered(command: CloseCase | ReopenCase | RecordFollowUp) -> None:
    given().when(command).then_refused("intake.case_unknown")
    given(*applied()).when(command).then_refused("intake.not_enrolled")
    given(*enrolled(), voiding()).when(command).then_refused("intake.enrolment_voided")


@pytest.mark.parametrize("history", RUNNING, ids=NAMES)
def test_only_what_is_closed_is_reopened(history: tuple[DomainEvent, ...]) -> None:
    decision = given(*history).when(REOPEN).decision
    assert getattr(decision, "clause", None) == "P24"


LEFT, FOUR_WEEKS, SIX_MONTHS = date(2021, 9, 1), date(2021, 9, 29), date(2022, 3, 1)
AT_EXIT, LATER = NoteFollowUpDue(months=0, on=FOUR_WEEKS), NoteFollowUpDue(months=6, on=SIX_MONTHS)
in_2022 = circumstances(today=date(2022, 12, 31))


def due(day: date, months: int, left_on: date = LEFT) -> FollowUpDue:
    return of_case(FollowUpDue, day, left_on=left_on, months_after_exit=months)


def recorded(day: date, months: int) -> FollowUpRecorded:
    return of_case(FollowUpRecorded, day, months_after_exit=months, outcome=FollowUpOutcome.EMPLOYED)


@pytest.mark.clause("P18")
def test_it_is_asked_at_the_exit_and_after_six_months_each_once() -> None:
    left = given(*closed()).under(in_2022)
    left.when(AT_EXIT).then(due(FOUR_WEEKS, 0))
    left.when(LATER).then(due(SIX_MONTHS, 6))
    both = given(*closed(), due(FOUR_WEEKS, 0), due(SIX_MONTHS, 6)).under(in_2022)
    both.when(AT_EXIT).then_nothing()
    both.when(LATER).then_nothing()
    for early in (
        NoteFollowUpDue(months=0, on=date(2021, 9, 28)),
        NoteFollowUpDue(months=6, on=date(2022, 2, 28)),
        NoteFollowUpDue(months=3, on=SIX_MONTHS),
    ):
        left.when(early).then_refused("intake.follow_up_not_due", clause="P18")


@pytest.mark.clause("P18")
def test_it_is_not_asked_what_is_on_record() -> None:
    early = given(*closed(), recorded(date(2021, 10, 20), 1)).under(in_2022)
    early.when(AT_EXIT).then_nothing()
    early.when(LATER).then(due(SIX_MONTHS, 6))
    late = given(*closed(), recorded(date(2022, 4, 1), 7)).under(in_2022)
    late.when(LATER).then_nothing()
    late.when(AT_EXIT).then(due(FOUR_WEEKS, 0))
    given(*closed(), erasure()).when(AT_EXIT).then_nothing()


@pytest.mark.clause("P18")
def test_after_another_exit_it_is_asked_anew() -> None:
    again = date(2021, 11, 2)
    once = (*closed(), due(FOUR_WEEKS, 0), recorded(date(2021, 9, 30), 0), reopening(date(2021, 10, 1)))
    given(*once).when(AT_EXIT).then_refused("intake.not_closed")
    four_weeks = date(2021, 11, 30)
    asked = NoteFollowUpDue(months=0, on=four_weeks)
    given(*once, closing(again)).when(asked).then(due(four_weeks, 0, again))


def test_what_is_asked_when_waits_for_the_legal_limits() -> None:
    decision = CASE.decide(AT_EXIT, CASE.fold(closed()), circumstances(every_limits=()))
    assert isinstance(decision, Refused)
    assert (decision.code, decision.kind) == ("intake.limits_unknown", RefusalKind.RETRY)
