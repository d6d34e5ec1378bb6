"""The clock of a body: when its next meeting is due, and which gaps between meetings were too long (P54, I5).

Pure: it is given the days of the meetings, every version of the agreement and the register, and answers for any day,
so that it does not matter when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.governance_bodies import CadenceMeasure
from insieme_events.days import add_months
from insieme_governance.register import Register

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """`day` is the first on which `version` says so, counted from the last meeting or the start, `since`."""

    since: date
    day: date
    version: str


@dataclass(frozen=True, slots=True)
class Breach:
    measure: CadenceMeasure
    due: Due


def first_day(versions: Sequence[Agreement], day_of: Callable[[Agreement], date]) -> tuple[date, Agreement] | None:
    """The first day on which the version that holds on that very day says that it has come; None without any version.

    The last version holds on beyond its end (outside every term nothing is judged anyway).
    """
    ordered = sorted(versions, key=lambda one: one.valid_from)
    for version, following in zip(ordered, [*ordered[1:], None], strict=True):
        day = max(day_of(version), version.valid_from)
        if following is None or day < following.valid_from:
            return day, version
    return None


def limit(version: Agreement, measure: CadenceMeasure, since: date) -> date:
    """The last day on which the next meeting is in time."""
    match measure:
        case CadenceMeasure.CALENDAR_MONTHS:
            return add_months(since, version.meeting_cadence_months)
        case CadenceMeasure.ROLLING_DAYS:
            return since + timedelta(days=version.meeting_longest_gap_days)
        case _:
            assert_never(measure)


def late(versions: Sequence[Agreement], measure: CadenceMeasure, since: date) -> Due | None:
    """The day on which a gap that began with `since` becomes too long: the day after its limit."""
    found = first_day(versions, lambda version: limit(version, measure, since) + DAY)
    return None if found is None else Due(since, found[0], found[1].version)


def warning(versions: Sequence[Agreement], since: date) -> Due | None:
    """The day on which the next meeting is warned of."""
    found = first_day(
        versions,
        lambda version: (
            limit(version, CadenceMeasure.CALENDAR_MONTHS, since) - timedelta(days=version.meeting_warning_days)
        ),
    )
    return None if found is None else Due(since, found[0], found[1].version)


def breaches(
    starts_on: date, held: Sequence[date], until: date, versions: Sequence[Agreement], register: Register
) -> Iterator[Breach]:
    """Every gap that was too long up to `until`, at most one per measure and gap.

    A gap is judged only where a protocol is in force on the day on which it becomes too long (P79).
    """
    days = sorted({starts_on, *held})
    for since, end in pairwise([*days, max(until, days[-1])]):
        for measure in CadenceMeasure:
            due = late(versions, measure, since)
            if due is not None and due.day <= end and register.on(due.day) is not None:
                yield Breach(measure, due)
