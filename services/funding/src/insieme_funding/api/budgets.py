"""Budgets: what a source may spend in a year, what is committed, spent and left (P66, P67)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.funding import Amount, Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.days import Day
from insieme_events.decider import Command
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_funding import gates
from insieme_funding.aggregates import BUDGETS
from insieme_funding.budget import BUDGET_UNKNOWN, AmendBudget, CloseBudget, RecordExpenditure, SetAnnualBudget
from insieme_funding.gates import plan_lock
from insieme_funding.views.budgets import BUDGETS as VIEW
from insieme_funding.views.budgets import EXPENDITURES, LINES, places

router = APIRouter(prefix="/v1/budgets", tags=["budgets"], responses=RESPONSES)

BudgetStatus = Literal["open", "closed"]

BUDGET_EXAMPLE = {
    "year": 2024,
    "source": "comune_bologna",
    "borne_by": "comune_bologna",
    "lines": [{"strand": "3b", "amount": 20000000}, {"strand": "2b", "amount": 15000000}],
    "on": "2024-02-01",
}
AMENDMENT_EXAMPLE = {"lines": [{"strand": "3b", "amount": 18000000}], "on": "2024-06-03"}
EXPENDITURE_EXAMPLE = {"strand": "2b", "amount": 450000, "on": "2024-03-11"}


class NewExpenditure(Command):
    """What was spent; with `commitment_id` on what was committed to an activity (P66)."""

    commitment_id: UUID | None = None
    strand: Strand
    amount: Amount
    on: Day


class LineRow(BaseModel):
    """Money of a strand in euro cents. `held_at` is the line, or the lower ceiling of a plan that is proposed."""

    strand: Strand
    amount: int
    held_at: int
    committed: int
    uncommitted: int
    paid: int
    remaining: int


class BudgetRow(BaseModel):
    budget_id: UUID
    year: int
    source: str
    borne_by: str
    status: BudgetStatus
    provisional: bool
    set_on: date
    amount: int
    used: int
    paid: int
    remaining: int
    version: int


class BudgetDetail(BudgetRow):
    lines: list[LineRow]


class BudgetPage(Page):
    items: list[BudgetRow]


class ExpenditureRow(BaseModel):
    """`amount` in euro cents; below nothing where money came back."""

    expenditure_id: UUID
    budget_id: UUID
    year: int
    source: str
    borne_by: str
    strand: Strand
    commitment_id: UUID | None
    amount: int
    spent_on: date


class ExpenditurePage(Page):
    items: list[ExpenditureRow]


def with_totals(strand: Strand | None = None) -> sa.Select[Any]:
    """Budgets with the sums of their lines, or of one strand's."""
    sums = sa.select(
        LINES.c.budget_id,
        sa.cast(sa.func.sum(LINES.c.amount), sa.BigInteger).label("amount"),
        sa.cast(sa.func.sum(LINES.c.committed + LINES.c.uncommitted), sa.BigInteger).label("used"),
        sa.cast(sa.func.sum(LINES.c.paid), sa.BigInteger).label("paid"),
        sa.cast(sa.func.sum(LINES.c.remaining), sa.BigInteger).label("remaining"),
    ).group_by(LINES.c.budget_id)
    if strand is not None:
        sums = sums.where(LINES.c.strand == strand)
    totals = sums.subquery()
    return sa.select(VIEW, totals.c.amount, totals.c.used, totals.c.paid, totals.c.remaining).join(
        totals, totals.c.budget_id == VIEW.c.budget_id
    )


@router.post("", status_code=201)
async def set_budget(
    request: Incoming, body: Annotated[SetAnnualBudget, Body(examples=[BUDGET_EXAMPLE])]
) -> CommandAnswer:
    """Sets what a source may spend in a year, within the approved plan (P66). Its id follows from year and source."""
    step = Step(BUDGETS, gates.budget_id(body.year, body.source), body)
    return await request.send(step, locks=(plan_lock(body.year),))


@router.get("")
async def search(
    request: Request,
    year: Year | None = None,
    source: Code | None = None,
    borne_by: Code | None = None,
    status: BudgetStatus | None = None,
    strand: Annotated[Strand | None, Query(description="The sums are those of this strand")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> BudgetPage:
    """Budgets by id, with what is used and what is left (P66)."""
    filters = [
        equals(VIEW.c.year, year),
        equals(VIEW.c.source, source),
        equals(VIEW.c.borne_by, borne_by),
        equals(VIEW.c.status, status),
    ]
    return BudgetPage.model_validate(await page(request, with_totals(strand), VIEW.c.budget_id, filters, limit, after))


@router.get("/{budget_id}")
async def detail(request: Request, response: Response, budget_id: UUID) -> BudgetDetail:
    """One budget with its lines; the ETag is what If-Match of its commands takes (P66)."""
    found = await one(request, response, with_totals().where(VIEW.c.budget_id == budget_id), BUDGET_UNKNOWN)
    lines = sa.select(LINES).where(LINES.c.budget_id == budget_id).order_by(LINES.c.strand)
    async with pool_of(request).connection() as connection:
        found["lines"] = await rows(connection, lines)
    return BudgetDetail.model_validate(found)


@router.post("/{budget_id}/amendment")
async def amend(
    request: Incoming, budget_id: UUID, body: Annotated[AmendBudget, Body(examples=[AMENDMENT_EXAMPLE])]
) -> CommandAnswer:
    """Replaces the lines: not below what is used, not above the plan (P66)."""
    async with pool_of(request.http).connection() as connection:
        place = (await places(connection, [budget_id])).get(budget_id)
    if place is None:
        raise ProblemError(BUDGET_UNKNOWN)
    return await request.send(Step(BUDGETS, budget_id, body), locks=(plan_lock(place[0]),))


@router.post("/{budget_id}/closing")
async def close(
    request: Incoming, budget_id: UUID, body: Annotated[CloseBudget, Body(examples=[{"on": "2024-12-31"}])]
) -> CommandAnswer:
    """Ends the year's budget: nothing new is committed, what is committed may still be paid (P66)."""
    return await request.send(Step(BUDGETS, budget_id, body))


@router.post("/{budget_id}/expenditures", status_code=201)
async def record_expenditure(
    request: Incoming, budget_id: UUID, body: Annotated[NewExpenditure, Body(examples=[EXPENDITURE_EXAMPLE])]
) -> CommandAnswer:
    """Records money spent, out of the line or on an activity's commitment (P66)."""
    command = RecordExpenditure(expenditure_id=request.new_id(), **body.model_dump())
    return await request.send(Step(BUDGETS, budget_id, command))


@router.get("/{budget_id}/expenditures")
async def expenditures(
    request: Request,
    budget_id: UUID,
    strand: Strand | None = None,
    commitment_id: UUID | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ExpenditurePage:
    """What was spent out of a budget, and what came back, by id (P20, P66)."""
    async with pool_of(request).connection() as connection:
        if budget_id not in await places(connection, [budget_id]):
            raise ProblemError(BUDGET_UNKNOWN)
    filters = [
        EXPENDITURES.c.budget_id == budget_id,
        equals(EXPENDITURES.c.strand, strand),
        equals(EXPENDITURES.c.commitment_id, commitment_id),
    ]
    found = await page(request, sa.select(EXPENDITURES), EXPENDITURES.c.expenditure_id, filters, limit, after)
    return ExpenditurePage.model_validate(found)
