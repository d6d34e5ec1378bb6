"""What the world tells a decision about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Circumstances

TAVOLO = "tavolo_coordinamento"
HELD = "held"


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting that a command names; `decided`: whether it took the decision of that number."""

    body: str
    status: str
    held_on: date | None
    decided: bool


@dataclass(frozen=True, slots=True)
class PlanYearCircumstances(Circumstances):
    """`parties` are those in force on the command's day, for NoteMissingCommitment on the day that was due.

    `meeting` is that of a decision of the Tavolo, None where nobody knows it; `measures` are the entries of regional
    measures that the command names and the register knows.
    """

    parties: Mapping[str, PartyRole] = field(default_factory=dict)
    meeting: Meeting | None = None
    measures: frozenset[UUID] = frozenset()
