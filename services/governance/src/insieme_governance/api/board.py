"""The Board: the companies that formally joined it, and how many they were on a day (P59)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.days import Day
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import page, pool_of, rows, today
from insieme_events.units import Step
from insieme_governance.aggregates import BOARD
from insieme_governance.board_membership import MEMBERSHIP_UNKNOWN, Adhesion, JoinBoard, LeaveBoard
from insieme_governance.reactions import BOARD_LOCK
from insieme_governance.views.board import MEMBERSHIPS

router = APIRouter(prefix="/v1/board", tags=["board"], responses=RESPONSES)


class MemberRow(BaseModel):
    """`company_id` is the id under which the company goes on; `left_on` the first day on which it is no member."""

    company_id: UUID
    joined_on: date
    left_on: date | None


class Board(Page):
    """`size` counts every member on that day, also those of other pages."""

    on: date
    size: int
    items: list[MemberRow]


class Membership(BaseModel):
    joined_on: date
    left_on: date | None
    adhesion_on: date | None


class Memberships(BaseModel):
    company_id: UUID
    version: int
    memberships: list[Membership]


def members_on(day: date) -> sa.Subquery:
    """A company of which two ids were members counts once, since it was one all along."""
    return (
        sa.select(
            MEMBERSHIPS.c.root.label("company_id"),
            sa.func.min(MEMBERSHIPS.c.joined_on).label("joined_on"),
            sa.func.nullif(
                sa.func.max(sa.func.coalesce(MEMBERSHIPS.c.left_on, sa.literal_column("'infinity'::date"))),
                sa.literal_column("'infinity'::date"),
            ).label("left_on"),
        )
        .where(MEMBERSHIPS.c.joined_on <= day, sa.func.coalesce(MEMBERSHIPS.c.left_on > day, True))
        .group_by(MEMBERSHIPS.c.root)
        .subquery()
    )


@router.get("")
async def members(
    request: Request,
    on: Annotated[Day | None, Query(description="Today where it is left out", examples=["2021-12-31"])] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> Board:
    """The members on a day, and how many they are (P59)."""
    day = on or today(request)
    found = members_on(day)
    async with pool_of(request).connection() as connection:
        counted = await rows(connection, sa.select(sa.func.count().label("size")).select_from(found))
    key = cast("sa.Column[UUID]", found.c.company_id)
    listed = await page(request, sa.select(found), key, [], limit, after)
    return Board.model_validate({"on": day, "size": counted[0]["size"], **listed})


@router.get("/{company_id}")
async def memberships(request: Request, response: Response, company_id: UUID) -> Memberships:
    """When a company was in the Board; the ETag is what If-Match of its commands takes (P59)."""
    statement = sa.select(MEMBERSHIPS).where(MEMBERSHIPS.c.company_id == company_id).order_by(MEMBERSHIPS.c.number)
    async with pool_of(request).connection() as connection:
        found = await rows(connection, statement)
    if not found:
        raise ProblemError(MEMBERSHIP_UNKNOWN)
    version = max(row["version"] for row in found)
    response.headers["ETag"] = f'"{version}"'
    return Memberships(
        company_id=company_id,
        version=version,
        memberships=[Membership(**{name: row[name] for name in Membership.model_fields}) for row in found],
    )


@router.post("/{company_id}/membership", status_code=201)
async def join(
    request: Incoming,
    company_id: UUID,
    body: Annotated[Adhesion, Body(examples=[{"adhesion_on": "2024-03-01", "on": "2024-03-04"}])],
) -> CommandAnswer:
    """A company joins the Board by a signed adhesion (P59)."""
    command = JoinBoard(company_id=company_id, adhesion_on=body.adhesion_on, on=body.on)
    return await request.send(Step(BOARD, company_id, command), locks=(BOARD_LOCK,))


@router.post("/{company_id}/leaving")
async def leave(
    request: Incoming, company_id: UUID, body: Annotated[LeaveBoard, Body(examples=[{"on": "2025-01-01"}])]
) -> CommandAnswer:
    """A company leaves the Board; `on` is the first day on which it is no member (P59)."""
    return await request.send(Step(BOARD, company_id, body), locks=(BOARD_LOCK,))
