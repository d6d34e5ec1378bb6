"""Setting and amending the lines of a budget, and following the plan (I3, I4; P66)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_budget import (
    AmendmentCause,
    AnnualBudgetSet,
    BudgetAmended,
    BudgetClosed,
    ReductionReleased,
    ReductionReserved,
    StrandAmount,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, Refused
from insieme_funding.budget.commands import (
    AmendBudget,
    BudgetCircumstances,
    Ceilings,
    FollowPlan,
    ReserveReduction,
    SetAnnualBudget,
)
from insieme_funding.budget.refusals import (
    ALREADY_SET,
    BELOW_USED,
    BUDGET_CLOSED,
    BUDGET_UNKNOWN,
    NO_PLAN,
    OVER_PLAN,
    REDUCTION_DOES_NOT_FIT,
    STRAND_TWICE,
)
from insieme_funding.budget.state import Budget, Closed, Ledger, NotSet, Open, by_strand
from insieme_funding.gates import AGREEMENT_UNKNOWN, budget_id

LAST_PROVISIONAL_MONTH = 2
MONTHS = 12


def set_budget(command: SetAnnualBudget, budget: Budget, circumstances: BudgetCircumstances) -> Decision:
    match budget:
        case NotSet() if len(by_strand(command.lines)) < len(command.lines):
            return STRAND_TWICE
        case NotSet():
            agreement = circumstances.agreement
            if agreement is None:
                return AGREEMENT_UNKNOWN.about(on=command.on)
            found = ceilings_on(command.year, command.on, agreement, circumstances)
            if isinstance(found, Refused):
                return found
            if above := over(command.lines, found):
                return above
            return [
                AnnualBudgetSet(
                    budget_id=budget_id(command.year, command.source),
                    year=command.year,
                    source=command.source,
                    borne_by=command.borne_by,
                    lines=command.lines,
                    provisional=circumstances.ceilings is None,
                    agreement_version=agreement.version,
                    occurred_on=command.on,
                )
            ]
        case Open(ledger=ledger) if same(ledger, command):
            return []
        case Open() | Closed():
            return ALREADY_SET
        case _:
            assert_never(budget)


def same(ledger: Ledger, command: SetAnnualBudget) -> bool:
    said = (command.borne_by, by_strand(command.lines), command.on)
    return said == (ledger.borne_by, ledger.lines, ledger.set_on)


def ceilings_on(
    year: int, on: date, agreement: Agreement | None, circumstances: BudgetCircumstances
) -> Ceilings | Refused:
    """The approved plan's ceilings; before it, where the agreement says so, twelfths of the plan before (I4).

    One twelfth per month that has begun, in January and February of the year only.
    """
    if circumstances.ceilings is not None:
        return circumstances.ceilings
    allowed = agreement is not None and agreement.provisional_twelfths
    if not allowed or circumstances.previous is None or on.year != year or on.month > LAST_PROVISIONAL_MONTH:
        return NO_PLAN.about(year=year)
    return {strand: amount * on.month // MONTHS for strand, amount in circumstances.previous.items()}


def over(lines: Sequence[StrandAmount], ceilings: Ceilings) -> Refused | None:
    above = next((line for line in lines if line.amount > ceilings.get(line.strand, 0)), None)
    return None if above is None else OVER_PLAN.about(strand=above.strand.value)


def amend(command: AmendBudget, budget: Budget, circumstances: BudgetCircumstances) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Closed():
            return BUDGET_CLOSED
        case Open() if len(by_strand(command.lines)) < len(command.lines):
            return STRAND_TWICE
        case Open(ledger=ledger):
            found = ceilings_on(ledger.year, command.on, circumstances.agreement, circumstances)
            if isinstance(found, Refused):
                return found
            if above := over(command.lines, found):
                return above
            lines, provisional = by_strand(command.lines), circumstances.ceilings is None
            low = next((strand for strand in Strand if lines.get(strand, 0) < ledger.used(strand)), None)
            if low is not None:
                return BELOW_USED.about(strand=low.value)
            if (lines, provisional) == (ledger.lines, ledger.provisional):
                return []
            return [amended(ledger, command.lines, provisional, AmendmentCause.DECIDED, command.on)]
        case _:
            assert_never(budget)


def reserve(command: ReserveReduction, budget: Budget) -> Decision:
    match budget:
        case NotSet():
            return []
        case Open(ledger=ledger) | Closed(ledger=ledger):
            if command.amendment_id in ledger.holds:
                return []
            ceilings = by_strand(command.ceilings)
            if any(ledger.used(strand) > ceilings.get(strand, 0) for strand in Strand):
                return REDUCTION_DOES_NOT_FIT
            return [
                ReductionReserved(
                    **names(ledger),
                    amendment_id=command.amendment_id,
                    ceilings=command.ceilings,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(budget)


def follow(command: FollowPlan, budget: Budget) -> Decision:
    """Lines come under the ceilings, but never below what is used: that a plan came out lower than what was lawfully
    committed shows in the view.
    """
    match budget:
        case NotSet():
            return []
        case Open(ledger=ledger) | Closed(ledger=ledger):
            ceilings = by_strand(command.ceilings)
            lines = {
                strand: max(min(amount, ceilings.get(strand, 0)), ledger.used(strand))
                for strand, amount in ledger.lines.items()
            }
            events: list[DomainEvent] = []
            if lines != ledger.lines or ledger.provisional:
                told = tuple(StrandAmount(strand=strand, amount=amount) for strand, amount in lines.items())
                events.append(amended(ledger, told, False, command.cause, command.on))
            if command.amendment_id is not None and command.amendment_id in ledger.holds:
                events.append(
                    ReductionReleased(**names(ledger), amendment_id=command.amendment_id, occurred_on=command.on)
                )
            return events
        case _:
            assert_never(budget)


def release_reduction(amendment_id: UUID, on: date, budget: Budget) -> Decision:
    match budget:
        case NotSet():
            return []
        case Open(ledger=ledger) | Closed(ledger=ledger) if amendment_id in ledger.holds:
            return [ReductionReleased(**names(ledger), amendment_id=amendment_id, occurred_on=on)]
        case Open() | Closed():
            return []
        case _:
            assert_never(budget)


def close(on: date, budget: Budget) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger):
            return [BudgetClosed(**names(ledger), occurred_on=on)]
        case Closed():
            return []
        case _:
            assert_never(budget)


def amended(
    ledger: Ledger, lines: tuple[StrandAmount, ...], provisional: bool, cause: AmendmentCause, on: date
) -> BudgetAmended:
    return BudgetAmended(**names(ledger), lines=lines, provisional=provisional, cause=cause, occurred_on=on)


def names(ledger: Ledger) -> dict[str, Any]:
    """Which budget an event speaks of."""
    return {"budget_id": ledger.budget_id, "year": ledger.year, "source": ledger.source}
