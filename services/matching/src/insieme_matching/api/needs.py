"""Needs: what a company expects to look for, before there is a vacancy (P60)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel

from insieme_events.contracts.vocabulary import ProfileCode
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of
from insieme_events.units import Step
from insieme_matching.aggregates import NEEDS
from insieme_matching.need import NEED_UNKNOWN, DeclareNeed, ExpireNeed, NewNeed, SignNeed
from insieme_matching.views.needs import NEEDS as VIEW

router = APIRouter(prefix="/v1/needs", tags=["needs"], responses=RESPONSES)

NeedStatus = Literal["declared", "converted", "expired"]

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
    status: NeedStatus
    profile: ProfileCode
    positions: int
    declared_on: date
    horizon: date
    vacancy_id: UUID | None
    version: int
    signed_on: date | None


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
    status: NeedStatus | None = None,
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


class ProfileNeeds(BaseModel):
    """Needs that are still open, by profile: what companies expect to look for, and how much of it the Board's do."""

    profile: str
    needs: int
    companies: int
    positions: int
    positions_signed: int
    positions_of_board: int


class NeedsByProfile(BaseModel):
    items: list[ProfileNeeds]


BY_PROFILE = """
select array_to_string((string_to_array(n.profile, '.'))[1:%(levels)s], '.') as profile, count(*) as needs,
    count(distinct n.company_id) as companies, sum(n.positions) as positions,
    coalesce(sum(n.positions) filter (where n.signed_on is not null), 0) as positions_signed,
    coalesce(sum(n.positions) filter (where exists (
        select from views.board_companies b join views.companies c on c.company_id = b.company_id
        where coalesce(c.merged_into, c.company_id) = n.company_id and b.left_on is null
    )), 0) as positions_of_board
from views.needs n where n.status = 'declared' and n.horizon >= %(from)s
group by 1 order by 1
"""


@router.get("/by-profile")
async def by_profile(
    request: Request,
    horizon_from: date,
    levels: Annotated[int, Query(ge=1, le=5, description="How many levels of CP2021 tell profiles apart")] = 3,
) -> NeedsByProfile:
    """Open needs by profile, with those of Board companies apart: what courses are planned on (P60)."""
    async with pool_of(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(BY_PROFILE, {"levels": levels, "from": horizon_from})
        return NeedsByProfile.model_validate({"items": await cursor.fetchall()})


@router.get("/{need_id}")
async def detail(request: Request, response: Response, need_id: UUID) -> NeedRow:
    """One need; the ETag is what If-Match of its commands takes."""
    return NeedRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.need_id == need_id), NEED_UNKNOWN)
    )


@router.post("/{need_id}/signature")
async def sign(
    request: Incoming, need_id: UUID, body: Annotated[SignNeed, Body(examples=[{"on": "2024-03-11"}])]
) -> CommandAnswer:
    """The company signs the need: from then on a course may count on its positions (P39, P60)."""
    return await request.send(Step(NEEDS, need_id, body))


@router.post("/{need_id}/expiry")
async def expire(
    request: Incoming, need_id: UUID, body: Annotated[ExpireNeed, Body(examples=[{"on": "2025-01-01"}])]
) -> CommandAnswer:
    """The horizon passed without a vacancy (P60)."""
    return await request.send(Step(NEEDS, need_id, body))
