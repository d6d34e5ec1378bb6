"""Calls: from when to when projects may be submitted (P43)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_funding.aggregates import CALLS
from insieme_funding.call import CALL_UNKNOWN, CloseCall, NewCall, OpenCall
from insieme_funding.views.calls import CALLS as VIEW

router = APIRouter(prefix="/v1/calls", tags=["calls"], responses=RESPONSES)

CallStatus = Literal["open", "closed"]

CALL_EXAMPLE = {"kind": "3b", "closes_on": "2024-04-30", "on": "2024-04-01"}


class CallRow(BaseModel):
    """`last_day` is the last on which projects are taken."""

    call_id: UUID
    strand: Strand
    status: CallStatus
    opened_on: date
    last_day: date
    version: int


class CallPage(Page):
    items: list[CallRow]


@router.post("", status_code=201)
async def open_call(request: Incoming, body: Annotated[NewCall, Body(examples=[CALL_EXAMPLE])]) -> CommandAnswer:
    """Opens a call for projects of a kind (P43)."""
    call_id = uuid4()
    return await request.send(Step(CALLS, call_id, OpenCall(call_id=call_id, **body.model_dump())))


@router.get("")
async def search(
    request: Request,
    strand: Strand | None = None,
    status: CallStatus | None = None,
    open_on: Annotated[date | None, Query(description="Calls that take projects on this day")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CallPage:
    """Calls by id, filtered (P43)."""
    filters = [
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.status, status),
        None if open_on is None else (VIEW.c.opened_on <= open_on) & (open_on <= VIEW.c.last_day),
    ]
    return CallPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.call_id, filters, limit, after))


@router.get("/{call_id}")
async def detail(request: Request, response: Response, call_id: UUID) -> CallRow:
    """One call; the ETag is what If-Match of its commands takes (P43)."""
    return CallRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.call_id == call_id), CALL_UNKNOWN)
    )


@router.post("/{call_id}/closing")
async def close(
    request: Incoming, call_id: UUID, body: Annotated[CloseCall, Body(examples=[{"on": "2024-04-20"}])]
) -> CommandAnswer:
    """Takes no project from this day on (P43)."""
    return await request.send(Step(CALLS, call_id, body))
