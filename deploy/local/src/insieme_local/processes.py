"""Child processes that never outlive us.

On Linux the kernel sends them SIGTERM when we die, even by kill -9 (`PR_SET_PDEATHSIG`); everywhere each one leaves a
record (pid and moment of start), by which the next start recognises and stops what was left behind. A recycled pid has
another moment of start and is left alone. Nothing is ever ended by its name.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import psutil

from insieme_local.errors import Code, Interrupted, LocalError
from insieme_local.waiting import hurried, wait_until

TAIL = 20
"""How many last lines of a log are shown when its process died."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_spawner_lock = threading.Lock()
_spawner: tuple[int, queue.SimpleQueue[tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]]]
_spawner = (0, queue.SimpleQueue())


@dataclass(frozen=True)
class User:
    """Another user of the machine, as whom a process runs that refuses to be root."""

    uid: int
    gid: int


@dataclass
class Child:
    """A process that we started, with its log and its record."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    record: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = TAIL) -> str:
        return tail(self.log, lines)

    def family(self) -> list[psutil.Process]:
        """The process and all its descendants, the process first."""
        try:
            parent = psutil.Process(self.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def signal_family(self, number: signal.Signals) -> None:
        """Send a signal to the process and all its descendants, each by its pid."""
        for member in self.family():
            try:
                member.send_signal(number)
            except psutil.NoSuchProcess:
                continue

    def kill(self) -> None:
        """kill -9 of the process and its descendants, and wait until they are gone."""
        family = self.family()
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait(timeout=30)
        psutil.wait_procs(family, timeout=30)
        self.record.unlink(missing_ok=True)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, grace: float = 15.0) -> bool:
        """Ask the process to end, then insist; answers whether it ended in time by itself."""
        clean = True
        if self.alive():
            self.process.send_signal(number)
            self.signal_family(signal.SIGCONT)
            clean = self._ends_within(grace)
        if not clean:
            self.kill()
        self.record.unlink(missing_ok=True)
        return clean

    def _ends_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > end or hurried():
                return False
            time.sleep(0.02)
        return True

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready`. Raises `LocalError` with the log's last lines when it dies first or is too slow."""
        if not wait_until(lambda: not self.alive() or ready(), seconds):
            raise LocalError(
                Code.NOT_READY,
                f"{self.name} did not become ready within {seconds:.0f} s: look into {self.log} and try again.",
                detail=self.tail(),
            )
        if not self.alive():
            raise LocalError(
                Code.DIED_AT_START,
                f"{self.name} died at its start (exit code {self.process.returncode}): "
                f"read its last lines, put right what they name, and start again; the whole log is {self.log}.",
                detail=self.tail(),
            )


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    records: Path,
    environment: Mapping[str, str] | None = None,
    user: User | None = None,
    directory: Path | None = None,
) -> Child:
    """Start a process in a session of its own (Ctrl-C reaches only us), its output appended to `log`."""
    records.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    if not Path(command[0]).exists():
        raise missing(name, command[0])
    with log.open("ab") as output:

        def spawn() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=directory,
                start_new_session=True,
                preexec_fn=_die_with_us if _libc else None,
                user=None if user is None else user.uid,
                group=None if user is None else user.gid,
                extra_groups=None if user is None else (),
            )

        process = _in_spawner(spawn)
    child = Child(name, process, log, records / f"{name}.pid")
    try:
        child.record.write_text(json.dumps({"pid": process.pid, "started": psutil.Process(process.pid).create_time()}))
    except psutil.NoSuchProcess:
        child.record.unlink(missing_ok=True)
    return child


def run(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    records: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    user: User | None = None,
    directory: Path | None = None,
    code: Code = Code.COMMAND_FAILED,
) -> None:
    """Run a process to its end. Raises `LocalError` with its last lines when it fails; stops it when interrupted."""
    child = start(name, command, log=log, records=records, environment=environment, user=user, directory=directory)
    try:
        ended = wait_until(lambda: not child.alive(), seconds, every=0.01)
    except (Interrupted, KeyboardInterrupt):
        child.stop(grace=5)
        raise
    child.stop(grace=1)
    if not ended:
        raise LocalError(code, f"{name} took longer than {seconds:.0f} s: try again.", detail=child.tail())
    if child.process.returncode:
        raise LocalError(
            code,
            f"{name} failed (exit code {child.process.returncode}): read its last lines and put right what they name; "
            f"the whole log is {log}.",
            detail=child.tail(),
        )


def foreground(name: str, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that shares our terminal: it reads the keys, writes the screen and sees Ctrl-C itself."""
    if not Path(command[0]).exists():
        raise missing(name, command[0])
    return _in_spawner(
        lambda: subprocess.Popen(command, env=dict(environment), preexec_fn=_die_with_us if _libc else None)
    )


def missing(name: str, program: str | Path) -> LocalError:
    return LocalError(
        Code.COMMAND_MISSING,
        f"{name} cannot be started, because {program} does not exist: run `make setup` and start again.",
    )


def stop_leftovers(records: Path, *, grace: float = 10.0) -> list[str]:
    """Stop what an earlier run of ours left running, newest first; answers the names."""
    found = sorted(records.glob("*.pid"), key=lambda path: path.stat().st_mtime, reverse=True)
    stopped = []
    for record in found:
        process = recorded(record)
        if process is not None:
            family = [process, *_children(process)]
            for number in (signal.SIGTERM, signal.SIGKILL):
                for member in family:
                    if member.is_running():
                        try:
                            member.send_signal(signal.SIGCONT)
                            member.send_signal(number)
                        except psutil.NoSuchProcess:
                            continue
                _, family = psutil.wait_procs(family, timeout=grace)
                if not family:
                    break
            stopped.append(record.stem)
        record.unlink(missing_ok=True)
    return stopped


def recorded(record: Path) -> psutil.Process | None:
    """The process that a record names, if it still is that process: same pid, same moment of start."""
    try:
        said = json.loads(record.read_text())
        process = psutil.Process(int(said["pid"]))
        same = abs(process.create_time() - float(said["started"])) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return process if same else None


def tail(log: Path, lines: int = TAIL) -> str:
    """The last lines of a log, empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64 * 1024))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _die_with_us() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _in_spawner(spawn: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Start from one thread that lives as long as we do: the kernel's death signal goes by thread, not by process."""
    global _spawner
    with _spawner_lock:
        if _spawner[0] != os.getpid():
            _spawner = (os.getpid(), queue.SimpleQueue())
            threading.Thread(target=_serve_spawns, args=(_spawner[1],), name="spawner", daemon=True).start()
        future: Future[subprocess.Popen[bytes]] = Future()
        _spawner[1].put((spawn, future))
    return future.result()


def _serve_spawns(
    orders: queue.SimpleQueue[tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]],
) -> None:
    while True:
        spawn, future = orders.get()
        try:
            future.set_result(spawn())
        except BaseException as problem:  # noqa: BLE001 - handed to the one who asked
            future.set_exception(problem)
