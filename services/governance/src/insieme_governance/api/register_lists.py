"""The entries of the registers, kind by kind, with the same filters; and each entry by its id."""

from __future__ import annotations

from datetime import date
from types import GenericAlias
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, create_model

from insieme_events.contracts import Code
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_governance.registers.entry import ENTRY_UNKNOWN
from insieme_governance.registers.kinds import KINDS, VOIDED, Kind
from insieme_governance.views.entries import ENTRIES

router = APIRouter(prefix="/v1/registers", tags=["registers"], responses=RESPONSES)


class EntryRow(BaseModel):
    """`event_id` is what a correction names; `ended_on` the day on which a desk was closed."""

    entry_id: UUID
    status: str
    recorded_on: date
    parties: list[str]
    adopted_by: list[str]
    shared_with: list[str]
    ended_on: date | None
    corrected: bool
    event_id: UUID
    version: int


def row_of(kind: Kind) -> type[BaseModel]:
    """A row with what the kind holds, as its command says it."""
    fields: Any = {name: (info.annotation, ...) for name, info in kind.fact.model_fields.items() if name != "on"}
    name = kind.event.__name__
    return create_model(f"{name}Row", __base__=EntryRow, facts=(create_model(f"{name}Facts", **fields), ...))


ROWS: dict[str, Any] = {kind.name: row_of(kind) for kind in KINDS}


def page_of(kind: Kind) -> type[BaseModel]:
    """A page of such rows."""
    items: Any = (GenericAlias(list, ROWS[kind.name]), ...)
    return create_model(f"{kind.event.__name__}Page", __base__=Page, items=items)


PAGES: dict[str, Any] = {kind.name: page_of(kind) for kind in KINDS}


class Asked:
    """The filters that every list has."""

    def __init__(
        self,
        request: Request,
        party: Annotated[Code | None, Query(examples=["comune_bologna"])] = None,
        status: Annotated[Code | None, Query(description="As in the rows; voided entries only when asked for")] = None,
        since: date | None = None,
        until: date | None = None,
        limit: Limit = 50,
        after: UUID | None = None,
    ) -> None:
        self.request = request
        self.filters = [
            None if party is None else ENTRIES.c.parties.contains([party]),
            ENTRIES.c.status != VOIDED if status is None else equals(ENTRIES.c.status, status),
            None if since is None else ENTRIES.c.recorded_on >= since,
            None if until is None else ENTRIES.c.recorded_on <= until,
        ]
        self.limit = limit
        self.after = after


Search = Annotated[Asked, Depends()]


async def listed(asked: Asked, kind: str) -> Any:
    filters = [ENTRIES.c.kind == kind, *asked.filters]
    return await page(asked.request, sa.select(ENTRIES), ENTRIES.c.entry_id, filters, asked.limit, asked.after)


@router.get("/instruments", response_model=PAGES["instruments"])
async def instruments(asked: Search) -> Any:
    """The catalogue of instruments: activating, active and closed, by owner (P19)."""
    return await listed(asked, "instruments")


@router.get("/practices", response_model=PAGES["practices"])
async def practices(asked: Search) -> Any:
    """Good practices: proposed, adopted by whom, shared with whom (P23, P47)."""
    return await listed(asked, "practices")


@router.get("/contributions", response_model=PAGES["contributions"])
async def contributions(asked: Search) -> Any:
    """What parties made available, entry by entry (P26)."""
    return await listed(asked, "contributions")


@router.get("/integrations", response_model=PAGES["integrations"])
async def integrations(asked: Search) -> Any:
    """Which party reads or writes which topic, and how far that is (P46)."""
    return await listed(asked, "integrations")


@router.get("/exchanges", response_model=PAGES["exchanges"])
async def exchanges(asked: Search) -> Any:
    """The log of exchanges of information (P47)."""
    return await listed(asked, "exchanges")


@router.get("/regional-measures", response_model=PAGES["regional-measures"])
async def regional_measures(asked: Search) -> Any:
    """The regional measures that actions may complete (P48)."""
    return await listed(asked, "regional-measures")


@router.get("/staff", response_model=PAGES["staff"])
async def staff(asked: Search) -> Any:
    """Full-time equivalents by party, year and profile (P71)."""
    return await listed(asked, "staff")


@router.get("/desks", response_model=PAGES["desks"])
async def desks(asked: Search) -> Any:
    """The desks, open and closed (P71)."""
    return await listed(asked, "desks")


@router.get("/outreach", response_model=PAGES["outreach"])
async def outreach(asked: Search) -> Any:
    """Where the programme was made known, and by whom (P73)."""
    return await listed(asked, "outreach")


@router.get("/association-outreach", response_model=PAGES["association-outreach"])
async def association_outreach(asked: Search) -> Any:
    """What associations and unions did among the companies of their members (P76)."""
    return await listed(asked, "association-outreach")


@router.get("/visibility-events", response_model=PAGES["visibility-events"])
async def visibility_events(asked: Search) -> Any:
    """The public discussions that parties promoted (P77, P78)."""
    return await listed(asked, "visibility-events")


def detail_of(kind: Kind) -> None:
    """The route of one entry of the kind; the ETag is what If-Match of its commands takes."""

    @router.get(f"/{kind.name}/{{entry_id}}", response_model=ROWS[kind.name], name=f"detail {kind.name}")
    async def detail(request: Request, response: Response, entry_id: UUID) -> Any:
        """One entry; the ETag is what If-Match of its commands takes."""
        wanted = sa.select(ENTRIES).where(ENTRIES.c.entry_id == entry_id, ENTRIES.c.kind == kind.name)
        return await one(request, response, wanted, ENTRY_UNKNOWN)


for each in KINDS:
    detail_of(each)
