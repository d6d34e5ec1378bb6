"""Budget (bilancio): what one source may spend in one year, by strand, and every euro of it (I3, I4; P66)."""

from insieme_funding.budget.commands import (
    AmendBudget,
    BudgetCircumstances,
    BudgetCommand,
    Ceilings,
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
from insieme_funding.budget.decisions import BUDGET
from insieme_funding.budget.refusals import BUDGET_UNKNOWN
from insieme_funding.budget.state import Budget, Closed, Ledger, NotSet, Open, by_strand

__all__ = [
    "BUDGET",
    "BUDGET_UNKNOWN",
    "AmendBudget",
    "Budget",
    "BudgetCircumstances",
    "BudgetCommand",
    "Ceilings",
    "CloseBudget",
    "Closed",
    "Commit",
    "FollowPlan",
    "Ledger",
    "NotSet",
    "Open",
    "Pay",
    "RecordExpenditure",
    "Release",
    "ReleaseReduction",
    "ReserveReduction",
    "SetAnnualBudget",
    "TakeBack",
    "by_strand",
]
