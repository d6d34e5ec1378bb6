"""What training is told of the courses after 2021: more who ask than places, who moves up, and a course given up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from insieme_demo.courses import Applicant, Course, Pupil
from insieme_demo.happening import CoursePhase, Happening, Kind, Order
from insieme_demo.training_story import Teller, attended, leaving, opened, ranked, requested, seated
from insieme_events.contracts.training_courses import CourseCancelReason
from insieme_events.contracts.training_participations import DropReason
from insieme_training.course.commands import CancelCourse, EndCourse, StartCourse
from insieme_training.participation.commands import LetGo


def happenings(chance: Random, seed: int, courses: Iterable[Course]) -> Iterator[Happening]:
    """Each course from its plan to its end, and everybody's way into it and through it."""
    for course in courses:
        teller = Teller(seed, chance, course, told=2_000_000)
        yield from opened(teller)
        everybody = course.everybody
        requests = list(_requests(teller, everybody))
        yield from requests
        if course.cancelled_on is not None:
            yield _cancelled(teller, everybody)
            continue
        if course.days.ranked_on is not None:
            ones = [one.participation_id for one in everybody]
            yield ranked(teller, course.days.ranked_on, ones, [teller.person_id(one) for one in everybody])
        yield from _given_up(teller)
        yield _started(teller)
        yield from _held(teller, everybody, requests)


def _requests(teller: Teller, everybody: Iterable[Pupil | Applicant]) -> Iterator[Happening]:
    """The seats go by the order of the requests, or all wait for the ranking (P42)."""
    after = None
    for n, one in enumerate(everybody):
        seat = teller.course.days.ranked_on is None and n < teller.course.seats
        told = requested(teller, one, seat=seat, after=after)
        after = told.recorded_at
        yield told


def _given_up(teller: Teller) -> Iterator[Happening]:
    """A seat that is given up goes to who waits in the same unit: the reaction finds nothing left to give."""
    course, after = teller.course, None
    early = [one for one in course.others if one.left[0] < course.days.starts_on]

    def turn(one: Applicant) -> tuple[date, int]:
        # Those who wait come in by the order in which they asked.
        return one.left[0], len(course.asked) if one.successor is None else course.asked.index(one.successor)

    for one in sorted(early, key=turn):
        on, reason = one.left
        orders = leaving(teller, one.participation_id, on, reason)
        if one.successor is not None:
            orders += seated(teller, one.successor, on)
        told = teller.tell(on, CoursePhase.RANKINGS, *orders, after=after)
        after = told.recorded_at
        yield told


def _started(teller: Teller) -> Happening:
    """With the first day those who still wait are let go, so that nobody comes in later."""
    on = teller.course.days.starts_on
    orders = [*teller.of_course(StartCourse(on=on))]
    for one in teller.course.others:
        if one.left[0] == on:
            orders += leaving(teller, one.participation_id, *one.left)
    return teller.tell(on, CoursePhase.STARTS, *orders)


def _held(teller: Teller, everybody: Iterable[Pupil | Applicant], requests: Iterable[Happening]) -> Iterator[Happening]:
    course, last = teller.course, None
    for one, asked in zip(everybody, requests, strict=True):
        if isinstance(one, Pupil):
            for told in attended(teller, one, asked):
                last = told.recorded_at if last is None else max(last, told.recorded_at)
                yield told
    end = teller.of_course(EndCourse(on=course.days.ends_on))
    yield teller.tell(course.days.proof[1], CoursePhase.LESSONS, *end, after=last)


def _cancelled(teller: Teller, everybody: Iterable[Pupil | Applicant]) -> Happening:
    """Too few asked. Its positions go back, and who had a seat is let go with it, as the reaction would do it (P39)."""
    on = teller.course.cancelled_on
    assert on is not None
    orders = [*teller.of_course(CancelCourse(reason=CourseCancelReason.TOO_FEW_PARTICIPANTS, on=on))]
    gone = LetGo(reason=DropReason.COURSE_CANCELLED, on=on)
    orders += [Order(Kind.COURSE_PARTICIPATION, one.participation_id, gone) for one in everybody]
    return teller.tell(on, CoursePhase.STARTS, *orders)
