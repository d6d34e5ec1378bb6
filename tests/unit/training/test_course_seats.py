"""Seats are never given twice; who waits is next by priority, then by date (P37, P42)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.training_courses import ApplicantsRanked, SeatAwaited, SeatGivenUp, SeatTaken
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_training.course import COURSE
from insieme_training.course.commands import AwaitSeat, GiveUpSeat, RankApplicants, TakeSeat
from insieme_training.course.state import Open
from insieme_training.testing import (
    COURSE_ID,
    OTHERS,
    activated,
    course_circumstances,
    ended,
    identified,
    planned,
    requested,
    seat_awaited,
    seat_taken,
    started,
)

given = scenario(COURSE, course_circumstances())
A, B, C, D = OTHERS[:4]
ON = date(2021, 3, 25)
EXPERIMENTAL = Strand.TRAINING_EXPERIMENTAL
CHANGED = "training.seats_changed"


def take(one: UUID) -> TakeSeat:
    return TakeSeat(participation_id=one, on=ON)


def wait(one: UUID) -> AwaitSeat:
    return AwaitSeat(participation_id=one, on=ON)


def leave(one: UUID) -> GiveUpSeat:
    return GiveUpSeat(participation_id=one, on=ON)


def ranked(*ones: UUID, exclusive: bool = False) -> ApplicantsRanked:
    return ApplicantsRanked(
        course_id=COURSE_ID,
        strand=EXPERIMENTAL,
        participations=ones,
        exclusive=exclusive,
        agreement_version="2021.1",
        occurred_on=ON,
    )


@pytest.mark.clause("P37")
def test_a_free_seat_is_taken_and_a_full_course_is_waited_for() -> None:
    two = planned(seats=2)
    given(two).when(take(A)).then(seat_taken(A, occurred_on=ON))
    given(two, seat_taken(A)).when(take(A)).then_nothing()
    given(two).when(wait(A)).then_refused(CHANGED)
    full = (two, seat_taken(A), seat_taken(B))
    assert given(*full).when(take(C)).then_refused(CHANGED, clause="P37").kind is RefusalKind.RETRY
    given(*full).when(wait(C)).then(seat_awaited(C, occurred_on=ON))
    given(*full, seat_awaited(C)).when(wait(C)).then_nothing()


@pytest.mark.clause("P37", "P42")
def test_a_freed_seat_goes_to_who_is_next_and_to_nobody_else() -> None:
    history = (planned(seats=1), seat_taken(A), seat_awaited(B), seat_awaited(C))
    (left,) = given(*history).when(leave(A)).then_types(SeatGivenUp)
    next_is_c = course_circumstances(order=(C, B))
    free = given(*history, left).under(next_is_c)
    free.when(take(B)).then_refused(CHANGED)
    free.when(take(D)).then_refused(CHANGED)
    free.when(wait(D)).then_types(SeatAwaited)
    free.when(take(C)).then_types(SeatTaken)
    given(*history, left, left).when(leave(A)).then_nothing()


@pytest.mark.clause("P37", "P42")
def test_a_seat_that_is_given_up_before_the_first_lesson_goes_to_who_waits() -> None:
    history = (planned(seats=1), activated(), seat_taken(A), seat_awaited(B))
    (left,) = given(*history).when(leave(A)).then_types(SeatGivenUp)
    given(*history, left).under(course_circumstances(order=(B,))).when(take(B)).then_types(SeatTaken)


@pytest.mark.clause("P42")
def test_the_seats_of_2c_are_given_once_its_applicants_are_ranked() -> None:
    plan = planned(EXPERIMENTAL)
    given(plan).when(take(A)).then_refused(CHANGED)
    given(plan).when(wait(A)).then_types(SeatAwaited)
    waiting = (plan, seat_awaited(A), seat_awaited(B))
    rank = RankApplicants(participations=(A, B), on=ON)
    given(*waiting).when(rank).then(ranked(A, B))
    given(*waiting, ranked(A, B)).under(course_circumstances(order=(B, A))).when(take(B)).then_types(SeatTaken)
    given(plan, ranked()).when(take(C)).then_types(SeatTaken)


@pytest.mark.clause("P42")
def test_who_was_ranked_is_never_ranked_again() -> None:
    waiting = (planned(EXPERIMENTAL), seat_awaited(A), ranked(A), seat_awaited(B))
    given(*waiting).when(RankApplicants(participations=(A, B), on=ON)).then_refused(CHANGED)
    given(*waiting).when(RankApplicants(participations=(B,), on=ON)).then(ranked(B))
    given(*waiting, ranked(B)).when(RankApplicants(participations=(), on=ON)).then_nothing()


@pytest.mark.clause("P42")
def test_somebody_whose_data_were_erased_holds_up_no_ranking() -> None:
    waiting = (planned(EXPERIMENTAL), seat_awaited(A), seat_awaited(B))
    erased = course_circumstances(nameless=frozenset({A}))
    given(*waiting).under(erased).when(RankApplicants(participations=(B,), on=ON)).then(ranked(B))
    given(*waiting).under(erased).when(RankApplicants(participations=(A, B), on=ON)).then_refused(CHANGED)


@pytest.mark.clause("P42")
def test_the_priority_is_a_score_and_a_wall_only_where_the_agreement_says_so() -> None:
    waiting = (planned(EXPERIMENTAL), seat_awaited(A))
    rank = RankApplicants(participations=(A,), on=ON)
    version = agreement(pandemic_exclusive=True)
    world = course_circumstances(agreement=version, last_known=version)
    given(*waiting).under(world).when(rank).then(ranked(A, exclusive=True))
    # Without the priority one is in no order, so no seat is given; with a mere score one is behind the others.
    walled = given(*waiting, ranked(A, exclusive=True))
    walled.when(take(A)).then_refused(CHANGED)
    walled.when(take(B)).then_refused(CHANGED)
    given(*waiting, ranked(A)).under(course_circumstances(order=(A,))).when(take(A)).then_types(SeatTaken)


@pytest.mark.clause("P42")
def test_only_2c_ranks_its_applicants() -> None:
    rank = RankApplicants(participations=(), on=ON)
    given(planned()).when(rank).then_refused("training.no_priority", clause="P42")
    nothing_known = course_circumstances(agreement=None, last_known=None)
    given(planned(EXPERIMENTAL)).under(nothing_known).when(rank).then_refused("training.agreement_unknown")
    early = RankApplicants(participations=(), on=date(2021, 2, 1))
    given(planned(EXPERIMENTAL)).when(early).then_refused("training.before_plan")


def test_nobody_comes_in_once_the_course_is_over() -> None:
    over = (planned(), requested(), identified(), activated(), started(), seat_taken(A), ended())
    given(*over).when(take(B)).then_refused("training.course_over")
    given(*over).when(leave(A)).then_types(SeatGivenUp)


STEPS = st.lists(st.tuples(st.sampled_from([take, wait, leave]), st.sampled_from(OTHERS)), max_size=60)


@pytest.mark.clause("P37", "P42")
@settings(max_examples=100, deadline=None, derandomize=True)
@for_all(
    seats=st.integers(1, 4),
    steps=STEPS,
    priority=st.dictionaries(st.sampled_from(OTHERS), st.integers(0, 1)),
    days=st.lists(st.integers(0, 5), min_size=len(OTHERS), max_size=len(OTHERS)),
)
def test_never_more_seats_than_there_are_and_never_past_somebody_who_waits(
    seats: int, steps: list[tuple[object, UUID]], priority: dict[UUID, int], days: list[int]
) -> None:
    """The ledger of this test keeps who has what; the order of the list is worked out here once more."""
    asked = dict(zip(OTHERS, days, strict=True))
    order = tuple(sorted(OTHERS, key=lambda one: (-priority.get(one, 0), asked[one], one)))
    world = course_circumstances(order=order)
    course = COURSE.fold([planned(seats=seats)])
    inside, waiting = set[UUID](), set[UUID]()
    for command, one in steps:
        decision = COURSE.decide(command(one), course, world)  # type: ignore[operator]
        if not isinstance(decision, Refused):
            for event in decision:
                if isinstance(event, SeatTaken):
                    before_me = [w for w in waiting if order.index(w) < order.index(one)]
                    assert not (before_me if one in waiting else waiting), "somebody else was next"
                    inside.add(one)
                    waiting.discard(one)
                elif isinstance(event, SeatAwaited):
                    waiting.add(one)
                else:
                    inside.discard(one)
                    waiting.discard(one)
            course = COURSE.fold(decision, course)
        assert len(inside) <= seats
        assert isinstance(course, Open)
        assert (set(course.offer.taken), set(course.offer.waiting)) == (inside, waiting)
