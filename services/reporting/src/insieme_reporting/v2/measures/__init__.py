"""The measures of version 2: those of version 1, and those that stand on the new facts."""

from __future__ import annotations

from insieme_reporting.measure import Measure
from insieme_reporting.v1.measures import MEASURES as MEASURES_1
from insieme_reporting.v2.measures import (
    board,
    courses,
    governance,
    internships,
    lead_times,
    money,
    persons,
    projects,
    registers,
)

MEASURES: tuple[Measure, ...] = (
    *MEASURES_1,
    *board.MEASURES,
    *lead_times.MEASURES,
    *courses.MEASURES,
    *internships.MEASURES,
    *persons.MEASURES,
    *money.MEASURES,
    *projects.MEASURES,
    *governance.MEASURES,
    *registers.MEASURES,
)

__all__ = ["MEASURES"]
