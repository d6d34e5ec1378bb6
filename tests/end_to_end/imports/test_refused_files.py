"""Files that are refused whole, through the command itself: what it says, how much memory it takes, what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.end_to_end.imports import files
from tests.end_to_end.imports.test_imports import INSIEME

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

NOBODY = "http://127.0.0.1:9"
"""Nothing is sent, so nobody has to listen."""
MORE = 24 * 2**20
"""Bytes that such a file may cost beyond an empty one."""


def empty(path: Path) -> Path:
    path.touch()
    return path


def two_hundred_megabytes(path: Path) -> Path:
    files.of_megabytes(path, 200)
    return path


def zip_bomb(path: Path) -> Path:
    bomb = path.with_suffix(".xlsx")
    files.zip_bomb(bomb, 400)
    assert bomb.stat().st_size < 4 * 2**20
    return bomb


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The memory of the command on an empty file."""
    code, problem, memory = measured(empty(tmp_path_factory.mktemp("empty") / "a.csv"))
    assert (code, problem) == (1, "import.empty")
    return memory


def measured(path: Path) -> tuple[int, str, int]:
    """Exit code, code of the problem, and the most memory that the process ever held, in bytes."""
    line = [str(INSIEME), "import", "run", "companies", str(path), "--url", NOBODY, "--json"]
    out = path.parent / "told.json"
    with out.open("wb") as stdout:
        child = subprocess.Popen(line, stdout=stdout)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    told = json.loads(out.read_text(encoding="utf-8"))
    out.unlink()
    return child.returncode, told["code"], usage.ru_maxrss * 1024


@pytest.mark.parametrize(
    ("make", "problem"),
    [(two_hundred_megabytes, "import.too_large"), (zip_bomb, "import.unpacks_too_large")],
)
def test_what_is_too_large_is_refused_in_the_memory_of_an_empty_file(
    at_rest: int, tmp_path: Path, make: Callable[[Path], Path], problem: str
) -> None:
    path = make(tmp_path / "a.csv")
    code, found, memory = measured(path)
    assert (code, found) == (1, problem)
    assert memory < at_rest + MORE, f"{memory} bytes, {at_rest} for an empty file"
    assert list(tmp_path.iterdir()) == [path], "a verdict file of what was not read"
    path.unlink()
