"""The command runner of a service: bounded retries around the transaction that decides (decision 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from psycopg import errors
from psycopg_pool import AsyncConnectionPool

from insieme_events import telemetry
from insieme_events.clock import Clock, system_clock
from insieme_events.decider import Refused
from insieme_events.store import Connection, VersionConflict
from insieme_events.transaction import Edge, attempt
from insieme_events.units import (
    BUSY,
    Aggregate,
    Answer,
    Asked,
    Change,
    Done,
    IdempotencyKey,
    Result,
    Situation,
    Step,
    Unit,
    Write,
)
from insieme_events.vault import KeyVault

__all__ = [
    "Aggregate",
    "Answer",
    "Asked",
    "Change",
    "Commands",
    "Done",
    "IdempotencyKey",
    "Result",
    "Situation",
    "Step",
    "Unit",
    "Write",
]

MAX_DECISIONS = 8


class Commands:
    """Runs units against one service's database. `appended` is set after every commit and wakes the relay."""

    def __init__(
        self,
        context: str,
        pool: AsyncConnectionPool[Connection],
        keys: KeyVault | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.edge = Edge(context, pool, keys, clock)
        self.appended = asyncio.Event()

    async def run(self, unit: Unit) -> Answer:
        """Runs one unit whole or not at all; decides again when somebody else was quicker.

        Raises psycopg's OperationalError where the database is away: nothing is known to be stored then, and the
        same unit with the same idempotency key may be sent again.
        """
        return (await self.run_all([unit]))[0]

    async def run_all(self, units: Sequence[Unit]) -> list[Answer]:
        """Runs many units in one transaction, in order; each answers for itself, a refused one leaves no trace.

        A violated unique index in a transaction of many is raised as it is: a bulk writer knows its rows.
        """
        names = sorted({type(step.command).__name__ for unit in units for step in unit.steps})
        with telemetry.span(f"command {' '.join(names)}"):
            return await self._decide(units)

    async def _decide(self, units: Sequence[Unit]) -> list[Answer]:
        for tries in range(MAX_DECISIONS):
            try:
                answers = await attempt(self.edge, units)
            except VersionConflict:
                # With If-Match the next round finds the newer version itself and answers stale.
                await asyncio.sleep(0.005 * tries)
                continue
            except errors.UniqueViolation as clash:
                name = clash.diag.constraint_name or ""
                if name == "idempotency_key":
                    continue
                if len(units) == 1 and (refusal := _refusal(units[0], name)) is not None:
                    return [refusal]
                raise
            self.appended.set()
            return answers
        return [BUSY for _ in units]


def _refusal(unit: Unit, constraint: str) -> Refused | None:
    """What the violation of this index means to the sender, by the unit or by one of its aggregates."""
    for known in (unit.unique, *(step.aggregate.unique for step in unit.steps)):
        if constraint in known:
            return known[constraint]
    return None
