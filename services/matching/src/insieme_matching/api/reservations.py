"""Reservations: positions that vacancies and needs keep for courses; asked for and returned by training (P39)."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request
from pydantic import BaseModel

from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, page
from insieme_matching.views.reservations import RESERVATIONS as VIEW

router = APIRouter(prefix="/v1/reservations", tags=["reservations"], responses=RESPONSES)

ReservationStatus = Literal["held", "refused", "released", "moved"]


class ReservationRow(BaseModel):
    """`moved`: it went along with its need to a vacancy, which has a row of its own."""

    reservation_id: UUID
    source_id: UUID
    source_kind: PositionSourceKind
    course_id: UUID
    company_id: UUID | None
    strand: Strand
    status: ReservationStatus
    reason: ReservationRefusal | None
    positions: int
    kept: int
    used: int
    answered_on: date
    answer_id: UUID


class ReservationPage(Page):
    items: list[ReservationRow]


@router.get("")
async def search(
    request: Request,
    course_id: UUID | None = None,
    source_id: UUID | None = None,
    company_id: UUID | None = None,
    status: ReservationStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ReservationPage:
    """Reservations in the order of their answers, filtered (P39)."""
    filters = [
        equals(VIEW.c.course_id, course_id),
        equals(VIEW.c.source_id, source_id),
        equals(VIEW.c.company_id, company_id),
        equals(VIEW.c.status, status),
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.answer_id, filters, limit, after)
    return ReservationPage.model_validate(found)
