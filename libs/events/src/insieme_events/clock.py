"""Time is passed in: the one place where a process reads it, and business dates in Europe/Rome (decision 15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

Clock = Callable[[], datetime]
"""Answers an instant in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def business_date(instant: datetime) -> date:
    return instant.astimezone(ROME).date()


def start_of(day: date) -> datetime:
    """The first instant of a business date."""
    return datetime.combine(day, time.min, ROME)
