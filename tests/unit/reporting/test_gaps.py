"""How far groups lie apart: a rate beside the rate of all (P09)."""

from __future__ import annotations

from typing import Any

import pytest

from insieme_reporting.gaps import gaps


def rate(numerator: int, denominator: int, **group: str) -> dict[str, Any]:
    value = round(numerator / denominator, 4) if denominator else None
    return {**group, "numerator": numerator, "denominator": denominator, "value": value}


@pytest.mark.clause("P09")
def test_a_group_that_fares_worse_has_a_ratio_under_one() -> None:
    found = gaps("gender", [rate(36, 100, gender="female"), rate(44, 100, gender="male")], rate(80, 200))
    assert [(row["gender"], row["value"], row["ratio"]) for row in found] == [
        ("female", 0.36, 0.9),
        ("male", 0.44, 1.1),
    ]


def test_over_nothing_there_is_no_ratio() -> None:
    assert [row["ratio"] for row in gaps("gender", [rate(0, 0, gender="female")], rate(0, 5))] == [None]
    assert [row["ratio"] for row in gaps("gender", [rate(0, 5, gender="female")], rate(0, 5))] == [None]
