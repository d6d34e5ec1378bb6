"""When it is asked what became of a person who left, and what answers it (P18; EECR01 to EECR06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from insieme_events.agreement import Limits
from insieme_events.days import add_months
from insieme_events.decider import RefusalKind, Refused

FOLLOW_UP_NOT_DUE = Refused(
    "intake.follow_up_not_due",
    "After the exit of {left_on} no follow-up of {months} months is due by {day}.",
    clause="P18",
)
FOLLOW_UP_MONTHS = Refused(
    "intake.follow_up_months",
    "A follow-up is recorded for 0 to 60 months after the exit.",
    clause="P18",
    kind=RefusalKind.INVALID,
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A follow-up on record: on that day, of so many months after the exit."""

    on: date
    months: int


def due_days(left_on: date, limits: Limits) -> dict[int, date]:
    """By months after the exit, the day on which it is asked: 0 is the exit, within its four weeks.

    `limits` are those in force on the day of the exit.
    """
    return {
        0: left_on + timedelta(days=limits.follow_up_exit_days),
        limits.follow_up_months: add_months(left_on, limits.follow_up_months),
    }


def answered(recorded: Iterable[Recorded], left_on: date, months: int, limits: Limits) -> bool:
    """A follow-up before the later one tells of the exit, any other one of what came after."""
    since = [each.months for each in recorded if each.on >= left_on]
    later = limits.follow_up_months
    return any(each < later if months == 0 else each >= later for each in since)
