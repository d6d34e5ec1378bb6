"""Whatever is asked of a budget in whatever order, its money adds up (I3).

The arithmetic is worked out a second time here, from the events alone: what is used of a line is what was committed,
less what was released or came back, and what was spent without a commitment.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_budget import (
    AmendmentCause,
    AnnualBudgetSet,
    BudgetAmended,
    CommitmentKind,
    CommitmentReleased,
    ExpenditureRecorded,
    ExpenditureReturned,
    FundsCommitted,
    ReductionReleased,
    ReductionReserved,
    ReleaseReason,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Command, Refused
from insieme_funding.budget import (
    BUDGET,
    AmendBudget,
    CloseBudget,
    FollowPlan,
    Pay,
    Release,
    ReleaseReduction,
    ReserveReduction,
    TakeBack,
)
from insieme_funding.testing import B2, B3, budget_circumstances, commit, expenditure, lines, set_budget

ON = date(2022, 6, 1)
PLAN = {B3: 1_000, B2: 500}
IDS = st.sampled_from([UUID(int=n) for n in range(1, 4)])
MONEY = st.one_of(st.integers(1, 60), st.integers(1, 700))
STRANDS = st.sampled_from([B3, B2])
CEILINGS = st.builds(lambda a, b: lines(s3b=a, s2b=b), st.integers(0, 1_000), st.integers(0, 500))
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        lambda one, strand, amount, activity: commit(
            commitment_id=one,
            strand=strand,
            amount=amount,
            on=ON,
            kind=CommitmentKind.ACTIVITY if activity else CommitmentKind.PROJECT,
        ),
        IDS,
        STRANDS,
        MONEY,
        st.booleans(),
    ),
    st.builds(lambda e, c, a: Pay(expenditure_id=e, commitment_id=c, amount=a, on=ON), IDS, IDS, MONEY),
    st.builds(
        lambda e, c, s, a: expenditure(expenditure_id=e, commitment_id=c, strand=s, amount=a, on=ON),
        IDS,
        st.one_of(st.none(), IDS),
        STRANDS,
        MONEY,
    ),
    st.builds(lambda r, c, a: TakeBack(return_id=r, commitment_id=c, amount=a, on=ON), IDS, IDS, MONEY),
    st.builds(lambda c: Release(commitment_id=c, reason=ReleaseReason.REVOKED, on=ON), IDS),
    st.builds(lambda told: AmendBudget(lines=told, on=ON), CEILINGS),
    st.builds(lambda a, c: ReserveReduction(amendment_id=a, ceilings=c, on=ON), IDS, CEILINGS),
    st.builds(lambda a: ReleaseReduction(amendment_id=a, on=ON), IDS),
    # A plan that funding accepted: it lowers to what is held, and no further.
    st.builds(
        lambda a: FollowPlan(
            cause=AmendmentCause.PLAN_AMENDED, amendment_id=a, ceilings=lines(s3b=1_000, s2b=500), on=ON
        ),
        IDS,
    ),
    st.just(CloseBudget(on=date(2022, 12, 1))),
)


BEGUN: tuple[Command, ...] = (
    set_budget(lines=lines(s3b=1_000, s2b=500)),
    commit(commitment_id=UUID(int=1), strand=B3, amount=300, on=ON),
    Pay(expenditure_id=UUID(int=9), commitment_id=UUID(int=1), amount=100, on=ON),
)


class Books:
    """A second book-keeping, of events alone."""

    def __init__(self) -> None:
        self.lines: dict[Strand, int] = {}
        self.holds: dict[UUID, dict[Strand, int]] = {}
        self.committed = Counter[UUID]()
        self.paid = Counter[UUID]()
        self.strand_of: dict[UUID, Strand] = {}
        self.uncommitted = Counter[Strand]()

    def enter(self, event: DomainEvent) -> None:
        match event:
            case AnnualBudgetSet(lines=told) | BudgetAmended(lines=told):
                self.lines = {one.strand: one.amount for one in told}
            case FundsCommitted(commitment_id=one, amount=amount, strand=strand):
                self.committed[one] += amount
                self.strand_of[one] = strand
            case CommitmentReleased(commitment_id=one, amount=amount):
                self.committed[one] -= amount
            case ExpenditureRecorded(commitment_id=None, amount=amount, strand=strand):
                self.uncommitted[strand] += amount
            case ExpenditureRecorded(commitment_id=UUID() as one, amount=amount):
                self.paid[one] += amount
            case ExpenditureReturned(commitment_id=one, amount=amount):
                self.committed[one] -= amount
                self.paid[one] -= amount
            case ReductionReserved(amendment_id=one, ceilings=told):
                self.holds[one] = {each.strand: each.amount for each in told}
            case ReductionReleased(amendment_id=one):
                del self.holds[one]
            case _:
                pass

    def used(self, strand: Strand) -> int:
        bound = sum(amount for one, amount in self.committed.items() if self.strand_of[one] is strand)
        return bound + self.uncommitted[strand]

    def check(self) -> None:
        for strand in (B3, B2):
            assert 0 <= self.used(strand) <= self.lines.get(strand, 0) <= PLAN[strand]
            assert all(self.used(strand) <= hold.get(strand, 0) for hold in self.holds.values())
        assert all(0 <= self.paid[one] <= self.committed[one] for one in self.committed)


@pytest.mark.clause("P64", "P66")
@pytest.mark.invariant("I3", "property")
@pytest.mark.invariant("I3", "replay")
def test_any_sequence_of_commands_keeps_the_budget() -> None:
    seen: Counter[str] = Counter()
    circumstances: Any = budget_circumstances(ceilings=PLAN)

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.lists(COMMANDS, min_size=1, max_size=30))
    def run(commands: list[Command]) -> None:
        books, events = Books(), list[DomainEvent]()
        state = BUDGET.initial
        for command in [*BEGUN, *commands]:
            decided = BUDGET.decide(command, state, circumstances)  # type: ignore[arg-type]
            if isinstance(decided, Refused):
                seen[decided.code] += 1
                continue
            for event in decided:
                seen[type(event).__name__] += 1
                books.enter(event)
                state = BUDGET.evolve(state, event)
                books.check()
            events.extend(decided)
        # What is read back from the stored form is the same state.
        again = [type(event).model_validate_json(event.model_dump_json()) for event in events]
        assert BUDGET.fold(again) == state

    run()
    # Against vacuity: every kind of event came, and every refusal of money.
    assert seen.keys() >= {
        "FundsCommitted",
        "CommitmentReleased",
        "ExpenditureRecorded",
        "ExpenditureReturned",
        "ReductionReserved",
        "ReductionReleased",
        "BudgetAmended",
        "BudgetClosed",
        "funding.not_left",
        "funding.over_commitment",
        "funding.over_paid",
        "funding.below_used",
        "funding.reduction_does_not_fit",
    }
