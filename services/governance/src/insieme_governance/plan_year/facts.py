"""What the world tells a decision about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Circumstances

TAVOLO = "coordination_table"
HELD = "held"
WORK_PLAN, WORK_PLAN_AMENDMENT = "work_plan", "work_plan_amendment"


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting that a command names, and what its decision of that number is about; None where it took none."""

    body: str
    status: str
    held_on: date | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class PlanYearCircumstances(Circumstances):
    """`parties` are those in force on the command's day, for NoteMissingCommitment on the day that was due.

    `coordinator` is the party that holds the operational coordination on the command's day (P65).

    `meeting` is that of a decision of the Tavolo, None where nobody knows it; `measures` are the entries of regional
    measures that the command names and the register knows.
    """

    parties: Mapping[str, PartyRole] = field(default_factory=dict)
    coordinator: str | None = None
    meeting: Meeting | None = None
    measures: frozenset[UUID] = frozenset()
