"""Needs: what a company expects to look for, before there is a vacancy (P60)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.vocabulary import ProfileCode
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_matching.aggregates import NEEDS
from insieme_matching.need import NEED_UNKNOWN, DeclareNeed, ExpireNeed, NewNeed
from insieme_matching.views.needs import NEEDS as VIEW

router = APIRouter(prefix="/v1/needs", tags=["needs"], responses=RESPONSES)

NEED_EXAMPLE = {
    "company_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "profile": "8.1.4",
    "positions": 3,
    "horizon": "2024-12-31",
    "on": "2024-03-04",
}


class NeedRow(BaseModel):
    need_id: UUID
    company_id: UUID
    status: str
    profile: ProfileCode
    positions: int
    declared_on: date
    horizon: date
    vacancy_id: UUID | None
    version: int


class NeedPage(Page):
    items: list[NeedRow]


@router.post("", status_code=201)
async def declare(request: Incoming, body: Annotated[NewNeed, Body(examples=[NEED_EXAMPLE])]) -> CommandAnswer:
    """Declares a need (P60)."""
    need_id = uuid4()
    return await request.send(Step(NEEDS, need_id, DeclareNeed(need_id=need_id, **body.model_dump())))


@router.get("")
async def search(
    request: Request,
    company_id: UUID | None = None,
    status: Annotated[str | None, Query(pattern="^(declared|converted|expired)$")] = None,
    profile: Annotated[str | None, Query(pattern=r"^[1-9](\.\d{1,2}){0,4}$", description="Or any below it")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> NeedPage:
    """Needs by id, filtered."""
    filters = [
        equals(VIEW.c.company_id, company_id),
        equals(VIEW.c.status, status),
        None if profile is None else (VIEW.c.profile == profile) | VIEW.c.profile.startswith(f"{profile}."),
    ]
    return NeedPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.need_id, filters, limit, after))


@router.get("/{need_id}")
async def detail(request: Request, response: Response, need_id: UUID) -> NeedRow:
    """One need; the ETag is what If-Match of its commands takes."""
    return NeedRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.need_id == need_id), NEED_UNKNOWN)
    )


@router.post("/{need_id}/expiry")
async def expire(
    request: Incoming, need_id: UUID, body: Annotated[ExpireNeed, Body(examples=[{"on": "2025-01-01"}])]
) -> CommandAnswer:
    """The horizon passed without a vacancy (P60)."""
    return await request.send(Step(NEEDS, need_id, body))
