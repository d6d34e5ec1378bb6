"""docs/how-to: what following a page came to can still be done to the code as it is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to"
PAGES = sorted(FOLDER.glob("*.md"))
ROOTS = ("services/", "libs/", "tests/", "docs/", "deploy/")


def applies(diff: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "apply", "--check", *options, str(diff)], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_diff_of_a_page_applies(page: Path) -> None:
    diff = page.with_suffix(".diff")
    assert f"({diff.name})" in page.read_text(encoding="utf-8")
    done = applies(diff)
    assert done.returncode == 0, f"follow {page.name} again and put its diff in the place of this one: {done.stderr}"


def lacking(text: str, new: frozenset[str]) -> list[str]:
    """Paths and habits that a page names and that are neither in the tree nor made by its diff.

    A pattern (`test_*.py`) has to find something; a path with a part to fill in (`<service>`, `000N`) is no path.
    """
    named = {
        one for one in re.findall(r"[\w./<>*-]+", text) if one.startswith(ROOTS) and not re.search("[<>]|000N", one)
    }
    made = new | {str(folder) for path in new for folder in Path(path).parents}
    there = {one for one in named if any(ROOT.glob(one.rstrip("/."))) or one.rstrip("/.") in made}
    habits = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {
        word for line in re.findall(r"^make ([a-z -]+?)(?: [A-Z#].*| *)$", text, re.MULTILINE) for word in line.split()
    }
    return sorted((named - there) | (asked - habits))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there_or_made_by_its_diff(page: Path) -> None:
    diff = page.with_suffix(".diff").read_text(encoding="utf-8")
    new = frozenset(re.findall(r"^--- /dev/null\n\+\+\+ b/(.+)$", diff, re.MULTILINE))
    assert lacking(page.read_text(encoding="utf-8"), new) == []


def test_what_is_not_there_is_found() -> None:
    """Control."""
    text = (
        "`services/none/a.py`, `tests/unit/*/test_gone.py`, `libs/<x>/b.py`, `docs/new.md`\n\nmake docs polish  # it\n"
    )
    assert lacking(text, frozenset({"docs/new.md"})) == [
        "polish",
        "services/none/a.py",
        "tests/unit/*/test_gone.py",
    ]


def test_every_diff_has_its_page() -> None:
    assert PAGES
    assert [diff.stem for diff in sorted(FOLDER.glob("*.diff"))] == [page.stem for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_diff_of_what_is_not_there_does_not_apply(page: Path) -> None:
    """Control: backwards it does not, because nobody has done it yet."""
    assert applies(page.with_suffix(".diff"), "--reverse").returncode != 0
