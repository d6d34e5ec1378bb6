"""Every command of a budget and who answers it (P66)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.decider import Decider, Decision
from insieme_funding.budget import lines, spending
from insieme_funding.budget.commands import (
    AmendBudget,
    BudgetCircumstances,
    BudgetCommand,
    CloseBudget,
    Commit,
    FollowPlan,
    Pay,
    RecordExpenditure,
    Release,
    ReleaseReduction,
    ReserveReduction,
    SetAnnualBudget,
    TakeBack,
)
from insieme_funding.budget.state import Budget, NotSet, evolve
from insieme_funding.gates import not_after


def decide(command: BudgetCommand, state: Budget, circumstances: BudgetCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case SetAnnualBudget():
            return lines.set_budget(command, state, circumstances)
        case AmendBudget():
            return lines.amend(command, state, circumstances)
        case Commit():
            return spending.commit(command, state, circumstances)
        case Pay():
            return spending.pay(command, state)
        case RecordExpenditure():
            return spending.record(command, state, circumstances)
        case TakeBack():
            return spending.take_back(command, state)
        case Release():
            return spending.release(command, state)
        case ReserveReduction():
            return lines.reserve(command, state)
        case FollowPlan():
            return lines.follow(command, state)
        case ReleaseReduction(amendment_id=amendment_id, on=on):
            return lines.release_reduction(amendment_id, on, state)
        case CloseBudget(on=on):
            return lines.close(on, state)
        case _:
            assert_never(command)


BUDGET: Decider[Budget, BudgetCommand, BudgetCircumstances] = Decider(
    context="funding", name="budget", initial=NotSet(), decide=decide, evolve=evolve
)
