"""What the measures of version 2 count, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts import governance_plan, matching, training, training_courses, training_participations
from insieme_events.contracts.vocabulary import CompanySize, InterventionKind, Strand
from insieme_reporting.testing import History

MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)


def joined(history: History, company_id: UUID, on: date) -> None:
    event = governance_plan.CompanyJoinedBoard(company_id=company_id, occurred_on=on)
    history.record(f"board_membership-{company_id}", event)


def left(history: History, company_id: UUID, on: date) -> None:
    event = governance_plan.CompanyLeftBoard(company_id=company_id, occurred_on=on)
    history.record(f"board_membership-{company_id}", event)


@pytest.mark.clause("P59", "P21")
async def test_the_board_is_counted_as_it_stood_on_the_last_day(facts: Any) -> None:
    history = History()
    known = date(2018, 1, 8)
    stayed, gone, back = (history.company(known), history.company(known, CompanySize.LARGE), history.company(known))
    for company in (stayed, gone, back):
        joined(history, company, date(2018, 5, 7))
    left(history, gone, date(2019, 12, 31))
    left(history, back, date(2019, 2, 1))
    joined(history, back, date(2020, 3, 2))
    await facts.fill(history)
    at_the_end_of = {year: await facts.value("board_size", to=date(year, 12, 31)) for year in range(2017, 2022)}
    assert at_the_end_of == {2017: 0, 2018: 3, 2019: 1, 2020: 2, 2021: 2}
    assert await facts.by("board_size", "company_size", to=date(2018, 12, 31)) == {"small": 2, "large": 1}


@pytest.mark.clause("P59")
async def test_who_leaves_on_a_day_is_no_member_on_it(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    joined(history, company, MARCH)
    left(history, company, MAY)
    await facts.fill(history)
    days = (date(2019, 3, 3), MARCH, date(2019, 5, 5), MAY)
    assert [await facts.value("board_size", to=day) for day in days] == [0, 1, 1, 0]


@pytest.mark.clause("P14")
async def test_days_to_shortlist_are_those_from_the_opening_to_the_first_person(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for first in (10, 20):
        vacancy = history.vacancy(company, MARCH)
        for after in (first, first + 30):
            on = date.fromordinal(MARCH.toordinal() + after)
            history.candidate(vacancy, uuid4(), on, presented=on)
    history.vacancy(company, MARCH)
    await facts.fill(history)
    (row,) = await facts.rows("days_to_shortlist")
    assert (row["value"], row["median"], row["p90"], row["count"]) == (15.0, 15.0, 19.0, 2)


@pytest.mark.clause("P14")
async def test_days_to_reply_are_those_from_the_presentation_to_the_answer_of_either_side(facts: Any) -> None:
    history = History()
    vacancy = history.vacancy(history.company(MARCH), MARCH)
    accepted, refused, waiting = uuid4(), uuid4(), uuid4()
    for candidacy in (accepted, refused, waiting):
        ids = {"candidacy_id": candidacy, "vacancy_id": vacancy, "person_id": uuid4()}
        stream = f"candidacy-{candidacy}"
        history.record(stream, matching.CandidateShortlisted(**ids, occurred_on=MARCH))
        history.record(stream, matching.CandidatePresented(**ids, occurred_on=APRIL))
        if candidacy == accepted:
            history.record(stream, matching.CandidateAccepted(**ids, occurred_on=date(2019, 4, 5)))
        if candidacy == refused:
            by, why = matching.RefusedBy.COMPANY, matching.RefusalReason.HOURS
            event = matching.CandidateRefused(**ids, occurred_on=date(2019, 4, 11), refused_by=by, reason=why)
            history.record(stream, event)
    await facts.fill(history)
    (row,) = await facts.rows("days_to_reply")
    assert (row["value"], row["median"], row["count"]) == (7.0, 7.0, 2)


TARGETED = Strand.TRAINING_TARGETED


def course(history: History, code: str, started: date | None) -> UUID:
    """A targeted course that is activated."""
    course_id = uuid4()
    ids = {"course_id": course_id, "strand": TARGETED}
    whole = {
        "course_code": code,
        "module_kind": None,
        "delivery": training_courses.Delivery.GROUP,
        "profile": "5.4.4",
        "experimental": False,
        "demand_evidence": None,
        "hours": 600,
        "seats": 25,
        "starts_on": MAY,
        "ends_on": date(2019, 12, 20),
        "funded_by_programme": False,
        "proposed_by": None,
        "agreement_version": "2017.1",
    }
    stream = f"course-{course_id}"
    history.record(stream, training_courses.CoursePlanned(**ids, **whole, occurred_on=MARCH))
    activated = {"course_code": code, "positions": 20, "seats": 25, "seats_per_position_percent": 150}
    history.record(
        stream,
        training_courses.CourseActivated(**ids, **activated, agreement_version="2017.1", occurred_on=APRIL),
    )
    if started is not None:
        history.record(stream, training_courses.CourseStarted(**ids, course_code=code, occurred_on=started))
    return course_id


def took_part(
    history: History, course_id: UUID, person: UUID, *, completed: bool, qualified: bool = False, mistake: bool = False
) -> None:
    participation = uuid4()
    ids = {"participation_id": participation, "course_id": course_id, "person_id": person, "strand": TARGETED}
    kind = {"kind": InterventionKind.VOCATIONAL_TRAINING, "starts_on": MAY, "ends_on": None}
    stream = f"participation-{participation}"
    history.record(stream, training.ParticipationRequested(**ids, **kind, occurred_on=APRIL))
    history.record(stream, training_participations.ParticipantEnrolled(**ids, occurred_on=APRIL))
    if mistake:
        why = training_participations.DropReason.KEYED_BY_MISTAKE
        history.record(stream, training_participations.ParticipantStarted(**ids, occurred_on=MAY))
        history.record(stream, training_participations.ParticipantDropped(**ids, reason=why, occurred_on=MAY))
        return
    history.record(stream, training_participations.ParticipantStarted(**ids, occurred_on=MAY))
    if not completed:
        why = training_participations.DropReason.WITHDREW
        history.record(
            stream, training_participations.ParticipantDropped(**ids, reason=why, occurred_on=date(2019, 6, 3))
        )
        return
    minutes = {"minutes_present": 900, "minutes_recorded": 1000}
    over = date(2019, 12, 20)
    history.record(stream, training_participations.ParticipantCompleted(**ids, **minutes, occurred_on=over))
    if qualified:
        kind_of = training_participations.CertificateKind.QUALIFICATION
        event = training_participations.CertificateIssued(**ids, kind=kind_of, occurred_on=date(2020, 1, 15))
        history.record(stream, event)


@pytest.mark.clause("P20", "P36", "P37", "P39")
async def test_of_a_course_those_count_who_came_to_the_first_lesson(facts: Any) -> None:
    history = History()
    company, carers, cleaning = history.company(MARCH), course(history, "oss", MAY), course(history, "cleaning", MAY)
    for number in range(5):
        person, _ = history.enrolled(MARCH)
        took_part(history, carers, person, completed=number < 4, qualified=number < 4)
        if number in {0, 1, 4}:
            history.placed(person, company, date(2020, 2, 3), date(2020, 12, 31))
        if number == 2:
            history.placed(person, company, APRIL, date(2019, 4, 30))
    for number in range(3):
        person, _ = history.enrolled(MARCH)
        took_part(history, cleaning, person, completed=number == 0)
    person, _ = history.enrolled(MARCH)
    took_part(history, cleaning, person, completed=False, mistake=True)
    await facts.fill(history)

    assert await facts.by("course_participants", "course") == {"oss": 5, "cleaning": 3}
    assert await facts.by("course_completed", "course") == {"oss": 4, "cleaning": 1}
    assert await facts.by("course_qualified", "year") == {2020: 4}
    # A placement before the course is none of the course's.
    assert await facts.by("course_placed", "course") == {"oss": 3}
    assert await facts.rows("course_completion_rate", by="course") == [
        {"course": "cleaning", "numerator": 1, "denominator": 3, "value": 0.3333},
        {"course": "oss", "numerator": 4, "denominator": 5, "value": 0.8},
    ]
    assert await facts.rows("course_placement_rate") == [{"numerator": 3, "denominator": 8, "value": 0.375}]
    assert await facts.by("courses_activated", "strand") == {"2b": 2}


@pytest.mark.clause("P36")
async def test_a_course_that_was_keyed_by_mistake_counts_nowhere(facts: Any) -> None:
    history = History()
    wrong = course(history, "oss", None)
    why = training_courses.CourseCancelReason.KEYED_BY_MISTAKE
    event = training_courses.CourseCancelled(course_id=wrong, strand=TARGETED, reason=why, occurred_on=APRIL)
    history.record(f"course-{wrong}", event)
    await facts.fill(history)
    assert await facts.value("courses_activated") == 0


@pytest.mark.clause("P20", "P37", "P39")
async def test_the_published_case_of_the_two_courses(facts: Any) -> None:
    """Health-care assistants: 22 began, 18 qualified, 18 were placed; cleaning: 14, 10 and 8 (2018 to 2021)."""
    history = History()
    company = history.company(MARCH)
    for code, began, completed, placed in (("oss", 22, 18, 18), ("cleaning", 14, 10, 8)):
        held = course(history, code, MAY)
        for number in range(began):
            person, _ = history.enrolled(MARCH)
            took_part(history, held, person, completed=number < completed, qualified=code == "oss")
            if number < placed:
                history.placed(person, company, date(2020, 2, 3), date(2020, 12, 31))
    await facts.fill(history)
    whole = {"since": date(2018, 1, 1), "to": date(2021, 12, 31)}
    assert await facts.by("course_participants", "course", **whole) == {"oss": 22, "cleaning": 14}
    assert await facts.by("course_qualified", "course", **whole) == {"oss": 18}
    for rate, oss, cleaning in (("completion", 18, 10), ("placement", 18, 8)):
        rows = {row["course"]: row for row in await facts.rows(f"course_{rate}_rate", by="course", **whole)}
        assert {code: (row["numerator"], row["denominator"]) for code, row in rows.items()} == {
            "oss": (oss, 22),
            "cleaning": (cleaning, 14),
        }
        assert round(100 * rows["oss"]["value"], 1) == 81.8
        assert round(100 * rows["cleaning"]["value"], 1) == {"completion": 71.4, "placement": 57.1}[rate]


@pytest.mark.clause("P59")
async def test_the_published_case_of_the_board(facts: Any) -> None:
    """54 companies at the end of 2018, 97, 104 and 109 at the ends of the years after; some left on the way."""
    history = History()
    members: list[UUID] = []
    for year, size, leaving in ((2018, 54, 0), (2019, 97, 3), (2020, 104, 5), (2021, 109, 1)):
        for company in members[:leaving]:
            left(history, company, date(year, 3, 1))
        members = members[leaving:]
        new = [history.company(date(year, 1, 8)) for _ in range(size - len(members))]
        for number, company in enumerate(new):
            joined(history, company, date(year, 1 + number % 12, 15))
        members += new
    await facts.fill(history)
    sizes = [await facts.value("board_size", to=date(year, 12, 31)) for year in range(2018, 2022)]
    assert sizes == [54, 97, 104, 109]
