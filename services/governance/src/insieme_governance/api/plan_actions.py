"""The actions of the plans: where they belong, who does them, how far they are (P16, P17, P48, P58)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.governance_plan import Framework, Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, page, pool_of, rows, today
from insieme_governance.api.plan_years import OfYear, of_year
from insieme_governance.plan_year import AssignAction, ReportActionProgress, TagAction
from insieme_governance.plan_year.commands import Assignment, Progress, Tags
from insieme_governance.plan_year.refusals import ACTION_UNKNOWN
from insieme_governance.views.plan_years import ACTIONS

router = APIRouter(prefix="/v1/plan-years/{year}/actions", tags=["plan"], responses=RESPONSES)
every_year = APIRouter(prefix="/v1/plan-actions", tags=["plan"], responses=RESPONSES)


class ActionRow(BaseModel):
    """`late`: not done, and its day has passed."""

    action_id: UUID
    year: int
    strand: Strand
    source: str
    planned_cost: int
    frameworks: list[Framework]
    regional_policy: str | None
    completes: UUID | None
    party: str | None
    due_on: date | None
    percent: int
    reported_on: date | None
    late: bool


class ActionPage(Page):
    items: list[ActionRow]


def actions_late_on(day: date) -> tuple[sa.Select[tuple[object, ...]], sa.ColumnElement[bool]]:
    late = sa.func.coalesce((ACTIONS.c.percent < 100) & (ACTIONS.c.due_on < day), False)
    return sa.select(ACTIONS, late.label("late")), late


@every_year.get("")
async def search(
    request: Request,
    year: Year | None = None,
    framework: Framework | None = None,
    regional_policy: Annotated[Code | None, Query(examples=["programma_gol"])] = None,
    completes: Annotated[UUID | None, Query(description="Entry of a regional measure")] = None,
    strand: Strand | None = None,
    party: Code | None = None,
    late: bool | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ActionPage:
    """Actions by framework, regional policy, strand, party, and whether they are late (P16, P17, P58)."""
    statement, is_late = actions_late_on(today(request))
    filters = [
        equals(ACTIONS.c.year, year),
        None if framework is None else ACTIONS.c.frameworks.contains([framework.value]),
        equals(ACTIONS.c.regional_policy, regional_policy),
        equals(ACTIONS.c.completes, completes),
        equals(ACTIONS.c.strand, strand),
        equals(ACTIONS.c.party, party),
        None if late is None else is_late == late,
    ]
    return ActionPage.model_validate(await page(request, statement, ACTIONS.c.action_id, filters, limit, after))


@every_year.get("/{action_id}")
async def detail(request: Request, action_id: UUID) -> ActionRow:
    """One action of a plan (P58)."""
    statement, _ = actions_late_on(today(request))
    async with pool_of(request).connection() as connection:
        found = await rows(connection, statement.where(ACTIONS.c.action_id == action_id))
    if not found:
        raise ProblemError(ACTION_UNKNOWN)
    return ActionRow.model_validate(found[0])


@router.post("/{action_id}/tags")
async def tag(
    request: Incoming,
    year: OfYear,
    action_id: UUID,
    body: Annotated[Tags, Body(examples=[{"frameworks": ["patto_metropolitano"], "on": "2024-03-01"}])],
) -> CommandAnswer:
    """The frameworks, the regional policy and the regional measure of an action, all anew (P16, P17, P48)."""
    return await of_year(request, year, TagAction(action_id=action_id, **body.model_dump()))


@router.post("/{action_id}/assignment")
async def assign(
    request: Incoming,
    year: OfYear,
    action_id: UUID,
    body: Annotated[Assignment, Body(examples=[{"party": "cna", "due_on": "2024-10-31", "on": "2024-03-01"}])],
) -> CommandAnswer:
    """The Tavolo tecnico assigns an action to a party (P58)."""
    return await of_year(request, year, AssignAction(action_id=action_id, **body.model_dump()))


@router.post("/{action_id}/progress")
async def report(
    request: Incoming,
    year: OfYear,
    action_id: UUID,
    body: Annotated[Progress, Body(examples=[{"percent": 40, "on": "2024-06-30"}])],
) -> CommandAnswer:
    """The party to which an action is assigned reports how far it is (P58)."""
    return await of_year(request, year, ReportActionProgress(action_id=action_id, **body.model_dump()))
