"""Interviews are fixed, moved, held or missed; the first access interview makes a person `interviewed` (P24)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.intake import InterviewHeld, InterviewKind, InterviewMissed, InterviewScheduled
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import HoldInterview, InterviewCommand, MissInterview, ScheduleInterview
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
    enrolled,
    interviewed,
    of_case,
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
