"""Courses and internships after 2021, through the services' own decisions: who takes part, when, and under which rules.

At half the scale; that the whole is taken too, `test_parts` says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from tests.unit.demo.on_paper import Paper

from insieme_demo import later, ledger, plan
from insieme_demo.grants import Money
from insieme_demo.later import Later
from insieme_demo.mending import Mending
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake_interventions import InterventionEnded, InterventionRegistered
from insieme_events.contracts.matching import (
    InternshipApproved,
    InternshipEnded,
    InternshipMonthRecorded,
    InternshipRequested,
    InternshipStarted,
    PlacementStarted,
    PositionsReleased,
    PositionsReserved,
)
from insieme_events.contracts.training import ParticipationRequested, PositionsReturned
from insieme_events.contracts.training_courses import (
    CourseActivated,
    CourseCancelled,
    CoursePlanned,
    CourseStarted,
    PositionsIdentified,
    SeatAwaited,
    SeatGivenUp,
    SeatTaken,
)
from insieme_events.contracts.training_participations import (
    CertificateIssued,
    LanguageLevelAssessed,
    LessonAttendanceRecorded,
    ParticipantCompleted,
    ParticipantDropped,
    ParticipantStarted,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.days import add_months

MADE = plan.make(scale=0.5, onwards=True)
UNSPENT = Money((), (), (), (), ())
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def after() -> Later:
    assert MADE.later is not None
    return MADE.later


@pytest.fixture(scope="module")
def events(after: Later) -> list[DomainEvent]:
    """With the companies and whoever came after 2021, and nothing else: in the order in which it is written."""
    companies = replace(MADE.offers, needs=[], vacancies=[], candidacies=[])
    made = replace(
        MADE, ways=[], chains=[], courses=[], internships=[], offers=companies, money=UNSPENT,
        mending=Mending((), (), (), {}, (), ()), later=replace(after, money=UNSPENT, money_before=UNSPENT, rests=()),
    )  # fmt: skip
    paper = Paper()
    paper.write(plan.months(made))
    return [event for stream in paper.streams.values() for _, event in stream]


def of(events: Iterable[DomainEvent], *types: type[DomainEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, types)]


def by(events: Iterable[Any], field: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for event in events:
        found[getattr(event, field)].append(event)
    return found


def test_they_are_what_the_ledger_says(events: list[DomainEvent], after: Later) -> None:
    counted = ledger.count_later(after)
    code = {one.course_id: one.course_code for one in of(events, CoursePlanned)}
    started = Counter(code[one.course_id] for one in of(events, ParticipantStarted))
    completed = Counter(code[one.course_id] for one in of(events, ParticipantCompleted))
    assert (started, completed) == tuple(Counter({key: row[n] for key, row in counted.courses.items()}) for n in (0, 1))
    work = by(of(events, PlacementStarted), "person_id")
    placed = Counter(
        code[one.course_id]
        for one in of(events, ParticipantStarted)
        if any(job.occurred_on >= one.occurred_on for job in work.get(one.person_id, []))
    )
    assert placed == {key: row[2] for key, row in counted.courses.items() if row[2]}
    assert Counter(one.occurred_on.year for one in of(events, InternshipStarted)) == counted.internships
    assert Counter(one.occurred_on.year for one in of(events, InternshipEnded)) == counted.internships_ended
    assert Counter(one.occurred_on.year for one in of(events, PlacementStarted)) == counted.placements


def test_every_year_has_courses_of_every_strand_and_one_of_them_is_cancelled(events: list[DomainEvent]) -> None:
    begun = {(one.occurred_on.year, one.strand) for one in of(events, CourseStarted)}
    strands = {Strand.TRAINING_BASIC, Strand.TRAINING_TARGETED, Strand.TRAINING_EXPERIMENTAL}
    assert {(year, strand) for year in (2023, 2024, 2025) for strand in strands} <= begun
    assert {year for year, _ in begun} == set(range(2022, 2027))
    (cancelled,) = of(events, CourseCancelled)
    assert (cancelled.strand, cancelled.reason) == (Strand.TRAINING_TARGETED, "too_few_participants")
    gone = [one for one in of(events, ParticipantDropped) if one.course_id == cancelled.course_id]
    asked = [one for one in of(events, ParticipationRequested) if one.course_id == cancelled.course_id]
    assert len(gone) == len(asked) > 0
    assert {(one.reason, one.occurred_on) for one in gone} == {("course_cancelled", cancelled.occurred_on)}


def test_a_course_of_strand_2b_has_positions_before_it_is_activated_and_they_go_back(events: list[DomainEvent]) -> None:
    identified = {one.course_id: one for one in of(events, PositionsIdentified)}
    activated = [one for one in of(events, CourseActivated) if one.strand is Strand.TRAINING_TARGETED]
    assert len(activated) == 5
    for one in activated:
        assert identified[one.course_id].occurred_on < one.occurred_on
        assert one.seats * 2 <= identified[one.course_id].positions * 3
    for kind in (PositionsReserved, PositionsReturned, PositionsReleased):
        assert {one.course_id for one in of(events, kind)} == {one.course_id for one in activated}, kind


def test_more_ask_than_there_are_seats_and_who_waits_moves_up_in_turn(events: list[DomainEvent]) -> None:
    """By the course's own stream: never more seats than places, and the first who waits is the first who comes in."""
    seats = {one.course_id: one.seats for one in of(events, CoursePlanned)}
    began = {one.course_id: one.occurred_on for one in of(events, CourseStarted)}
    moved_up = 0
    for course_id, told in by(of(events, SeatTaken, SeatAwaited, SeatGivenUp), "course_id").items():
        taken: set[UUID] = set()
        waiting: list[UUID] = []
        for one in told:
            if isinstance(one, SeatAwaited):
                waiting.append(one.participation_id)
            elif isinstance(one, SeatTaken):
                assert one.participation_id not in waiting[1:]
                moved_up += one.participation_id in waiting and one.strand is not Strand.TRAINING_EXPERIMENTAL
                waiting = [each for each in waiting if each != one.participation_id]
                taken.add(one.participation_id)
                assert len(taken) <= seats[course_id]
                assert one.occurred_on < began.get(course_id, date.max)
            else:
                taken.discard(one.participation_id)
                waiting = [each for each in waiting if each != one.participation_id]
        assert not waiting, "whoever still waits on the first day is let go"
    assert moved_up >= 8


