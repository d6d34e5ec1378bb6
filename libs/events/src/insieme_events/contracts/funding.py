"""Events of funding: budgets, projects, committees and what was paid (P43-P45, P61, P63, P64, P66, P69)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from insieme_events.contracts import base
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.vocabulary import Cents, Strand

Year = Annotated[int, Field(ge=2017, le=2099)]
Amount = Annotated[int, Field(ge=1, le=10**12)]
"""Money that moves: euro cents, more than nothing."""


class FundingEvent(DomainEvent):
    context = "funding"


class AmountBand(StrEnum):
    """How much, as coarse as signatories may know of money that a natural person receives (privacy.md 3.6)."""

    TO_2000 = "to_2000"
    TO_5000 = "to_5000"
    TO_10000 = "to_10000"
    TO_25000 = "to_25000"
    ABOVE_25000 = "above_25000"


BANDS = (
    (200_000, AmountBand.TO_2000),
    (500_000, AmountBand.TO_5000),
    (1_000_000, AmountBand.TO_10000),
    (2_500_000, AmountBand.TO_25000),
)


def band_of(amount: int) -> AmountBand:
    """The band of an amount in cents; a band holds its upper end."""
    return next((band for most, band in BANDS if amount <= most), AmountBand.ABOVE_25000)


def money(strand: Strand, amount: int, personal: bool = False) -> dict[str, Any]:
    """The fields of a MoneyEvent. `personal`: a natural person receives it, whatever the strand."""
    hidden = personal or strand is Strand.SELF_ENTERPRISE
    return {
        "strand": strand,
        "amount": amount,
        "amount_band": band_of(amount),
        "disclosed_amount": None if hidden else amount,
    }


class MoneyEvent(FundingEvent):
    """Money of a strand (I10). Signatories get `disclosed_amount`: None where a natural person receives it (P44)."""

    strand: Strand
    amount: Amount
    amount_band: AmountBand
    disclosed_amount: Amount | None

    @model_validator(mode="after")
    def hides_what_a_person_receives(self) -> MoneyEvent:
        if self.amount_band is not band_of(self.amount):
            raise ValueError("the band is not that of the amount")
        if self.disclosed_amount not in (None, self.amount):
            raise ValueError("the disclosed amount is not the amount")
        if self.strand is Strand.SELF_ENTERPRISE and self.disclosed_amount is not None:
            raise ValueError("an amount of strand 3a is a natural person's: it is not disclosed")
        return self


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
    party_fields = ("year", "amendment_id", "occurred_on")


class PlanReductionRefused(FundingEvent):
    """More is committed than the lower ceilings allow: the plan stays as it is (P52, P66)."""

    year: int
    amendment_id: UUID
    party_fields = ("year", "amendment_id", "occurred_on")
