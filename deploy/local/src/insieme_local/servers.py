"""Kafka and PostgreSQL of one run, and what tests do to them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from insieme_local import folders, ports, processes
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.kafka import Kafka, Probe
from insieme_local.parts import Part
from insieme_local.postgres import Postgres, answers
from insieme_local.processes import Child
from insieme_local.waiting import wait_until

FOREIGN_SECONDS = 10.0

T = TypeVar("T")


@dataclass
class Secrets:
    """Passwords of this run's roles and its master key, made once and kept in a file that only we can read."""

    folders: Folders
    _known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.folders.secrets.exists():
            try:
                self._known = json.loads(self.folders.secrets.read_text())
            except ValueError as problem:
                raise LocalError(
                    Code.STATE_BROKEN,
                    f"{self.folders.secrets} is damaged, so the databases are locked: run `make reset` first.",
                ) from problem

    def get(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(18)) -> str:
        """The secret of that name; made and stored when it is asked for the first time."""
        if name not in self._known:
            self._known[name] = make()
            folders.write_private(self.folders.secrets, json.dumps(self._known, indent=1))
        return self._known[name]


@dataclass
class Servers:
    """One Kafka and one PostgreSQL, whoever runs them: `bootstrap` and `admin_url` are how to reach them."""

    rung: str
    why: str
    bootstrap: str
    admin_url: str
    secrets: Secrets
    kafka: Kafka | None = None
    postgres: Postgres | None = None

    @property
    def parts(self) -> list[Kafka | Postgres]:
        """The servers that are ours to start and to watch."""
        return [part for part in (self.postgres, self.kafka) if part is not None]

    def start(self) -> None:
        """Start both at the same time and wait until both serve. On any trouble nothing is left running."""
        if not self.parts:
            self._check_answers()
            return
        try:
            with ThreadPoolExecutor(2) as pool:
                for done in [pool.submit(_prepare_and_spawn, part) for part in self.parts]:
                    done.result()
            for part in self.parts:
                part.wait_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both cleanly, at the same time; servers of somebody else are left alone."""
        self._at_once(Part.stop)

    def discard(self) -> None:
        """End both without waiting for their data to be in order: it is thrown away. A broker with the topics of a
        whole test session takes half a minute to stop."""
        self._at_once(Part.discard)

    def _at_once(self, end: Callable[[Part], None]) -> None:
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(end, part) for part in self.parts]:
                done.result()

    def kill_kafka(self) -> None:
        """kill -9, and wait until the process is gone."""
        self._child(self.kafka).kill()

    def kill_postgres(self) -> None:
        """kill -9 of the server and of every backend at once, as when a machine loses its power."""
        self._child(self.postgres).kill()

    def _check_answers(self) -> None:
        """Servers of somebody else must be there already."""
        probe = Probe(self.bootstrap)
        if not wait_until(probe.answers, FOREIGN_SECONDS):
            raise LocalError(
                Code.NOT_READY,
                f"No Kafka answers at {self.bootstrap}: start it, or unset KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL_* "
                "to have local servers started.",
            )
        if self.admin_url and not wait_until(lambda: answers(self.admin_url), FOREIGN_SECONDS):
            raise LocalError(
                Code.NOT_READY,
                "No PostgreSQL lets us in at DATABASE_URL_ADMIN: put the variable right, or unset it and "
                "KAFKA_BOOTSTRAP_SERVERS to have local servers started.",
            )

    def _ours(self, part: T | None) -> T:
        if part is None:
            raise LocalError(Code.NOT_RUNNING, f"These servers are not ours to stop ({self.why}): unset the variables.")
        return part

    def _child(self, part: Kafka | Postgres | None) -> Child:
        child = self._ours(part).child
        if child is None or not child.alive():
            raise LocalError(Code.NOT_RUNNING, "The server does not run: start it first.")
        return child


def local_processes(
    where: Folders,
    why: str,
    *,
    kafka_ports: tuple[int, int] | None = None,
    postgres_port: int | None = None,
    heap: str = "512m",
    session_timeout_ms: int = 3000,
) -> Servers:
    """Servers as processes of ours, on the given ports or on free ones. Nothing is started yet."""
    processes.stop_leftovers(where.records)
    where.root.mkdir(parents=True, exist_ok=True)
    known = where.secrets.exists()
    broker, controller, database = ports.free(3)
    if kafka_ports is not None:
        broker, controller = kafka_ports
    kept = Secrets(where)
    kafka = Kafka(where, broker, controller, heap=heap, session_timeout_ms=session_timeout_ms)
    postgres = Postgres(where, postgres_port or database, kept.get("postgres"))
    if folders.complete(postgres.home) and not known:
        raise LocalError(
            Code.STATE_BROKEN,
            f"The databases in {postgres.home} are there but their passwords in {where.secrets} are not: "
            "run `make reset` and start again.",
        )
    return Servers("local processes", why, kafka.bootstrap, postgres.admin_url, kept, kafka, postgres)


def _prepare_and_spawn(part: Kafka | Postgres) -> None:
    part.prepare()
    part.spawn()
