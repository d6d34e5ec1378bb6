"""The annual presentations of the results in public (P56)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.governance_plan import PresentationKind, Year
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_governance.aggregates import PRESENTATIONS
from insieme_governance.presentation import (
    PRESENTATION_UNKNOWN,
    PresentAnnualResults,
    Presentation,
    presentation_id,
)
from insieme_governance.views.presentations import PRESENTATIONS as VIEW

router = APIRouter(prefix="/v1/annual-presentations", tags=["presentation"], responses=RESPONSES)

PresentationStatus = Literal["presented", "overdue"]

OfYear = Annotated[Year, Path(examples=[2024])]
EXAMPLE = {
    "snapshot_id": "5a1c7a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "snapshot_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "comune": "037006",
    "kind": "both",
    "on": "2024-11-20",
}


class PresentationRow(BaseModel):
    year: int
    status: PresentationStatus
    presented_on: date | None
    snapshot_id: UUID | None
    snapshot_hash: str | None
    comune: str | None
    kind: PresentationKind | None
    late: bool
    version: int


class PresentationPage(Page):
    items: list[PresentationRow]


@router.get("")
async def search(
    request: Request,
    status: PresentationStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> PresentationPage:
    """Which years were presented, and which not in time (P56)."""
    filters = [equals(VIEW.c.status, status)]
    return PresentationPage.model_validate(
        await page(request, sa.select(VIEW), VIEW.c.presentation_id, filters, limit, after)
    )


@router.get("/{year}")
async def detail(request: Request, response: Response, year: OfYear) -> PresentationRow:
    """The presentation of a year; the ETag is what If-Match of its commands takes."""
    statement = sa.select(VIEW).where(VIEW.c.year == year)
    return PresentationRow.model_validate(await one(request, response, statement, PRESENTATION_UNKNOWN))


@router.post("/{year}", status_code=201)
async def present(
    request: Incoming, year: OfYear, body: Annotated[Presentation, Body(examples=[EXAMPLE])]
) -> CommandAnswer:
    """The Tavolo presented the year's results in public, out of a frozen set (P56)."""
    command = PresentAnnualResults(year=year, **body.model_dump())
    return await request.send(Step(PRESENTATIONS, presentation_id(year), command))
