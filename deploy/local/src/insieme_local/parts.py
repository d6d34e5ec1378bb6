"""What the supervisor can start, ask and stop: Kafka, PostgreSQL and every service have this one shape."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from typing import ClassVar

from insieme_local.errors import Code, LocalError
from insieme_local.processes import Child


class Part(ABC):
    """One long-running process. `child` is what runs now, or ran last."""

    name: str
    patience: ClassVar[float] = 60.0
    """Seconds within which it has to be ready."""
    grace: ClassVar[float] = 20.0
    """Seconds in which it may end by itself when it is asked to."""
    ending: ClassVar[signal.Signals] = signal.SIGTERM
    discarding: ClassVar[signal.Signals] = signal.SIGKILL
    """How it is ended where its data are thrown away."""
    child: Child | None = None

    @abstractmethod
    def spawn(self) -> Child:
        """Start the process, without waiting for it."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it serves, asked from outside; answers within two seconds."""

    def wait_ready(self) -> None:
        """Wait until it serves. Raises `LocalError` with its last lines when it dies first or takes too long."""
        if self.child is None:
            raise LocalError(Code.NOT_RUNNING, f"{self.name} was not started: start it first.")
        self.child.wait_ready(self.ready, self.patience)

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.spawn()
        self.wait_ready()

    def stop(self) -> None:
        """Ask it to end, then insist; does nothing when it does not run."""
        if self.child is not None:
            self.child.stop(self.ending, grace=self.grace)
            self.child = None

    def discard(self) -> None:
        """End it at once, with data that nobody wants any more."""
        if self.child is not None:
            self.child.stop(self.discarding, grace=self.grace)
            self.child = None
