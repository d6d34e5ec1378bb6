"""How long an intern was there in a month, and whether the allowance is due for it (P34; standards 2.6)."""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never

from insieme_events.agreement import limits_on
from insieme_events.contracts.matching import InternshipMonthRecorded
from insieme_events.days import add_months
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_matching.internship.commands import InternshipCircumstances, RecordInternshipMonth
from insieme_matching.internship.legal import LIMITS_UNKNOWN
from insieme_matching.internship.refusals import INTERNSHIP_OVER, NOT_RUNNING
from insieme_matching.internship.state import (
    ONE_DAY,
    Approved,
    Blocked,
    Confirmed,
    Ended,
    Known,
    Requested,
    Running,
    Suspended,
    Withdrawn,
    of,
)

MONTH_OUTSIDE = Refused(
    code="matching.internship_month_outside",
    sentence="The internship lasts from {first} to {last}, and {month} has no day of it: correct the month.",
    clause="P34",
    kind=RefusalKind.INVALID,
)
MONTH_RUNS = Refused(
    code="matching.internship_month_not_over",
    sentence="What was attended in {month} is known once it is over, on {last}: record it then.",
    clause="P34",
)
MORE_THAN_DUE = Refused(
    code="matching.internship_minutes",
    sentence="The intern cannot have been there for {present} minutes of {due}: correct one of the two.",
    clause="P34",
    kind=RefusalKind.INVALID,
)


def record_month(command: RecordInternshipMonth, internship: Known, circumstances: InternshipCircumstances) -> Decision:
    match internship:
        case Running(plan=plan, began_on=began_on) | Suspended(plan=plan, began_on=began_on):
            found = counted(command, began_on, plan.ends_on, circumstances)
        case Ended(plan=plan, ended_on=ended_on):
            found = counted(command, plan.starts_on, ended_on, circumstances)
        case Requested() | Confirmed() | Blocked() | Approved():
            return NOT_RUNNING
        case Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)
    if isinstance(found, Refused):
        return found
    if plan.months.get(command.month) == (command.minutes_due, command.minutes_present):
        return []
    return [of(plan, InternshipMonthRecorded, command.on, **found)]


def counted(
    command: RecordInternshipMonth, first: date, last: date, circumstances: InternshipCircumstances
) -> dict[str, Any] | Refused:
    """What is recorded of the month, by the legal limits of its first day in the internship.

    `first` to `last` is the whole internship.
    """
    if not f"{first:%Y-%m}" <= command.month <= f"{last:%Y-%m}":
        return MONTH_OUTSIDE.about(first=first, last=last, month=command.month)
    begins = date.fromisoformat(f"{command.month}-01")
    since, until = max(begins, first), min(add_months(begins, 1) - ONE_DAY, last)
    if command.on < until:
        return MONTH_RUNS.about(month=command.month, last=until)
    if command.minutes_present > command.minutes_due:
        return MORE_THAN_DUE.about(present=command.minutes_present, due=command.minutes_due)
    limits = limits_on(circumstances.limits, since)
    if limits is None:
        return LIMITS_UNKNOWN.about(on=since)
    due = command.minutes_present * 100 >= command.minutes_due * limits.internship_attendance_percent
    return {
        "month": command.month,
        "minutes_due": command.minutes_due,
        "minutes_present": command.minutes_present,
        "allowance_due": due,
        "limits_version": limits.version,
    }
