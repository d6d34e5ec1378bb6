"""What may be asked of a budget, and what a decision on it is told (P64, P66)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import Amount, Year
from insieme_events.contracts.funding_budget import AmendmentCause, CommitmentKind, ReleaseReason, StrandAmount
from insieme_events.contracts.vocabulary import Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command

Lines = Annotated[tuple[StrandAmount, ...], Field(min_length=1, max_length=len(Strand))]


class SetAnnualBudget(Command):
    """Fixes what a source may spend in a year, by strand, within the approved plan (P66)."""

    year: Year
    source: Code
    borne_by: Code
    lines: Lines
    on: Day


class AmendBudget(Command):
    """Replaces the lines: not below what is used, not above the plan (P66)."""

    lines: Lines
    on: Day


class Commit(Command):
    """Binds part of a line: part of the same unit as the decision that grants it (P64).

    `personal`: a natural person receives the money.
    """

    commitment_id: UUID
    kind: CommitmentKind
    strand: Strand
    amount: Amount
    personal: bool
    on: Day


class Pay(Command):
    """An instalment of a project: part of the same unit as PayInstalment (P64)."""

    expenditure_id: UUID
    commitment_id: UUID
    amount: Amount
    on: Day


class RecordExpenditure(Command):
    """Money spent: on an activity's commitment, or straight out of the line (P66)."""

    expenditure_id: UUID
    commitment_id: UUID | None = None
    strand: Strand
    amount: Amount
    on: Day


class TakeBack(Command):
    """Money came back: part of the same unit as ReturnFunds (P64)."""

    return_id: UUID
    commitment_id: UUID
    amount: Amount
    on: Day


class Release(Command):
    """Frees what was not paid: part of the same unit as the revocation or the closing (P64)."""

    commitment_id: UUID
    reason: ReleaseReason
    on: Day


class ReserveReduction(Command):
    """Holds the lower ceilings of a proposed plan (P66)."""

    amendment_id: UUID
    ceilings: tuple[StrandAmount, ...]
    on: Day


class FollowPlan(Command):
    """The plan was approved or amended: the lines come under its ceilings (P66)."""

    cause: AmendmentCause
    amendment_id: UUID | None
    ceilings: tuple[StrandAmount, ...]
    on: Day


class ReleaseReduction(Command):
    """The proposed plan was not adopted: the lines hold again (P66)."""

    amendment_id: UUID
    on: Day


class CloseBudget(Command):
    """Ends a year's budget; what is committed may still be paid (P66)."""

    on: Day


BudgetCommand = (
    SetAnnualBudget
    | AmendBudget
    | Commit
    | Pay
    | RecordExpenditure
    | TakeBack
    | Release
    | ReserveReduction
    | FollowPlan
    | ReleaseReduction
    | CloseBudget
)

Ceilings = Mapping[Strand, int]


@dataclass(frozen=True, slots=True)
class BudgetCircumstances(Circumstances):
    """What the plans let this source spend by strand: that of the budget's year, held reductions taken off, and that
    of the year before; None where no approved plan of the year is known.
    """

    ceilings: Ceilings | None
    previous: Ceilings | None
