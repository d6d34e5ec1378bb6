"""What the Comitato di gestione decides on activities beside projects (P64)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding import ActivityFundingApproved
from insieme_events.contracts.funding_committees import (
    ActivityFundingEnded,
    ActivityFundingProposed,
    ActivityFundingRefused,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

EVENTS = (ActivityFundingProposed, ActivityFundingApproved, ActivityFundingRefused, ActivityFundingEnded)


@dataclass(frozen=True, slots=True)
class FundingDecisionVersion(FactRow):
    """`activity_id` is the course's where a course is funded; `amount` in euro cents, as decided last."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "funding_decision"
    table: ClassVar[str] = "funding_decision_versions"
    key: ClassVar[tuple[str, ...]] = ("decision_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    decision_id: UUID
    activity_kind: str
    activity_id: UUID
    strand: str
    year: int
    source: str
    amount: Money
    proposed_on: date
    approved_on: date | None = None
    refused_on: date | None = None
    refusal_ground: str | None = None
    ended_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], FundingDecisionVersion], stored: Stored) -> Sequence[FundingDecisionVersion]:
    event = stored.event
    if isinstance(event, ActivityFundingProposed):
        return (
            FundingDecisionVersion(
                event.decision_id,
                event.activity_kind.value,
                event.activity_id,
                event.strand.value,
                event.year,
                event.source,
                event.amount,
                event.occurred_on,
            ),
        )
    if not isinstance(event, ActivityFundingApproved | ActivityFundingRefused | ActivityFundingEnded):
        return ()
    before = latest[(event.decision_id,)]
    return changed(before, _after(before, event))


def _after(
    decision: FundingDecisionVersion,
    event: ActivityFundingApproved | ActivityFundingRefused | ActivityFundingEnded,
) -> FundingDecisionVersion:
    match event:
        case ActivityFundingApproved():
            return replace(decision, approved_on=event.occurred_on, amount=event.amount)
        case ActivityFundingRefused():
            return replace(decision, refused_on=event.occurred_on, refusal_ground=event.ground.value)
        case ActivityFundingEnded():
            return replace(decision, ended_on=event.occurred_on)
