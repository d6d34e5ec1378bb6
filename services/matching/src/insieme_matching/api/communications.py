"""When movements of employments and internships were communicated, and what was late (P33, P34; standards 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request
from pydantic import BaseModel

from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, page
from insieme_matching.views.communications import COMMUNICATIONS as VIEW

router = APIRouter(prefix="/v1/communications", tags=["communications"], responses=RESPONSES)

Movement = Literal["start", "extension", "transformation", "end"]


class CommunicationRow(BaseModel):
    """`late` by the legal limits of `moved_on`; null where they set no term for it. `link_no` of an employment's chain.

    `moved_on` is the first day of what began or changed, the last day of what ended.
    """

    event_id: UUID
    employment_id: UUID | None
    internship_id: UUID | None
    movement: Movement
    link_no: int | None
    moved_on: date
    communicated_on: date
    late: bool | None
    voided: bool


class CommunicationPage(Page):
    items: list[CommunicationRow]


@router.get("")
async def search(
    request: Request,
    employment_id: UUID | None = None,
    internship_id: UUID | None = None,
    movement: Movement | None = None,
    late: bool | None = None,
    voided: bool | None = None,
    moved_from: date | None = None,
    moved_to: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CommunicationPage:
    """Communications in the order in which they were told (P33, P34); both ends of the days are included.

    A movement of which nobody told the day is not in it.
    """
    filters = [
        equals(VIEW.c.employment_id, employment_id),
        equals(VIEW.c.internship_id, internship_id),
        equals(VIEW.c.movement, movement),
        equals(VIEW.c.late, late),
        equals(VIEW.c.voided, voided),
        None if moved_from is None else VIEW.c.moved_on >= moved_from,
        None if moved_to is None else VIEW.c.moved_on <= moved_to,
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.event_id, filters, limit, after)
    return CommunicationPage.model_validate(found)
