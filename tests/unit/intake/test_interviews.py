"""Interviews are fixed, moved, held or missed; the first access interview makes a person `interviewed` (P24)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from insieme_events.contracts.intake import InterviewHeld, InterviewKind, InterviewMissed, InterviewScheduled
from insieme_events.contracts.intake_following import InterviewOverdue
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import (
    HoldInterview,
    InterviewCommand,
    MissInterview,
    NoteInterviewOverdue,
    ScheduleInterview,
)
from insieme_intake.case.states import Enrolled, Interviewed
from insieme_intake.testing import (
    HELD,
    INTERVIEW,
    OFFICER,
    OTHER_INTERVIEW,
    RECEIVED,
    access_held,
    applied,
    circumstances,
    closed,
    closing,
    enrolled,
    interviewed,
    of_case,
    reopening,
)

given = scenario(CASE, circumstances())
ACCESS, FOLLOW_UP = InterviewKind.ACCESS, InterviewKind.FOLLOW_UP
FIXED_ON, MOVED_TO = date(2021, 4, 6), date(2021, 4, 14)
MISSED = of_case(InterviewMissed, HELD, interview_id=INTERVIEW, kind=ACCESS)


def fix(scheduled_for: date = HELD, kind: InterviewKind = ACCESS, interview_id: UUID = INTERVIEW) -> ScheduleInterview:
    return ScheduleInterview(on=FIXED_ON, interview_id=interview_id, kind=kind, scheduled_for=scheduled_for)


def fixed(scheduled_for: date = HELD, kind: InterviewKind = ACCESS) -> InterviewScheduled:
    return of_case(InterviewScheduled, FIXED_ON, interview_id=INTERVIEW, kind=kind, scheduled_for=scheduled_for)


def hold(on: date = HELD, kind: InterviewKind = ACCESS, interview_id: UUID = INTERVIEW) -> HoldInterview:
    return HoldInterview(on=on, interview_id=interview_id, kind=kind, interviewer_id=OFFICER)


def miss(on: date = HELD) -> MissInterview:
    return MissInterview(on=on, interview_id=INTERVIEW)


def test_an_interview_is_fixed_and_moved() -> None:
    given(*enrolled()).when(fix()).then(fixed())
    given(*enrolled(), fixed()).when(fix()).then_nothing()
    given(*enrolled(), fixed()).when(fix(MOVED_TO)).then(fixed(MOVED_TO))


def test_a_moved_interview_keeps_its_kind() -> None:
    given(*enrolled(), fixed()).when(fix(MOVED_TO, FOLLOW_UP)).then_refused("intake.interview_other_kind")


def test_an_interview_is_not_fixed_for_a_day_gone_by() -> None:
    given(*enrolled()).when(fix(date(2021, 4, 5))).then_refused("intake.scheduled_in_past")
    given(*enrolled()).when(fix(FIXED_ON)).then_types(InterviewScheduled)


def test_an_interview_is_fixed_for_a_day_to_come() -> None:
    given(*enrolled()).when(fix(date(2022, 1, 20))).then_types(InterviewScheduled)


def test_an_access_interview_makes_a_person_interviewed() -> None:
    for history in (enrolled(), (*enrolled(), fixed())):
        given(*history).when(hold()).then(access_held())
    assert isinstance(CASE.fold((*enrolled(), fixed())), Enrolled)
    assert isinstance(CASE.fold((*enrolled(), fixed(), access_held())), Interviewed)


def test_the_first_interview_is_the_access_interview() -> None:
    given(*enrolled()).when(hold(kind=FOLLOW_UP)).then_refused("intake.access_first", clause="P24")
    given(*interviewed()).when(hold(MOVED_TO, FOLLOW_UP, OTHER_INTERVIEW)).then_types(InterviewHeld)


def test_an_interview_is_held_as_what_it_was_fixed_for() -> None:
    given(
        *interviewed(),
        of_case(InterviewScheduled, FIXED_ON, interview_id=OTHER_INTERVIEW, kind=FOLLOW_UP, scheduled_for=MOVED_TO),
    ).when(hold(MOVED_TO, ACCESS, OTHER_INTERVIEW)).then_refused("intake.interview_other_kind")


def test_who_does_not_come_is_not_interviewed() -> None:
    given(*enrolled(), fixed()).when(miss()).then(MISSED)
    given(*enrolled(), fixed(), MISSED).when(miss()).then_nothing()
    assert isinstance(CASE.fold((*enrolled(), fixed(), MISSED)), Enrolled)


def test_nobody_misses_an_interview_before_its_day_or_one_that_was_not_fixed() -> None:
    given(*enrolled(), fixed()).when(miss(date(2021, 4, 11))).then_refused("intake.date_too_early")
    given(*enrolled(), fixed(MOVED_TO)).when(miss(HELD)).then_refused("intake.date_too_early")
    assert given(*enrolled()).when(miss()).then_refused("intake.interview_unknown").kind is RefusalKind.NOT_FOUND


@pytest.mark.parametrize("over", [access_held(), MISSED], ids=["held", "missed"])
def test_an_interview_ends_once(over: InterviewHeld | InterviewMissed) -> None:
    for command in (fix(MOVED_TO), hold(MOVED_TO), miss(MOVED_TO)):
        given(*enrolled(), fixed(), over).when(command).then_refused("intake.interview_over")


def test_the_same_interview_told_again_is_nothing() -> None:
    given(*interviewed()).when(hold()).then_nothing()


def test_interviews_follow_the_enrolment() -> None:
    early = date(2021, 3, 31)
    for command in (hold(early), fix().model_copy(update={"on": early})):
        given(*enrolled()).when(command).then_refused("intake.date_too_early")
    given(*enrolled()).when(hold(RECEIVED)).then_types(InterviewHeld)


@pytest.mark.parametrize(
    ("history", "code"),
    [((), "intake.case_unknown"), (applied(), "intake.not_enrolled"), (closed(), "intake.case_closed")],
    ids=["no case", "applied", "closed"],
)
@pytest.mark.parametrize("command", [fix(), hold(), miss()], ids=lambda command: type(command).__name__)
def test_only_who_is_enrolled_is_interviewed(history: tuple[object, ...], code: str, command: InterviewCommand) -> None:
    given(*history).when(command).then_refused(code)


DUE = date(2021, 5, 6)
"""Thirty-five days after the first of April."""


@pytest.mark.clause("P24")
def test_an_interview_that_is_late_is_noted_once() -> None:
    late = NoteInterviewOverdue(on=DUE + timedelta(days=1))
    overdue = of_case(InterviewOverdue, late.on, waiting_since=RECEIVED, due_on=DUE)
    given(*enrolled()).when(late).then(overdue)
    given(*enrolled(), fixed(), MISSED).when(late).then(overdue)
    given(*enrolled(), overdue).when(late).then_nothing()
    given(*enrolled()).when(NoteInterviewOverdue(on=DUE)).then_refused("intake.interview_not_due", clause="P24")
    given(*interviewed()).when(late).then_nothing()
    given(*applied()).when(late).then_refused("intake.not_enrolled")
    given(*closed()).when(late).then_refused("intake.case_closed")


@pytest.mark.clause("P24")
def test_whoever_comes_back_before_an_interview_waits_anew() -> None:
    overdue = of_case(InterviewOverdue, DUE + timedelta(days=1), waiting_since=RECEIVED, due_on=DUE)
    back = (*enrolled(), overdue, closing(), reopening(date(2021, 10, 1)))
    due = date(2021, 11, 5)
    late = NoteInterviewOverdue(on=due + timedelta(days=1))
    again = of_case(InterviewOverdue, late.on, waiting_since=date(2021, 10, 1), due_on=due)
    given(*back).when(late).then(again)
    given(*back, again).when(late).then_nothing()
    given(*back).when(NoteInterviewOverdue(on=due)).then_refused("intake.interview_not_due")


def test_a_late_interview_waits_for_the_agreement() -> None:
    """The days are those of the agreement of the enrolment, which a service that was set up anew may not know yet."""
    state = CASE.fold(enrolled())
    decision = CASE.decide(NoteInterviewOverdue(on=DUE + timedelta(days=1)), state, circumstances(agreements=()))
    assert isinstance(decision, Refused)
    assert (decision.code, decision.kind) == ("intake.agreement_unknown", RefusalKind.RETRY)
