"""Declarations to be ready to change sector (P42)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.vocabulary import AtecoSection
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_training.aggregates import SECTOR_CHANGES
from insieme_training.sector_change import NOT_DECLARED, DeclareSectorChange, NewSectorChange, RevokeSectorChange
from insieme_training.views import told
from insieme_training.views.sector_changes import SECTOR_CHANGES as VIEW

router = APIRouter(prefix="/v1/sector-changes", tags=["sector changes"], responses=RESPONSES)

SectorChangeStatus = Literal["declared", "revoked", "erased"]

DECLARATION_EXAMPLE = {"ateco_version": "ateco_2007", "from_section": "I", "to_section": "H", "on": "2021-06-07"}


class SectorChangeRow(BaseModel):
    """The sections read null once the person's data were erased; `to_section` also where any other will do."""

    person_id: UUID
    status: SectorChangeStatus
    declared_on: date
    ateco_version: str | None
    from_section: AtecoSection | None
    to_section: AtecoSection | None
    version: int


class SectorChangePage(Page):
    items: list[SectorChangeRow]


@router.post("/{person_id}", status_code=201)
async def declare(
    request: Incoming, person_id: UUID, body: Annotated[NewSectorChange, Body(examples=[DECLARATION_EXAMPLE])]
) -> CommandAnswer:
    """The person is ready to leave the sector of the last work (P42); declared again, the last counts."""
    command = DeclareSectorChange(person_id=person_id, **body.model_dump())
    return await request.send(Step(SECTOR_CHANGES, person_id, command), locks=(told.lock(person_id),))


@router.post("/{person_id}/revocation")
async def revoke(
    request: Incoming, person_id: UUID, body: Annotated[RevokeSectorChange, Body(examples=[{"on": "2021-09-01"}])]
) -> CommandAnswer:
    """The declaration does not hold any more; what was ranked by it stays as it was (P42)."""
    return await request.send(Step(SECTOR_CHANGES, person_id, body))


@router.get("")
async def search(
    request: Request,
    status: SectorChangeStatus | None = None,
    from_section: AtecoSection | None = None,
    to_section: AtecoSection | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> SectorChangePage:
    """Declarations by person, filtered."""
    filters = [
        equals(VIEW.c.status, status),
        equals(VIEW.c.from_section, from_section),
        equals(VIEW.c.to_section, to_section),
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.person_id, filters, limit, after)
    return SectorChangePage.model_validate(found)


@router.get("/{person_id}")
async def detail(request: Request, response: Response, person_id: UUID) -> SectorChangeRow:
    """What the person declared; the ETag is what If-Match of its commands takes."""
    wanted = sa.select(VIEW).where(VIEW.c.person_id == person_id)
    return SectorChangeRow.model_validate(await one(request, response, wanted, NOT_DECLARED))
