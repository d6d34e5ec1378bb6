"""The mandatory communication of what happens to a contract: on what day it was made, and whether that was late.

Comunicazione obbligatoria (standards.md 2.2). A late one is a fact: it is recorded and never refused. It may be told of
any movement or of none, and is judged by the legal limits of the movement's day, once; a correction of the contract
judges nothing again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from insieme_events.agreement import Limits, limits_on
from insieme_events.contracts.agreement import LegalLimits
from insieme_events.decider import Refused
from insieme_matching.contract_types import contract_kind
from insieme_matching.gates import not_after

Term = Callable[[date, LegalLimits], date]
"""The last day for communicating a movement of that day: `start_communicated_by` or `change_communicated_by`."""


def judged(
    communicated_on: date | None,
    day: date,
    term: Term | None,
    limits: Sequence[Limits],
    today: date,
    unknown: Refused,
) -> dict[str, Any] | Refused:
    """What the event of a movement of that day keeps of its communication; nothing where none was told.

    `term` is None where the law sets none that could be missed. Refuses a communication that is still to come, and with
    `unknown` where no legal limits are known for the day: only what was told asks for them.
    """
    if communicated_on is None:
        return {}
    if future := not_after(today, communicated_on):
        return future
    if term is None:
        return {"communicated_on": communicated_on}
    standing = limits_on(limits, day)
    if standing is None:
        return unknown.about(on=day)
    return {
        "communicated_on": communicated_on,
        "communicated_late": communicated_on > term(day, standing),
        "limits_version": standing.version,
    }


def unless_monthly(term: Term, contract_type: str) -> Term | None:
    """The term, unless another one holds for that contract type that the legal limits do not know.

    Agencies and public bodies communicate by the 20th of the next month (standards.md 2.2).
    """
    kind = contract_kind(contract_type)
    return None if kind is None or kind.communicated_monthly else term
