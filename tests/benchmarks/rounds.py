"""Two measurements side by side: ours, the reference, ours again, so that both meet the same noise."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Measure = Callable[[], Awaitable[float]]
"""One round of one side: a rate (events a second), or a time."""


@dataclass(frozen=True)
class Row:
    """One line of the table: medians in `unit`, and as `spread` the least and the greatest ratio of a round.

    `aim` begins with ≥ where more is better and with ≤ where less is.
    """

    path: str
    reference: str
    aim: str
    unit: str
    ours: float
    theirs: float
    ratio: float
    spread: tuple[float, float]

    @property
    def met(self) -> bool:
        bound = float(self.aim[1:])
        return self.ratio >= bound if self.aim[0] == "≥" else self.ratio <= bound

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}


def row(path: str, reference: str, aim: str, unit: str, ours: list[float], theirs: list[float]) -> Row:
    """From the rounds of both sides, in order."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    ratio = median(ours) / median(theirs)
    return Row(path, reference, aim, unit, median(ours), median(theirs), ratio, (min(ratios), max(ratios)))


async def side_by_side(
    path: str, reference: str, aim: str, unit: str, rounds: int, ours: Measure, theirs: Measure
) -> Row:
    """Each side once unmeasured, then so many rounds of both in turn."""
    await ours()
    await theirs()
    mine: list[float] = []
    others: list[float] = []
    for _ in range(rounds):
        for measure, found in ((ours, mine), (theirs, others)):
            gc.collect()
            found.append(await measure())
    return row(path, reference, aim, unit, mine, others)
