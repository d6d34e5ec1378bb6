"""Services and programs of the command line as processes that forking.py starts: in no time, else as everywhere."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import psutil

from insieme_local.processes import Child
from insieme_local.service import Service, inherited

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 60.0

_numbers = itertools.count()


@dataclass
class Forked:
    """What a part asks of a subprocess, of one whose parent is the nursery."""

    pid: int
    returncode: int | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not self.over.wait(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def end(self, status: int) -> None:
        self.returncode = status
        self.over.set()


@dataclass(frozen=True)
class Command:
    """A program of the command line and the files of what it says and of what it complains about."""

    process: Forked
    output: Path
    errors: Path

    def ended(self, seconds: float) -> tuple[int, str, str]:
        """Wait for its end: the exit code, what it said and what it complained about."""
        code = self.process.wait(seconds)
        return code, self.output.read_text(), self.errors.read_text()


@dataclass
class Nursery:
    """The forking process and what it has started."""

    process: subprocess.Popen[bytes]
    started: queue.SimpleQueue[Forked] = field(default_factory=queue.SimpleQueue)
    living: dict[int, Forked] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def listen(self) -> None:
        """Runs in a thread of its own: takes the answers until there are no more."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if "ready" in told:
                self.ready.set()
            elif "started" in told:
                forked = self.living[told["started"]] = Forked(told["started"])
                self.started.put(forked)
            else:
                self.living.pop(told["pid"]).end(told["status"])
        for forked in self.living.values():
            forked.end(-signal.SIGKILL)

    def fork(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path, errors: Path | None = None
    ) -> Forked:
        """`log` takes what it says, and its complaints too where `errors` is no file of its own."""
        files = {"log": str(log), "errors": str(errors or log)}
        order = {"name": name, "arguments": list(arguments), "environment": dict(environment), **files}
        assert self.process.stdin is not None
        with self.lock:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
            return self.started.get(timeout=PATIENCE)

    def command(self, name: str, *arguments: str, environment: Mapping[str, str], folder: Path) -> Command:
        """A program of the command line, as a terminal would start it; what it says goes to files in the folder."""
        number = next(_numbers)
        said, complained = folder / f"{name}-{number}.out", folder / f"{name}-{number}.err"
        folder.mkdir(parents=True, exist_ok=True)
        return Command(self.fork(name, arguments, environment, said, complained), said, complained)


@contextmanager
def nursery(*prepared: str) -> Iterator[Nursery]:
    """The forking process, until the block ends; then everything that it started is gone too.

    `prepared` names functions as `module:name`; each process calls them with its environment before it is a service.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.forking", *prepared],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        start_new_session=True,
    )
    made = Nursery(process)
    listener = threading.Thread(target=made.listen, name="nursery", daemon=True)
    listener.start()
    try:
        assert made.ready.wait(3 * PATIENCE), "the nursery did not come up"
        yield made
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE)
        listener.join(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


@dataclass
class ForkedService(Service):
    """A service's own program in a process of its own, started by a fork."""

    nursery: Nursery
    program: str
    role: str

    def spawn(self) -> Child:
        self.folders.logs.mkdir(parents=True, exist_ok=True)
        self.folders.records.mkdir(parents=True, exist_ok=True)
        log = self.folders.logs / f"{self.name}.log"
        forked = self.nursery.fork(f"insieme-{self.program}", [self.role], {**inherited(), **self.environment}, log)
        record = self.folders.records / f"{self.name}.pid"
        try:
            record.write_text(json.dumps({"pid": forked.pid, "started": psutil.Process(forked.pid).create_time()}))
        except psutil.NoSuchProcess:
            record.unlink(missing_ok=True)
        self.child = Child(self.name, cast("subprocess.Popen[bytes]", forked), log, record)
        return self.child

    def arm(self, **environment: str) -> None:
        """What the next start is told beside the usual; nothing, without arguments."""
        usual = {k: v for k, v in self.environment.items() if not k.startswith(("INSIEME_CRASH_", "CHAOS_"))}
        self.environment = {**usual, **environment}

    def armed(self) -> bool:
        return any(name.startswith(("INSIEME_CRASH_", "CHAOS_")) for name in self.environment)

    def halted(self) -> bool:
        """Whether it sleeps after a SIGSTOP."""
        child = self.child
        try:
            return child is not None and psutil.Process(child.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return False

    def wait_dead(self, seconds: float) -> bool:
        """Whether the process that runs ends within so many seconds."""
        end = time.monotonic() + seconds
        while self.child is not None and self.child.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True
