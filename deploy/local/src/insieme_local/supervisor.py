"""Starts again what died, with growing pauses, and gives up when it dies too often.

The servers are not waited for one by one: a tick looks at all of them, so that a broker that takes its time to come
back does not keep a dead database from being started.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from insieme_local import waiting
from insieme_local.errors import Code, LocalError
from insieme_local.parts import Part
from insieme_local.processes import tail

MOST_DEATHS = 6
"""This many deaths within `WINDOW` are too many."""
WINDOW = 120.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
TICK = 0.2

Say = Callable[[str], None]


@dataclass
class Watched:
    """A part with its recent deaths, and when it may be started again."""

    part: Part
    deaths: list[float] = field(default_factory=list)
    start_at: float | None = None
    started_at: float | None = None

    def look(self, now: float, say: Say) -> None:
        """One tick: note a death, start again when the pause is over, say when it serves again."""
        if self.start_at is not None:
            if now >= self.start_at:
                self.start_at, self.started_at = None, now
                self.part.spawn()
        elif self.part.child is None or not self.part.child.alive():
            self._died(now, say)
        elif self.started_at is not None:
            if self.part.ready():
                say(f"{self.part.name} serves again after {time.monotonic() - self.deaths[-1]:.1f} s")
                self.started_at = None
            elif now - self.started_at > self.part.patience:
                self.part.child.kill()

    def _died(self, now: float, say: Say) -> None:
        child = self.part.child
        code = child.process.returncode if child is not None else None
        self.deaths = [*(death for death in self.deaths if now - death < WINDOW), now]
        if child is not None:
            child.record.unlink(missing_ok=True)
        if len(self.deaths) >= MOST_DEATHS:
            log = child.log if child is not None else None
            raise LocalError(
                Code.DIED_TOO_OFTEN,
                f"{self.part.name} died {len(self.deaths)} times within {WINDOW:.0f} s (exit code {code}): read its "
                f"last lines, put right what they name, and start again; the whole log is {log}.",
                detail=tail(log) if log is not None else "",
            )
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (len(self.deaths) - 1))
        say(f"{self.part.name} died (exit code {code}); it is started again in {pause:.1f} s")
        self.start_at = now + pause


@dataclass
class Supervisor:
    """Everything that runs, in the order in which it was started."""

    say: Say
    watched: list[Watched] = field(default_factory=list)

    def watch(self, parts: Iterable[Part]) -> None:
        """Look after parts that run."""
        self.watched += [Watched(part) for part in parts]

    def tick(self) -> None:
        """Look at everything once. Raises `LocalError` when something died too often."""
        now = time.monotonic()
        for one in self.watched:
            one.look(now, self.say)

    def run_while(self, true: Callable[[], bool]) -> None:
        """Tick as long as `true` holds. Raises `Interrupted` when the person asks to stop."""
        while true():
            self.tick()
            waiting.pause(TICK)


def start_together(parts: Sequence[Part]) -> None:
    """Start all at once and wait until each serves. What was started stays known by its part, for `stop_together`."""
    for part in parts:
        part.spawn()
    for part in parts:
        part.wait_ready()


def stop_together(parts: Sequence[Part]) -> None:
    """Stop all at once; one that cannot be stopped does not keep the others running."""
    if parts:
        with ThreadPoolExecutor(len(parts)) as pool:
            for done in [pool.submit(part.stop) for part in parts]:
                done.result()
