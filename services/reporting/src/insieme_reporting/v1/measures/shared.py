"""The breakdowns that measures have in common, and short forms for the two commonest kinds."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Text, Value

PERIODS = ("year", "half_year", "quarter", "month")
PERSON = ("gender", "age_band", "over_50", "citizenship", "isced", "comune", "distretto")
CONTRACT = ("contract_class", "company_size", "comune_of_work", "kind")


def of_persons(name: str, it: str, en: str, unit: str, event_time: str, definition: Text) -> Measure:
    return Measure(name, Text(it, en), unit, definition, event_time, (*PERIODS, *PERSON))


def of_links(name: str, it: str, en: str, unit: str, definition: Text, value: Value = Value.COUNT) -> Measure:
    """A share by contract class is not broken down by contract class."""
    by = (*PERIODS, *PERSON, *(c for c in CONTRACT if value is Value.COUNT or c != "contract_class"))
    return Measure(name, Text(it, en), unit, definition, "start of the link", by, value)
