"""Approvals at the same instant: never more interns than the host may have, never a person in two places (I13, P34)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.decider import Refused
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Done, Step
from insieme_matching.aggregates import INTERNSHIPS
from insieme_matching.internship import ConfirmInternship
from insieme_matching.internship.commands import locks
from insieme_matching.testing import approve_internship, request_internship

APPROVE = approve_internship(host_staff=5)
# By the events alone: one place at each host, one internship of each person in the same days.
CROWDED = """
select count(*) from (
    select data ->> 'company_id' from events.events where type = 'InternshipApproved' group by 1 having count(*) > 1
) hosts
"""
TWICE = """
select count(*) from (
    select data ->> 'person_id' from events.events where type = 'InternshipApproved' group by 1 having count(*) > 1
) persons
"""
REASONS = {"matching.host_quota_full", "matching.internships_overlap"}


async def asked_for(matching: Any, rounds: int) -> list[list[tuple[UUID, UUID, UUID]]]:
    """In each round two persons, two hosts, and everybody asks for a place at both: four internships, confirmed."""
    persons = await matching.persons(2 * rounds)
    found, steps = list[list[tuple[UUID, UUID, UUID]]](), list[Step]()
    for number in range(rounds):
        pair = persons[2 * number : 2 * number + 2]
        hosts = (uuid4(), uuid4())
        ones = [(uuid4(), person, host) for person in pair for host in hosts]
        found.append(ones)
        for internship_id, person_id, company_id in ones:
            request = request_internship(internship_id=internship_id, person_id=person_id, company_id=company_id)
            steps.append(Step(INTERNSHIPS, internship_id, request))
            steps.append(Step(INTERNSHIPS, internship_id, ConfirmInternship(on=date(2021, 2, 2))))
    async with matching.service.pool.connection() as connection:
        await connection.execute(
            """insert into views.companies (company_id, status, size, ateco_version, ateco_section, comune,
                   registered_on, version)
               select c, 'registered', 'small', 'ateco_2007', 'C', '037006', '2021-01-04', 1
               from unnest(%s::uuid[]) c on conflict do nothing""",
            (list({host for ones in found for _, _, host in ones}),),
        )
    for start in range(0, len(steps), 400):
        await matching.run_all(steps[start : start + 400])
    return found


async def approved(matching: Any, ones: list[tuple[UUID, UUID, UUID]], guarded: bool = True) -> int:
    """All of a round at once; answers how many were approved."""
    answers = await asyncio.gather(
        *(
            matching.run(Step(INTERNSHIPS, one, APPROVE), locks=locks(person, host) if guarded else ())
            for one, person, host in ones
        )
    )
    assert {answer.code for answer in answers if isinstance(answer, Refused)} <= REASONS
    return sum(isinstance(answer, Done) for answer in answers)


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "race")
@pytest.mark.timeout(240)
async def test_neither_the_hosts_quota_nor_the_persons_days_are_overrun(matching: Any) -> None:
    rounds = await asked_for(matching, ROUNDS)
    done = [await approved(matching, ones) for ones in rounds]
    counted("I13, approved of each round", Counter(done))
    assert set(done) <= {1, 2}
    assert sum(done) > ROUNDS
    assert await matching.rows(CROWDED) == [(0,)]
    assert await matching.rows(TWICE) == [(0,)]


async def test_without_the_locks_both_are_overrun(bare_matching: Any) -> None:
    """The control run: the same approvals without the locks of person and host."""
    crowded = twice = 0
    for ones in await asked_for(bare_matching, 60):
        await approved(bare_matching, ones, guarded=False)
        ((crowded,),) = await bare_matching.rows(CROWDED)
        ((twice,),) = await bare_matching.rows(TWICE)
        if crowded and twice:
            return
    raise AssertionError(f"{crowded} hosts and {twice} persons were overrun in 60 rounds: the race is none")


@pytest.mark.invariant("I13", "race")
async def test_the_route_takes_the_locks(matching: Any) -> None:
    """The same over HTTP, as people send it."""
    for ones in await asked_for(matching, 5):
        body = APPROVE.model_dump(mode="json")
        answers = await asyncio.gather(
            *(matching.client.post(f"/v1/internships/{one}/approval", json=body) for one, _, _ in ones)
        )
        assert {answer.json().get("code") for answer in answers if answer.is_error} <= REASONS
        assert 1 <= sum(answer.status_code == 200 for answer in answers) <= 2
    assert await matching.rows(CROWDED) == [(0,)]
    assert await matching.rows(TWICE) == [(0,)]
