"""What a measure declares, and what every answer carries (figures.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Value(StrEnum):
    """What a figure is of its population.

    COUNT: distinct units. SUM: the sum of what each unit has. DAYS: mean, median, the day by which nine of ten are
    done, and how many. RATE: distinct units over distinct units. SHARE: a sum over a sum. COST: a sum of euro cents
    over distinct units.
    """

    COUNT = "count"
    SUM = "sum"
    DAYS = "days"
    RATE = "rate"
    SHARE = "share"
    COST = "cost"


RATIOS = frozenset({Value.RATE, Value.SHARE, Value.COST})
"""They never stand without their numerator and denominator."""


class Reading(StrEnum):
    """FLOW: own date in the period. STOCK: own date at or before the end of the period."""

    FLOW = "flow"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Text:
    """The same in Italian and in English: the page of the Tavolo is read in one, the code in the other."""

    it: str
    en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one version. `by` are the breakdowns that it has: any other is refused, never ignored.

    `clauses` are those of the protocol that the figure is a read of.
    """

    name: str
    title: Text
    unit: str
    definition: Text
    event_time: str
    by: tuple[str, ...]
    value: Value = Value.COUNT
    reading: Reading = Reading.FLOW
    population: str | None = None
    clauses: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The SQL file that yields the population."""
        return f"{self.population or self.name}.sql"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A column of the answer and the SQL that makes it of the population `p`, the person `s` and the territory `t`."""

    name: str
    sql: str
    needs_person: bool = False
    needs_territory: bool = False
