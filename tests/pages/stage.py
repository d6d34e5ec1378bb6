"""Where the pages are followed: all six services as processes, founded as `make run` founds them, seen from a clone."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.platform import Platform

from insieme_events import migrate, topics
from insieme_funding import service as funding
from insieme_governance import service as governance
from insieme_intake import service as intake
from insieme_local.folders import Folders
from insieme_local.plan import program
from insieme_local.provision import SERVICES, Provisioned
from insieme_local.service import inherited
from insieme_local.supervisor import start_together
from insieme_matching import service as matching
from insieme_reporting import service as reporting
from insieme_training import service as training

ALL = (intake, matching, training, funding, governance, reporting)
DECIDING = ("intake", "matching", "training", "funding")
"""Who decides by the agreement and hears of it from governance."""
HEARD = "select count(*) from events.parameters"
PATIENCE = 120.0
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stage:
    """`clone` is the folder in which a reader types: it has `.local/env` and `.venv`, as after `make run`."""

    platform: Platform
    clone: Path

    def environment(self) -> dict[str, str]:
        """What a new terminal has."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.clone), "LANG": "C.UTF-8"}


@contextmanager
def set_up(provisioned: Provisioned, folders: Folders, clone: Path, young: Nursery | None = None) -> Iterator[Stage]:
    """A founded platform on these databases; the services are stopped at the end."""
    platform = Platform(provisioned, folders, young)
    migrate.upgrade_keys(provisioned.urls["keys_owner"])
    for module in ALL:
        service = module.SERVICE
        migrate.upgrade_service(provisioned.urls[f"{service.name}_owner"], service.name, service.migrations)
    topics.apply(provisioned.common["KAFKA_BOOTSTRAP_SERVERS"], provisioned.topic_prefix)
    try:
        start_together([platform.make(name, "serve") for name in SERVICES])
        told = as_in_a_clone(platform, clone)
        subprocess.run(program(("insieme-governance", "found")), env={**inherited(), **told}, check=True, timeout=60)
        until_heard(provisioned)
        yield Stage(platform, clone)
    finally:
        platform.stop_all()


def as_in_a_clone(platform: Platform, clone: Path) -> dict[str, str]:
    """Writes `.local/env` as `make run` does, with the ports of these services; gives what it says."""
    told = platform.provisioned.environment()
    told |= {f"INSIEME_{name.upper()}_PORT": str(platform.services[name].port) for name in SERVICES}
    path = f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"\n'
    (clone / ".local").mkdir()
    (clone / ".local" / "env").write_text(
        "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())) + path
    )
    (clone / ".venv").symlink_to(Path(sys.executable).parents[1])
    return told


def until_heard(provisioned: Provisioned) -> None:
    """Every service that decides by the agreement has as many versions of it as governance."""

    def versions(service: str) -> int:
        with psycopg.connect(provisioned.urls[service]) as connection:
            row = connection.execute(HEARD).fetchone()
            assert row is not None
            return int(row[0])

    wanted, end = versions("governance"), time.monotonic() + PATIENCE
    assert wanted > 0
    while late := [name for name in DECIDING if versions(name) < wanted]:
        assert time.monotonic() < end, f"{late} did not hear of the agreement"
        time.sleep(0.1)
