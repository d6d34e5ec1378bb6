"""Positions kept for courses: never more than are free, never for two courses, never taken by others (P39, I1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import PositionSource
from insieme_events.contracts.matching import (
    NeedConverted,
    NeedDeclared,
    NeedExpired,
    NeedSigned,
    PositionFilled,
    PositionFreed,
    PositionsReleased,
    PositionsReserved,
    ReservationRefusal,
    ReservationRefused,
    ReservedPositionUsed,
    SelectionClosed,
    SelectionOpened,
    VacancyClosed,
    VacancyCloseReason,
    VacancyFilled,
    VacancyOpened,
    VacancyWithdrawn,
    VacancyWithdrawReason,
)
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_matching.need import NEED, ConvertNeed, DeclareNeed, ExpireNeed, NeedCircumstances, SignNeed
from insieme_matching.reservations import Reservation, ReturnPositions
from insieme_matching.testing import (
    ACTOR,
    COMPANY_ID,
    COURSE_ID,
    NEED_ID,
    RESERVATION_ID,
    TODAY,
    VACANCY_ID,
    declared,
    need_circumstances,
    opened,
    reserve_positions,
    vacancy_circumstances,
)
from insieme_matching.vacancy import (
    VACANCY,
    CloseVacancy,
    FillPosition,
    FreePosition,
    OpenVacancy,
    VacancyCircumstances,
    WithdrawVacancy,
)
from insieme_matching.vacancy_state import Closed, Filled, InSelection, Open, Withdrawn

given, given_need = scenario(VACANCY, vacancy_circumstances()), scenario(NEED, need_circumstances())
MARCH_1, APRIL_1 = date(2021, 3, 1), date(2021, 4, 1)
OTHER = UUID(int=900)
FIRST, SECOND, THIRD = (UUID(int=n) for n in (51, 52, 53))
SIGNED = NeedSigned(need_id=NEED_ID, occurred_on=date(2021, 2, 10))
OF_NEED = {"source_id": NEED_ID}


def reserved(positions: int = 1, need: bool = False, reservation_id: UUID = RESERVATION_ID) -> PositionsReserved:
    return PositionsReserved(
        reservation_id=reservation_id,
        course_id=COURSE_ID,
        source_kind=PositionSourceKind.NEED if need else PositionSourceKind.VACANCY,
        source_id=NEED_ID if need else VACANCY_ID,
        company_id=COMPANY_ID,
        positions=positions,
        occurred_on=MARCH_1,
    )


def refused(reason: ReservationRefusal, need: bool = False) -> ReservationRefused:
    return ReservationRefused(
        reservation_id=RESERVATION_ID,
        course_id=COURSE_ID,
        source_kind=PositionSourceKind.NEED if need else PositionSourceKind.VACANCY,
        source_id=NEED_ID if need else VACANCY_ID,
        reason=reason,
        occurred_on=MARCH_1,
    )


def released(left: int = 0, need: bool = False, on: date = APRIL_1) -> PositionsReleased:
    return PositionsReleased(
        reservation_id=RESERVATION_ID,
        course_id=COURSE_ID,
        source_kind=PositionSourceKind.NEED if need else PositionSourceKind.VACANCY,
        source_id=NEED_ID if need else VACANCY_ID,
        positions=left,
        occurred_on=on,
    )


def used(employment_id: UUID, left: int) -> ReservedPositionUsed:
    return ReservedPositionUsed(
        reservation_id=RESERVATION_ID,
        course_id=COURSE_ID,
        source_kind=PositionSourceKind.VACANCY,
        source_id=VACANCY_ID,
        employment_id=employment_id,
        positions=left,
        occurred_on=APRIL_1,
    )


def filled(employment_id: UUID) -> PositionFilled:
    return PositionFilled(vacancy_id=VACANCY_ID, employment_id=employment_id, occurred_on=APRIL_1)


def fill(employment_id: UUID, reservation_id: UUID | None = None) -> FillPosition:
    return FillPosition(employment_id=employment_id, company_id=COMPANY_ID, reservation_id=reservation_id, on=APRIL_1)


CLOSE = CloseVacancy(reason=VacancyCloseReason.FILLED_OTHERWISE, on=APRIL_1)
CLOSED = VacancyClosed(vacancy_id=VACANCY_ID, reason=VacancyCloseReason.FILLED_OTHERWISE, occurred_on=APRIL_1)
WITHDRAW = WithdrawVacancy(reason=VacancyWithdrawReason.NEED_CEASED, on=APRIL_1)
WITHDRAWN = VacancyWithdrawn(vacancy_id=VACANCY_ID, reason=VacancyWithdrawReason.NEED_CEASED, occurred_on=APRIL_1)
RETURN = ReturnPositions(reservation_id=RESERVATION_ID, on=APRIL_1)
FULL = VacancyFilled(vacancy_id=VACANCY_ID, occurred_on=APRIL_1)


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_a_vacancy_keeps_positions_that_are_free_and_says_so_once() -> None:
    given(opened()).when(reserve_positions(positions=2)).then(reserved(2))
    given(opened(), reserved(2)).when(reserve_positions(positions=2)).then_nothing()
    given(opened()).when(reserve_positions(positions=3)).then(refused(ReservationRefusal.NOT_ENOUGH_FREE))
    given(opened(), refused(ReservationRefusal.NOT_ENOUGH_FREE)).when(reserve_positions(positions=1)).then_nothing()
    selecting = SelectionOpened(vacancy_id=VACANCY_ID, company_id=COMPANY_ID, selection_no=1, occurred_on=MARCH_1)
    given(opened(), selecting).when(reserve_positions()).then(reserved())


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_no_position_is_kept_for_two_courses_or_taken_twice() -> None:
    another = reserve_positions(reservation_id=OTHER, positions=2)
    not_enough = given(opened(), reserved(1)).when(another).then_types(ReservationRefused)[0]
    assert isinstance(not_enough, ReservationRefused)
    assert not_enough.reason is ReservationRefusal.NOT_ENOUGH_FREE
    given(opened(), reserved(1)).when(reserve_positions(reservation_id=OTHER)).then_types(PositionsReserved)
    taken = given(opened(), filled(FIRST)).when(reserve_positions(positions=2)).then_types(ReservationRefused)
    assert taken == [refused(ReservationRefusal.NOT_ENOUGH_FREE)]


@pytest.mark.clause("P39")
def test_without_a_vacancy_that_is_open_the_answer_is_a_refusal() -> None:
    given().when(reserve_positions()).then(refused(ReservationRefusal.UNKNOWN_SOURCE))
    given(refused(ReservationRefusal.UNKNOWN_SOURCE)).when(reserve_positions()).then_nothing()
    given(opened(), CLOSED).when(reserve_positions()).then(refused(ReservationRefusal.NOT_OPEN))
    given(opened(), WITHDRAWN).when(reserve_positions()).then(refused(ReservationRefusal.NOT_OPEN))
    late = opened(occurred_on=date(2021, 3, 2))
    given(late).when(reserve_positions()).then(refused(ReservationRefusal.NOT_OPEN))
    full = (opened(), filled(FIRST), filled(SECOND), FULL)
    given(*full).when(reserve_positions()).then(refused(ReservationRefusal.NOT_ENOUGH_FREE))


@pytest.mark.clause("P39")
def test_a_need_counts_once_the_company_has_signed_it() -> None:
    asked = reserve_positions(**OF_NEED)
    given_need(declared()).when(asked).then(refused(ReservationRefusal.NOT_SIGNED, need=True))
    given_need(declared(), SIGNED).when(asked).then(reserved(need=True))
    early = reserve_positions(**OF_NEED, on=date(2021, 2, 9))
    unsigned = given_need(declared(), SIGNED).when(early).then_types(ReservationRefused)[0]
    assert isinstance(unsigned, ReservationRefused)
    assert unsigned.reason is ReservationRefusal.NOT_SIGNED
    too_many = reserve_positions(**OF_NEED, positions=3)
    given_need(declared(), SIGNED).when(too_many).then(refused(ReservationRefusal.NOT_ENOUGH_FREE, need=True))
    given_need().when(asked).then(refused(ReservationRefusal.UNKNOWN_SOURCE, need=True))
    after = reserve_positions(**OF_NEED, on=date(2021, 10, 1))
    given_need(declared(), SIGNED).when(after).then_types(ReservationRefused)


@pytest.mark.clause("P60")
def test_a_need_is_signed_once_at_its_declaration_or_later() -> None:
    given_need(declared()).when(SignNeed(on=date(2021, 2, 10))).then(SIGNED)
    given_need(declared(), SIGNED).when(SignNeed(on=date(2021, 2, 11))).then_nothing()
    given_need(declared()).when(SignNeed(on=date(2021, 1, 31))).then_refused("matching.before_declaration")
    told = DeclareNeed(
        need_id=NEED_ID,
        company_id=COMPANY_ID,
        profile="8.1.4",
        positions=2,
        horizon=date(2021, 9, 30),
        signed_on=date(2021, 1, 20),
        on=date(2021, 2, 1),
    )
    given_need().when(told).then_types(NeedDeclared, NeedSigned)
    ahead = told.model_copy(update={"signed_on": date(2021, 2, 2)})
    given_need().when(ahead).then_refused("matching.signed_after_declaration", clause="P60")


@pytest.mark.clause("P39")
def test_what_counts_as_a_position_is_said_by_the_agreement() -> None:
    only_vacancies = agreement(position_sources=(PositionSource.OPEN_VACANCY,))
    only_needs = agreement(position_sources=(PositionSource.SIGNED_NEED,))
    needs = NeedCircumstances(ACTOR, TODAY, only_vacancies, True)
    vacancies = VacancyCircumstances(ACTOR, TODAY, only_needs, True)
    asked = reserve_positions(**OF_NEED)
    answer = refused(ReservationRefusal.NOT_ADMITTED, need=True)
    given_need(declared(), SIGNED).under(needs).when(asked).then(answer)
    given(opened()).under(vacancies).when(reserve_positions()).then(refused(ReservationRefusal.NOT_ADMITTED))
    unknown = VacancyCircumstances(ACTOR, TODAY, None, True)
    found = given(opened()).under(unknown).when(reserve_positions()).then_refused("matching.no_agreement", "P39")
    assert found.kind is RefusalKind.RETRY
    last = VacancyCircumstances(ACTOR, TODAY, None, True, last_known=agreement())
    given(opened()).under(last).when(reserve_positions()).then(reserved())


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_only_a_placement_out_of_the_course_takes_a_kept_position() -> None:
    kept = (opened(), reserved(2))
    given(*kept).when(fill(FIRST)).then_refused("matching.positions_reserved", clause="P39")
    given(*kept).when(fill(FIRST, RESERVATION_ID)).then(filled(FIRST), used(FIRST, 1))
    given(*kept).when(fill(FIRST, OTHER)).then_refused("matching.reservation_not_held", clause="P39")
    both = (*kept, filled(FIRST), used(FIRST, 1))
    given(*both).when(fill(SECOND, RESERVATION_ID)).then(filled(SECOND), used(SECOND, 0), FULL)
    given(opened(), reserved(1)).when(fill(FIRST)).then(filled(FIRST))
    given(opened(), reserved(1), filled(FIRST)).when(fill(SECOND)).then_refused("matching.positions_reserved")


@pytest.mark.clause("P39")
def test_a_place_that_is_free_again_goes_back_to_its_course() -> None:
    history = (opened(), reserved(2), filled(FIRST), used(FIRST, 1))
    freed = given(*history).when(FreePosition(employment_id=FIRST, on=date(2021, 5, 1))).then_types(PositionFreed)
    given(*history, *freed).when(fill(SECOND)).then_refused("matching.positions_reserved")
    given(*history, *freed).when(fill(SECOND, RESERVATION_ID)).then(filled(SECOND), used(SECOND, 1))


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
def test_the_end_of_a_vacancy_or_a_need_releases_what_it_kept() -> None:
    given(opened(), reserved(2)).when(CLOSE).then(released(), CLOSED)
    given(opened(), reserved(2)).when(WITHDRAW).then(released(), WITHDRAWN)
    placed = (opened(), reserved(2), filled(FIRST), used(FIRST, 1))
    given(*placed).when(WITHDRAW).then(released(left=1), WITHDRAWN)
    selecting = SelectionOpened(vacancy_id=VACANCY_ID, company_id=COMPANY_ID, selection_no=1, occurred_on=MARCH_1)
    given(opened(), selecting, reserved(1)).when(CLOSE).then_types(SelectionClosed, PositionsReleased, VacancyClosed)
    expired = NeedExpired(need_id=NEED_ID, occurred_on=date(2021, 10, 1))
    given_need(declared(), SIGNED, reserved(need=True)).when(ExpireNeed(on=date(2021, 10, 1))).then(
        released(need=True, on=date(2021, 10, 1)), expired
    )


@pytest.mark.clause("P39")
def test_a_course_returns_what_it_does_not_need() -> None:
    given(opened(), reserved(2)).when(RETURN).then(released())
    given(opened(), reserved(2), released()).when(RETURN).then_nothing()
    given(opened(), reserved(2), released()).when(fill(FIRST)).then(filled(FIRST))
    given(opened(), refused(ReservationRefusal.NOT_OPEN)).when(RETURN).then_nothing()
    given(opened(), reserved(2), released(), CLOSED).when(RETURN).then_nothing()
    early = given(opened()).when(RETURN).then_refused("matching.reservation_unknown", clause="P39")
    assert early.kind is RefusalKind.RETRY
    given().when(RETURN).then_refused("matching.reservation_unknown")
    given_need(declared(), SIGNED, reserved(need=True)).when(RETURN).then(released(need=True))


@pytest.mark.clause("P39", "P60")
def test_a_need_that_becomes_a_vacancy_takes_its_reservations_along() -> None:
    converted = NeedConverted(need_id=NEED_ID, vacancy_id=VACANCY_ID, occurred_on=APRIL_1)
    kept = (declared(), SIGNED, reserved(need=True))
    given_need(*kept).when(ConvertNeed(vacancy_id=VACANCY_ID, on=APRIL_1)).then(converted)
    moved = given_need(*kept, converted).when(RETURN).then_refused("matching.reservation_moved", clause="P39")
    assert moved.kind is RefusalKind.RETRY
    along = Reservation(RESERVATION_ID, COURSE_ID, Strand.TRAINING_TARGETED, 2)
    taken_over = VacancyCircumstances(ACTOR, TODAY, agreement(), True, kept_by_need=(along,))
    open_it = OpenVacancy(
        vacancy_id=VACANCY_ID,
        company_id=COMPANY_ID,
        need_id=NEED_ID,
        profile="8.1.4",
        positions=2,
        comune="037006",
        on=MARCH_1,
    )
    events = given().under(taken_over).when(open_it).then_types(VacancyOpened, PositionsReserved)
    assert events[1] == reserved(2)
    given(*events).when(fill(FIRST)).then_refused("matching.positions_reserved")
    smaller = open_it.model_copy(update={"positions": 1})
    given().under(taken_over).when(smaller).then_refused("matching.reserved_for_courses", clause="P39")


RESERVATIONS = [UUID(int=1000 + n) for n in range(4)]
PLACEMENTS = [UUID(int=2000 + n) for n in range(6)]
ids = st.sampled_from(RESERVATIONS)
commands = st.one_of(
    st.builds(lambda i, n: reserve_positions(reservation_id=i, course_id=i, positions=n), ids, st.integers(1, 4)),
    st.builds(lambda i: ReturnPositions(reservation_id=i, on=APRIL_1), ids),
    st.builds(fill, st.sampled_from(PLACEMENTS), st.none() | ids),
    st.builds(lambda e: FreePosition(employment_id=e, on=APRIL_1), st.sampled_from(PLACEMENTS)),
    st.sampled_from([CLOSE, WITHDRAW]),
)


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "property")
@settings(max_examples=200, deadline=None, derandomize=True)
@for_all(st.integers(1, 5), st.lists(commands, max_size=25))
def test_whatever_is_asked_no_position_is_given_twice(positions: int, asked: list[object]) -> None:
    """By a ledger of the events: taken and kept positions never exceed those there are; a use belongs to its course."""
    start = opened(positions=positions)
    state = VACANCY.fold([start])
    taken, kept, uses = set[UUID](), dict[UUID, int](), dict[UUID, set[UUID]]()
    for command in asked:
        decision = VACANCY.decide(command, state, vacancy_circumstances())  # type: ignore[arg-type]
        if isinstance(decision, Refused):
            continue
        for event in decision:
            account(event, taken, kept, uses)
        assert len(taken) + sum(kept.values()) <= positions
        state = VACANCY.fold(decision, state)
        assert isinstance(state, Open | InSelection | Filled | Closed | Withdrawn)
        assert {one.reservation_id: one.left for one in state.kept.held} == kept


def account(event: DomainEvent, taken: set[UUID], kept: dict[UUID, int], uses: dict[UUID, set[UUID]]) -> None:
    match event:
        case PositionsReserved():
            assert event.reservation_id not in kept
            kept[event.reservation_id] = event.positions
            uses[event.reservation_id] = set()
        case PositionFilled():
            taken.add(event.employment_id)
        case ReservedPositionUsed():
            kept[event.reservation_id] -= 1
            uses[event.reservation_id].add(event.employment_id)
        case PositionFreed():
            taken.remove(event.employment_id)
            for reservation_id in kept:
                if event.employment_id in uses[reservation_id]:
                    uses[reservation_id].remove(event.employment_id)
                    kept[reservation_id] += 1
        case PositionsReleased():
            del kept[event.reservation_id]
        case _:
            pass
