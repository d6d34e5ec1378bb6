"""Many courses ask, many placements come, and the vacancy closes, all at once: no position is given twice (P39, I1)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.contracts.matching import VacancyCloseReason
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Step
from insieme_local.provision import Provisioned
from insieme_matching.aggregates import VACANCIES
from insieme_matching.reservations import ReservePositions
from insieme_matching.vacancy import CloseVacancy, FillPosition, OpenVacancy

POSITIONS = 3
DAY = date(2021, 3, 1)
# By the events alone: what was taken and what is kept, per vacancy.
GIVEN = """
select stream, sum(case type
    when 'PositionFilled' then 1
    when 'PositionsReserved' then (data ->> 'positions')::int
    when 'ReservedPositionUsed' then -1 else 0 end)
from events.events where stream like 'vacancy-%%' and stream not in (
    select stream from events.events where type = 'PositionsReleased') group by stream
"""
ANSWERS = "select count(*) from events.events where type in ('PositionsReserved', 'ReservationRefused')"
RELEASED = """
select count(*) from events.events a join events.events b using (stream)
where a.type = 'VacancyClosed' and b.type = 'PositionsReserved' and b.version < a.version and not exists (
    select from events.events r where r.stream = a.stream and r.type = 'PositionsReleased'
        and r.data ->> 'reservation_id' = b.data ->> 'reservation_id')
"""


async def at_once(matching: Any, company: UUID, number: int) -> None:
    """Two courses, two placements and in every fourth round the closing, on one new vacancy of three positions."""
    vacancy = uuid4()
    await matching.run(
        Step(
            VACANCIES,
            vacancy,
            OpenVacancy(
                vacancy_id=vacancy, company_id=company, profile="8.1.4", positions=POSITIONS, comune="037006", on=DAY
            ),
        )
    )
    asked: list[Any] = [
        ReservePositions(
            reservation_id=uuid4(),
            course_id=uuid4(),
            source_id=vacancy,
            strand=Strand.TRAINING_TARGETED,
            positions=positions,
            on=DAY,
        )
        for positions in (1, 3)
    ]
    asked += [FillPosition(employment_id=uuid4(), company_id=company, on=DAY) for _ in range(2)]
    if number % 4 == 0:
        asked.append(CloseVacancy(reason=VacancyCloseReason.FILLED_OTHERWISE, on=DAY))
    await asyncio.gather(*(matching.run(Step(VACANCIES, vacancy, command)) for command in asked))


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "race")
@pytest.mark.timeout(240)
async def test_no_position_is_given_twice(matching: Any) -> None:
    company = await matching.company()
    for number in range(ROUNDS):
        await at_once(matching, company, number)
    given = await matching.rows(GIVEN)
    counted("I1, positions given of a vacancy", Counter(count for _, count in given))
    assert len(given) > ROUNDS / 2
    assert max(count for _, count in given) == POSITIONS
    assert await matching.rows(RELEASED) == [(0,)]
    assert (await matching.rows(ANSWERS))[0][0] > ROUNDS
    unlike = await matching.rows(
        """select v.vacancy_id from views.vacancies v
           where v.taken + (select coalesce(sum(r.kept), 0) from views.reservations r where r.source_id = v.vacancy_id)
               > v.positions"""
    )
    assert unlike == []


async def test_without_the_versions_positions_are_given_twice(
    bare_matching: Any, fresh_provisioned: Provisioned
) -> None:
    """The control run: two appends of the same version are both taken, and the same position goes twice."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["matching_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
        await owner.execute("alter table events.events drop constraint events_predecessor")
    company = await bare_matching.company()
    for _ in range(ROUNDS):
        await at_once(bare_matching, company, 1)
        if any(count > POSITIONS for _, count in await bare_matching.rows(GIVEN)):
            return
    raise AssertionError(f"{ROUNDS} rounds, and no position was given twice")
