"""Dates of the programme's life: seasons, the lock-down of 2020, working days, and when a fact was recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from insieme_demo.quotas import LAST_DAY

SEASON = (1.15, 1.1, 1.1, 1.0, 1.05, 0.95, 0.8, 0.3, 1.25, 1.2, 1.1, 0.7)
"""Weight of each month of a year, January first; August is when offices close."""

LOCK_DOWN = {(2020, 3): 0.35, (2020, 4): 0.12, (2020, 5): 0.35, (2020, 6): 0.7, (2020, 11): 0.8, (2021, 3): 0.8}

LAST_INSTANT = datetime(2021, 12, 31, 18, 0, tzinfo=UTC)
LATER_DAY = date(2026, 6, 30)
"""The last day of the years that follow the published ones; what falls into them may be recorded until then."""
LATER_INSTANT = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)


def weight(year: int, month: int) -> float:
    return SEASON[month - 1] * LOCK_DOWN.get((year, month), 1.0)


def months_between(first: date, last: date) -> list[tuple[int, int]]:
    """Year and month of every month from the first day's to the last day's."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [((first.month - 1 + n) // 12 + first.year, (first.month - 1 + n) % 12 + 1) for n in range(count)]


def between(chance: Random, first: date, last: date) -> date:
    """A day from first to last, both included; a weekend nine times of ten moves to the Friday before, if it can."""
    if last < first:
        raise ValueError(f"no day lies from {first} to {last}")
    day = first + timedelta(days=chance.randint(0, (last - first).days))
    friday = day - timedelta(days=max(day.weekday() - 4, 0))
    return friday if first <= friday and chance.random() < 0.9 else day


def seasonal(chance: Random, first: date, last: date) -> date:
    """As `between`, but months weigh as the seasons and the lock-down do."""
    months = months_between(first, last)
    while True:
        year, month = chance.choices(months, [weight(*each) for each in months])[0]
        begin = max(first, date(year, month, 1))
        end = min(last, (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        # A month that is only touched weighs by the days that lie in it.
        if chance.random() * 31 < (end - begin).days + 1:
            return between(chance, begin, end)


def later(chance: Random, day: date, least: int, most: int, last: date | None = None) -> date:
    """So many days later, never after `last`: without one the last day of that part of the history."""
    if last is None:
        last = LAST_DAY if day <= LAST_DAY else LATER_DAY
    if day >= last:
        return last
    first = min(day + timedelta(days=least), last)
    return between(chance, first, min(day + timedelta(days=most), last))


def recorded(chance: Random, on: date, delay: int, after: datetime | None = None) -> datetime:
    """When a fact of that day was recorded: in office hours up to `delay` days later, after the one before it."""
    day = on + timedelta(days=chance.randint(0, delay) if delay else 0)
    instant = datetime.combine(day, time(8), UTC) + timedelta(seconds=chance.randint(0, 8 * 3600))
    last = LAST_INSTANT if on <= LAST_DAY else LATER_INSTANT
    if instant > last:
        instant = last - timedelta(seconds=chance.randint(0, 3600))
    if after is not None and instant <= after:
        instant = after + timedelta(seconds=chance.randint(20, 90))
    return instant
