"""Where things lie. Everything that one checkout keeps is under its `.local/`; servers that may not run as root and
cannot reach the checkout get a place of their own under /var/tmp, which `make reset` forgets too."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from insieme_local.errors import Code, LocalError
from insieme_local.processes import User

MARKER = "complete"
"""The file that is written last into a folder: without it the folder is half-written and is made again."""

NEEDED_BYTES = 1024**3
"""Free disk asked for before anything is started."""


@dataclass(frozen=True)
class Folders:
    """The folders of one run: `make run` has one set for ever, each test session one of its own."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def records(self) -> Path:
        return self.root / "records"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def environment(self) -> Path:
        """The variables for a second terminal; for `make run` this is `.local/env`."""
        return self.root.parent / "env"

    @property
    def lock(self) -> Path:
        return self.root.parent / f"{self.root.name}.lock"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"


def checkout() -> Path:
    """The root of the checkout that this package was installed from."""
    return Path(__file__).resolve().parents[4]


def local() -> Path:
    """`.local/` of the checkout."""
    return checkout() / ".local"


def cache() -> Path:
    """What is fetched or prepared once and shared by all runs and tests: INSIEME_CACHE, or `.local/cache`."""
    return Path(os.environ.get("INSIEME_CACHE") or local() / "cache").absolute()


def complete(folder: Path) -> bool:
    return (folder / MARKER).exists()


def discard_half_written(folder: Path) -> bool:
    """Remove a folder whose making was cut short; answers whether there was one."""
    if folder.exists() and not complete(folder):
        shutil.rmtree(folder)
        return True
    return False


def check_disk(place: Path, needed: int = NEEDED_BYTES) -> None:
    """Raises `LocalError` when less than `needed` bytes are free where `place` is or will be."""
    there = place
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if free < needed:
        raise LocalError(
            Code.DISK_FULL,
            f"Only {free / 1024**2:.0f} MB are free in {there}, and {needed / 1024**2:.0f} MB are needed: "
            "make room and start again (`make clean` removes what this checkout keeps).",
        )


def server_user() -> User | None:
    """As whom PostgreSQL runs: nobody else than us, unless we are root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise LocalError(
        Code.WRONG_PLATFORM,
        "PostgreSQL refuses to run as root and there is no user `postgres` or `nobody` to run it: "
        "make one (`useradd --system postgres`) or start as an ordinary user.",
    )


def reachable(path: Path, user: User | None) -> bool:
    """Whether `user` can get to `path`: each folder above it lets him through."""
    if user is None:
        return True
    for folder in path.absolute().parents:
        try:
            seen = folder.stat()
        except FileNotFoundError:
            continue
        bit = 0o100 if seen.st_uid == user.uid else 0o010 if seen.st_gid == user.gid else 0o001
        if not seen.st_mode & bit:
            return False
    return True


def outside(path: Path) -> Path:
    """The stand-in of a folder that the server's user cannot reach."""
    return Path("/var/tmp") / f"insieme-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"


def forget(where: Folders) -> None:
    """Remove all that a run kept, its stand-in outside the checkout too."""
    shutil.rmtree(outside(where.postgres), ignore_errors=True)
    shutil.rmtree(where.root, ignore_errors=True)


def own(folder: Path, user: User | None, mode: int = 0o700) -> Path:
    """Make a folder that belongs to `user`."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
