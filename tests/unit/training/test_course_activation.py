"""The hard rule of 2.b: active only with positions of work identified before (P39, I1), and funding decided (P64)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.agreement import PositionSource
from insieme_events.contracts.training import PositionSourceKind, PositionsReturned
from insieme_events.contracts.training_courses import (
    CourseActivated,
    CourseCancelled,
    CourseCancelReason,
    CourseEnded,
    PositionsWithdrawn,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_training.course import COURSE
from insieme_training.course.commands import ActivateCourse, CancelCourse, EndCourse, StartCourse
from insieme_training.testing import (
    ACTIVATED_ON,
    ENDED_ON,
    IDENTIFIED_ON,
    OTHERS,
    RESERVATION_ID,
    STARTED_ON,
    VACANCY_ID,
    activated,
    course_circumstances,
    ended,
    identified,
    of_course,
    planned,
    requested,
    started,
)

given = scenario(COURSE, course_circumstances())
READY = (planned(), requested(), identified())
ACTIVATE = ActivateCourse(on=ACTIVATED_ON)
WITHDRAWN = PositionsWithdrawn(**of_course(), reservation_id=RESERVATION_ID, positions=0, occurred_on=date(2021, 3, 12))
RETURNED = PositionsReturned(
    **of_course(),
    reservation_id=RESERVATION_ID,
    source_kind=PositionSourceKind.VACANCY,
    source_id=VACANCY_ID,
    occurred_on=ENDED_ON,
)


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_without_a_position_a_2b_course_is_not_activated() -> None:
    given(planned()).when(ACTIVATE).then_refused("training.positions_first", clause="P39")
    given(planned(), requested()).when(ACTIVATE).then_refused("training.positions_first", clause="P39")
    given(*READY, WITHDRAWN).when(ACTIVATE).then_refused("training.positions_first", clause="P39")


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_positions_are_identified_on_an_earlier_day_than_the_activation() -> None:
    for day in (IDENTIFIED_ON, IDENTIFIED_ON - timedelta(days=1)):
        command = ActivateCourse(on=day)
        given(*READY).when(command).then_refused("training.positions_before_activation", clause="P39")
    on = IDENTIFIED_ON + timedelta(days=1)
    given(*READY).when(ActivateCourse(on=on)).then(activated(occurred_on=on))


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_positions_of_the_same_day_do_not_make_up_the_seats() -> None:
    late = identified(OTHERS[0], occurred_on=ACTIVATED_ON)
    history = (planned(seats=4), requested(), identified(), requested(OTHERS[0]), late)
    given(*history).when(ACTIVATE).then_refused("training.seats_beyond_positions", clause="P39")
    on = ACTIVATED_ON + timedelta(days=1)
    (event,) = given(*history).when(ActivateCourse(on=on)).then_types(CourseActivated)
    assert event == activated(seats=4, positions=4, occurred_on=on)


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "property")
@settings(max_examples=100, deadline=None, derandomize=True)
@for_all(seats=st.integers(1, 40), positions=st.integers(1, 40), percent=st.integers(1, 400))
def test_seats_are_at_most_positions_times_the_factor_of_the_agreement(
    seats: int, positions: int, percent: int
) -> None:
    version = agreement(seats_per_position_percent=percent)
    world = course_circumstances(agreement=version, last_known=version)
    state = COURSE.fold([planned(seats=seats), requested(positions=positions), identified(positions=positions)])
    decision = COURSE.decide(ACTIVATE, state, world)
    enough = seats <= positions * percent / 100
    assert isinstance(decision, Refused) is not enough
    if isinstance(decision, Refused):
        assert decision.code == "training.seats_beyond_positions"
    else:
        assert decision == [activated(seats=seats, positions=positions, seats_per_position_percent=percent)]


@pytest.mark.clause("P39", "P62")
@pytest.mark.invariant("I1", "command")
def test_without_an_agreement_in_force_a_2b_course_is_refused() -> None:
    refused = given(*READY).under(course_circumstances(agreement=None)).when(ACTIVATE)
    assert refused.then_refused("training.agreement_unknown").kind is RefusalKind.RETRY


@pytest.mark.clause("P39")
def test_only_the_sources_that_the_agreement_names_count() -> None:
    version = agreement(position_sources=(PositionSource.SIGNED_NEED,))
    world = course_circumstances(agreement=version, last_known=version)
    given(*READY).under(world).when(ACTIVATE).then_refused("training.positions_first", clause="P39")


@pytest.mark.clause("P37", "P40")
@pytest.mark.parametrize("strand", [Strand.TRAINING_BASIC, Strand.TRAINING_EXPERIMENTAL])
def test_2a_and_2c_need_no_position(strand: Strand) -> None:
    plan = planned(strand)
    (event,) = given(plan).when(ACTIVATE).then_types(CourseActivated)
    assert event == activated(strand=strand, positions=0)
    # The last known agreement will do where the term is over; without any, waiting is all there is.
    over = course_circumstances(agreement=None)
    given(plan).under(over).when(ACTIVATE).then(event)
    unknown = course_circumstances(agreement=None, last_known=None)
    given(plan).under(unknown).when(ACTIVATE).then_refused("training.agreement_unknown")


@pytest.mark.clause("P64")
def test_a_course_that_the_programme_pays_for_waits_for_the_committee() -> None:
    history = (planned(funded_by_programme=True), requested(), identified())
    refused = given(*history).when(ACTIVATE).then_refused("training.funding_undecided", clause="P64")
    assert refused.kind is RefusalKind.RETRY
    later = course_circumstances(funded_on=ACTIVATED_ON + timedelta(days=1))
    given(*history).under(later).when(ACTIVATE).then_refused("training.funding_later", clause="P64")
    given(*history).under(course_circumstances(funded_on=ACTIVATED_ON)).when(ACTIVATE).then(activated())


@pytest.mark.clause("P36")
def test_a_course_is_activated_then_started_then_ended() -> None:
    active = (*READY, activated())
    given(*active).when(ACTIVATE).then_nothing()
    given(*READY).when(StartCourse(on=STARTED_ON)).then_refused("training.activate_first", clause="P36")
    given(*active).when(StartCourse(on=date(2021, 3, 14))).then_refused("training.before_last_step")
    given(*active).when(StartCourse(on=STARTED_ON)).then(started())
    running = (*active, started())
    given(*running).when(StartCourse(on=STARTED_ON)).then_nothing()
    given(*running).when(ACTIVATE).then_refused("training.step_taken")
    given(*active).when(EndCourse(on=ENDED_ON)).then_refused("training.start_first")
    given(*running).when(EndCourse(on=date(2021, 3, 31))).then_refused("training.before_last_step")
    given(*running).when(EndCourse(on=ENDED_ON)).then(RETURNED, ended())
    over = (*running, RETURNED, ended())
    given(*over).when(EndCourse(on=ENDED_ON)).then_nothing()
    given(*over).when(ACTIVATE).then_refused("training.course_over", clause="P36")


@pytest.mark.clause("P39")
def test_a_cancelled_course_returns_what_it_keeps_and_what_it_may_still_be_given() -> None:
    cancel = CancelCourse(reason=CourseCancelReason.TOO_FEW_PARTICIPANTS, on=date(2021, 3, 20))
    history = (*READY, activated(), requested(OTHERS[0], occurred_on=date(2021, 3, 16)))
    events = given(*history).when(cancel).then_types(PositionsReturned, PositionsReturned, CourseCancelled)
    assert [e.reservation_id for e in events if isinstance(e, PositionsReturned)] == [RESERVATION_ID, OTHERS[0]]
    given(*history, *events).when(cancel).then_nothing()
    given(*READY, WITHDRAWN).when(cancel).then_types(CourseCancelled)
    given(*READY).when(cancel).then_types(PositionsReturned, CourseCancelled)
    given(*READY, activated(), started()).when(cancel.model_copy(update={"on": STARTED_ON})).then_types(
        PositionsReturned, CourseCancelled
    )
    given(*history).when(cancel.model_copy(update={"on": date(2021, 3, 14)})).then_refused("training.before_last_step")


def test_a_course_that_nobody_planned_is_not_found() -> None:
    given().when(ACTIVATE).then_refused("training.course_unknown")
    given(*READY).when(ActivateCourse(on=date(2021, 2, 28))).then_refused("training.before_plan")
    assert CourseEnded.party_fields is not None
