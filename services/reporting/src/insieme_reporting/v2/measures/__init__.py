"""The measures of version 2: those of version 1, and those that stand on the new facts."""

from __future__ import annotations

from insieme_reporting.measure import Measure
from insieme_reporting.v1.measures import MEASURES as MEASURES_1
from insieme_reporting.v2.measures import board, courses, lead_times

MEASURES: tuple[Measure, ...] = (*MEASURES_1, *board.MEASURES, *lead_times.MEASURES, *courses.MEASURES)

__all__ = ["MEASURES"]
