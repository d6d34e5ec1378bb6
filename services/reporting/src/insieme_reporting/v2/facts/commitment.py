"""What a budget binds to a project or an activity (P64, P66)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding_budget import CommitmentReleased, ExpenditureReturned, FundsCommitted
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money

EVENTS = (FundsCommitted, CommitmentReleased, ExpenditureReturned)


@dataclass(frozen=True, slots=True)
class CommitmentVersion(FactRow):
    """Euro cents. `amount` is what is bound still: what was granted, less what was released or came back.

    The id of a commitment is that of its project or of its decision.
    """

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "budget"
    table: ClassVar[str] = "commitment_versions"
    key: ClassVar[tuple[str, ...]] = ("budget_id", "commitment_id")
    sealed: ClassVar[tuple[str, ...]] = ()

    budget_id: UUID
    commitment_id: UUID
    year: int
    source: str
    strand: str
    kind: str
    committed_on: date
    granted: Money
    amount: Money


def apply(latest: Mapping[tuple[Any, ...], CommitmentVersion], stored: Stored) -> Sequence[CommitmentVersion]:
    match stored.event:
        case FundsCommitted() as event:
            return (
                CommitmentVersion(
                    event.budget_id,
                    event.commitment_id,
                    event.year,
                    event.source,
                    event.strand.value,
                    event.commitment_kind.value,
                    event.occurred_on,
                    event.amount,
                    event.amount,
                ),
            )
        case CommitmentReleased() | ExpenditureReturned() as event:
            before = latest[(event.budget_id, event.commitment_id)]
            return (replace(before, amount=before.amount - event.amount),)
        case _:
            return ()
