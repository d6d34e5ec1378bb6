"""Real servers for tests, as pytest fixtures.

One Kafka and one PostgreSQL per process of a session, with ports and a folder of their own (`.local/tests/<pid>/`,
removed at the end). CREATE DATABASE holds the horizon that readers of the store wait for, so the databases that the
collected tests ask for are made before the first test runs: of several processes, each makes its share and more when
that is used up.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from insieme_local import folders, ladder, processes
from insieme_local.folders import Folders
from insieme_local.provision import SERVICES, Provisioned, describe, make_database, make_roles, role_url
from insieme_local.servers import Servers

_collected = pytest.StashKey[dict[str, int]]()


@dataclass(frozen=True)
class Database:
    """One empty database: `url` logs in as a service's role (least right), `owner_url` as the one that migrates."""

    name: str
    url: str
    owner_url: str
    role: str = "intake"


@dataclass
class Pool:
    """Sets of databases and single databases, made ahead."""

    servers: Servers
    numbers: Iterator[int] = field(default_factory=itertools.count)
    sets: list[Provisioned] = field(default_factory=list)
    singles: list[Database] = field(default_factory=list)

    def fill(self, sets: int, singles: int) -> None:
        """Make as many as the collected tests will take."""
        with psycopg.connect(self.servers.admin_url, autocommit=True) as admin:
            make_roles(admin, self.servers, SERVICES)
            self.sets += [self._make_set(admin) for _ in range(sets)]
            self.singles += [self._make_single(admin) for _ in range(singles)]

    def take_set(self) -> Provisioned:
        if not self.sets:
            self.fill(1, 0)
        return self.sets.pop(0)

    def take_single(self) -> Database:
        if not self.singles:
            self.fill(0, 1)
        return self.singles.pop(0)

    def _make_set(self, admin: psycopg.Connection) -> Provisioned:
        number = next(self.numbers)
        suffix = f"_{os.getpid()}_{number}"
        for name in SERVICES:
            make_database(admin, f"insieme_{name}{suffix}", owner=f"{name}_owner", users=(name,))
        make_database(admin, f"insieme_keys{suffix}", owner="keys_owner", users=("intake", "reporting"))
        return describe(self.servers, SERVICES, suffix, prefix(number))

    def _make_single(self, admin: psycopg.Connection) -> Database:
        name = f"single_{os.getpid()}_{next(self.numbers)}"
        make_database(admin, name, owner="intake_owner", users=("intake",))
        return Database(name, role_url(self.servers, "intake", name), role_url(self.servers, "intake_owner", name))


def prefix(number: int) -> str:
    """A topic prefix that no other test has."""
    return f"t{os.getpid()}x{number}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Count what the selected tests will take: a set per module, and one per test for those that ask for their own."""
    modules, alone, singles = set(), 0, 0
    for item in session.items:
        wanted = getattr(item, "fixturenames", ())
        if "provisioned" in wanted:
            modules.add(item.path)
        alone += "fresh_provisioned" in wanted
        singles += "database" in wanted
    # Set in the processes of pytest-xdist, each of which collects everything and runs a part.
    share = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    session.config.stash[_collected] = {"sets": (len(modules) + alone) // share, "singles": singles // share}


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
def database_pool(request: pytest.FixtureRequest, servers: Servers) -> Pool:
    """The databases of this session, made before the first test that uses one."""
    pool = Pool(servers)
    pool.fill(**request.config.stash.get(_collected, {"sets": 0, "singles": 0}))
    return pool


@pytest.fixture(scope="module")
def provisioned(database_pool: Pool) -> Provisioned:
    """A set of empty databases and a topic prefix, for one test module."""
    return database_pool.take_set()


@pytest.fixture
def fresh_provisioned(database_pool: Pool) -> Provisioned:
    """A set of empty databases and a topic prefix, for one test."""
    return database_pool.take_set()


@pytest.fixture
def database(database_pool: Pool) -> Database:
    """One empty database, for one test."""
    return database_pool.take_single()


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
