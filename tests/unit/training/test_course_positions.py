"""Positions of a 2.b course as matching tells of them: late, twice, in any order; what is lost is flagged (P39, I1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.agreement import PositionSource
from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.training_courses import (
    PositionsIdentified,
    PositionsLost,
    PositionsRecovered,
    PositionsRefused,
    PositionsWithdrawn,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_training.course import COURSE
from insieme_training.course.commands import IdentifyPositions, NoteRefusal, RequestPositions, WithdrawPositions
from insieme_training.course.state import Activated, Identified, Open, Planned
from insieme_training.testing import (
    COMPANY_ID,
    IDENTIFIED_ON,
    OTHERS,
    RESERVATION_ID,
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
ASKED = (planned(), requested())
REQUEST = RequestPositions(
    reservation_id=RESERVATION_ID,
    source_kind=PositionSourceKind.VACANCY,
    source_id=VACANCY_ID,
    positions=2,
    on=date(2021, 3, 2),
)
IDENTIFY = IdentifyPositions(reservation_id=RESERVATION_ID, company_id=COMPANY_ID, positions=2, on=IDENTIFIED_ON)
REFUSE = NoteRefusal(reservation_id=RESERVATION_ID, reason=ReservationRefusal.NOT_OPEN, on=IDENTIFIED_ON)
LATER = date(2021, 4, 10)


def withdraw(positions: int, on: date = LATER, reservation_id: UUID = RESERVATION_ID) -> WithdrawPositions:
    return WithdrawPositions(reservation_id=reservation_id, positions=positions, on=on)


def withdrawn(positions: int, on: date = LATER) -> PositionsWithdrawn:
    return PositionsWithdrawn(**of_course(), reservation_id=RESERVATION_ID, positions=positions, occurred_on=on)


def lost(positions: int, on: date = LATER) -> PositionsLost:
    told = {"positions": positions, "seats": 3, "agreement_version": "2021.1", "occurred_on": on}
    return PositionsLost(**of_course(), **told)


@pytest.mark.clause("P39")
def test_positions_are_asked_for_by_2b_alone_and_from_sources_that_count() -> None:
    given(planned()).when(REQUEST).then(requested())
    given(*ASKED).when(REQUEST).then_refused("training.reservation_known", clause="P39")
    for strand in (Strand.TRAINING_BASIC, Strand.TRAINING_EXPERIMENTAL):
        given(planned(strand)).when(REQUEST).then_refused("training.no_positions_needed", clause="P39")
    needs = agreement(position_sources=(PositionSource.SIGNED_NEED,))
    world = course_circumstances(agreement=needs, last_known=needs)
    given(planned()).under(world).when(REQUEST).then_refused("training.source_not_counted", clause="P39")
    given(planned()).under(course_circumstances(agreement=None)).when(REQUEST).then_refused(
        "training.agreement_unknown"
    )
    given().when(REQUEST).then_refused("training.course_unknown")
    early = REQUEST.model_copy(update={"on": date(2021, 2, 28)})
    given(planned()).when(early).then_refused("training.before_plan")


@pytest.mark.clause("P39")
def test_matchings_answer_identifies_the_positions_once() -> None:
    given(*ASKED).when(IDENTIFY).then(identified())
    given(*ASKED, identified()).when(IDENTIFY).then_nothing()
    assert isinstance(COURSE.fold([*ASKED, identified()]), Identified)


@pytest.mark.clause("P39")
def test_a_refused_request_is_noted_once() -> None:
    refused = PositionsRefused(
        **of_course(), reservation_id=RESERVATION_ID, reason=REFUSE.reason, occurred_on=IDENTIFIED_ON
    )
    given(*ASKED).when(REFUSE).then(refused)
    given(*ASKED, refused).when(REFUSE).then_nothing()
    assert isinstance(COURSE.fold([*ASKED, refused]), Planned)


def test_an_answer_before_its_cause_is_tried_again() -> None:
    for command in (IDENTIFY, REFUSE, withdraw(0)):
        for history in ((), (planned(),)):
            refused = given(*history).when(command).then_refused("training.reservation_unknown", clause="P39")
            assert refused.kind is RefusalKind.RETRY


def test_an_answer_to_a_course_that_is_over_changes_nothing() -> None:
    history = (*ASKED, identified(), activated(), started(), ended())
    for command in (IDENTIFY, REFUSE, withdraw(0)):
        given(*history).when(command).then_nothing()


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_positions_that_go_after_the_activation_flag_the_course_and_never_delete_it() -> None:
    active = (*ASKED, identified(), activated())
    given(*active).when(withdraw(1)).then(withdrawn(1), lost(1))
    given(*active, started()).when(withdraw(0)).then(withdrawn(0), lost(0))
    assert isinstance(COURSE.fold([*active, withdrawn(0), lost(0)]), Activated)
    # Told twice, or an older one late.
    flagged = (*active, withdrawn(1), lost(1))
    given(*flagged).when(withdraw(1)).then_nothing()
    given(*flagged).when(withdraw(2)).then_nothing()
    given(*flagged).when(withdraw(0)).then(withdrawn(0))


@pytest.mark.clause("P39")
def test_positions_that_are_enough_all_the_same_flag_nothing() -> None:
    history = (planned(), requested(positions=4), identified(positions=4), activated(positions=4))
    given(*history).when(withdraw(2)).then(withdrawn(2))


@pytest.mark.clause("P39")
def test_further_positions_take_the_flag_off() -> None:
    flagged = (*ASKED, identified(), activated(), withdrawn(0), lost(0), requested(OTHERS[0]))
    more = IDENTIFY.model_copy(update={"reservation_id": OTHERS[0], "on": LATER})
    events = given(*flagged).when(more).then_types(PositionsIdentified, PositionsRecovered)
    assert isinstance(events[1], PositionsRecovered)
    assert (events[1].positions, events[1].seats) == (2, 3)


@pytest.mark.clause("P39")
def test_the_factor_of_the_activation_stays_when_the_agreement_changes() -> None:
    """A course is never judged again by a later version."""
    later = agreement("2022.1", seats_per_position_percent=1000)
    world = course_circumstances(agreement=later, last_known=later)
    given(*ASKED, identified(), activated()).under(world).when(withdraw(1)).then(withdrawn(1), lost(1))


@pytest.mark.clause("P39")
def test_a_course_that_is_not_active_yet_is_flagged_too() -> None:
    given(*ASKED, identified()).when(withdraw(1)).then(withdrawn(1), lost(1))
    given(*ASKED, identified()).when(withdraw(0)).then(withdrawn(0), lost(0))
    assert isinstance(COURSE.fold([*ASKED, identified(), withdrawn(0)]), Planned)
    given(*ASKED).when(withdraw(0)).then(withdrawn(0))
    given(*ASKED, withdrawn(0)).when(IDENTIFY).then_nothing()


ANSWERS = st.lists(
    st.one_of(
        st.builds(IDENTIFY.model_copy, update=st.fixed_dictionaries({"reservation_id": st.sampled_from(OTHERS[:3])})),
        st.builds(withdraw, st.integers(0, 2), st.just(LATER), st.sampled_from(OTHERS[:3])),
    ),
    max_size=14,
)


@pytest.mark.invariant("I1", "property")
@settings(max_examples=100, deadline=None, derandomize=True)
@for_all(answers=ANSWERS, shuffled=st.randoms(use_true_random=False))
def test_in_whatever_order_and_however_often_answers_come_the_same_positions_are_left(
    answers: list[IdentifyPositions | WithdrawPositions], shuffled: object
) -> None:
    """What is left of a reservation is the least that was said of it, once it was identified."""
    expected = {
        one: min([2, *(a.positions for a in answers if isinstance(a, WithdrawPositions) and a.reservation_id == one)])
        for one in OTHERS[:3]
        if any(isinstance(a, IdentifyPositions) and a.reservation_id == one for a in answers)
    }
    again = [*answers, *answers]
    shuffled.shuffle(again)  # type: ignore[attr-defined]
    for order in (answers, again):
        course = COURSE.fold([planned(), *(requested(one) for one in OTHERS[:3])])
        for answer in order:
            decision = COURSE.decide(answer, course, course_circumstances())
            assert not isinstance(decision, Refused)
            course = COURSE.fold(decision, course)
        assert isinstance(course, Open)
        assert course.offer.positions == sum(expected.values())
        assert {k: r.left for k, r in course.offer.reservations.items() if r.left} == {
            one: left for one, left in expected.items() if left
        }
