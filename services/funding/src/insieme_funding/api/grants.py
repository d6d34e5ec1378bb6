"""The grant of a project and what becomes of it (P43, P45, P61, P64, P69)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Body

from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, CommandRequest, Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import pool_of
from insieme_events.units import Step
from insieme_funding import steps
from insieme_funding.aggregates import PROJECTS
from insieme_funding.api.project_rows import (
    ACTION_EXAMPLE,
    FUNDING_EXAMPLE,
    LINK_EXAMPLE,
    MONEY_EXAMPLE,
    UNLINK_EXAMPLE,
)
from insieme_funding.api.sending import send
from insieme_funding.gates import placement_lock
from insieme_funding.project import (
    PROJECT_UNKNOWN,
    Closing,
    DeclareJobTarget,
    FundProject,
    LinkPlacement,
    NewConsolidationAction,
    NewInstalment,
    NewMicrocredit,
    NewReturn,
    PayInstalment,
    RecordConsolidationAction,
    RecordSurvival,
    ReportMicrocredit,
    ReturnFunds,
    RevokeFunding,
    UnlinkPlacement,
)
from insieme_funding.project.refusals import NOT_FUNDED
from insieme_funding.steps import Granted
from insieme_funding.views import projects

router = APIRouter(prefix="/v1/projects/{project_id}", tags=["projects"], responses=RESPONSES)


async def place(request: CommandRequest, project_id: UUID) -> tuple[Strand, Granted | None]:
    """The project's strand, and where its money comes from once it is funded: neither changes any more."""
    async with pool_of(request.http).connection() as connection:
        found = await projects.placed(connection, project_id)
    if found is None:
        raise ProblemError(PROJECT_UNKNOWN)
    strand, year, source, _ = found
    granted = None if year is None or source is None else Granted(Strand(strand), year, source)
    return Strand(strand), granted


async def grant_of(request: CommandRequest, project_id: UUID) -> Granted:
    _, granted = await place(request, project_id)
    if granted is None:
        raise ProblemError(NOT_FUNDED)
    return granted


@router.post("/funding", status_code=201)
async def fund(
    request: Incoming, project_id: UUID, body: Annotated[FundProject, Body(examples=[FUNDING_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di gestione funds an approved project, and the budget commits the money in the same moment
    (P64, P69).
    """
    strand, _ = await place(request, project_id)
    return await send(request, steps.fund_project(project_id, strand, body))


@router.post("/instalments", status_code=201)
async def pay(
    request: Incoming, project_id: UUID, body: Annotated[NewInstalment, Body(examples=[MONEY_EXAMPLE])]
) -> CommandAnswer:
    """Pays part of the grant (P64)."""
    command = PayInstalment(expenditure_id=uuid4(), **body.model_dump())
    return await send(request, steps.pay_instalment(project_id, await grant_of(request, project_id), command))


@router.post("/revocation")
async def revoke(
    request: Incoming,
    project_id: UUID,
    body: Annotated[RevokeFunding, Body(examples=[{"reason": "activity_ceased", "on": "2024-12-02"}])],
) -> CommandAnswer:
    """Takes the grant back: what was not paid is released (P64)."""
    return await send(request, steps.revoke_funding(project_id, await grant_of(request, project_id), body))


@router.post("/returns", status_code=201)
async def give_back(
    request: Incoming, project_id: UUID, body: Annotated[NewReturn, Body(examples=[MONEY_EXAMPLE])]
) -> CommandAnswer:
    """The beneficiary gave money back (P64)."""
    command = ReturnFunds(return_id=uuid4(), **body.model_dump())
    return await send(request, steps.return_funds(project_id, await grant_of(request, project_id), command))


@router.post("/closing")
async def close(
    request: Incoming,
    project_id: UUID,
    body: Annotated[Closing, Body(examples=[{"outcome": "completed", "on": "2025-07-31"}])],
) -> CommandAnswer:
    """Ends the project: what was not paid is released (P43, P64)."""
    _, granted = await place(request, project_id)
    return await send(request, steps.close_project(project_id, granted, body))


@router.post("/job-target")
async def declare_jobs(
    request: Incoming,
    project_id: UUID,
    body: Annotated[DeclareJobTarget, Body(examples=[{"jobs": 2, "on": "2024-04-10"}])],
) -> CommandAnswer:
    """Promises so many jobs for fragile persons (P45)."""
    return await request.send(Step(PROJECTS, project_id, body))


@router.post("/placements", status_code=201)
async def link(
    request: Incoming, project_id: UUID, body: Annotated[LinkPlacement, Body(examples=[LINK_EXAMPLE])]
) -> CommandAnswer:
    """A placement is a job that this project created; it counts for no other project (P45)."""
    return await request.send(Step(PROJECTS, project_id, body), locks=(placement_lock(body.employment_id),))


@router.post("/placements/unlinking")
async def unlink(
    request: Incoming, project_id: UUID, body: Annotated[UnlinkPlacement, Body(examples=[UNLINK_EXAMPLE])]
) -> CommandAnswer:
    """The placement does not count for the project (P45)."""
    return await request.send(Step(PROJECTS, project_id, body))


@router.post("/consolidation-actions", status_code=201)
async def consolidate(
    request: Incoming, project_id: UUID, body: Annotated[NewConsolidationAction, Body(examples=[ACTION_EXAMPLE])]
) -> CommandAnswer:
    """A company of the Board supports the project by mentoring, orders or partnership (P61)."""
    command = RecordConsolidationAction(action_id=uuid4(), **body.model_dump())
    return await request.send(Step(PROJECTS, project_id, command))


@router.post("/survival")
async def survive(
    request: Incoming,
    project_id: UUID,
    body: Annotated[RecordSurvival, Body(examples=[{"months": 12, "alive": True, "on": "2025-07-10"}])],
) -> CommandAnswer:
    """Whether the enterprise is alive 12, 24 or 36 months after the funding (P61)."""
    return await request.send(Step(PROJECTS, project_id, body))


@router.post("/microcredits", status_code=201)
async def report_microcredit(
    request: Incoming, project_id: UUID, body: Annotated[NewMicrocredit, Body(examples=[MONEY_EXAMPLE])]
) -> CommandAnswer:
    """The bank granted a microcredit; it is reported here, and is no money of a budget (P43)."""
    command = ReportMicrocredit(report_id=uuid4(), **body.model_dump())
    return await request.send(Step(PROJECTS, project_id, command))
