"""The states of a budget and how its events lead from one to the next (I3).

Money is counted by strand: what is used is what is committed, paid or not, and what was spent without a commitment.
A year of a large source is one stream of ten thousand payments: what is kept of each stands in maps that share with the
map before what they have in common, so that a fold takes time by the event and not by its square (decision 31).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from rpds import HashTrieMap, HashTrieSet

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_budget import (
    AnnualBudgetSet,
    BudgetAmended,
    BudgetClosed,
    CommitmentKind,
    CommitmentReleased,
    ExpenditureRecorded,
    ExpenditureReturned,
    FundsCommitted,
    ReductionReleased,
    ReductionReserved,
    StrandAmount,
)
from insieme_events.contracts.vocabulary import Strand


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is bound to a project or an activity; `amount` less what was released or came back, `paid` likewise."""

    kind: CommitmentKind
    strand: Strand
    personal: bool
    amount: int
    paid: int
    committed_on: date
    granted: int

    @property
    def unpaid(self) -> int:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Payment:
    """What an expenditure said, to know it again."""

    commitment_id: UUID | None
    strand: Strand
    amount: int


if TYPE_CHECKING:
    Commitments = HashTrieMap[UUID, Commitment]
    Payments = HashTrieMap[UUID, Payment]
    Returns = HashTrieSet[UUID]
else:  # These classes take no parameters at run time, where the types of fields are looked at, too.
    Commitments = Payments = HashTrieMap
    Returns = HashTrieSet


@dataclass(frozen=True, slots=True)
class Ledger:
    """A budget's money. `holds` are the ceilings of proposed plans, by amendment."""

    budget_id: UUID
    year: int
    source: str
    borne_by: str
    set_on: date
    lines: Mapping[Strand, int]
    provisional: bool
    commitments: Commitments = field(default_factory=Commitments)
    uncommitted: Mapping[Strand, int] = field(default_factory=dict)
    holds: Mapping[UUID, Mapping[Strand, int]] = field(default_factory=dict)
    payments: Payments = field(default_factory=Payments)
    returns: Returns = field(default_factory=Returns)

    def committed(self, strand: Strand) -> int:
        return sum(one.amount for one in self.commitments.values() if one.strand is strand)

    def used(self, strand: Strand) -> int:
        """Commitments and uncommitted expenditure: what the line must hold (I3)."""
        return self.committed(strand) + self.uncommitted.get(strand, 0)

    def paid(self, strand: Strand) -> int:
        on_commitments = sum(one.paid for one in self.commitments.values() if one.strand is strand)
        return on_commitments + self.uncommitted.get(strand, 0)

    def limit(self, strand: Strand) -> int:
        """The line, or the lowest ceiling that is held for a proposed plan."""
        return min([self.lines.get(strand, 0), *(hold.get(strand, 0) for hold in self.holds.values())])

    def left(self, strand: Strand) -> int:
        """What may still be used; never below nothing, also where a plan came out lower than what was used."""
        return max(0, self.limit(strand) - self.used(strand))


@dataclass(frozen=True, slots=True)
class NotSet:
    pass


@dataclass(frozen=True, slots=True)
class Open:
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Closed:
    ledger: Ledger


Budget = NotSet | Open | Closed


def by_strand(amounts: tuple[StrandAmount, ...]) -> dict[Strand, int]:
    return {one.strand: one.amount for one in amounts}


def evolve(state: Budget, event: DomainEvent) -> Budget:
    if isinstance(event, AnnualBudgetSet):
        return Open(
            Ledger(
                budget_id=event.budget_id,
                year=event.year,
                source=event.source,
                borne_by=event.borne_by,
                set_on=event.occurred_on,
                lines=by_strand(event.lines),
                provisional=event.provisional,
            )
        )
    if isinstance(state, NotSet):
        raise TypeError(f"{type(event).__name__} cannot come before the budget is set")
    if isinstance(event, BudgetClosed):
        return Closed(state.ledger)
    return replace(state, ledger=booked(state.ledger, event))


def booked(ledger: Ledger, event: DomainEvent) -> Ledger:
    """The ledger with one more event in it."""
    match event:
        case BudgetAmended(lines=lines, provisional=provisional):
            return replace(ledger, lines=by_strand(lines), provisional=provisional)
        case FundsCommitted(commitment_id=commitment_id):
            made = Commitment(
                kind=event.commitment_kind,
                strand=event.strand,
                personal=event.disclosed_amount is None,
                amount=event.amount,
                paid=0,
                committed_on=event.occurred_on,
                granted=event.amount,
            )
            return with_commitment(ledger, commitment_id, made)
        case CommitmentReleased(commitment_id=commitment_id, amount=amount):
            one = ledger.commitments[commitment_id]
            return with_commitment(ledger, commitment_id, replace(one, amount=one.amount - amount))
        case ExpenditureRecorded(commitment_id=commitment_id, strand=strand, amount=amount):
            payment = Payment(commitment_id, strand, amount)
            ledger = replace(ledger, payments=ledger.payments.insert(event.expenditure_id, payment))
            if commitment_id is None:
                spent = ledger.uncommitted.get(strand, 0) + amount
                return replace(ledger, uncommitted={**ledger.uncommitted, strand: spent})
            one = ledger.commitments[commitment_id]
            return with_commitment(ledger, commitment_id, replace(one, paid=one.paid + amount))
        case ExpenditureReturned(commitment_id=commitment_id, amount=amount, return_id=return_id):
            one = ledger.commitments[commitment_id]
            less = replace(one, amount=one.amount - amount, paid=one.paid - amount)
            return replace(with_commitment(ledger, commitment_id, less), returns=ledger.returns.insert(return_id))
        case ReductionReserved(amendment_id=amendment_id, ceilings=ceilings):
            return replace(ledger, holds={**ledger.holds, amendment_id: by_strand(ceilings)})
        case ReductionReleased(amendment_id=amendment_id):
            return replace(ledger, holds={key: hold for key, hold in ledger.holds.items() if key != amendment_id})
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a budget")


def with_commitment(ledger: Ledger, commitment_id: UUID, commitment: Commitment) -> Ledger:
    return replace(ledger, commitments=ledger.commitments.insert(commitment_id, commitment))
