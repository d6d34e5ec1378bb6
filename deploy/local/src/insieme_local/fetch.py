"""Fetch the jars of Apache Kafka from Maven Central, as a process of its own, so that it can be stopped at any moment.

`python -m insieme_local.fetch FOLDER`: every jar of `kafka.lock`, checked against its SHA-256, as one file each. What
is already there and right is kept, so a cut-off fetch goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from insieme_local.folders import MARKER

TIMEOUT = 60
"""Seconds without a byte after which one download is given up and tried again."""


@dataclass(frozen=True)
class Jar:
    """One line of `kafka.lock`."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def locked() -> list[Jar]:
    """The jars that Kafka is made of, in the order of the lock."""
    lines = Path(__file__).with_name("kafka.lock").read_text().splitlines()
    split = [line.replace(":", " ").split() for line in lines if line and not line.startswith("#")]
    return [Jar(group, artifact, version, sha256) for group, artifact, version, sha256 in split]


def right(path: Path, jar: Jar) -> bool:
    """Whether a file is that jar, byte for byte."""
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def fetch(folder: Path) -> None:
    """Fill `folder` with all jars and write its marker last. Raises what the download raises."""
    from jgo.maven import MavenContext  # slow to import, and only needed here

    folder.mkdir(parents=True, exist_ok=True)
    repository = folder / "repository"
    mirror = os.environ.get("INSIEME_MAVEN_REPOSITORY")
    remotes = {"mirror": mirror} if mirror else None
    context = MavenContext(repo_cache=repository, timeout=TIMEOUT, remote_repos=remotes)

    def bring(jar: Jar) -> None:
        target = folder / jar.filename
        if right(target, jar):
            return
        artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
        cached = artifact.cached_path
        if cached is not None and cached.exists() and not right(cached, jar):
            cached.unlink()
        path = Path(artifact.resolve())
        if not right(path, jar):
            path.unlink()
            raise ValueError(f"{jar.filename} is not the file that kafka.lock names")
        path.replace(target)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, locked()))
    shutil.rmtree(repository, ignore_errors=True)
    (folder / MARKER).touch()


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
