"""A released definition is never changed: measures and figures that were published rest on it (decision 13)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from insieme_reporting.versions import VERSIONS

PACKAGE = Path(__file__).parents[2] / "services/reporting/src/insieme_reporting"
RELEASED = PACKAGE / "released.json"


def digests(package: Path) -> dict[str, str]:
    """SHA-256 of every module and SQL file of a version."""
    files = sorted(path for path in package.rglob("*") if path.suffix in {".py", ".sql"})
    return {str(path.relative_to(package)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def changed(package: Path, released: dict[str, str]) -> list[str]:
    found = digests(package)
    return sorted(name for name in {*found, *released} if found.get(name) != released.get(name))


def released() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return found


def test_no_file_of_a_released_version_changed() -> None:
    for version, files in released().items():
        different = changed(PACKAGE / version, files)
        assert different == [], f"{version} is released: give the change a new version. Changed: {different}"


def test_every_version_that_this_build_runs_is_released_or_named_here() -> None:
    not_yet = {"v2"}
    assert {f"v{number}" for number in VERSIONS} - not_yet == set(released())


@pytest.mark.parametrize("name", ["facts/case.py", "measures/base.sql", "new.sql"])
def test_control_one_byte_more_is_found(tmp_path: Path, name: str) -> None:
    for path in digests(PACKAGE / "v1"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((PACKAGE / "v1" / path).read_bytes())
    assert changed(tmp_path, released()["v1"]) == []
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert changed(tmp_path, released()["v1"]) == [name]
