"""What happens because a day has come: deadlines that nobody's command reports (P11, P24, P54-P56, P72, P80, P82).

A timer names the steps that are due; each is a unit of its own, and its decider answers with nothing where it was done
before. So timers may run anywhere and as often as they like: no guard depends on when one ran.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg_pool import AsyncConnectionPool, PoolTimeout

from insieme_events import metrics, telemetry
from insieme_events.clock import Clock, business_date
from insieme_events.commands import Commands
from insieme_events.contracts import Actor
from insieme_events.decider import Refused
from insieme_events.store import GONE, Connection
from insieme_events.units import Step, Unit

EVERY = 60.0
ACTOR = Actor(party="platform", role="timer", purpose="deadlines")


@dataclass(frozen=True, slots=True)
class Timer:
    """`due` answers the steps of commands whose day has come by `today`; a plain look into the service's views."""

    name: str
    due: Callable[[Connection, date], Awaitable[Sequence[Step]]]


class Timers:
    """All timers of a service, looked at again and again. A database that is away only delays them."""

    def __init__(
        self,
        service: str,
        timers: Sequence[Timer],
        pool: AsyncConnectionPool[Connection],
        commands: Commands,
        clock: Clock,
        every: float = EVERY,
    ) -> None:
        self.name = f"timers.{service}"
        self._timers = timers
        self._pool = pool
        self._commands = commands
        self._clock = clock
        self._every = every
        self._stopping = asyncio.Event()

    def ready(self) -> bool:
        return True

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.once()
            except (*GONE, PoolTimeout) as away:
                telemetry.log.warning("timers_interrupted", error=type(away).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)

    async def once(self) -> int:
        """Runs what is due today; answers how many steps were done."""
        today = business_date(self._clock())
        done = 0
        for timer in self._timers:
            async with self._pool.connection() as connection:
                steps = await timer.due(connection, today)
            for step in steps:
                answer = await self._commands.run(Unit((step,), ACTOR))
                refused = isinstance(answer, Refused)
                metrics.TIMERS.labels(timer.name, "refused" if refused else "done").inc()
                if isinstance(answer, Refused):
                    telemetry.log.warning("timer_refused", timer=timer.name, stream=step.stream, code=answer.code)
                else:
                    done += 1
        return done
