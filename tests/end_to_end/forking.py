"""A process that has imported every service and forks one when it is told to: a start costs a tenth of a second.

What it forks is the installed program, in a process and a session of its own. Orders come as lines of JSON on standard
input (`name`, `arguments`, `environment`, `log`, `errors`); answers go to standard output: a line with the pid of what
was started, and one with pid and exit status of whatever ended. When its input ends, so does all that it started.
Its arguments name functions (`module:name`) that each process calls with its environment first.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, NoReturn

from insieme_events import crash_points
from insieme_funding import app as funding
from insieme_governance import app as governance
from insieme_intake import app as intake
from insieme_matching import app as matching
from insieme_reporting import app as reporting
from insieme_training import app as training

PROGRAMS = {
    "insieme-intake": intake.main,
    "insieme-matching": matching.main,
    "insieme-training": training.main,
    "insieme-funding": funding.main,
    "insieme-governance": governance.main,
    "insieme-reporting": reporting.main,
}
COMMANDS = {
    "insieme": ("insieme_events.cli:main", "insieme_events.cli_import", "insieme_events.importing.running"),
    "insieme-demo": ("insieme_demo.cli:main",),
}
"""Programs of the command line: what they begin with, and what else they import when they are at work."""
PR_SET_PDEATHSIG = 1


def named(function: str) -> Callable[..., None]:
    module, name = function.split(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), name)
    return found


def program(name: str) -> Callable[[], None]:
    """What a process of that name runs. A program of the command line is imported when it is asked for first."""
    if name in PROGRAMS:
        return PROGRAMS[name]
    main, *besides = COMMANDS[name]
    for module in besides:
        importlib.import_module(module)
    return named(main)


PREPARED: list[Callable[[MutableMapping[str, str]], None]] = [named(function) for function in sys.argv[1:]]


def main() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    gc.freeze()
    living: set[int] = set()
    waiting = b""
    answer({"ready": True})
    while True:
        ready, _, _ = select.select([0, reader], [], [])
        if reader in ready:
            os.read(reader, 1024)
            for pid, status in ended():
                living.discard(pid)
                answer({"pid": pid, "status": status})
        if 0 in ready:
            told = os.read(0, 1 << 16)
            if not told:
                break
            *orders, waiting = (waiting + told).split(b"\n")
            for order in orders:
                pid = fork(json.loads(order))
                living.add(pid)
                answer({"started": pid})
    for pid in living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def answer(line: dict[str, Any]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def ended() -> list[tuple[int, int]]:
    """Pids and exit codes (negative for a signal) of the children that are gone."""
    found = []
    with contextlib.suppress(ChildProcessError):
        while (gone := os.waitpid(-1, os.WNOHANG))[0]:
            found.append((gone[0], os.waitstatus_to_exitcode(gone[1])))
    return found


def fork(order: dict[str, Any]) -> int:
    run = program(order["name"])
    pid = os.fork()
    if pid == 0:
        be(order, run)
    return pid


def be(order: dict[str, Any], run: Callable[[], None]) -> NoReturn:
    """Become the program: nothing of the parent's is left but what it imported."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for number, name in ((1, "log"), (2, "errors")):
            os.dup2(os.open(Path(order[name]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
        os.environ.clear()
        os.environ.update(order["environment"])
        random.seed()
        crash_points._armed = crash_points.Armed.told(os.environ)
        for prepare in PREPARED:
            prepare(os.environ)
        sys.argv = [order["name"], *order["arguments"]]
        run()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 0
    except BaseException:  # the process ends with it, and its log says why
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
