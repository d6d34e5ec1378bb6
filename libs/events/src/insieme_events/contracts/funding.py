"""Events of funding: budgets, projects, committees and what was paid (P43-P45, P61, P63, P64, P66, P69)."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from insieme_events.contracts import base
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.vocabulary import Cents, Strand


class FundingEvent(DomainEvent):
    context = "funding"


class ErasureCompleted(base.ErasureCompleted):
    """Funding holds nothing readable of the person any more (GDPR art. 17)."""

    context = "funding"


class ActivityKind(StrEnum):
    """What the Comitato di gestione funds beside projects (P64)."""

    COURSE = "course"
    INTERNSHIP_ALLOWANCE = "internship_allowance"
    OTHER = "other"


class ActivityFundingApproved(FundingEvent):
    """The Comitato di gestione funds an activity out of a budget; `activity_id` is the course's (P64)."""

    decision_id: UUID
    activity_kind: ActivityKind
    activity_id: UUID
    strand: Strand
    year: int
    source: Code
    amount: Cents
    agreement_version: Code


class PlanReductionAccepted(FundingEvent):
    """Every source's budget fits under the lower ceilings and is held there: the plan may be amended (P52, P66)."""

    year: int
    amendment_id: UUID


class PlanReductionRefused(FundingEvent):
    """More is committed than the lower ceilings allow: the plan stays as it is (P52, P66)."""

    year: int
    amendment_id: UUID
