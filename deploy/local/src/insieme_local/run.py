"""`make run`: from nothing to the coordination table, and back to nothing with Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.console import Console

from insieme_local import folders, ladder, ports, processes, waiting
from insieme_local.environment import provisioned_by_environment
from insieme_local.errors import Code, Interrupted, LocalError
from insieme_local.folders import Folders
from insieme_local.plan import Command, Plan, program
from insieme_local.provision import Provisioned, addresses, provision
from insieme_local.servers import Servers
from insieme_local.service import Service, inherited
from insieme_local.supervisor import Supervisor, start_together, stop_together

MIGRATION_SECONDS = 300.0


def run(plan: Plan, where: Folders, console: Console) -> int:
    """Start everything, show the figures, stay until Ctrl-C; the exit code. Nothing is ever left running."""
    return _until_interrupted(running(plan, where, console), "Everything serves", where, console)


def run_servers(plan: Plan, where: Folders, console: Console) -> int:
    """Kafka and PostgreSQL alone, until Ctrl-C: for what an operator does while services are stopped.

    Databases and roles that are missing are made, empty. Nothing is migrated and no topic is made: that is the
    operator's to do. `.local/env` is written for his commands, and for services that he starts by hand.
    """
    alone = only_servers(tuple(plan.services), where, console)
    return _until_interrupted(alone, "Kafka and PostgreSQL serve, and nothing else,", where, console)


def _until_interrupted(things: AbstractContextManager[Supervisor], what: str, where: Folders, console: Console) -> int:
    with waiting.interruptible():
        began = time.monotonic()
        up = False
        try:
            with only_one(where), things as supervisor:
                up = True
                console.print(f"{what} after {time.monotonic() - began:.1f} s. Ctrl-C stops it.")
                supervisor.run_while(lambda: True)
        except Interrupted:
            console.print("Stopped; nothing is left running.")
            return 0 if up else 130
        except LocalError as problem:
            if problem.detail:
                console.print(problem.detail, style="dim", markup=False, highlight=False, soft_wrap=True)
            console.print(
                f"{problem.sentence} [{problem.code}]", style="bold red", markup=False, highlight=False, soft_wrap=True
            )
            return 1
    return 0


@contextmanager
def running(plan: Plan, where: Folders, console: Console) -> Iterator[Supervisor]:
    """Everything that the plan names, running; stopped in reverse order at the end."""
    names = tuple(plan.services)
    at = addresses(names)
    for name in names:
        variable = f"INSIEME_{name.upper()}_PORT"
        ports.check_free(int(at[variable]), variable, f"the service {name}")
    with serving(names, where, console) as (supervisor, made):
        services: list[Service] = []
        try:
            with step(console, "migrations, topics"):
                finish_all([*plan.migrations, plan.topics], made, where)
            services += [
                Service(name, line, int(at[f"INSIEME_{name.upper()}_PORT"]), made.environment(name), where)
                for name, line in plan.services.items()
            ]
            with step(console, f"services {', '.join(names)}"):
                start_together(services)
            supervisor.watch(services)
            for command in plan.attached:
                attach(command, made, supervisor)
            show_addresses(console, at, plan)
            yield supervisor
        finally:
            console.print("Stopping …")
            stop_together(services)


@contextmanager
def only_servers(names: tuple[str, ...], where: Folders, console: Console) -> Iterator[Supervisor]:
    """The servers without any service."""
    with serving(names, where, console) as (supervisor, _):
        console.print(f"  for a second terminal: . {where.environment}", markup=False, highlight=False, soft_wrap=True)
        yield supervisor


@contextmanager
def serving(names: tuple[str, ...], where: Folders, console: Console) -> Iterator[tuple[Supervisor, Provisioned]]:
    """The servers, with the databases and roles of these services, and the variables for a second terminal."""
    folders.check_disk(where.root)
    left = processes.stop_leftovers(where.records)
    if left:
        console.print(f"Stopped what an earlier run had left: {', '.join(left)}.")
    servers = ladder.for_run(where)
    console.print(ladder.line(servers))
    supervisor = Supervisor(lambda line: console.print(line, markup=False, highlight=False))
    try:
        with step(console, "Kafka and PostgreSQL"):
            servers.start()
        supervisor.watch(servers.parts)
        with step(console, "databases and roles"):
            made = provision(servers, names) if servers.admin_url else provisioned_by_environment(names)
            write_environment(where, made, servers)
        yield supervisor, made
    finally:
        servers.stop()


def finish_all(commands: list[Command], made: Provisioned, where: Folders) -> None:
    """Run commands that do not depend on one another side by side. Raises `LocalError` for the first that failed."""

    def finish(command: Command) -> None:
        name = command.name.replace(" ", "-")
        processes.run(
            name,
            program(command.line),
            log=where.logs / f"{name}.log",
            records=where.records,
            seconds=MIGRATION_SECONDS,
            environment={**inherited(), **made.environment(command.service, owner=command.owner)},
        )

    with ThreadPoolExecutor(len(commands)) as pool:
        for done in [pool.submit(finish, command) for command in commands]:
            done.result()


def attach(command: Command, made: Provisioned, supervisor: Supervisor) -> None:
    """Run a command in the foreground of the terminal while the supervisor goes on watching.

    Ctrl-C reaches it directly; it gets three seconds to end by itself.
    """
    child = processes.foreground(
        command.name,
        program(command.line),
        {**inherited(), **made.environment(command.service, owner=command.owner)},
    )
    try:
        supervisor.run_while(lambda: child.poll() is None)
    except Interrupted:
        _end(child, patience=3.0 if waiting.from_terminal() else 0.0)
        raise
    except LocalError:
        _end(child, patience=0.0)
        raise
    if child.returncode:
        raise LocalError(
            Code.COMMAND_FAILED,
            f"The {command.name} (`{' '.join(command.line)}`) failed with exit code {child.returncode}: "
            "put right what it says above and start again; it goes on with what it has.",
        )


def _end(child: subprocess.Popen[bytes], patience: float) -> None:
    for number, seconds in ((None, patience), (signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
        if number is not None and child.poll() is None:
            child.send_signal(number)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def show_addresses(console: Console, at: dict[str, str], plan: Plan) -> None:
    """The address of every service and of the documentation of its interface."""
    for name in plan.services:
        url = f"http://{ports.HOST}:{at[f'INSIEME_{name.upper()}_PORT']}"
        console.print(f"  {name:<12}{url}   documentation {url}/docs", markup=False, highlight=False, soft_wrap=True)


def write_environment(where: Folders, made: Provisioned, servers: Servers) -> None:
    """The variables for a second terminal, readable by us alone: the connections, and for servers of ours the
    administrator's and the way to PostgreSQL's own tools.

    The administrator's has a name that no other program looks for: `DATABASE_URL_ADMIN` would let tests make their
    databases on these servers.
    """
    told = made.environment()
    paths = [str(Path(sys.executable).parent)]
    if servers.postgres is not None:
        told["INSIEME_ADMIN_URL"] = servers.admin_url
        paths.append(str(servers.postgres.tools))
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())]
    lines.append(f'export PATH={shlex.quote(":".join(paths))}:"$PATH"\n')
    folders.write_private(where.environment, "".join(lines))


@contextmanager
def step(console: Console, what: str) -> Iterator[None]:
    """Say what is being started, and afterwards how long it took."""
    began = time.monotonic()
    with console.status(f"Starting {what} …"):
        yield
    console.print(f"  {what}: {time.monotonic() - began:.1f} s", markup=False, highlight=False)


@contextmanager
def only_one(where: Folders) -> Iterator[None]:
    """Hold the lock of this checkout. Raises `LocalError` when another run holds it."""
    where.root.mkdir(parents=True, exist_ok=True)
    path: Path = where.lock
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            file.seek(0)
            raise LocalError(
                Code.ALREADY_RUNNING,
                f"This checkout already runs (process {file.read().strip() or 'unknown'}): stop that one first.",
            ) from problem
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
