"""Schedulers as processes of their own, by a clock that a test sets, which are killed at random and started again.

What years of different services share: the day that it is, the schedulers, the days one after the other, and what is to
be found at the end. The calendar, and what happens on which day, is each test's own.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import random
import signal
import time as clocks
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from insieme_events import crash_points
from insieme_events.clock import Clock, business_date
from insieme_events.commands import Commands
from insieme_events.timers import ACTOR, LISTED, Timer, Timers, look
from insieme_events.units import Unit

if TYPE_CHECKING:
    from insieme_events.service import Running

CUT = ("command.before_append", "command.after_append", "command.before_commit", "command.after_commit")
"""The points of a step at which a scheduler ends: before and behind everything that it writes."""
LONGEST_STEPS = 12
LIVES = (2.0, 8.0)
"""Seconds."""
LONG = 0.05
"""Seconds that a day of such a year lasts at least."""
UNGUARDED = (
    "alter table events.events drop constraint events_stream_version",
    "alter table events.events drop constraint events_predecessor",
)
FEWEST_KILLS = 5

Said = TypeVar("Said", bound=tuple[Any, ...])
"""What a timer says, whatever identifies it; its last part is the day of which it speaks."""

Look = Callable[[], Awaitable[Sequence[tuple[Said, date]]]]
"""What was said so far, in the order of the log, each with the day on which it was recorded."""


@dataclass
class Day:
    """The day that it is, told to every process at once; every instant of it is its noon."""

    file: Path

    def set(self, day: date) -> None:
        written = self.file.with_suffix(".next")
        written.write_text(day.isoformat(), "utf-8")
        written.replace(self.file)

    def clock(self) -> Clock:
        return lambda: datetime.combine(date.fromisoformat(self.file.read_text("utf-8")), time(12), UTC)

    def told_to(self, service: Running) -> None:
        """Everything that this process does with the service is done on that day too."""
        service.clock = self.clock()
        service.commands = Commands(service.commands.edge.context, service.pool, service.keys, service.clock)


@dataclass
class Schedulers:
    """Some schedulers of one service; each is killed at random and started again until `close`.

    About half of them end themselves at a random crash point, the others are killed whatever they do.
    """

    service: str
    environment: Mapping[str, str]
    day: Day
    count: int
    seed: int
    killed: int = 0
    running: list[tuple[ForkServerProcess, float] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.running = [None] * self.count
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([__name__, f"insieme_{self.service}.service"])

    def tend(self) -> None:
        """Kills whose time has come, starts who is missing."""
        for place, one in enumerate(self.running):
            if one is not None:
                process, until = one
                if process.is_alive() and clocks.monotonic() < until:
                    continue
                process.kill()
                process.join()
                assert process.exitcode == -signal.SIGKILL, f"a scheduler ended by itself: {process.exitcode}"
                self.killed += 1
            self.running[place] = self._started()

    def _started(self) -> tuple[ForkServerProcess, float]:
        point = self.random.choice(CUT) if self.random.random() < 0.5 else None
        passings = self.random.randint(1, LONGEST_STEPS)
        arguments = (self.service, dict(self.environment), self.day, point, passings)
        process = self.context.Process(target=scheduling, args=arguments, daemon=True)
        process.start()
        return process, clocks.monotonic() + self.random.uniform(*LIVES)

    async def year(self, first: date, last: date, happens: Callable[[date], Awaitable[None]]) -> None:
        """Day after day, both included: it is told to everybody, then comes what happens on it."""
        for count in range((last - first).days + 1):
            today = first + timedelta(days=count)
            self.day.set(today)
            await happens(today)
            self.tend()
            await asyncio.sleep(LONG)

    async def until_said(self, look: Look[Said], expected: Set[Said], seconds: float) -> None:
        """Waits until all of that was said; after so long it says what was not."""
        end = clocks.monotonic() + seconds
        while missing := expected - {one for one, _ in await look()}:
            assert clocks.monotonic() < end, f"not said within {seconds:.0f} s: {missing}"
            self.tend()
            await asyncio.sleep(0.1)

    def __enter__(self) -> Schedulers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self.running:
            if one is not None:
                one[0].kill()
                one[0].join()


def each_once(found: Sequence[tuple[Said, date]], calendar: Set[Said], schedulers: Schedulers) -> None:
    """Everything of the calendar once, nothing else, and nothing recorded before its day."""
    assert Counter(one for one, _ in found) == Counter(dict.fromkeys(calendar, 1))
    assert [one for one, recorded in found if recorded < one[-1]] == [], "said before its day"
    assert schedulers.killed >= FEWEST_KILLS
    print(f"{len(found)} steps, {schedulers.killed} kills")


async def without_the_guard(service: Running, timers: Sequence[Timer], owner_url: str) -> None:
    """Every step that is due is done by two at the same moment, where no version that it was decided on is checked."""
    async with await psycopg.AsyncConnection.connect(owner_url) as owner:
        for statement in UNGUARDED:
            await owner.execute(statement)
    today = business_date(service.clock())
    for timer in timers:
        for one in await look(service.pool, timer, today, LISTED):
            twice = (service.commands.run(Unit((one.step,), ACTOR)) for _ in range(2))
            await asyncio.gather(*twice, return_exceptions=True)


def scheduling(service: str, environment: Mapping[str, str], day: Day, point: str | None, passings: int) -> None:
    """What such a process does until it is killed, or until the test is gone."""
    os.environ.update(environment)
    if point is not None:
        crash_points._armed = crash_points.Armed(point, passings, signal.SIGKILL)
    asyncio.run(_schedule(service, day))


async def _schedule(service: str, day: Day) -> None:
    from insieme_events.service import ServiceDefinition, running

    definition: ServiceDefinition = importlib.import_module(f"insieme_{service}.service").SERVICE
    clock = day.clock()
    async with running(definition, definition.settings(), clock) as one:
        timers = Timers(service, definition.timers, one.pool, one.commands, clock, every=0.05)
        work = asyncio.create_task(timers.run())
        mother = os.getppid()
        while os.getppid() == mother:
            await asyncio.wait([work], timeout=0.2)
            if work.done():
                work.result()
