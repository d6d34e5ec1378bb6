"""Many persons for the last seat: never more enrolled than seats, and no seat free while somebody waits (P37, P42)."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.contracts import Actor
from insieme_events.contracts.training_participations import DropReason
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.racing import ROUNDS
from insieme_events.units import Done, Step, Unit
from insieme_local.provision import Provisioned
from insieme_training import seating
from insieme_training.aggregates import COURSES, PARTICIPATIONS
from insieme_training.course.commands import PlanCourse
from insieme_training.participation.commands import DropParticipant, RequestParticipation

pytestmark = pytest.mark.integration

FEW, MANY = 2, 6
ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="training")
INSIDE = """
select c.course_id, c.seats, c.taken, count(*) filter (where p.status = 'enrolled'),
    count(*) filter (where p.status = 'waitlisted')
from views.courses c join views.participations p using (course_id)
where c.course_id = any(%s) group by c.course_id order by c.course_id
"""
ENROLLED = """
select count(*) filter (where type = 'ParticipantEnrolled') - count(*) filter (where type = 'ParticipantDropped')
from events.events where stream = any(%s)
"""
TAKEN = """
select stream, count(*) from events.events where type = 'SeatTaken' and stream = any(%s) group by stream
"""


async def prepare(training: Any, count: int, applicants: int) -> dict[UUID, list[UUID]]:
    """So many courses of one seat, each with applicants whom intake has not answered yet."""
    persons = await training.persons(applicants)
    courses = {uuid4(): [uuid4() for _ in persons] for _ in range(count)}
    planned = [
        Unit(
            (
                Step(
                    COURSES,
                    course,
                    PlanCourse(
                        course_id=course,
                        strand=Strand.TRAINING_BASIC,
                        course_code="italian",
                        module_kind="italian",
                        hours=60,
                        seats=1,
                        starts_on=date(2021, 4, 1),
                        ends_on=date(2021, 6, 30),
                        on=date(2021, 3, 1),
                    ),
                ),
            ),
            ACTOR,
        )
        for course in courses
    ]
    asked = [
        Unit(
            (
                Step(
                    PARTICIPATIONS,
                    one,
                    RequestParticipation(
                        participation_id=one, course_id=course, person_id=person, on=date(2021, 3, 20)
                    ),
                ),
            ),
            ACTOR,
        )
        for course, ones in courses.items()
        for one, person in zip(ones, persons, strict=True)
    ]
    for units in (planned, asked):
        for start in range(0, len(units), 100):
            answers = await training.commands.run_all(units[start : start + 100])
            assert all(isinstance(answer, Done) for answer in answers), answers
    return courses


async def oversold(training: Any, participations: list[UUID], seats: int = 1) -> bool:
    ((inside,),) = await training.served.rows(ENROLLED, [f"participation-{one}" for one in participations])
    return int(inside) > seats


@pytest.mark.clause("P37")
@pytest.mark.parametrize(("rounds", "applicants"), [(ROUNDS - 20, FEW), (20, MANY)])
async def test_the_last_seat_is_given_once(training: Any, rounds: int, applicants: int) -> None:
    courses = await prepare(training, rounds, applicants)
    for participations in courses.values():
        await asyncio.gather(*(training.confirm(one) for one in participations))
    everybody = [one for ones in courses.values() for one in ones]
    assert not await oversold(training, everybody, rounds)
    taken = await training.served.rows(TAKEN, [f"course-{course}" for course in courses])
    assert sorted(taken) == sorted((f"course-{course}", 1) for course in courses)
    found = await training.served.rows(INSIDE, list(courses))
    assert [row[1:] for row in found] == [(1, 1, 1, applicants - 1)] * rounds
    print(f"seats: {rounds} rounds of {applicants} at once, {rounds} enrolled")


@pytest.mark.clause("P37", "P42")
async def test_a_seat_that_is_freed_while_others_come_is_given_once_and_stays_with_nobody(training: Any) -> None:
    """Who has the seat leaves in the instant in which somebody new is confirmed, and another one leaves the list."""
    courses = await prepare(training, 20, 3)
    for course, (first, second, third) in courses.items():
        await training.confirm(first)
        await training.confirm(second)

        async def leave(one: UUID, course: UUID = course) -> None:
            drop = DropParticipant(reason=DropReason.WITHDREW, on=date(2021, 3, 25))
            assert isinstance(await training.commands.run(Unit(seating.dropped(one, course, drop), ACTOR)), Done)
            await seating.fill(training.commands, course, date(2021, 3, 25))

        await asyncio.gather(leave(first), training.confirm(third), leave(second))
        await seating.fill(training.commands, course, date(2021, 3, 25))
        assert [await training.status(one) for one in (first, second, third)] == ["dropped", "dropped", "enrolled"]
    found = await training.served.rows(INSIDE, list(courses))
    assert {row[1:] for row in found} == {(1, 1, 1, 0)}


async def test_without_the_versions_of_the_streams_the_last_seat_is_given_twice(
    bare_training: Any, fresh_provisioned: Provisioned
) -> None:
    """The control run: two units may append to a course at the same version, and neither sees the other."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["training_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
    courses = await prepare(bare_training, 50, 3)
    for participations in courses.values():
        await asyncio.gather(*(bare_training.confirm(one) for one in participations))
        if await oversold(bare_training, participations):
            return
    raise AssertionError("the guard is not what keeps the seats")


@pytest.mark.clause("P37")
async def test_of_two_requests_of_one_person_at_once_one_is_taken(training: Any) -> None:
    course = await training.plan("2a")
    for person in await training.persons(20):
        assert await asked_twice(training, course, person) == [201, 409]


async def test_without_the_index_both_are_taken(bare_training: Any, fresh_provisioned: Provisioned) -> None:
    """The control run."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["training_owner"]) as owner:
        await owner.execute("drop index views.one_live_participation")
    course, (person,) = await bare_training.plan("2a"), await bare_training.persons(1)
    assert await asked_twice(bare_training, course, person) == [201, 201]


async def asked_twice(training: Any, course: UUID, person: UUID) -> list[int]:
    body = {"course_id": str(course), "person_id": str(person), "on": "2021-03-20"}

    async def ask() -> int:
        answer = await training.served.client.post("/v1/participations", json=body)
        if answer.status_code == 409:
            assert (answer.json()["code"], answer.json()["clause"]) == ("training.one_participation", "P37")
        return int(answer.status_code)

    return sorted(await asyncio.gather(ask(), ask()))
