"""The plan of a year: resources committed for it, drafted, decided on by the Tavolo, amended (P52, P66, P72)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.governance_plan import Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, CommandRequest, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_governance.aggregates import PLAN_YEARS
from insieme_governance.plan_year import (
    AmendWorkPlan,
    ApproveWorkPlan,
    ClosePlanYear,
    CommitResources,
    DraftWorkPlan,
    PlanYearCommand,
    RecordCash,
    RejectWorkPlan,
    plan_year_id,
)
from insieme_governance.plan_year.commands import Amendment, Cash, Commitment, Draft
from insieme_governance.plan_year.refusals import YEAR_UNKNOWN
from insieme_governance.steps import REGISTER
from insieme_governance.views.plan_years import CEILINGS, COMMITMENTS, MISSING
from insieme_governance.views.plan_years import PLAN_YEARS as VIEW

router = APIRouter(prefix="/v1/plan-years", tags=["plan"], responses=RESPONSES)

PlanYearStatus = Literal["unplanned", "drafted", "rejected", "approved", "amending", "closed"]

OfYear = Annotated[Year, Path(examples=[2024])]
ACTION = {
    "action_id": "3c1c7a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "strand": "2b",
    "source": "comune_bologna",
    "planned_cost": 5_000_000,
    "frameworks": ["patto_metropolitano"],
}
CEILING = {"source": "comune_bologna", "strand": "2b", "amount": 8_000_000}
DECISION: Mapping[str, Any] = {
    "meeting_id": "9d0d6a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "decision_no": 2,
    "on": "2024-02-12",
}
COMMITMENT = {"party": "comune_bologna", "source": "comune_bologna", "amount": 30_000_000, "on": "2024-01-15"}


class PlanYearRow(BaseModel):
    """`amendment_id` is the amendment that waits for funding's answer."""

    year: int
    status: PlanYearStatus
    drafted_on: date | None
    approved_on: date | None
    meeting_id: UUID | None
    decision_no: int | None
    amendment_id: UUID | None
    agreement_version: str | None
    version: int


class PlanYearPage(Page):
    items: list[PlanYearRow]


class CeilingRow(BaseModel):
    source: str
    strand: Strand
    amount: int


class PlanYearDetail(PlanYearRow):
    """With the ceilings of the plan, or of the draft where nothing is approved yet (P66)."""

    ceilings: list[CeilingRow]


class SourceRow(BaseModel):
    """Cents by source: what is committed, what of it has come in, what the plan may spend, what its actions cost."""

    source: str
    committed: int
    cashed: int
    ceiling: int
    planned_cost: int


class PlanVsResources(BaseModel):
    year: int
    sources: list[SourceRow]


class CommitmentRow(BaseModel):
    commitment_id: UUID
    year: int
    party: str
    source: str
    amount: int
    cashed: int
    committed_on: date
    late: bool


class CommitmentPage(Page):
    items: list[CommitmentRow]


class MissingRow(BaseModel):
    year: int
    party: str
    due_on: date
    noted_on: date
    still_missing: bool


class MissingList(BaseModel):
    items: list[MissingRow]


VS_RESOURCES = sa.text("""
with committed as (
    select source, sum(amount) as committed, sum(cashed) as cashed
    from views.commitments where year = :year group by source
), ceilings as (
    select source, sum(amount) as ceiling from views.plan_ceilings where year = :year group by source
), actions as (
    select source, sum(planned_cost) as planned_cost from views.plan_actions where year = :year group by source
)
select source, coalesce(committed, 0)::bigint as committed, coalesce(cashed, 0)::bigint as cashed,
    coalesce(ceiling, 0)::bigint as ceiling, coalesce(planned_cost, 0)::bigint as planned_cost
from committed full join ceilings using (source) full join actions using (source) order by source
""").columns(
    sa.column("source", sa.Text),
    sa.column("committed", sa.BigInteger),
    sa.column("cashed", sa.BigInteger),
    sa.column("ceiling", sa.BigInteger),
    sa.column("planned_cost", sa.BigInteger),
)


@router.get("")
async def search(
    request: Request,
    status: PlanYearStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> PlanYearPage:
    """The years of the plan (P52)."""
    filters = [equals(VIEW.c.status, status)]
    return PlanYearPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.plan_year_id, filters, limit, after))


@router.get("/{year}")
async def detail(request: Request, response: Response, year: OfYear) -> PlanYearDetail:
    """One year with its ceilings; the ETag is what If-Match of its commands takes."""
    found = await one(request, response, sa.select(VIEW).where(VIEW.c.year == year), YEAR_UNKNOWN)
    ceilings = sa.select(CEILINGS).where(CEILINGS.c.year == year).order_by(CEILINGS.c.source, CEILINGS.c.strand)
    async with pool_of(request).connection() as connection:
        found["ceilings"] = await rows(connection, ceilings)
    return PlanYearDetail.model_validate(found)


