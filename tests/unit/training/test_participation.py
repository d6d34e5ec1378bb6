"""Asking for a course, what intake's ledger answers, and taking part (P25, P37, P41; I8 on training's side)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import (
    Attendance,
    DropReason,
    LessonAttendanceRecorded,
    ParticipantDropped,
    ParticipantWaitlisted,
    ParticipationBlocked,
)
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind, Strand
from insieme_events.decider import RefusalKind
from insieme_events.gates import Interval
from insieme_events.testing import scenario
from insieme_training.participation import PARTICIPATION
from insieme_training.participation.commands import (
    BlockParticipation,
    CompleteParticipant,
    DropParticipant,
    EnrolParticipant,
    LetGo,
    RecordAttendance,
    RequestParticipation,
    StartParticipant,
    WaitlistParticipant,
)
from insieme_training.testing import (
    COURSE_ID,
    ENDED_ON,
    PARTICIPATION_ID,
    PERSON,
    STARTED_ON,
    asked,
    began,
    completed,
    course_found,
    enrolled,
    of_participation,
    participation_circumstances,
    referred,
)

given = scenario(PARTICIPATION, participation_circumstances())
REQUEST = RequestParticipation(
    participation_id=PARTICIPATION_ID, course_id=COURSE_ID, person_id=PERSON, on=date(2021, 3, 20)
)
CONFIRMED_ON = date(2021, 3, 22)
ASKED = (asked(), referred())
BLOCKED = ParticipationBlocked(**of_participation(), occurred_on=CONFIRMED_ON)
WAITING = ParticipantWaitlisted(**of_participation(), occurred_on=CONFIRMED_ON)
ENROL, WAIT, BLOCK = (kind(on=CONFIRMED_ON) for kind in (EnrolParticipant, WaitlistParticipant, BlockParticipation))
START = StartParticipant(on=STARTED_ON)
TAKING_PART = (*ASKED, enrolled(), began())
DROPPED = ParticipantDropped(**of_participation(), reason=DropReason.FOUND_JOB, occurred_on=date(2021, 5, 3))


def lesson(number: int = 1, on: date = STARTED_ON, **changes: Any) -> RecordAttendance:
    return RecordAttendance(**{"lesson_no": number, "minutes": 180, "attendance": "present", "on": on, **changes})


def held(command: RecordAttendance) -> LessonAttendanceRecorded:
    return LessonAttendanceRecorded(**of_participation(), **command.model_dump(exclude={"on"}), occurred_on=command.on)


@pytest.mark.clause("P37", "P30")
@pytest.mark.invariant("I10", "command")
def test_a_person_in_charge_asks_for_an_open_course() -> None:
    given().when(REQUEST).then(asked(), referred())
    given(*ASKED).when(REQUEST).then_refused("training.already_requested", clause="P37")


@pytest.mark.clause("P37")
def test_only_who_is_in_charge_on_that_day_or_later_asks_and_starts() -> None:
    early = participation_circumstances(in_charge=(Interval(date(2021, 3, 21), None),))
    given().under(early).when(REQUEST).then_refused("training.not_in_charge", clause="P37")
    unheard = given().under(participation_circumstances(in_charge=None)).when(REQUEST)
    assert unheard.then_refused("training.person_unknown").kind is RefusalKind.RETRY
    left = participation_circumstances(in_charge=(Interval(date(2021, 1, 1), date(2021, 3, 31)),))
    given(*ASKED, enrolled()).under(left).when(START).then_refused("training.not_in_charge", clause="P37")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"course": None}, "training.course_unknown"),
        ({"course": course_found(open=False)}, "training.course_closed"),
        ({"course": course_found(planned_on=date(2021, 3, 21))}, "training.before_course_planned"),
        ({"course": course_found(ends_on=date(2021, 3, 19))}, "training.after_course"),
        ({"erased": True}, "training.erased"),
    ],
)
def test_what_cannot_be_asked_for(changes: dict[str, Any], code: str) -> None:
    given().under(participation_circumstances(**changes)).when(REQUEST).then_refused(code)


@pytest.mark.clause("P25", "P38")
@pytest.mark.parametrize(
    ("strand", "module", "kind"),
    [
        (Strand.TRAINING_BASIC, ModuleKind.SKILLS_ASSESSMENT, InterventionKind.ORIENTATION),
        (Strand.TRAINING_BASIC, ModuleKind.DYNAMIC_CURRICULUM, InterventionKind.ORIENTATION),
        (Strand.TRAINING_BASIC, ModuleKind.ITALIAN, InterventionKind.BASIC_TRAINING),
        (Strand.TRAINING_TARGETED, None, InterventionKind.VOCATIONAL_TRAINING),
        (Strand.TRAINING_EXPERIMENTAL, None, InterventionKind.VOCATIONAL_TRAINING),
    ],
)
def test_a_course_is_one_of_the_kinds_by_which_doubled_interventions_are_found(
    strand: Strand, module: ModuleKind | None, kind: InterventionKind
) -> None:
    world = participation_circumstances(course=course_found(strand=strand, module_kind=module))
    given().under(world).when(REQUEST).then(asked(strand=strand, kind=kind), referred(strand=strand))


@pytest.mark.clause("P41")
def test_the_channel_is_recorded_and_an_association_named_where_one_sent_the_person() -> None:
    sent = {"channel_class": ChannelClass.ASSOCIATION, "association": "cna_bologna"}
    command = REQUEST.model_copy(update=sent)
    given().when(command).then(asked(), referred(**sent))
    unknown = participation_circumstances(association_known=False)
    given().under(unknown).when(command).then_refused("training.association_unknown", clause="P41")
    elsewhere = REQUEST.model_copy(update={"association": "cna_bologna"})
    given().when(elsewhere).then_refused("training.association_elsewhere", clause="P41")
    # Without a name the class alone is told, as for every other channel.
    self_sent = REQUEST.model_copy(update={"channel_class": ChannelClass.THIRD_SECTOR})
    given().when(self_sent).then(asked(), referred(channel_class=ChannelClass.THIRD_SECTOR))


@pytest.mark.clause("P25", "P37")
@pytest.mark.invariant("I8", "command")
def test_nothing_starts_before_intake_has_confirmed() -> None:
    given(*ASKED).when(START).then_refused("training.not_confirmed", clause="P25")
    given(*ASKED, BLOCKED).when(START).then_refused("training.doubled", clause="P25")
    given(*ASKED, WAITING).when(START).then_refused("training.no_seat", clause="P37")
    given(*ASKED, enrolled()).when(START).then(began())


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
def test_a_doubled_one_is_blocked_until_somebody_overrides() -> None:
    given(*ASKED).when(BLOCK).then(BLOCKED)
    given(*ASKED, BLOCKED).when(BLOCK).then_nothing()
    given(*ASKED, BLOCKED).when(ENROL).then(enrolled())
    given(*ASKED, BLOCKED).when(WAIT).then(WAITING)
    given(*ASKED, enrolled()).when(BLOCK).then_nothing()


@pytest.mark.clause("P37")
def test_a_confirmed_one_is_enrolled_or_waits() -> None:
    given(*ASKED).when(ENROL).then(enrolled())
    given(*ASKED).when(WAIT).then(WAITING)
    given(*ASKED, WAITING).when(ENROL).then(enrolled())
    for repeated in (ENROL, WAIT):
        given(*ASKED, enrolled()).when(repeated).then_nothing()
    given(*ASKED, WAITING).when(WAIT).then_nothing()
    given(*ASKED, DROPPED).when(ENROL).then_refused("training.seats_changed")
    # The ledger's day may be before the request's where somebody keyed late: the later one counts.
    given(*ASKED).when(EnrolParticipant(on=date(2021, 3, 1))).then(enrolled(occurred_on=date(2021, 3, 20)))


@pytest.mark.clause("P37")
@pytest.mark.parametrize(
    "course", [None, course_found(started_on=None), course_found(open=False), course_found(started_on=ENDED_ON)]
)
def test_nobody_starts_a_course_that_has_not_started(course: Any) -> None:
    world = participation_circumstances(course=course)
    given(*ASKED, enrolled()).under(world).when(START).then_refused("training.course_not_started", clause="P37")


@pytest.mark.clause("P37")
def test_attendance_is_recorded_lesson_by_lesson_and_the_last_told_counts() -> None:
    given(*ASKED, enrolled()).when(lesson()).then_refused("training.participant_not_started", clause="P37")
    given(*TAKING_PART).when(lesson()).then(held(lesson()))
    given(*TAKING_PART, held(lesson())).when(lesson()).then_nothing()
    corrected = lesson(attendance="absent")
    given(*TAKING_PART, held(lesson())).when(corrected).then(held(corrected))
    given(*TAKING_PART).when(lesson(on=date(2021, 3, 31))).then_refused("training.participant_before_last_step")


@pytest.mark.clause("P37")
def test_completing_sums_the_attendance() -> None:
    told = (
        held(lesson(1)),
        held(lesson(2, attendance="absent")),
        held(lesson(3, minutes=60)),
        held(lesson(3, minutes=90)),
        held(lesson(4, attendance="excused")),
    )
    done = CompleteParticipant(on=ENDED_ON)
    given(*TAKING_PART, *told).when(done).then(completed(minutes_present=270, minutes_recorded=630))
    given(*TAKING_PART, completed()).when(done).then_nothing()
    given(*ASKED, enrolled()).when(done).then_refused("training.participant_not_started")
    last = held(lesson(5, on=date(2021, 7, 2)))
    given(*TAKING_PART, last).when(done).then_refused("training.participant_before_last_step")
    assert Attendance.PRESENT.value == "present"


@pytest.mark.clause("P37")
def test_whoever_leaves_does_so_for_a_reason_of_the_closed_list() -> None:
    drop = DropParticipant(reason=DropReason.FOUND_JOB, on=date(2021, 5, 3))
    for history in (ASKED, (*ASKED, BLOCKED), (*ASKED, WAITING), (*ASKED, enrolled()), TAKING_PART):
        given(*history).when(drop).then(DROPPED)
    given(*TAKING_PART, DROPPED).when(drop).then_nothing()
    given(*TAKING_PART, DROPPED).when(START).then_refused("training.participant_dropped")
    early = drop.model_copy(update={"on": date(2021, 3, 1)})
    given(*TAKING_PART).when(early).then_refused("training.participant_before_last_step")
    given(*TAKING_PART, completed()).when(drop).then_refused("training.participant_completed", clause="P37")
    # Only the course itself lets somebody go by being over; and nobody who completed it meanwhile.
    for reason in (DropReason.COURSE_CANCELLED, DropReason.COURSE_OVER):
        by_hand = DropParticipant(reason=reason, on=ENDED_ON)
        for so_far in (TAKING_PART, (*TAKING_PART, completed())):
            given(*so_far).when(by_hand).then_refused("training.reason_of_the_course", clause="P37")
    with_it = LetGo(reason=DropReason.COURSE_CANCELLED, on=ENDED_ON)
    given(*TAKING_PART, completed()).when(with_it).then_nothing()


def test_a_participation_that_nobody_asked_for_is_not_found() -> None:
    for command in (ENROL, WAIT, BLOCK, START, lesson(), CompleteParticipant(on=ENDED_ON)):
        given().when(command).then_refused("training.participation_unknown")
    future = REQUEST.model_copy(update={"on": date(2022, 2, 1)})
    given().when(future).then_refused("training.date_in_future")
