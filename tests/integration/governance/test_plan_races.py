"""What cannot happen at the same instant: a plan beyond its resources (I3), a year presented twice (I6).

200 rounds each, many clients at once; the invariant is read from the stored events. The control runs take the guard
away and break it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.integration.governance.planning import bodies, in_force, meeting

from insieme_events.commands import Commands
from insieme_events.contracts import Actor
from insieme_events.contracts.governance_plan import PresentationKind
from insieme_events.decider import Command
from insieme_events.testing.http import Served
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Answer, Done, Step, Unit
from insieme_governance.aggregates import PLAN_YEARS, PRESENTATIONS
from insieme_governance.plan_year import ApproveWorkPlan, CommitResources, DraftWorkPlan, plan_year_id
from insieme_governance.presentation import PresentAnnualResults, presentation_id
from insieme_governance.testing.plan import COMUNE, FEBRUARY, HASH, JANUARY, action, actor, ceiling
from insieme_local.provision import Provisioned

YEARS = range(2017, 2087)
LATE = date(2098, 1, 1)
EMPTY = """
truncate events.events, views.plan_years, views.commitments, views.plan_ceilings, views.plan_actions,
    views.presentations
"""
ONE_VERSION = "alter table events.events drop constraint events_stream_version"
BEYOND = """
select a.stream from events.events a join lateral (
    select (c.data->>'amount')::bigint as amount from events.events c
    where c.stream = a.stream and c.type = 'ResourcesCommitted' order by c.version desc, c.position desc limit 1
) last on true
where a.type = 'WorkPlanApproved' and last.amount < 600
"""
TWICE = """
select data->>'year' from events.events where type = 'AnnualResultsPresented' group by 1 having count(*) > 1
"""

Round = Callable[[int], Coroutine[Any, Any, None]]


class Race:
    """The service by its command runner, at a day on which every year of the rounds has begun."""

    def __init__(self, served: Served, owner_url: str) -> None:
        self.served = served
        self.owner_url = owner_url
        pool = served.service.pool
        self.commands = Commands("governance", pool, None, lambda: datetime(2098, 6, 1, tzinfo=UTC))

    async def run(self, aggregate: Any, stream_id: UUID, command: Command, by: Actor | None = None) -> Answer:
        return await self.commands.run(Unit((Step(aggregate, stream_id, command),), by or actor()))

    def as_owner(self, *statements: str) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as owner:
            for statement in statements:
                owner.execute(statement.encode())

    async def rounds(self, count: int, one: Round, broken: str, *, stop: bool = False) -> int:
        """Runs so many rounds, each in a year of its own; answers in how many the invariant was broken."""
        found = done = 0
        while done < count:
            years = list(YEARS)[: count - done]
            for start in range(0, len(years), 4):
                await asyncio.gather(*(one(year) for year in years[start : start + 4]))
                if stop and await self.served.rows(broken):
                    return 1
            found += len(await self.served.rows(broken))
            done += len(years)
            await asyncio.to_thread(self.as_owner, EMPTY)
        return found


@pytest.fixture
async def race(bare_governance: Served, fresh_provisioned: Provisioned) -> Race:
    owner_url = fresh_provisioned.urls["governance_owner"]
    await asyncio.to_thread(bodies, owner_url)
    await in_force(bare_governance)
    return Race(bare_governance, owner_url)


async def approval_and_correction(race: Race) -> tuple[Round, list[tuple[bool, bool]]]:
    """A plan over 600 is approved while its commitment of 1,000 is corrected to 500 and to 599."""
    held = await meeting(race.served, FEBRUARY)
    ledger: list[tuple[bool, bool]] = []

    async def one(year: int) -> None:
        stream = plan_year_id(year)

        def commit(amount: int) -> CommitResources:
            return CommitResources(year=year, party=COMUNE, source=COMUNE, amount=amount, on=JANUARY)

        plan = action(action_id=uuid4())
        await race.run(PLAN_YEARS, stream, commit(1000))
        await race.run(PLAN_YEARS, stream, DraftWorkPlan(year=year, ceilings=(ceiling(),), actions=(plan,), on=JANUARY))
        approve = ApproveWorkPlan(meeting_id=held, decision_no=1, on=FEBRUARY)
        answers = await asyncio.gather(
            race.run(PLAN_YEARS, stream, approve),
            race.run(PLAN_YEARS, stream, commit(500)),
            race.run(PLAN_YEARS, stream, commit(599)),
            race.run(PLAN_YEARS, stream, approve),
        )
        done = [isinstance(answer, Done) for answer in answers]
        ledger.append((done[0] or done[3], done[1] or done[2]))

    return one, ledger


@pytest.mark.clause("P52")
@pytest.mark.invariant("I3", "race")
@pytest.mark.invariant("I4", "race")
async def test_a_plan_never_exceeds_resources_that_are_corrected_at_the_same_instant(race: Race) -> None:
    one, ledger = await approval_and_correction(race)
    assert await race.rounds(ROUNDS, one, BEYOND) == 0
    counted("I4, approval and resources", Counter("approved" if approved else "corrected" for approved, _ in ledger))
    assert len(ledger) == ROUNDS
    # In every round one of both came about, and not the other.
    assert all(approved != corrected for approved, corrected in ledger)


async def test_without_versions_of_the_stream_it_does(race: Race) -> None:
    """The control run: the guard off, and a plan is approved over resources that are gone."""
    await asyncio.to_thread(race.as_owner, ONE_VERSION)
    one, _ = await approval_and_correction(race)
    assert await race.rounds(40, one, BEYOND, stop=True) > 0


async def two_presentations(race: Race) -> tuple[Round, list[int]]:
    """Three frozen sets are presented for the same year at once."""
    snapshots = [uuid4() for _ in range(3)]
    async with race.served.service.pool.connection() as connection:
        for snapshot in snapshots:
            await connection.execute("insert into views.snapshots values (%s, %s)", (snapshot, HASH))
    ledger: list[int] = []

    async def one(year: int) -> None:
        def present(snapshot: UUID) -> PresentAnnualResults:
            return PresentAnnualResults(
                year=year,
                snapshot_id=snapshot,
                snapshot_hash=HASH,
                comune="037006",
                kind=PresentationKind.BOTH,
                on=LATE,
            )

        answers = await asyncio.gather(
            *(race.run(PRESENTATIONS, presentation_id(year), present(snapshot)) for snapshot in snapshots)
        )
        ledger.append(sum(isinstance(answer, Done) for answer in answers))

    return one, ledger


@pytest.mark.clause("P56")
@pytest.mark.invariant("I6", "race")
async def test_of_presentations_of_a_year_at_the_same_instant_there_is_one(race: Race) -> None:
    one, ledger = await two_presentations(race)
    assert await race.rounds(ROUNDS, one, TWICE) == 0
    counted("I6", {"presented once": ledger.count(1)})
    assert ledger == [1] * ROUNDS


async def test_without_versions_and_index_there_are_several(race: Race) -> None:
    """The control run: both guards off."""
    await asyncio.to_thread(race.as_owner, ONE_VERSION, "drop index views.one_presentation")
    one, _ = await two_presentations(race)
    assert await race.rounds(40, one, TWICE, stop=True) > 0
