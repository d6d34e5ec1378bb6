"""The measures of version 1: a declaration each, and a SQL file that yields its population.

A population has one row per thing that may be counted: `unit` (or `numerator_unit` and `denominator_unit`, or `days`),
`on_date` (the event-time of the measure) and the columns of its own breakdowns; `person_id` where persons' dimensions
apply.
"""

from __future__ import annotations

from insieme_reporting.measure import Measure
from insieme_reporting.v1.measures import companies, funnel, placements

MEASURES: tuple[Measure, ...] = (*funnel.MEASURES, *placements.MEASURES, *companies.MEASURES)

__all__ = ["MEASURES"]