@router.get("/{year}/resources")
async def resources(request: Request, year: OfYear) -> PlanVsResources:
    """The plan against the resources, by source (P52)."""
    async with pool_of(request).connection() as connection:
        found = await rows(connection, sa.select(VS_RESOURCES.bindparams(year=year).subquery()))
    return PlanVsResources(year=year, sources=[SourceRow.model_validate(row) for row in found])


@router.get("/{year}/commitments")
async def commitments(
    request: Request,
    year: OfYear,
    party: Annotated[Code | None, Query(examples=["comune_bologna"])] = None,
    source: Code | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CommitmentPage:
    """What each party put into the year, by source; `late` where the day for it had passed (P72)."""
    missed = sa.exists().where(MISSING.c.year == COMMITMENTS.c.year, MISSING.c.party == COMMITMENTS.c.party)
    filters = [COMMITMENTS.c.year == year, equals(COMMITMENTS.c.party, party), equals(COMMITMENTS.c.source, source)]
    statement = sa.select(COMMITMENTS, missed.label("late"))
    return CommitmentPage.model_validate(
        await page(request, statement, COMMITMENTS.c.commitment_id, filters, limit, after)
    )


@router.get("/{year}/commitments-missing")
async def missing(request: Request, year: OfYear) -> MissingList:
    """The parties that had committed nothing by the day for it, and whether they have since (P72)."""
    given = sa.exists().where(
        COMMITMENTS.c.year == MISSING.c.year, COMMITMENTS.c.party == MISSING.c.party, COMMITMENTS.c.amount > 0
    )
    statement = sa.select(MISSING, (~given).label("still_missing")).where(MISSING.c.year == year)
    async with pool_of(request).connection() as connection:
        found = await rows(connection, statement.order_by(MISSING.c.party))
    return MissingList(items=[MissingRow.model_validate(row) for row in found])


async def of_year(request: CommandRequest, year: int, command: PlanYearCommand) -> CommandAnswer:
    """Who is a party, and who coordinates, may not change while a command on the year is decided (I12)."""
    return await request.send(Step(PLAN_YEARS, plan_year_id(year), command), locks=REGISTER)


@router.post("/{year}/commitments", status_code=201)
async def commit(
    request: Incoming, year: OfYear, body: Annotated[Commitment, Body(examples=[COMMITMENT])]
) -> CommandAnswer:
    """A promoter commits an amount from a source; said again, it corrects what was said before (P72)."""
    return await of_year(request, year, CommitResources(year=year, **body.model_dump()))


@router.post("/{year}/cash")
async def cash(
    request: Incoming, year: OfYear, body: Annotated[Cash, Body(examples=[{**COMMITMENT, "on": "2024-05-02"}])]
) -> CommandAnswer:
    """What has come in of a commitment so far (P52)."""
    return await of_year(request, year, RecordCash(year=year, **body.model_dump()))


@router.post("/{year}/draft", status_code=201)
async def draft(
    request: Incoming,
    year: OfYear,
    body: Annotated[Draft, Body(examples=[{"ceilings": [CEILING], "actions": [ACTION], "on": "2024-01-20"}])],
) -> CommandAnswer:
    """Drafts the plan; until it is approved, the next draft takes its place (P52)."""
    return await of_year(
        request, year, DraftWorkPlan(year=year, ceilings=body.ceilings, actions=body.actions, on=body.on)
    )


@router.post("/{year}/approval")
async def approve(
    request: Incoming, year: OfYear, body: Annotated[ApproveWorkPlan, Body(examples=[DECISION])]
) -> CommandAnswer:
    """The Tavolo approved the plan in a meeting that was held, within the resources (P52)."""
    return await of_year(request, year, body)


@router.post("/{year}/rejection")
async def reject(
    request: Incoming, year: OfYear, body: Annotated[RejectWorkPlan, Body(examples=[DECISION])]
) -> CommandAnswer:
    """The Tavolo decided against the draft (P52)."""
    return await of_year(request, year, body)


@router.post("/{year}/amendments", status_code=202)
async def amend(
    request: Incoming,
    year: OfYear,
    body: Annotated[Amendment, Body(examples=[{**DECISION, "ceilings": [CEILING], "actions": [ACTION]}])],
) -> CommandAnswer:
    """Amends the plan by a decision of the Tavolo; lower ceilings wait for funding's answer (P52, P66)."""
    return await of_year(
        request,
        year,
        AmendWorkPlan(
            amendment_id=uuid4(),
            meeting_id=body.meeting_id,
            decision_no=body.decision_no,
            ceilings=body.ceilings,
            actions=body.actions,
            on=body.on,
        ),
    )


@router.post("/{year}/closing")
async def close(
    request: Incoming, year: OfYear, body: Annotated[ClosePlanYear, Body(examples=[{"on": "2025-02-01"}])]
) -> CommandAnswer:
    """The year is over and reported on (P52)."""
    return await of_year(request, year, body)
