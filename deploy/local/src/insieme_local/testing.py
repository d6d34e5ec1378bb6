"""Real servers for tests, as pytest fixtures.

One Kafka and one PostgreSQL per process of a session, with ports and a folder of their own (`.local/tests/<pid>/`,
removed at the end). Databases are emptied after use and taken again: to make one takes ten times as long, and CREATE
DATABASE holds the horizon that readers of the store wait for.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from psycopg import sql

from insieme_local import folders, ladder, processes
from insieme_local.folders import Folders
from insieme_local.provision import Provisioned, provision
from insieme_local.servers import Servers


@dataclass
class Pool:
    """Sets of databases, each used by one module or test at a time."""

    servers: Servers
    numbers: Iterator[int] = field(default_factory=itertools.count)
    sets: list[Provisioned] = field(default_factory=list)

    def take_set(self) -> Provisioned:
        """An empty set, with a topic prefix that no other test has."""
        if not self.sets:
            number = next(self.numbers)
            return provision(self.servers, suffix=f"_{os.getpid()}_{number}", topic_prefix=prefix(number))
        found = self.sets.pop()
        return replace(found, common={**found.common, "INSIEME_TOPIC_PREFIX": prefix(next(self.numbers))})

    def give_back_set(self, used: Provisioned) -> None:
        for name in used.databases:
            self._empty(name)
        self.sets.append(used)

    def _empty(self, name: str) -> None:
        """As CREATE DATABASE leaves one; whoever is still connected is cut off."""
        url = urlsplit(self.servers.admin_url)._replace(path=f"/{name}").geturl()
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(
                """select pg_terminate_backend(pid, 5000) from pg_stat_activity
                   where datname = current_database() and pid <> pg_backend_pid()"""
            )
            for (schema,) in admin.execute(
                "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
            ).fetchall():
                admin.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
            admin.execute("create schema public authorization pg_database_owner")
            admin.execute("grant usage on schema public to public")


def prefix(number: int) -> str:
    """A topic prefix that no other test has."""
    return f"t{os.getpid()}x{number}"


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Kafka and PostgreSQL of this session."""
    where = session_folders()
    found = ladder.for_tests(where)
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(ladder.line(found))
    try:
        found.start()
        yield found
    finally:
        found.discard()
        folders.forget(where)


@pytest.fixture(scope="session")
def database_pool(servers: Servers) -> Pool:
    """The databases of this session."""
    return Pool(servers)


@pytest.fixture(scope="module")
def provisioned(database_pool: Pool) -> Iterator[Provisioned]:
    """A set of empty databases and a topic prefix, for one test module."""
    made = database_pool.take_set()
    yield made
    database_pool.give_back_set(made)


@pytest.fixture
def fresh_provisioned(database_pool: Pool) -> Iterator[Provisioned]:
    """A set of empty databases and a topic prefix, for one test."""
    made = database_pool.take_set()
    yield made
    database_pool.give_back_set(made)


@pytest.fixture
def topic_prefix(database_pool: Pool) -> str:
    """A topic prefix of its own, for one test."""
    return prefix(next(database_pool.numbers))


@pytest.fixture
def own_servers() -> Iterator[Callable[..., Servers]]:
    """A factory of started servers of a test's own: for tests that kill, stop or stall servers.

    It takes, if wanted, what is to happen to the folder before the start.
    """
    started: list[tuple[Servers, Folders]] = []

    def make(before: Callable[[Folders], None] | None = None) -> Servers:
        where = Folders(session_folders().root / f"own-{next(_own_numbers)}")
        if before is not None:
            before(where)
        made = ladder.own(where, "the test asked for servers of its own")
        started.append((made, where))
        made.start()
        return made

    try:
        yield make
    finally:
        for made, where in started:
            made.discard()
            folders.forget(where)


_own_numbers = itertools.count()


def session_folders() -> Folders:
    """The folder of this process's session; what dead sessions left is stopped and removed first."""
    tests = folders.local() / "tests"
    mine = tests / str(os.getpid())
    for other in tests.glob("*"):
        if other.name.isdecimal() and not _session_lives(other):
            # Another session may be removing the same one at this very moment.
            with contextlib.suppress(FileNotFoundError):
                for records in other.glob("**/records"):
                    processes.stop_leftovers(records)
                    folders.forget(Folders(records.parent))
            folders.forget(Folders(other))
    mine.mkdir(parents=True, exist_ok=True)
    return Folders(mine)


def _session_lives(folder: Path) -> bool:
    """The folder's name is the pid of its session; a process that began after the folder's last change is another."""
    try:
        return psutil.Process(int(folder.name)).create_time() < folder.stat().st_mtime + 1
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
