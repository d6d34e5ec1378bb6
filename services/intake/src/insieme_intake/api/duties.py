"""What nobody may forget: cases without plan or referent, unanswered enrolments (P24, I9); and counts of cohorts."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy.sql import func

from insieme_events import parameters, reading
from insieme_events.agreement import last_known
from insieme_events.contracts.vocabulary import AtecoVersion
from insieme_events.http import Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals
from insieme_intake import views
from insieme_intake.circumstances import AGREEMENT_UNKNOWN

router = APIRouter(prefix="/v1", tags=["duties"], responses=RESPONSES)
CASES = views.CASES


@router.get("/cases-without-plan")
async def cases_without_plan(
    request: Request, on: date, limit: Limit = 50, after: UUID | None = None
) -> dict[str, Any]:
    """Cases in charge whose plan was due before that day and is not agreed (P24, I9)."""
    filters = [
        CASES.c.status.in_(("in_charge", "suspended")),
        CASES.c.plan_version == 0,
        CASES.c.plan_due_on < on,
    ]
    return await reading.page(request, sa.select(CASES), CASES.c.case_id, filters, limit, after)


@router.get("/cases-without-referent")
async def cases_without_referent(
    request: Request, person_id: UUID | None = None, limit: Limit = 50, after: UUID | None = None
) -> dict[str, Any]:
    """Cases in charge that nobody is responsible for (P24, I9): the referent is named in the same act, so none."""
    in_charge = CASES.c.status.in_(("in_charge", "suspended"))
    filters = [in_charge, CASES.c.referent_id.is_(None), reading.equals(CASES.c.person_id, person_id)]
    return await reading.page(request, sa.select(CASES), CASES.c.case_id, filters, limit, after)


@router.get("/unanswered")
async def unanswered(
    request: Request,
    on: date,
    days: Annotated[int | None, Query(ge=1, le=3660)] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Persons enrolled so many days before and neither in charge, nor handed over, nor closed (P24).

    Without `days` those that the agreement gives for the interview.
    """
    if days is None:
        async with reading.pool_of(request).connection() as connection:
            agreement = last_known(await parameters.agreements(connection), on)
        if agreement is None:
            raise ProblemError(AGREEMENT_UNKNOWN)
        days = agreement.interview_due_days
    filters = [
        CASES.c.status.in_(("enrolled", "interviewed")),
        CASES.c.received_on < on - timedelta(days=days),
    ]
    return await reading.page(request, sa.select(CASES), CASES.c.case_id, filters, limit, after)


@router.get("/family-supports")
async def family_supports(
    request: Request, person_id: UUID | None = None, limit: Limit = 50, after: UUID | None = None
) -> dict[str, Any]:
    """Measures of family support, offered and taken up, by id (P75)."""
    table = views.FAMILY_SUPPORTS
    filters = [equals(table.c.person_id, person_id)]
    return await reading.page(request, sa.select(table), table.c.support_id, filters, limit, after)


class SupportCount(BaseModel):
    kind: str
    offered: int
    started: int


@router.get("/family-supports/by-kind")
async def family_supports_by_kind(request: Request) -> list[SupportCount]:
    """How many measures of each kind were offered and taken up (family_support; P75)."""
    table = views.FAMILY_SUPPORTS
    counted = (
        sa.select(table.c.kind, func.count().label("offered"), func.count(table.c.started_on).label("started"))
        .group_by(table.c.kind)
        .order_by(table.c.kind)
    )
    async with reading.pool_of(request).connection() as connection:
        return [SupportCount(**row) for row in await reading.rows(connection, counted)]


class Dimension(StrEnum):
    CHANNEL_CLASS = "channel_class"
    COMUNE = "comune"
    EXIT_STATE = "exit_state"
    JOB_LOSS_CAUSE = "job_loss_cause"
    PREVIOUS_STATUS = "previous_status"
    PROVENANCE_SECTION = "provenance_section"


class CohortCount(BaseModel):
    """`value` None: not on record. `hit`: a sector that the agreement names as hit by the pandemic (P07).

    A sector is a section of one version of ATECO: the letters of the two do not mean the same.
    """

    value: str | None
    ateco_version: AtecoVersion | None = None
    cases: int
    in_charge: int
    hit: bool | None = None


@router.get("/cohorts/{dimension}")
async def cohort(dimension: Dimension, request: Request, on: date | None = None) -> list[CohortCount]:
    """Enrolled cases by channel, comune, exit, cause of job loss, previous status or sector (P06, P07, P08, P12, P17).

    For the sectors, `on` says by which version of the agreement they count as hit.
    """
    column = CASES.c[dimension.value]
    sectors = dimension is Dimension.PROVENANCE_SECTION
    version = sa.case((column.is_not(None), CASES.c.ateco_version)) if sectors else sa.null()
    enrolled = CASES.c.status.not_in(("applied", "rejected", "withdrawn", "voided", "merged"))
    counted = (
        sa.select(
            column.label("value"),
            version.label("ateco_version"),
            func.count().label("cases"),
            func.count(CASES.c.taken_in_charge_on).label("in_charge"),
        )
        .where(enrolled)
        .group_by(sa.literal_column("1"), sa.literal_column("2"))
        .order_by(sa.literal_column("1"), sa.literal_column("2"))
    )
    async with reading.pool_of(request).connection() as connection:
        found = [CohortCount(**row) for row in await reading.rows(connection, counted)]
        agreement = None if on is None else last_known(await parameters.agreements(connection), on)
    if not sectors or agreement is None:
        return found
    hit = {(each.ateco_version, each.section) for each in agreement.hit_sectors}
    return [each.model_copy(update={"hit": (each.ateco_version, each.value) in hit}) for each in found]
