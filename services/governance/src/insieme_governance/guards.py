"""Guards that the plan, the Board and the registers share: who is in force, the agreement, the date of a fact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from insieme_events import days
from insieme_events.decider import Refused

IN_FUTURE = days.in_future("governance")
NO_AGREEMENT = Refused(
    code="governance.no_agreement_in_force",
    sentence="No version of the agreement is in force on {on}, so nobody can commit or plan money: adopt one first.",
    clause="P62",
)
PARTY_NOT_IN_FORCE = Refused(
    code="governance.party_not_in_force",
    sentence="{party} is no party in force on {on}: check the code and the date.",
    clause="P81",
)


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)


def in_force(parties: Collection[str], asked: Collection[str], on: date) -> Refused | None:
    """Refuses the first of the parties asked for that is none in force on that day (P81)."""
    missing = sorted(set(asked) - set(parties))
    return PARTY_NOT_IN_FORCE.about(party=missing[0], on=on) if missing else None
