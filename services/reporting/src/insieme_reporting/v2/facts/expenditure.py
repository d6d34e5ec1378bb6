"""Money that was spent out of a budget, and money that came back into it (P20, P66, P67)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding_budget import ExpenditureRecorded, ExpenditureReturned
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money

EVENTS = (ExpenditureRecorded, ExpenditureReturned)


class MovementKind(StrEnum):
    SPENT = "spent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ExpenditureVersion(FactRow):
    """A movement in euro cents: what came back is below nothing, so that their sum is what was spent.

    `commitment_id` is None where the money came straight out of a line.
    """

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "budget"
    table: ClassVar[str] = "expenditure_versions"
    key: ClassVar[tuple[str, ...]] = ("budget_id", "movement_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    budget_id: UUID
    movement_id: UUID
    kind: str
    commitment_id: UUID | None
    year: int
    source: str
    borne_by: str
    strand: str
    moved_on: date
    amount: Money


def apply(latest: Mapping[tuple[Any, ...], ExpenditureVersion], stored: Stored) -> Sequence[ExpenditureVersion]:
    match stored.event:
        case ExpenditureRecorded() as event:
            return (_movement(event, event.expenditure_id, MovementKind.SPENT, event.amount),)
        case ExpenditureReturned() as event:
            return (_movement(event, event.return_id, MovementKind.RETURNED, -event.amount),)
        case _:
            return ()


def _movement(
    event: ExpenditureRecorded | ExpenditureReturned, movement_id: UUID, kind: MovementKind, amount: int
) -> ExpenditureVersion:
    return ExpenditureVersion(
        event.budget_id,
        movement_id,
        kind.value,
        event.commitment_id,
        event.year,
        event.source,
        event.borne_by,
        event.strand.value,
        event.occurred_on,
        amount,
    )
