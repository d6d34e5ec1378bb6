"""docs/how-to: what following a page came to can still be done to the code as it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "how-to"
PAGES = sorted(FOLDER.glob("*.md"))


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


def test_every_diff_has_its_page() -> None:
    assert PAGES
    assert [diff.stem for diff in sorted(FOLDER.glob("*.diff"))] == [page.stem for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_diff_of_what_is_not_there_does_not_apply(page: Path) -> None:
    """Control: backwards it does not, because nobody has done it yet."""
    assert applies(page.with_suffix(".diff"), "--reverse").returncode != 0
