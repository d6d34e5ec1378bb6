"""How funding follows governance's plan: approved, about to be lowered, amended, left as it was (I3, I4; P52, P66).

A lower plan comes in two steps. Proposed: what is asked is written down first, after which no budget is set or raised
above it; then every budget of the year holds the lower ceilings and the answer is recorded, all in one append. A
commitment that comes between makes that append conflict with its own, or is seen by it: the proposal is then answered
again, from the beginning. Amended: the lines come down and the hold ends. So from the acceptance on no budget is above
the plan, whatever is committed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from insieme_events.clock import Clock, business_date
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.funding_budget import AmendmentCause
from insieme_events.contracts.governance_plan import (
    Ceiling,
    WorkPlanAmended,
    WorkPlanAmendmentProposed,
    WorkPlanAmendmentRejected,
    WorkPlanApproved,
)
from insieme_events.envelope import Stored
from insieme_events.locks import lock
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_funding.aggregates import BUDGETS, REDUCTIONS
from insieme_funding.budget import FollowPlan, ReleaseReduction, ReserveReduction
from insieme_funding.gates import plan_lock
from insieme_funding.reduction import AnswerReduction
from insieme_funding.views import budgets, plans

PROCESS = Actor(party="platform", role="process", purpose="planning")


class FollowingPlan:
    """Reacts to governance's plan of a year; repeating it changes nothing."""

    types: frozenset[type[DomainEvent]] = frozenset(
        {WorkPlanApproved, WorkPlanAmended, WorkPlanAmendmentProposed, WorkPlanAmendmentRejected}
    )

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def react(self, stored: Stored) -> Unit | None:
        on = max(business_date(self._clock()), stored.event.occurred_on)
        match stored.event:
            case WorkPlanApproved(year=year, ceilings=ceilings):
                return await self._follow(year, ceilings, None, AmendmentCause.PLAN_APPROVED, on)
            case WorkPlanAmended(year=year, ceilings=ceilings, amendment_id=amendment_id):
                return await self._follow(year, ceilings, amendment_id, AmendmentCause.PLAN_AMENDED, on)
            case WorkPlanAmendmentProposed(year=year, ceilings=ceilings, amendment_id=amendment_id):
                return await self._answer(year, ceilings, amendment_id, on)
            case WorkPlanAmendmentRejected(year=year, amendment_id=amendment_id):
                return await self._left_as_it_was(year, amendment_id, on)
            case _:
                raise TypeError(f"{type(stored.event).__name__} is none that this reaction wants")

    async def _follow(
        self, year: int, ceilings: Sequence[Ceiling], amendment_id: UUID | None, cause: AmendmentCause, on: date
    ) -> Unit | None:
        """The ceilings first: whichever budget is set after them is set by them, so every other one is found here."""
        async with self._pool.connection() as connection:
            await lock(connection, plan_lock(year))
            await plans.put(connection, year, ceilings)
            if amendment_id is not None:
                await plans.settle(connection, amendment_id)
            known = await budgets.of_year(connection, year)
        steps = [
            Step(
                BUDGETS,
                budget_id,
                FollowPlan(cause=cause, amendment_id=amendment_id, ceilings=plans.of_source(ceilings, source), on=on),
            )
            for budget_id, source in known
        ]
        return Unit(tuple(steps), PROCESS) if steps else None

    async def _answer(self, year: int, ceilings: Sequence[Ceiling], amendment_id: UUID, on: date) -> Unit | None:
        async with self._pool.connection() as connection:
            await lock(connection, plan_lock(year))
            await plans.ask(connection, amendment_id, year, ceilings)
            if await plans.status_of(connection, amendment_id) != "asked":
                return None
            known = await budgets.of_year(connection, year)
            used = await budgets.used_of_year(connection, year)
        most = {(one.source, one.strand): one.amount for one in ceilings}
        fits = all(amount <= most.get(place, 0) for place, amount in used.items())
        answer = AnswerReduction(amendment_id=amendment_id, year=year, fits=fits, on=on)
        holding = [
            Step(
                BUDGETS,
                budget_id,
                ReserveReduction(amendment_id=amendment_id, ceilings=plans.of_source(ceilings, source), on=on),
            )
            for budget_id, source in known
            if fits
        ]
        return Unit((*holding, Step(REDUCTIONS, amendment_id, answer)), PROCESS)

    async def _left_as_it_was(self, year: int, amendment_id: UUID, on: date) -> Unit | None:
        """The proposal is not adopted: every budget's lines hold again."""
        async with self._pool.connection() as connection:
            await lock(connection, plan_lock(year))
            await plans.settle(connection, amendment_id)
            known = await budgets.of_year(connection, year)
        release = ReleaseReduction(amendment_id=amendment_id, on=on)
        steps = tuple(Step(BUDGETS, budget_id, release) for budget_id, _ in known)
        return Unit(steps, PROCESS) if steps else None
