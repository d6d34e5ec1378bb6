"""How far groups lie apart: the rate of each beside the rate of all (P09)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from insieme_events.decider import RefusalKind, Refused

NO_RATE = Refused(
    "reporting.no_rate",
    "Gaps are asked of a rate, such as placement_rate: this measure is none.",
    clause="P09",
    kind=RefusalKind.INVALID,
)


def gaps(by: str, rows: Sequence[dict[str, Any]], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Per group its numerator, denominator and rate, and its ratio to the rate of all; None over nothing.

    A ratio under 1 means that the group fares worse than all together. What is small has its numbers beside it: a
    ratio without them would say more than is known.
    """
    return [
        {
            by: row[by],
            "numerator": row["numerator"],
            "denominator": row["denominator"],
            "value": row["value"],
            "ratio": _ratio(row, whole),
        }
        for row in rows
    ]


def _ratio(row: dict[str, Any], whole: dict[str, Any]) -> float | None:
    """Of the numbers themselves: a ratio of two rounded rates would be off."""
    under = row["denominator"] * whole["numerator"]
    return round(row["numerator"] * whole["denominator"] / under, 4) if under else None
