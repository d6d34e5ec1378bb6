"""What funding knows of the plans: ceilings, and lower ones that were proposed (P52, P66)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.funding import Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, page, pool_of, rows
from insieme_funding.views.plans import CEILINGS, REDUCTIONS

router = APIRouter(prefix="/v1/plans", tags=["plans"], responses=RESPONSES)

ReductionStatus = Literal["asked", "accepted", "refused", "settled"]


class CeilingRow(BaseModel):
    """The most that the plan lets a source spend on a strand, in euro cents."""

    source: str
    strand: Strand
    amount: int


class ReductionRow(BaseModel):
    """`asked` and `accepted` hold the budgets of the year under the lower ceilings."""

    amendment_id: UUID
    year: int
    status: ReductionStatus


class ReductionPage(Page):
    items: list[ReductionRow]


@router.get("/{year}/ceilings")
async def ceilings(request: Request, year: Year, source: Code | None = None) -> list[CeilingRow]:
    """The ceilings of an approved plan; empty where funding knows of none (P52, P66)."""
    wanted = sa.select(CEILINGS).where(CEILINGS.c.year == year).order_by(CEILINGS.c.source, CEILINGS.c.strand)
    if source is not None:
        wanted = wanted.where(CEILINGS.c.source == source)
    async with pool_of(request).connection() as connection:
        return [CeilingRow.model_validate(row) for row in await rows(connection, wanted)]


@router.get("/reductions")
async def reductions(
    request: Request,
    year: Year | None = None,
    status: ReductionStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ReductionPage:
    """Lower plans that were proposed, and what funding answered (P52, P66)."""
    filters = [equals(REDUCTIONS.c.year, year), equals(REDUCTIONS.c.status, status)]
    found = await page(request, sa.select(REDUCTIONS), REDUCTIONS.c.amendment_id, filters, limit, after)
    return ReductionPage.model_validate(found)
