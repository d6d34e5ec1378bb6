"""Projects, from the submission to the decision of the committees (P43, P44, P63, P64)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response

from insieme_events.contracts import Code
from insieme_events.contracts.funding import Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_funding import steps
from insieme_funding.aggregates import PROJECTS
from insieme_funding.api.project_rows import (
    APPROVAL_EXAMPLE,
    EVALUATION_EXAMPLE,
    PROJECT_EXAMPLE,
    REJECTION_EXAMPLE,
    ProjectDetail,
    ProjectPage,
    ProjectStatus,
)
from insieme_funding.api.sending import send
from insieme_funding.project import (
    PROJECT_UNKNOWN,
    ApproveProject,
    CloseAccompaniment,
    EvaluateProject,
    NewProject,
    RejectProject,
    StartAccompaniment,
    SubmitProject,
)
from insieme_funding.views.projects import ACTIONS, PLACEMENTS, SURVIVAL
from insieme_funding.views.projects import PROJECTS as VIEW

router = APIRouter(prefix="/v1/projects", tags=["projects"], responses=RESPONSES)


@router.post("", status_code=201)
async def submit(request: Incoming, body: Annotated[NewProject, Body(examples=[PROJECT_EXAMPLE])]) -> CommandAnswer:
    """Submits a project to an open call: of a person in charge (3a) or of an organisation (3b) (P43, P44)."""
    project_id = uuid4()
    command = SubmitProject(project_id=project_id, **body.model_dump())
    return await request.send(Step(PROJECTS, project_id, command))


@router.get("")
async def search(
    request: Request,
    strand: Annotated[Strand | None, Query(description="3a or 3b")] = None,
    status: ProjectStatus | None = None,
    call_id: UUID | None = None,
    proposer_id: UUID | None = None,
    year: Annotated[Year | None, Query(description="Of the budget that funds it")] = None,
    source: Code | None = None,
    conflict_late: bool | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ProjectPage:
    """Projects by id, filtered (P44, P64)."""
    filters = [
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.status, status),
        equals(VIEW.c.call_id, call_id),
        equals(VIEW.c.proposer_id, proposer_id),
        equals(VIEW.c.year, year),
        equals(VIEW.c.source, source),
        equals(VIEW.c.conflict_late, conflict_late),
    ]
    return ProjectPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.project_id, filters, limit, after))


@router.get("/{project_id}")
async def detail(request: Request, response: Response, project_id: UUID) -> ProjectDetail:
    """One project with its placements, the Board's support and its survival; the ETag is what If-Match takes (P44)."""
    found = await one(request, response, sa.select(VIEW).where(VIEW.c.project_id == project_id), PROJECT_UNKNOWN)
    async with pool_of(request).connection() as connection:
        for name, table, order in (
            ("placements", PLACEMENTS, PLACEMENTS.c.employment_id),
            ("actions", ACTIONS, ACTIONS.c.action_id),
            ("survival", SURVIVAL, SURVIVAL.c.months),
        ):
            wanted = sa.select(table).where(table.c.project_id == project_id).order_by(order)
            found[name] = await rows(connection, wanted)
    return ProjectDetail.model_validate(found)


@router.post("/{project_id}/accompaniment", status_code=201)
async def start_accompaniment(
    request: Incoming, project_id: UUID, body: Annotated[StartAccompaniment, Body(examples=[{"on": "2024-05-06"}])]
) -> CommandAnswer:
    """Coaching begins (P43)."""
    return await request.send(Step(PROJECTS, project_id, body))


@router.post("/{project_id}/accompaniment/closing")
async def close_accompaniment(
    request: Incoming,
    project_id: UUID,
    body: Annotated[CloseAccompaniment, Body(examples=[{"outcome": "ready", "on": "2024-06-28"}])],
) -> CommandAnswer:
    """Coaching is over; only a project that is ready may be funded (P43)."""
    return await request.send(Step(PROJECTS, project_id, body))


@router.post("/{project_id}/evaluations", status_code=201)
async def evaluate(
    request: Incoming, project_id: UUID, body: Annotated[EvaluateProject, Body(examples=[EVALUATION_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di valutazione judges the project (P63)."""
    return await send(request, steps.judge(project_id, body))


@router.post("/{project_id}/approval")
async def approve(
    request: Incoming, project_id: UUID, body: Annotated[ApproveProject, Body(examples=[APPROVAL_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di gestione approves a project that was evaluated positive (P64)."""
    return await send(request, steps.judge(project_id, body))


@router.post("/{project_id}/rejection")
async def reject(
    request: Incoming, project_id: UUID, body: Annotated[RejectProject, Body(examples=[REJECTION_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di gestione rejects the project (P64)."""
    return await send(request, steps.judge(project_id, body))
