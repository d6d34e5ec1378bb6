"""I1 under a race: a 2.b course is never active without positions identified before, and flagged when they go (P39).

Each round sends an activation, a release by matching, and a reservation that arrives on the day of the activation, all
at once. Whatever came first, the result is looked at: the events, by SQL, against what this test itself told.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.contracts import Actor
from insieme_events.contracts.matching import PositionsReleased, PositionsReserved
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Done, Step, Unit
from insieme_local.provision import Provisioned
from insieme_training.aggregates import COURSES
from insieme_training.course.commands import ActivateCourse, IdentifyPositions, PlanCourse, RequestPositions
from insieme_training.reactions.reservations import ReservationAnswers

pytestmark = pytest.mark.integration

ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="training")
BEFORE, DAY = date(2021, 3, 10), date(2021, 3, 15)
SEATS, PERCENT = 3, 150
HISTORY = """
select type, version, occurred_on, (data::json ->> 'positions')::int, data::json ->> 'reservation_id'
from events.events where stream = %s and type <> 'CoursePlanned' order by version, position
"""
SHOWN = "select positions, positions_lost from views.courses where course_id = %s"


@dataclass(frozen=True)
class Round:
    """A course with two positions identified before the day, and two more that were asked for. `left`: what the release
    leaves of the first; None: nothing is released. `early`: whether the first two were identified at all."""

    course: UUID
    early: bool
    left: int | None
    first: UUID
    second: UUID


def rounds(count: int) -> list[Round]:
    kinds = [(True, 0), (True, 1), (False, None), (True, None), (True, 0)]
    return [Round(uuid4(), *kinds[n % len(kinds)], uuid4(), uuid4()) for n in range(count)]


async def prepare(training: Any, all_rounds: list[Round]) -> None:
    units = []
    for one in all_rounds:
        plan = PlanCourse(
            course_id=one.course,
            strand=Strand.TRAINING_TARGETED,
            course_code="oss",
            profile="5.3.1",
            hours=60,
            seats=SEATS,
            starts_on=date(2021, 4, 1),
            ends_on=date(2021, 6, 30),
            on=date(2021, 3, 1),
        )
        asked = [
            RequestPositions(
                reservation_id=key,
                source_kind=PositionSourceKind.VACANCY,
                source_id=key,
                positions=2,
                on=date(2021, 3, 2),
            )
            for key in (one.first, one.second)
        ]
        known = IdentifyPositions(reservation_id=one.first, company_id=uuid4(), positions=2, on=BEFORE)
        commands = (plan, *asked, *((known,) if one.early else ()))
        units.append(Unit(tuple(Step(COURSES, one.course, command) for command in commands), ACTOR))
    for start in range(0, len(units), 50):
        answers = await training.commands.run_all(units[start : start + 50])
        assert all(isinstance(answer, Done) for answer in answers)


async def race(training: Any, one: Round) -> None:
    about = {"course_id": one.course, "source_kind": "vacancy", "occurred_on": DAY}
    told = PositionsReserved(**about, reservation_id=one.second, source_id=one.second, company_id=uuid4(), positions=2)
    activation = Unit((Step(COURSES, one.course, ActivateCourse(on=DAY)),), ACTOR)
    at_once = [training.commands.run(activation), training.tell(ReservationAnswers(), told)]
    if one.left is not None:
        gone = PositionsReleased(**about, reservation_id=one.first, source_id=one.first, positions=one.left)
        at_once.append(training.tell(ReservationAnswers(), gone))
    await asyncio.gather(*at_once)


async def judge(training: Any, one: Round) -> tuple[str, list[str]]:
    """What became of the course, and what of it breaks the invariant; worked out from the events alone."""
    history = await training.served.rows(HISTORY, f"course-{one.course}")
    active = next(((version, on) for kind, version, on, _, _ in history if kind == "CourseActivated"), None)
    if active is None:
        return "refused", []
    wrong = []
    if kept_before(history, *active) * PERCENT < SEATS * 100:
        wrong.append("active without positions identified before")
    # What matching told, whatever training made of it: two of the day itself, and what the release left of the others.
    left = 2 + (2 if one.left is None else one.left)
    ((positions, lost),) = await training.served.rows(SHOWN, one.course)
    if positions != left:
        wrong.append(f"{positions} positions shown, {left} are left")
    flags = [kind for kind, *_ in history if kind in ("PositionsLost", "PositionsRecovered")]
    if lost is not (left * PERCENT < SEATS * 100) or lost is not (flags[-1:] == ["PositionsLost"]):
        wrong.append("the flag is wrong")
    return "active", wrong


def kept_before(history: list[tuple[Any, ...]], activated_at: int, activated_on: date) -> int:
    """Positions identified on an earlier day and at an earlier version, less what had gone by then."""
    early: dict[str, int] = {}
    for kind, version, on, positions, reservation in history:
        if version > activated_at:
            break
        if kind == "PositionsIdentified" and on < activated_on:
            early[reservation] = positions
        if kind == "PositionsWithdrawn" and reservation in early:
            early[reservation] = positions
    return sum(early.values())


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "race")
async def test_a_course_is_active_with_positions_or_not_at_all(training: Any) -> None:
    all_rounds = rounds(ROUNDS)
    await prepare(training, all_rounds)
    outcomes: list[str] = []
    for one in all_rounds:
        await race(training, one)
        outcome, wrong = await judge(training, one)
        assert wrong == [], (outcome, one)
        outcomes.append(outcome)
        if not one.early:
            assert outcome == "refused", "positions of the same day are not identified before"
    counted("I1, activation", Counter(outcomes))
    assert outcomes.count("active") >= ROUNDS // 5
    assert outcomes.count("refused") >= ROUNDS // 5


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "race")
async def test_positions_that_are_lost_in_a_race_refuse_or_flag(training: Any) -> None:
    """Only the release races: what is left does not carry the seats, so the course is flagged unless it was refused."""
    all_rounds = [one for one in rounds(ROUNDS) if one.left is not None][:100]
    await prepare(training, all_rounds)
    flagged = 0
    for one in all_rounds:
        flagged += await lost_or_refused(training, one)
    assert flagged > 0


async def lost_or_refused(training: Any, one: Round) -> bool:
    """Answers whether the course is active; asserts that it is flagged then."""
    about = {"course_id": one.course, "source_kind": "vacancy", "occurred_on": DAY}
    gone = PositionsReleased(**about, reservation_id=one.first, source_id=one.first, positions=one.left)
    activation = Unit((Step(COURSES, one.course, ActivateCourse(on=DAY)),), ACTOR)
    await asyncio.gather(training.tell(ReservationAnswers(), gone), training.commands.run(activation))
    types = await training.types(f"course-{one.course}")
    ((status, lost),) = await training.served.rows(
        "select status, positions_lost from views.courses where course_id = %s", one.course
    )
    assert "PositionsWithdrawn" in types
    if "CourseActivated" in types and not ("PositionsLost" in types and lost):
        raise AssertionError(f"active, short of positions and not flagged: {types}, {status}")
    return "CourseActivated" in types


@pytest.mark.invariant("I1", "race")
async def test_without_the_versions_of_the_streams_a_course_is_active_without_positions(
    bare_training: Any, fresh_provisioned: Provisioned
) -> None:
    """The control run: two units may append to a course at the same version, and neither sees the other."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["training_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
    all_rounds = [one for one in rounds(ROUNDS) if one.left == 0]
    await prepare(bare_training, all_rounds)
    broken = 0
    for one in all_rounds:
        try:
            await lost_or_refused(bare_training, one)
        except AssertionError:
            broken += 1
            break
    assert broken, "the guard is not what keeps the invariant"
