"""Guards that several aggregates of funding share: dates, the agreement, who is in charge, names of locks."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from insieme_events import days
from insieme_events.agreement import Agreement
from insieme_events.decider import Refused
from insieme_events.gates import gate

AGREEMENT_UNKNOWN = Refused(
    code="funding.agreement_unknown",
    sentence="No implementing agreement is in force on {on}: money waits until governance has adopted one.",
    clause="P62",
)
IN_FUTURE = days.in_future("funding")

in_charge_on = gate("funding", "P44")


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)


def agreed(agreement: Agreement | None, on: date) -> Agreement | Refused:
    """The agreement in force; without one nothing that costs money is decided."""
    return AGREEMENT_UNKNOWN.about(on=on) if agreement is None else agreement


def budget_id(year: int, source: str) -> UUID:
    """The one budget of a source in a year (P66)."""
    return uuid5(NAMESPACE_URL, f"insieme:budget:{year}:{source}")


def plan_lock(year: int) -> str:
    """Held by whatever reads or changes the ceilings of a year, so that no budget is set by ceilings just lowered."""
    return f"funding.plan/{year}"


def committee_lock(committee_id: UUID) -> str:
    """Held by a committee's decisions and by what ends it (I2)."""
    return f"committee-{committee_id}"


def committees_lock(kind: str) -> str:
    """Held while a committee of the kind is appointed: mandates do not overlap (P63, P64)."""
    return f"funding.committees/{kind}"


def project_lock(project_id: UUID) -> str:
    """Held by decisions on a project and by declared conflicts with it: none passes the other unseen (I2)."""
    return f"funding.project/{project_id}"


def placement_lock(employment_id: UUID) -> str:
    """Held while a placement is linked to a project, and while it is marked as voided (P45)."""
    return f"funding.placement/{employment_id}"
