"""Every promise names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "guarantees.md"
NAMED = re.compile(r"`((?:unit|contracts|integration|end_to_end|chaos)/[\w/]+\.py)::(\w+)`")


def test_every_test_that_a_promise_names_is_there() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    gone = [f"{file}::{test}" for file, test in named if f"def {test}(" not in source(TESTS / file)]
    assert gone == []


def test_every_promise_names_a_test() -> None:
    rows = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "---" not in line
    ]
    promises = [row for row in rows if not row.startswith("| promise ")]
    assert [row for row in promises if not NAMED.search(row)] == []


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
