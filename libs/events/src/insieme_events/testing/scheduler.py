"""Schedulers as processes of their own, by a clock that a test sets, which are killed at random and started again."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import random
import signal
import time as clocks
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from insieme_events import crash_points
from insieme_events.clock import Clock

CUT = ("command.before_append", "command.after_append", "command.before_commit", "command.after_commit")
"""The points of a step at which a scheduler ends: before and behind everything that it writes."""
LONGEST_STEPS = 12
LIVES = (1.0, 6.0)
"""Seconds."""


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

    def close(self) -> None:
        for one in self.running:
            if one is not None:
                one[0].kill()
                one[0].join()


def scheduling(service: str, environment: Mapping[str, str], day: Day, point: str | None, passings: int) -> None:
    """What such a process does until it is killed, or until the test is gone."""
    os.environ.update(environment)
    if point is not None:
        crash_points._armed = crash_points.Armed(point, passings, signal.SIGKILL)
    asyncio.run(_schedule(service, day))


async def _schedule(service: str, day: Day) -> None:
    from insieme_events.service import ServiceDefinition, running
    from insieme_events.timers import Timers

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
