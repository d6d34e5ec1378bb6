"""What happens because a day has come: deadlines that nobody's command reports (P11, P24, P54-P56, P72, P80, P82).

A timer lists what fell due and is not done; each step is a unit of its own, and its decider answers with nothing where
it was done before. So any number of processes may run them, as late and as often as they like (decision 26): no guard
depends on when one ran, and an event is dated by the day on which it fell due, never by the day on which it was noted.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
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

BATCH = 100
"""So many steps are done at a time; then everybody else's commands have the database for PAUSE seconds."""
PAUSE = 0.2
LISTED = 500
"""So many steps of each timer are looked up at a time, beside those that wait to be tried again."""
REST, LONGEST_REST = 60.0, 3600.0
"""Seconds until a step that changed nothing is tried again: the first time, and at most."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Due:
    """A step, and the first day on which its command has something to say; the command is dated by that day."""

    day: date
    step: Step


@dataclass(frozen=True, slots=True)
class Timer:
    """`due` lists at most so many steps whose day has come by `today`, the earliest first, as a plain look into the
    service's views. It must find the day that the decision gives: whatever is listed early is refused.
    """

    name: str
    due: Callable[[Connection, date, int], Awaitable[Sequence[Due]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A step that is due, with the timer that found it."""

    timer: str
    day: date
    step: Step

    @property
    def key(self) -> Key:
        command = self.step.command
        return self.timer, self.step.stream, f"{type(command).__name__} {command.model_dump_json()}"


async def look(pool: AsyncConnectionPool[Connection], timer: Timer, today: date, at_most: int) -> list[Listed]:
    """What one timer lists, in a transaction that PostgreSQL lets write nothing."""
    async with pool.connection() as connection:
        await connection.execute("set transaction read only")
        return [Listed(timer.name, due.day, due.step) for due in await timer.due(connection, today, at_most)]


def in_order(listed: Sequence[Listed]) -> list[Listed]:
    """By the day on which they fell due; steps of one day in the order of the timers and of their lists."""
    return sorted(listed, key=lambda one: one.day)


@dataclass(slots=True)
class Rest:
    """How long a step that was tried is left alone."""

    until: float
    seconds: float


class Timers:
    """All timers of a service, looked at again and again. A database that is away only delays them.

    One look is done to its end: batch after batch, in the order of the days, with a pause between. A step that was
    refused, failed or changed nothing is left alone for a while, longer each time; the others go on.
    """

    def __init__(
        self,
        service: str,
        timers: Sequence[Timer],
        pool: AsyncConnectionPool[Connection],
        commands: Commands,
        clock: Clock,
        every: float = EVERY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"timers.{service}"
        self._timers = timers
        self._pool = pool
        self._commands = commands
        self._clock = clock
        self._every = every
        self._monotonic = monotonic
        self._resting: dict[Key, Rest] = {}
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
            await self._wait(self._every)

    async def once(self) -> int:
        """Does what is due until nothing is left to try; answers how many steps changed something."""
        changed = 0
        while not self._stopping.is_set():
            today = business_date(self._clock())
            listed = await self._look(today)
            ready = [one for one in listed if self._may_try(one.key)][:BATCH]
            if not ready:
                break
            for one in ready:
                changed += await self._try(one)
                if self._stopping.is_set():
                    break
            await self._wait(PAUSE if len(ready) == BATCH else 0)
        return changed

    async def _look(self, today: date) -> list[Listed]:
        found: list[Listed] = []
        for timer in self._timers:
            resting = sum(1 for name, _, _ in self._resting if name == timer.name)
            try:
                mine = await look(self._pool, timer, today, LISTED + resting)
            except (*GONE, PoolTimeout):
                raise
            except Exception as error:  # noqa: BLE001 one timer's error leaves the others their turn
                metrics.TIMERS.labels(timer.name, "failed").inc()
                telemetry.log.error("timer_failed", timer=timer.name, error=type(error).__name__)
                continue
            oldest = min((one.day for one in mine), default=today)
            metrics.TIMERS_DUE.labels(timer.name).set(len(mine))
            metrics.TIMERS_OLDEST.labels(timer.name).set((today - oldest).days)
            found += mine
        self._forget({one.key for one in found})
        return in_order(found)

    async def _try(self, one: Listed) -> int:
        """1 where events were appended. Whatever comes of it, the same command is not tried again at once."""
        outcome = "done"
        try:
            answer = await self._commands.run(Unit((one.step,), ACTOR))
        except (*GONE, PoolTimeout):
            raise
        except Exception as error:  # noqa: BLE001 one step's error leaves the others their turn
            outcome = "failed"
            telemetry.log.error("timer_failed", timer=one.timer, stream=one.step.stream, error=type(error).__name__)
        else:
            if isinstance(answer, Refused):
                outcome = "refused"
                telemetry.log.warning("timer_refused", timer=one.timer, stream=one.step.stream, code=answer.code)
            elif not any(result.event_ids for result in answer.results):
                outcome = "nothing"
        metrics.TIMERS.labels(one.timer, outcome).inc()
        before = self._resting.get(one.key)
        seconds = REST if before is None else min(before.seconds * 2, LONGEST_REST)
        self._resting[one.key] = Rest(self._monotonic() + seconds, seconds)
        return 1 if outcome == "done" else 0

    def _may_try(self, key: Key) -> bool:
        rest = self._resting.get(key)
        return rest is None or rest.until <= self._monotonic()

    def _forget(self, listed: set[Key]) -> None:
        """What is not due any more is forgotten: it is done, or its reason is gone."""
        self._resting = {key: rest for key, rest in self._resting.items() if key in listed}

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
