"""What `insieme-local` does: run, servers, status, env, reset, clean."""

from __future__ import annotations

import shutil
import sys

import psutil
from rich.console import Console
from rich.table import Table

from insieme_local import folders, processes
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.plan import PLAN
from insieme_local.provision import addresses
from insieme_local.run import only_one, run, run_servers
from insieme_local.service import serves


def act(chosen: str) -> int:
    """Do one of `ACTIONS`; the exit code."""
    try:
        return ACTIONS[chosen](Folders(folders.local() / "run"), Console())
    except LocalError as problem:
        Console(stderr=True).print(
            f"{problem.sentence} [{problem.code}]", style="bold red", markup=False, soft_wrap=True
        )
        return 1


def _run(where: Folders, console: Console) -> int:
    return run(PLAN, where, console)


def _servers(where: Folders, console: Console) -> int:
    return run_servers(PLAN, where, console)


def _status(where: Folders, console: Console) -> int:
    """0 when every service serves, 1 otherwise."""
    at = addresses(tuple(PLAN.services))
    table = Table("part", "pid", "memory", "address", "serves")
    total, all_serve = 0, True
    for name in ("kafka", "postgres", *PLAN.services):
        process = processes.recorded(where.records / f"{name}.pid")
        memory = _memory(process) if process is not None else 0
        total += memory
        address, ready = "", "-"
        if name in PLAN.services:
            port = int(at[f"INSIEME_{name.upper()}_PORT"])
            address, up = f"http://127.0.0.1:{port}", serves(port)
            ready, all_serve = "yes" if up else "no", all_serve and up
        pid = str(process.pid) if process is not None else "not running"
        table.add_row(name, pid, f"{memory / 1024**2:.0f} MB", address, ready)
    console.print(table)
    console.print(f"Memory of all: {total / 1024**2:.0f} MB.")
    return 0 if all_serve else 1


def _memory(process: psutil.Process) -> int:
    """Memory of a process and its descendants, shared pages counted once where the system tells (PSS)."""
    total = 0
    for member in (process, *process.children(recursive=True)):
        try:
            total += member.memory_full_info().pss
        except psutil.Error:
            continue
        except AttributeError:
            total += member.memory_info().rss
    return total


def _env(where: Folders, console: Console) -> int:
    if not where.environment.exists():
        raise LocalError(Code.NOT_RUNNING, "Nothing was started yet: run `make run` first.")
    sys.stdout.write(where.environment.read_text())
    return 0


def _reset(where: Folders, console: Console) -> int:
    with only_one(where):
        processes.stop_leftovers(where.records)
        folders.forget(where)
        where.environment.unlink(missing_ok=True)
    console.print("The data is forgotten; the next `make run` starts from nothing.")
    return 0


def _clean(where: Folders, console: Console) -> int:
    _reset(where, console)
    shutil.rmtree(folders.local(), ignore_errors=True)
    return 0


ACTIONS = {"run": _run, "servers": _servers, "status": _status, "env": _env, "reset": _reset, "clean": _clean}
