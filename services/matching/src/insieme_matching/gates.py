"""Guards that several aggregates of matching share: the in-charge gate, the known company, the date of a fact."""

from __future__ import annotations

from datetime import date

from insieme_events import days
from insieme_events.decider import RefusalKind, Refused
from insieme_events.gates import gate

COMPANY_UNKNOWN = Refused(
    code="matching.company_unknown",
    sentence="There is no company with this id: register the company first.",
    clause="P21",
    kind=RefusalKind.NOT_FOUND,
)
IN_FUTURE = days.in_future("matching")


in_charge_on = gate("matching", "P33")
profile_in_charge_on = gate("matching", "P31")
intern_in_charge_on = gate("matching", "P34")


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)
