"""The metrics and their page: nothing is exposed that is not declared, and the committed page is the declarations'."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from insieme_events import metrics

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operations" / "metrics.md"
KINDS = frozenset({"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"})


def test_the_committed_page_is_the_one_of_the_declarations() -> None:
    assert PAGE.read_text(encoding="utf-8") == metrics.page(), "run `make docs`"


def test_every_alarm_is_about_a_metric_that_is_declared() -> None:
    declared = {one.name for one in metrics.DECLARED}
    for page in (ROOT / "docs" / "operations" / "alerts.yaml", ROOT / "docs" / "operations.md"):
        named = set(re.findall(r"\binsieme_[a-z_]+(?:seconds|events|streams|leaders|total)\b", page.read_text("utf-8")))
        assert named, f"{page.name} names none"
        assert named <= declared, page.name


def test_metrics_are_declared_in_one_place() -> None:
    elsewhere = [str(path) for path in sources() if path.name != "metrics.py" and imports_a_metric(path)]
    assert elsewhere == []


def test_a_name_that_does_not_end_with_its_unit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"metrics\.unit"):
        metrics._gauge("Planted", "insieme_age", "seconds", "Planted")


def test_a_label_without_a_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match=r"metrics\.label"):
        metrics._gauge("Planted", "insieme_age_seconds", "seconds", "Planted", "person")


def sources() -> Iterator[Path]:
    for part in ("libs", "services", "deploy"):
        yield from (ROOT / part).glob("*/src/**/*.py")


def imports_a_metric(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "prometheus_client"
        and KINDS & {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
