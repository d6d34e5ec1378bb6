"""A PostgreSQL server of a test's own, whose data are backed up, lost and brought back by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg import sql

from insieme_local.postgres import SUPERUSER, Postgres, binaries
from insieme_local.provision import Provisioned, provision
from insieme_local.servers import Servers

NEVER_ENDS = {"recovery_target": "immediate", "recovery_target_action": "promote", "restore_command": "/bin/false"}


@dataclass
class Cluster:
    """`servers` are a PostgreSQL of the test's own beside the session's Kafka; addresses and passwords never change."""

    servers: Servers
    server: Postgres
    services: tuple[str, ...] = ("intake",)
    made: list[Path] = field(default_factory=list)

    def start(self) -> None:
        self.server.prepare()
        self.server.start()

    def provision(self, prefix: str) -> Provisioned:
        return provision(self.servers, self.services, f"_{prefix}", topic_prefix=prefix)

    def run(self, program: str, *arguments: str | Path, url: str | None = None) -> str:
        """One of PostgreSQL's programs, as the server's user."""
        user = self.server.user
        done = subprocess.run(
            [binaries(user) / program, *arguments, *(() if url is None else ("--dbname", url))],
            capture_output=True,
            text=True,
            cwd=self.server.home,
            env={"PATH": os.environ["PATH"], "PGPASSWORD": self.server.password},
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def dump(self, url: str) -> Path:
        """A logical dump of one database."""
        target = self.place("dump")
        self.run("pg_dump", "--format=custom", f"--file={target}", url=url)
        return target

    def new_cluster(self, prefix: str, dump: Path) -> Provisioned:
        """Another cluster takes the server's place, with the roles and an empty database, and gets the dump."""
        self.stop()
        shutil.rmtree(self.server.data)
        (self.server.home / "complete").unlink()
        self.start()
        made = self.provision(prefix)
        self.run("pg_restore", "--exit-on-error", "--single-transaction", str(dump), url=made.urls["intake_owner"])
        return made

    def in_place(self, made: Provisioned, dump: Path) -> None:
        """The dump takes the place of its database on this very server."""
        database = made.urls["intake_owner"].rpartition("/")[2].partition("?")[0]
        with psycopg.connect(self.servers.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
        self.provision(made.topic_prefix.rstrip("."))
        self.run("pg_restore", "--exit-on-error", "--single-transaction", str(dump), url=made.urls["intake_owner"])

    def base_backup(self) -> Path:
        target = self.place("backup")
        where = f"--port={self.server.port}"
        self.run(
            "pg_basebackup", "--host=127.0.0.1", where, f"--username={SUPERUSER}", f"--pgdata={target}",
            "--checkpoint=fast", "--wal-method=stream", "--no-sync",
        )  # fmt: skip
        return target

    def bring_back(self, backup: Path, *, recovering: bool = True) -> None:
        """The backup takes the place of the data. Recovering it begins a new timeline; a mere start does not."""
        self.stop()
        shutil.rmtree(self.server.data)
        backup.rename(self.server.data)
        if recovering:
            (self.server.data / "recovery.signal").touch()
            with (self.server.data / "postgresql.auto.conf").open("a") as settings:
                settings.writelines(f"{name} = '{value}'\n" for name, value in NEVER_ENDS.items())
        self.server.start()

    def place(self, name: str) -> Path:
        found = self.server.home / f"{name}-{len(self.made)}"
        self.made.append(found)
        return found

    def stop(self) -> None:
        self.server.stop()


def beside(servers: Servers, own: Servers) -> Cluster:
    assert own.postgres is not None
    return Cluster(replace(own, bootstrap=servers.bootstrap, kafka=None), own.postgres)
