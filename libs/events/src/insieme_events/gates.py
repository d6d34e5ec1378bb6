"""The in-charge gate as the aggregates of every service see it: intervals, and two refusals (I7b; aggregates.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from insieme_events.decider import RefusalKind, Refused


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `since` to `until`, both included; `until` None means until further notice."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class InChargeGate:
    """The in-charge gate of a service (I7b) with its two refusals."""

    unknown: Refused
    not_in_charge: Refused

    def __call__(self, intervals: Sequence[Interval] | None, day: date) -> Refused | None:
        """Refuses unless the person was in charge on that day.

        None means that nothing of this person has arrived from intake yet, which only waiting can change; an empty
        sequence is a known person who was never in charge.
        """
        if intervals is None:
            return self.unknown
        if any(interval.holds(day) for interval in intervals):
            return None
        return self.not_in_charge.about(on=day)


def gate(service: str, clause: str) -> InChargeGate:
    """The gate of a service, whose refusals name the clause that the service's own fact rests on."""
    unknown = Refused(
        code=f"{service}.person_unknown",
        sentence=f"{service.capitalize()} has not heard of this person yet: try again in a moment, or check the "
        "person's id.",
        clause=clause,
        kind=RefusalKind.RETRY,
    )
    not_in_charge = Refused(
        code=f"{service}.not_in_charge",
        sentence="The person was not in charge on {on}: record the taking in charge in intake first, or correct the "
        "date.",
        clause=clause,
    )
    return InChargeGate(unknown, not_in_charge)
