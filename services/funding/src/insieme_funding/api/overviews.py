"""Over all projects, decisions and budgets: funnel, jobs, survival, consents of the parties, shares of the costs."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from insieme_events import parameters
from insieme_events.agreement import last_known
from insieme_events.contracts import Code
from insieme_events.contracts.agreement import SpendingRule
from insieme_events.contracts.funding import Year
from insieme_events.contracts.funding_budget import CommitmentKind
from insieme_events.contracts.funding_committees import Consent
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, page, pool_of, rows, today
from insieme_funding.views import overviews
from insieme_funding.views.decisions import CONSENTS, SPENDINGS

router = APIRouter(prefix="/v1", tags=["overviews"], responses=RESPONSES)


class FunnelRow(BaseModel):
    strand: Strand
    candidates: int
    accompanied: int
    evaluated: int
    approved: int
    funded: int


class JobsRow(BaseModel):
    """`placements` are contracts, `persons` those who have them: two figures, never one."""

    strand: Strand
    projects: int
    promised: int
    placements: int
    persons: int


class SurvivalRow(BaseModel):
    strand: Strand
    months: int
    alive: int
    asked: int


class ConsolidationRow(BaseModel):
    kind: str
    actions: int
    companies: int
    projects: int


class ShareRow(BaseModel):
    """A promoter's share by the agreement in hundredths of a per cent, and what it bore of `total` euro cents."""

    party: str
    agreed_basis_points: int
    spent: int
    total: int
    actual_basis_points: int | None


class SharesAnswer(BaseModel):
    """`others` is what parties without a share bore; it is no part of `total`."""

    agreement_version: str | None
    shares: list[ShareRow]
    others: int


class ExpenditureRow(BaseModel):
    source: str
    borne_by: str
    strand: Strand
    spent: int


class ConsentRow(BaseModel):
    party: str
    consent: Consent


class SpendingRow(BaseModel):
    """`meeting_id` and `decision_no` lead to the minutes."""

    subject_id: UUID
    subject_kind: CommitmentKind
    committee_id: UUID
    strand: Strand
    year: int
    source: str
    amount: int
    rule: SpendingRule
    meeting_id: UUID
    decision_no: int
    decided_on: date
    consents: list[ConsentRow]


class SpendingPage(Page):
    items: list[SpendingRow]


@router.get("/project-funnel")
async def funnel(
    request: Request,
    call_id: UUID | None = None,
    submitted_from: date | None = None,
    submitted_to: date | None = None,
) -> list[FunnelRow]:
    """How far the projects submitted in a period or to a call came (P43)."""
    async with pool_of(request).connection() as connection:
        found = await overviews.funnel(connection, call_id, submitted_from, submitted_to)
    return [FunnelRow.model_validate(row) for row in found]


@router.get("/project-jobs")
async def jobs(request: Request) -> list[JobsRow]:
    """Jobs promised by funded projects and jobs that they created (P45)."""
    async with pool_of(request).connection() as connection:
        return [JobsRow.model_validate(row) for row in await overviews.jobs(connection)]


@router.get("/project-survival")
async def survival(request: Request) -> list[SurvivalRow]:
    """How many funded projects are alive 12, 24 and 36 months later, of those asked about (P61)."""
    async with pool_of(request).connection() as connection:
        return [SurvivalRow.model_validate(row) for row in await overviews.survival(connection)]


@router.get("/project-consolidation")
async def consolidation(request: Request) -> list[ConsolidationRow]:
    """What companies of the Board do for funded projects (P61)."""
    async with pool_of(request).connection() as connection:
        return [ConsolidationRow.model_validate(row) for row in await overviews.consolidation(connection)]


@router.get("/expenditure")
async def expenditure(request: Request, year: Year) -> list[ExpenditureRow]:
    """What was spent of a year's budgets, by source, party and strand, less what came back (P20, P66)."""
    async with pool_of(request).connection() as connection:
        found = await overviews.expenditure_by_strand(connection, year)
    return [ExpenditureRow.model_validate(row) for row in found]


@router.get("/cost-shares")
async def cost_shares(
    request: Request, year: Annotated[Year | None, Query(description="Of the budgets; all without it")] = None
) -> SharesAnswer:
    """What each promoter bears, beside the share that the agreement says (P67).

    The agreement is the one last in force in the year, or today.
    """
    async with pool_of(request).connection() as connection:
        spent = await overviews.actuals(connection, year)
        versions = await parameters.agreements(connection)
    day = today(request)
    agreement = last_known(versions, day if year is None else min(day, date(year, 12, 31)))
    agreed = {} if agreement is None else {one.party: one.basis_points for one in agreement.cost_shares}
    total = sum(spent.get(party, 0) for party in agreed)
    shares = [
        ShareRow(
            party=party,
            agreed_basis_points=points,
            spent=spent.get(party, 0),
            total=total,
            actual_basis_points=basis_points(spent.get(party, 0), total),
        )
        for party, points in agreed.items()
    ]
    others = sum(amount for party, amount in spent.items() if party not in agreed)
    return SharesAnswer(
        agreement_version=None if agreement is None else agreement.version, shares=shares, others=others
    )


def basis_points(part: int, whole: int) -> int | None:
    """Hundredths of a per cent, halves up, in whole numbers as all money is."""
    return (part * 20_000 + whole) // (whole * 2) if whole > 0 else None


@router.get("/spending-decisions")
async def spendings(
    request: Request,
    party: Annotated[Code | None, Query(description="Decisions in which its members had a say")] = None,
    committee_id: UUID | None = None,
    subject_kind: CommitmentKind | None = None,
    strand: Strand | None = None,
    year: Year | None = None,
    source: Code | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> SpendingPage:
    """Who decided which spending, with which consent, and in which minutes that stands (P69)."""
    filters = [
        equals(SPENDINGS.c.committee_id, committee_id),
        equals(SPENDINGS.c.subject_kind, subject_kind),
        equals(SPENDINGS.c.strand, strand),
        equals(SPENDINGS.c.year, year),
        equals(SPENDINGS.c.source, source),
    ]
    found = await page(request, overviews.spendings(party), SPENDINGS.c.subject_id, filters, limit, after)
    subjects = [row["subject_id"] for row in found["items"]]
    wanted = sa.select(CONSENTS).where(CONSENTS.c.subject_id.in_(subjects)).order_by(CONSENTS.c.number)
    async with pool_of(request).connection() as connection:
        consents = await rows(connection, wanted)
    for row in found["items"]:
        row["consents"] = [one for one in consents if one["subject_id"] == row["subject_id"]]
    return SpendingPage.model_validate(found)
