"""Committing, paying, and freeing again (I3; P64, P66): what is used never goes above what the budget lets."""

from __future__ import annotations

from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts.funding import money
from insieme_events.contracts.funding_budget import (
    CommitmentKind,
    CommitmentReleased,
    ExpenditureRecorded,
    ExpenditureReturned,
    FundsCommitted,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, Refused
from insieme_funding.budget.commands import BudgetCircumstances, Commit, Pay, RecordExpenditure, Release, TakeBack
from insieme_funding.budget.lines import ceilings_on, names
from insieme_funding.budget.refusals import (
    BEFORE_BUDGET,
    BEFORE_COMMITMENT,
    BUDGET_CLOSED,
    BUDGET_UNKNOWN,
    COMMITMENT_UNKNOWN,
    COMMITTED_OTHERWISE,
    NOT_LEFT,
    OTHER_STRAND,
    OTHER_YEAR,
    OVER_COMMITMENT,
    OVER_PAID,
    PAID_OTHERWISE,
    PAY_BY_INSTALMENT,
)
from insieme_funding.budget.state import Budget, Closed, Commitment, Ledger, NotSet, Open, Payment


def commit(command: Commit, budget: Budget, circumstances: BudgetCircumstances) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger) | Closed(ledger=ledger) if command.commitment_id in ledger.commitments:
            known = ledger.commitments[command.commitment_id]
            said = (command.kind, command.strand, command.amount, command.on)
            as_before = said == (known.kind, known.strand, known.granted, known.committed_on)
            return [] if as_before else COMMITTED_OTHERWISE
        case Closed():
            return BUDGET_CLOSED
        case Open(ledger=ledger):
            if refused := may_use(ledger, command.strand, command.amount, command.on, circumstances):
                return refused
            return [
                FundsCommitted(
                    **names(ledger),
                    **money(command.strand, command.amount, command.personal),
                    commitment_id=command.commitment_id,
                    commitment_kind=command.kind,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(budget)


def may_use(
    ledger: Ledger, strand: Strand, amount: int, on: date, circumstances: BudgetCircumstances
) -> Refused | None:
    """Refuses what the plan, the year or the line does not let (I3, I4)."""
    if on.year != ledger.year:
        return OTHER_YEAR.about(year=ledger.year)
    if on < ledger.set_on:
        return BEFORE_BUDGET.about(set_on=ledger.set_on)
    found = ceilings_on(ledger.year, on, circumstances.agreement, circumstances)
    if isinstance(found, Refused):
        return found
    if amount > ledger.left(strand):
        return NOT_LEFT.about(strand=strand.value, left=ledger.left(strand))
    return None


def pay(command: Pay, budget: Budget) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger) | Closed(ledger=ledger):
            return paid(ledger, command.expenditure_id, command.commitment_id, command.amount, command.on)
        case _:
            assert_never(budget)


def paid(ledger: Ledger, expenditure_id: UUID, commitment_id: UUID, amount: int, on: date) -> Decision:
    """Also of a closed budget: what it bound may still be paid."""
    commitment = ledger.commitments.get(commitment_id)
    if commitment is None:
        return COMMITMENT_UNKNOWN
    payment = Payment(commitment_id, commitment.strand, amount)
    if known := ledger.payments.get(expenditure_id):
        return [] if known == payment else PAID_OTHERWISE
    if on < commitment.committed_on:
        return BEFORE_COMMITMENT.about(committed_on=commitment.committed_on)
    if amount > commitment.unpaid:
        return OVER_COMMITMENT.about(left=commitment.unpaid)
    return [spent(ledger, expenditure_id, payment, commitment.personal, on)]


def spent(ledger: Ledger, expenditure_id: UUID, payment: Payment, personal: bool, on: date) -> ExpenditureRecorded:
    return ExpenditureRecorded(
        **names(ledger),
        **money(payment.strand, payment.amount, personal),
        expenditure_id=expenditure_id,
        commitment_id=payment.commitment_id,
        borne_by=ledger.borne_by,
        occurred_on=on,
    )


def record(command: RecordExpenditure, budget: Budget, circumstances: BudgetCircumstances) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger) | Closed(ledger=ledger) if command.commitment_id is not None:
            commitment = ledger.commitments.get(command.commitment_id)
            if commitment is not None and commitment.kind is CommitmentKind.PROJECT:
                return PAY_BY_INSTALMENT
            if commitment is not None and commitment.strand is not command.strand:
                return OTHER_STRAND.about(strand=commitment.strand.value)
            return paid(ledger, command.expenditure_id, command.commitment_id, command.amount, command.on)
        case Open(ledger=ledger) | Closed(ledger=ledger) if known := ledger.payments.get(command.expenditure_id):
            return [] if known == Payment(None, command.strand, command.amount) else PAID_OTHERWISE
        case Closed():
            return BUDGET_CLOSED
        case Open(ledger=ledger):
            if refused := may_use(ledger, command.strand, command.amount, command.on, circumstances):
                return refused
            payment = Payment(None, command.strand, command.amount)
            return [spent(ledger, command.expenditure_id, payment, False, command.on)]
        case _:
            assert_never(budget)


def take_back(command: TakeBack, budget: Budget) -> Decision:
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger) | Closed(ledger=ledger):
            commitment = ledger.commitments.get(command.commitment_id)
            if commitment is None:
                return COMMITMENT_UNKNOWN
            if command.return_id in ledger.returns:
                return []
            if command.on < commitment.committed_on:
                return BEFORE_COMMITMENT.about(committed_on=commitment.committed_on)
            if command.amount > commitment.paid:
                return OVER_PAID.about(paid=commitment.paid)
            return [
                ExpenditureReturned(
                    **names(ledger),
                    **money(commitment.strand, command.amount, commitment.personal),
                    return_id=command.return_id,
                    commitment_id=command.commitment_id,
                    borne_by=ledger.borne_by,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(budget)


def release(command: Release, budget: Budget) -> Decision:
    """Frees what was not paid; nothing where everything was."""
    match budget:
        case NotSet():
            return BUDGET_UNKNOWN
        case Open(ledger=ledger) | Closed(ledger=ledger):
            commitment = ledger.commitments.get(command.commitment_id)
            if commitment is None:
                return COMMITMENT_UNKNOWN
            if command.on < commitment.committed_on:
                return BEFORE_COMMITMENT.about(committed_on=commitment.committed_on)
            return released(ledger, command, commitment) if commitment.unpaid else []
        case _:
            assert_never(budget)


def released(ledger: Ledger, command: Release, commitment: Commitment) -> Decision:
    return [
        CommitmentReleased(
            **names(ledger),
            **money(commitment.strand, commitment.unpaid, commitment.personal),
            commitment_id=command.commitment_id,
            reason=command.reason,
            occurred_on=command.on,
        )
    ]
