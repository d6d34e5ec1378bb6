"""The studies on a new legal form, one per protocol (P82, P83)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.governance_plan import LegalForm, StudyMilestone, StudyOutcome
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_governance.aggregates import STUDIES
from insieme_governance.study import STUDY_UNKNOWN, ConcludeStudy, RecordStudyMilestone, Start, StartStudy
from insieme_governance.views.studies import MILESTONES
from insieme_governance.views.studies import STUDIES as VIEW

router = APIRouter(prefix="/v1/studies", tags=["study"], responses=RESPONSES)

StudyStatus = Literal["overdue", "under_way", "concluded"]

DOCUMENT = "6b1c7a52-3d0e-4e11-9a57-0c6f4f2b8a10"


class StudyRow(BaseModel):
    """`overdue_since` is the day by which it had to start, where it had not."""

    protocol_id: UUID
    status: StudyStatus
    overdue_since: date | None
    started_on: date | None
    late: bool
    concluded_on: date | None
    outcome: StudyOutcome | None
    option: LegalForm | None
    document_id: UUID | None
    version: int


class StudyPage(Page):
    items: list[StudyRow]


class MilestoneRow(BaseModel):
    milestone: StudyMilestone
    option: LegalForm | None
    document_id: UUID | None
    reached_on: date


class StudyDetail(StudyRow):
    milestones: list[MilestoneRow]


@router.get("")
async def search(
    request: Request,
    status: StudyStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> StudyPage:
    """The studies and where they stand (P82, P83)."""
    filters = [equals(VIEW.c.status, status)]
    return StudyPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.protocol_id, filters, limit, after))


@router.get("/{protocol_id}")
async def detail(request: Request, response: Response, protocol_id: UUID) -> StudyDetail:
    """A study with its milestones; the ETag is what If-Match of its commands takes (P83)."""
    found = await one(request, response, sa.select(VIEW).where(VIEW.c.protocol_id == protocol_id), STUDY_UNKNOWN)
    reached = sa.select(MILESTONES).where(MILESTONES.c.protocol_id == protocol_id).order_by(MILESTONES.c.number)
    async with pool_of(request).connection() as connection:
        found["milestones"] = await rows(connection, reached)
    return StudyDetail.model_validate(found)


@router.post("/{protocol_id}/start", status_code=201)
async def start(
    request: Incoming, protocol_id: UUID, body: Annotated[Start, Body(examples=[{"on": "2021-09-15"}])]
) -> CommandAnswer:
    """The parties start the study (P82)."""
    return await request.send(Step(STUDIES, protocol_id, StartStudy(protocol_id=protocol_id, on=body.on)))


@router.post("/{protocol_id}/milestones")
async def reach(
    request: Incoming,
    protocol_id: UUID,
    body: Annotated[
        RecordStudyMilestone,
        Body(examples=[{"milestone": "legal_opinion", "option": "foundation", "on": "2022-03-01"}]),
    ],
) -> CommandAnswer:
    """A step of the study is done (P83)."""
    return await request.send(Step(STUDIES, protocol_id, body))


@router.post("/{protocol_id}/conclusion")
async def conclude(
    request: Incoming,
    protocol_id: UUID,
    body: Annotated[
        ConcludeStudy,
        Body(
            examples=[{"outcome": "form_proposed", "option": "foundation", "document_id": DOCUMENT, "on": "2023-06-30"}]
        ),
    ],
) -> CommandAnswer:
    """What the study comes to (P83)."""
    return await request.send(Step(STUDIES, protocol_id, body))
