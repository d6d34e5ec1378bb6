"""What a source may spend in a year, strand by strand (P66)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding_budget import AnnualBudgetSet, BudgetAmended
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

EVENTS = (AnnualBudgetSet, BudgetAmended)


@dataclass(frozen=True, slots=True)
class BudgetLineVersion(FactRow):
    """A line of a budget in euro cents; 0 from the amendment on that leaves it out. `borne_by` bears the cost (P67)."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "budget"
    table: ClassVar[str] = "budget_line_versions"
    key: ClassVar[tuple[str, ...]] = ("budget_id", "strand")
    sealed: ClassVar[tuple[str, ...]] = ()

    budget_id: UUID
    strand: str
    year: int
    source: str
    borne_by: str
    amount: Money
    provisional: bool


def apply(latest: Mapping[tuple[Any, ...], BudgetLineVersion], stored: Stored) -> Sequence[BudgetLineVersion]:
    event = stored.event
    if not isinstance(event, AnnualBudgetSet | BudgetAmended):
        return ()
    amounts = {line.strand.value: line.amount for line in event.lines}
    if isinstance(event, AnnualBudgetSet):
        place = (event.year, event.source, event.borne_by)
    else:
        one = next(iter(latest.values()))
        place = (one.year, one.source, one.borne_by)
    found: list[BudgetLineVersion] = []
    for strand in sorted({*amounts, *(row.strand for row in latest.values())}):
        before = latest.get((event.budget_id, strand))
        row = before or BudgetLineVersion(event.budget_id, strand, *place, 0, False)
        found.extend(changed(before, replace(row, amount=amounts.get(strand, 0), provisional=event.provisional)))
    return found
