"""What funding is told of budgets and of activities beside projects (P64, P66)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from random import Random

from insieme_demo.funds import Activity, Budget, closing_day
from insieme_demo.grants import Money
from insieme_demo.grants_story import Teller
from insieme_demo.happening import FundingPhase, Happening, Kind, Order
from insieme_demo.ids import made
from insieme_events.contracts.funding_budget import CommitmentKind, ReleaseReason, StrandAmount
from insieme_events.contracts.funding_committees import CommitteeKind
from insieme_events.contracts.vocabulary import Strand
from insieme_funding.budget import AmendBudget, CloseBudget, Commit, RecordExpenditure, Release, SetAnnualBudget
from insieme_funding.decision import (
    ApproveActivityFunding,
    EndActivityFunding,
    ProposeActivityFunding,
    RefuseActivityFunding,
    of_a_person,
)
from insieme_funding.gates import budget_id, committee_lock, plan_lock
from insieme_funding.panel import Vote
from insieme_governance.plan_year import plan_year_id

LATE = 45
"""Days until a bill reaches the office at the latest; one of eight comes late."""


def happenings(chance: Random, seed: int, money: Money, part: str = "fund") -> Iterator[Happening]:
    """The budgets of each year with what is spent of them, and every activity. Keys are numbered under `part`."""
    teller = Teller(seed, chance, part)
    for budget in money.budgets:
        yield from _budget(teller, budget)
    for activity in money.activities:
        teller.afresh()
        yield from _activity(teller, money, activity)


def _budget(teller: Teller, budget: Budget) -> Iterator[Happening]:
    one, plan = budget_id(budget.year, budget.source), (f"{Kind.PLAN_YEAR}-{plan_year_id(budget.year)}",)
    locks = (plan_lock(budget.year),)
    give = SetAnnualBudget(
        year=budget.year, source=budget.source, borne_by=budget.source, lines=_lines(budget.lines), on=budget.set_on
    )
    teller.afresh()
    yield teller.tell(
        budget.set_on, FundingPhase.BUDGETS, Order(Kind.BUDGET, one, give), delay=3, needs=plan, locks=locks
    )
    if budget.amended is not None:
        on, lines = budget.amended
        more = Order(Kind.BUDGET, one, AmendBudget(lines=_lines(lines), on=on))
        teller.afresh()
        yield teller.tell(on, FundingPhase.BUDGETS, more, delay=2, needs=plan, locks=locks)
    for n, (on, strand, amount) in enumerate(budget.spending):
        bill = made(teller.seed, f"bill of {budget.source} {budget.year}", n)
        spend = Order(Kind.BUDGET, one, RecordExpenditure(expenditure_id=bill, strand=strand, amount=amount, on=on))
        delay = LATE if teller.chance.random() < 1 / 8 else 5
        teller.afresh()
        yield teller.tell(on, FundingPhase.PAYMENTS, spend, delay=delay)
    if budget.closed_on is not None:
        yield _closed(teller, budget, budget.closed_on)


def closings(chance: Random, seed: int, left_open: Iterable[Budget]) -> Iterator[Happening]:
    """Budgets whose year was told before."""
    teller = Teller(seed, chance, "closing fund")
    for budget in left_open:
        yield _closed(teller, budget, closing_day(budget.year))


def _closed(teller: Teller, budget: Budget, on: date) -> Happening:
    teller.afresh()
    over = Order(Kind.BUDGET, budget_id(budget.year, budget.source), CloseBudget(on=on))
    return teller.tell(on, FundingPhase.FOLLOWING, over, delay=3)


def _lines(amounts: Mapping[Strand, int]) -> tuple[StrandAmount, ...]:
    return tuple(StrandAmount(strand=strand, amount=amount) for strand, amount in amounts.items())


def _activity(teller: Teller, money: Money, one: Activity) -> Iterator[Happening]:
    stream, budget = one.decision_id, budget_id(one.year, one.source)
    propose = ProposeActivityFunding(
        decision_id=stream,
        activity_kind=one.kind,
        activity_id=one.activity_id,
        strand=one.strand,
        year=one.year,
        source=one.source,
        amount=one.amount,
        on=one.proposed_on,
    )
    yield teller.tell(one.proposed_on, FundingPhase.SUBMISSIONS, Order(Kind.FUNDING_DECISION, stream, propose))
    decided_on = one.approved_on or (one.refused[0] if one.refused is not None else None)
    assert decided_on is not None, "every activity is decided on"
    committee = money.committee(CommitteeKind.MANAGEMENT, decided_on)
    members, locks = tuple(member for member, _ in committee.members), (committee_lock(committee.committee_id),)
    if one.refused is not None:
        refuse = RefuseActivityFunding(
            committee_id=committee.committee_id, members_present=members, ground=one.refused[1], on=decided_on
        )
        order = Order(Kind.FUNDING_DECISION, stream, refuse)
        yield teller.tell(decided_on, FundingPhase.JUDGEMENTS, order, delay=1, locks=locks)
        return
    sitting = made(teller.seed, f"sitting {stream}", 0)
    approve = ApproveActivityFunding(
        committee_id=committee.committee_id,
        vote=Vote(in_favour=members, meeting_id=sitting, decision_no=1),
        on=decided_on,
    )
    commit = Commit(
        commitment_id=stream,
        kind=CommitmentKind.ACTIVITY,
        strand=one.strand,
        amount=one.amount,
        personal=of_a_person(one.kind),
        on=decided_on,
    )
    granted = Order(Kind.FUNDING_DECISION, stream, approve), Order(Kind.BUDGET, budget, commit)
    yield teller.tell(decided_on, FundingPhase.JUDGEMENTS, *granted, delay=1, locks=locks)
    for n, (on, amount) in enumerate(one.payments):
        bill = made(teller.seed, f"bill of {stream}", n)
        spend = RecordExpenditure(expenditure_id=bill, commitment_id=stream, strand=one.strand, amount=amount, on=on)
        yield teller.tell(on, FundingPhase.PAYMENTS, Order(Kind.BUDGET, budget, spend), delay=4)
    if one.ended_on is not None:
        end = Order(Kind.FUNDING_DECISION, stream, EndActivityFunding(on=one.ended_on))
        release = Release(commitment_id=stream, reason=ReleaseReason.CLOSED, on=one.ended_on)
        yield teller.tell(one.ended_on, FundingPhase.FOLLOWING, end, Order(Kind.BUDGET, budget, release))
