"""A company's membership in the Board: from the day it joined until the day it left (P59)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import governance_plan
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class BoardMembershipVersion(FactRow):
    """`membership_no` counts from 1 within the company: one that left may join again."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "board_membership"
    table: ClassVar[str] = "board_membership_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id", "membership_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    membership_no: int
    joined_on: date
    left_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], BoardMembershipVersion], stored: Stored) -> Sequence[BoardMembershipVersion]:
    number = len(latest)
    match stored.event:
        case governance_plan.CompanyJoinedBoard() as event:
            return (BoardMembershipVersion(event.company_id, number + 1, event.occurred_on),)
        case governance_plan.CompanyLeftBoard() as event:
            before = latest[(event.company_id, number)]
            return changed(before, replace(before, left_on=event.occurred_on))
        case _:
            return ()
