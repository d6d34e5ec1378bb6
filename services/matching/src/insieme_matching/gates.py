"""Guards that several aggregates of matching share: the in-charge gate, the known company, the date of a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from insieme_events import days
from insieme_events.decider import RefusalKind, Refused

PERSON_UNKNOWN = Refused(
    code="matching.person_unknown",
    sentence="Matching has not heard of this person yet: try again in a moment, or check the person's id.",
    clause="P33",
    kind=RefusalKind.RETRY,
)
NOT_IN_CHARGE = Refused(
    code="matching.not_in_charge",
    sentence="The person was not in charge on {on}: record the taking in charge in intake first, or correct the date.",
    clause="P33",
)
COMPANY_UNKNOWN = Refused(
    code="matching.company_unknown",
    sentence="There is no company with this id: register the company first.",
    clause="P21",
    kind=RefusalKind.NOT_FOUND,
)
IN_FUTURE = days.in_future("matching")


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `since` to `until`, both included; `until` None means until further notice."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def in_charge_on(intervals: Sequence[Interval] | None, day: date) -> Refused | None:
    """The in-charge gate (I7b, P33): refuses unless the person was in charge on that day.

    None means that nothing of this person has arrived from intake yet, which only waiting can change; an empty
    sequence is a known person who was never in charge.
    """
    if intervals is None:
        return PERSON_UNKNOWN
    if any(interval.holds(day) for interval in intervals):
        return None
    return NOT_IN_CHARGE.about(on=day)


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)
