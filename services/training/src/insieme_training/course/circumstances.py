"""What a decision about a course is told by the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.decider import Circumstances


@dataclass(frozen=True, slots=True)
class CourseCircumstances(Circumstances):
    """`last_known`: the agreement that had begun by the day, also when it had ended. `party_in_force`: whether the
    actor's party is one of the protocol on that day. `funded_on`: since when the Comitato di gestione funds the course,
    as far as training has heard. `order`: who may have a seat next, those on the waiting list by priority, then date.
    `nameless`: of those on the waiting list whose data were erased, so that nobody can rank them any more.
    """

    last_known: Agreement | None
    party_in_force: bool
    funded_on: date | None
    order: tuple[UUID, ...]
    nameless: frozenset[UUID]
