"""Business dates: days in Europe/Rome, calendar months, and the refusal of a day that has not come yet."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Annotated

from pydantic import Field

from insieme_events.decider import RefusalKind, Refused

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]
"""A business date in Europe/Rome that somebody can have meant."""


def in_future(service: str) -> Refused:
    """The service's refusal of a day that is yet to come."""
    return Refused(
        code=f"{service}.date_in_future",
        sentence="{on} is still to come: record what happened once it has happened.",
        kind=RefusalKind.INVALID,
    )


def not_after(today: date, day: date, refused: Refused) -> Refused | None:
    """Refuses a day that has not come yet."""
    return refused.about(on=day) if day > today else None


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months on; the last day of a month that is too short for it."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
