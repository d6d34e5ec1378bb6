"""Events of funding's budgets: what a source may spend in a year, what is committed and what was paid (P66, P67)."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.agreement import Part
from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import FundingEvent, MoneyEvent, Year
from insieme_events.contracts.vocabulary import Cents, Strand


class StrandAmount(Part):
    """What a budget or a ceiling holds for one strand (P30, P66)."""

    strand: Strand
    amount: Cents


class AmendmentCause(StrEnum):
    """Why the lines of a budget changed (P66)."""

    DECIDED = "decided"
    PLAN_APPROVED = "plan_approved"
    PLAN_AMENDED = "plan_amended"


class CommitmentKind(StrEnum):
    PROJECT = "project"
    ACTIVITY = "activity"


class ReleaseReason(StrEnum):
    """Why what was committed is free again (I3)."""

    REVOKED = "revoked"
    CLOSED = "closed"


class BudgetEvent(FundingEvent):
    budget_id: UUID
    year: Year
    source: Code


class AnnualBudgetSet(BudgetEvent):
    """What a source may spend in the year, strand by strand, within the approved plan (P66).

    `borne_by` is the party that bears the cost of this source (P67). `provisional`: the plan of the year is not
    approved yet, and the lines are twelfths of the plan before.

    Italian: bilancio annuale.
    """

    borne_by: Code
    lines: tuple[StrandAmount, ...]
    provisional: bool
    agreement_version: Code
    party_fields = (
        "budget_id",
        "year",
        "source",
        "borne_by",
        "lines",
        "provisional",
        "agreement_version",
        "occurred_on",
    )


class BudgetAmended(BudgetEvent):
    """From now on these lines hold; by a decision, or because the plan changed (P66)."""

    lines: tuple[StrandAmount, ...]
    provisional: bool
    cause: AmendmentCause
    party_fields = ("budget_id", "year", "source", "lines", "provisional", "cause", "occurred_on")


class BudgetClosed(BudgetEvent):
    """Nothing new is committed or spent; what was committed may still be paid (P66)."""

    party_fields = ("budget_id", "year", "source", "occurred_on")


class FundsCommitted(BudgetEvent, MoneyEvent):
    """Part of a line is bound to a project or an activity (P64, P66). Italian: impegno di spesa."""

    commitment_id: UUID
    commitment_kind: CommitmentKind
    party_fields = (
        "budget_id",
        "year",
        "source",
        "commitment_id",
        "commitment_kind",
        "strand",
        "amount_band",
        "disclosed_amount",
        "occurred_on",
    )


class CommitmentReleased(BudgetEvent, MoneyEvent):
    """What was committed and not paid is free again (P64)."""

    commitment_id: UUID
    reason: ReleaseReason
    party_fields = (
        "budget_id",
        "year",
        "source",
        "commitment_id",
        "reason",
        "strand",
        "amount_band",
        "disclosed_amount",
        "occurred_on",
    )


class ExpenditureRecorded(BudgetEvent, MoneyEvent):
    """Money was spent, on a commitment or straight out of the line (P20, P66, P67). Italian: spesa; liquidazione."""

    expenditure_id: UUID
    commitment_id: UUID | None
    borne_by: Code
    party_fields = (
        "budget_id",
        "year",
        "source",
        "expenditure_id",
        "borne_by",
        "strand",
        "amount_band",
        "disclosed_amount",
        "occurred_on",
    )


class ExpenditureReturned(BudgetEvent, MoneyEvent):
    """Money that was paid on a commitment came back: neither spent nor committed any more (P20, P64)."""

    return_id: UUID
    commitment_id: UUID
    borne_by: Code
    party_fields = (
        "budget_id",
        "year",
        "source",
        "return_id",
        "borne_by",
        "strand",
        "amount_band",
        "disclosed_amount",
        "occurred_on",
    )


class ReductionReserved(BudgetEvent):
    """The lower ceilings of a proposed plan hold already, until the plan is amended or stays as it is (P52, P66)."""

    amendment_id: UUID
    ceilings: tuple[StrandAmount, ...]
    party_fields = ("budget_id", "year", "source", "amendment_id", "ceilings", "occurred_on")


class ReductionReleased(BudgetEvent):
    """The proposed ceilings are decided: only the lines hold again (P52, P66)."""

    amendment_id: UUID
    party_fields = ("budget_id", "year", "source", "amendment_id", "occurred_on")