def test_nobody_does_two_things_on_the_same_days(events: list[DomainEvent]) -> None:
    """Contracts, courses and internships of a person follow one another; and so does what stands in the ledger."""
    spans: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for job in of(events, PlacementStarted):
        spans[job.person_id].append((job.occurred_on, job.ends_on))
    over = {one.participation_id: one.occurred_on for one in of(events, ParticipantCompleted, ParticipantDropped)}
    for one in of(events, ParticipantStarted):
        spans[one.person_id].append((one.occurred_on, over[one.participation_id]))
    ended = {one.internship_id: one.occurred_on for one in of(events, InternshipEnded)}
    for one in of(events, InternshipStarted):
        spans[one.person_id].append((one.occurred_on, ended[one.internship_id]))
    assert sum(len(days) > 1 for days in spans.values()) > 10
    for days in spans.values():
        assert all(before < since for (_, before), (since, _) in pairwise(sorted(days)))
    lines = {one.intervention_id for one in of(events, InterventionRegistered)}
    assert lines == {one.intervention_id for one in of(events, InterventionEnded)}
    assert lines == {one.participation_id for one in of(events, ParticipationRequested)} | ended.keys()


def test_who_takes_part_came_after_2021_and_is_in_charge(events: list[DomainEvent], after: Later) -> None:
    since = {one.case_id: one.available_from for one in after.ways}
    assert all(day.year >= 2022 for day in since.values())
    for course in after.courses:
        assert all(since[one.way.case_id] <= one.requested_on for one in course.everybody)
    for stay in after.internships:
        assert since[stay.way.case_id] <= stay.asked_on
    assert len({stay.way.case_id for stay in after.internships}) == len(after.internships), "a person is an intern once"


def test_nothing_begins_once_the_term_is_over_and_what_runs_is_finished(events: list[DomainEvent]) -> None:
    begins = (CoursePlanned, CourseActivated, CourseStarted, ParticipationRequested, ParticipantStarted)
    for kind in (*begins, InternshipRequested, InternshipApproved, InternshipStarted):
        days = [one.occurred_on for one in of(events, kind)]
        assert min(days) >= date(2022, 1, 1), kind
        assert max(days) < later.EXPIRED, kind
    for end in (ParticipantCompleted, CertificateIssued, LessonAttendanceRecorded, InternshipEnded):
        assert max(one.occurred_on for one in of(events, end)) > later.EXPIRED, end


def test_a_host_has_two_interns_at_a_time_and_an_internship_lasts_three_months_and_more(after: Later) -> None:
    board = [(one.company.number, one) for one in after.board]
    for one in after.internships:
        assert one.ends_on >= add_months(one.starts_on, 3) - ONE_DAY
        at_host = [stay for stay in after.internships if stay.host.number == one.host.number]
        assert sum(stay.starts_on <= one.starts_on <= stay.ends_on for stay in at_host) <= 2
        assert any(number == one.host.number and each.holds(one.asked_on) for number, each in board)
    ends = Counter((one.outcome.value, one.ended_on < one.ends_on) for one in after.internships)
    assert ends[("completed", False)] > ends[("hired_by_host", False)] > ends[("hired_by_host", True)] > 0
    assert ends[("left_by_person", True)] > 0
    assert not ends[("completed", True)]
    jobs = {(chain.way.case_id, company.number): chain.starts_on for chain, company in after.placements}
    for one in after.internships:
        hired = jobs.get((one.way.case_id, one.host.number), date.min)
        assert (0 < (hired - one.ended_on).days <= 20) is (one.outcome == "hired_by_host")


def test_what_was_entered_wrongly_is_put_right_weeks_later(events: list[DomainEvent]) -> None:
    lessons = Counter((one.participation_id, one.lesson_no) for one in of(events, LessonAttendanceRecorded))
    twice = [key for key, times in lessons.items() if times == 2]
    assert twice
    assert max(lessons.values()) == 2
    for key in twice:
        told = [one for one in of(events, LessonAttendanceRecorded) if (one.participation_id, one.lesson_no) == key]
        assert [one.attendance.value for one in told] == ["absent", "excused"]
    months = by(of(events, InternshipMonthRecorded), "internship_id").values()
    again = [told for told in months if len(told) > len({one.month for one in told})]
    assert again
    for told in again:
        first, right = (one for one in told if one.month == told[0].month)
        assert first.minutes_present == first.minutes_due > right.minutes_present
        assert right.occurred_on > first.occurred_on


def test_levels_and_certificates_are_of_the_course(events: list[DomainEvent]) -> None:
    module = {one.course_id: one.module_kind for one in of(events, CoursePlanned)}
    assert {module[one.course_id].value for one in of(events, LanguageLevelAssessed)} == {"italian"}
    assert {module[one.course_id].value for one in of(events, CertificateIssued) if one.kind == "safety"} == {"safety"}
    completed = {one.participation_id for one in of(events, ParticipantCompleted)}
    assert {one.participation_id for one in of(events, CertificateIssued)} == completed
