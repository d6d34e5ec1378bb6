"""Guards that several aggregates of governance share: the day of a fact, who is in force, who may speak for a party."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from insieme_events import days
from insieme_events.decider import RefusalKind, Refused

IN_FUTURE = days.in_future("governance")
AGREEMENT_UNKNOWN = Refused(
    code="governance.agreement_unknown",
    sentence="No version of the implementing agreement had begun by then: adopt one first.",
    clause="P62",
)
NO_AGREEMENT_IN_FORCE = Refused(
    code="governance.no_agreement_in_force",
    sentence="No version of the agreement is in force on {on}, so nobody can commit or plan money: adopt one first.",
    clause="P62",
)
PARTY_NOT_IN_FORCE = Refused(
    code="governance.party_not_in_force",
    sentence="{party} is no party in force on {on}: check the code and the date.",
    clause="P81",
)
NOT_FOR_PARTY = Refused(
    code="governance.not_for_party",
    sentence="This is for {party} to say, or for the operational coordinator to record for it.",
    clause="P65",
    kind=RefusalKind.FORBIDDEN,
)
NO_COORDINATOR = Refused(
    code="governance.no_coordinator",
    sentence="Nobody holds the operational coordination on {on}: assign the role first.",
    clause="P65",
)
NOT_COORDINATOR = Refused(
    code="governance.not_the_coordinator",
    sentence="{party} holds the operational coordination: it convenes meetings, keeps minutes and assigns actions.",
    clause="P65",
    kind=RefusalKind.FORBIDDEN,
)


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)


def in_force(parties: Collection[str], asked: Collection[str], on: date) -> Refused | None:
    """Refuses the first of the parties asked for that is none in force on that day (P81)."""
    missing = sorted(set(asked) - set(parties))
    return PARTY_NOT_IN_FORCE.about(party=missing[0], on=on) if missing else None


def for_party(actor: str, party: str, coordinator: str | None) -> Refused | None:
    """Refuses what is said for a party by somebody who may not say it: its will, its notice, its money, its report.

    The text has the parties themselves consent, notify and define their resources («definendo», «comunicate», P72,
    P80, P81), and gives the operational coordination of the activities to one unit (P65). So a party speaks for itself;
    what reached the coordinator in writing, the coordinator records, in its own name. Nobody else speaks for a party:
    a delegate acts in the scope that its link names, and in no other.
    """
    return None if actor in (party, coordinator) else NOT_FOR_PARTY.about(party=party)


def coordinates(actor: str, coordinator: str | None, on: date) -> Refused | None:
    """Refuses what only the operational coordinator does (P65)."""
    if coordinator is None:
        return NO_COORDINATOR.about(on=on)
    return None if actor == coordinator else NOT_COORDINATOR.about(party=coordinator)
