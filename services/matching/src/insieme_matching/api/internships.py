"""Internships: asked for, approved within the law, run, ended, evaluated twice (P34, P35)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import YearMonth
from insieme_events.contracts.matching import InternshipOutcome, InternshipPurpose
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_matching.aggregates import INTERNSHIPS
from insieme_matching.internship import (
    ApproveInternship,
    EndInternship,
    ExtendInternship,
    NewInternship,
    RecordInternshipEvaluation,
    RecordInternshipMonth,
    RequestInternship,
    ResumeInternship,
    StartInternship,
    SuspendInternship,
    WithdrawInternship,
)
from insieme_matching.internship.commands import locks
from insieme_matching.internship.refusals import INTERNSHIP_UNKNOWN
from insieme_matching.views.internships import INTERNSHIPS as VIEW
from insieme_matching.views.internships import MONTHS, who

router = APIRouter(prefix="/v1/internships", tags=["internships"], responses=RESPONSES)

REQUEST_EXAMPLE = {
    "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "company_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "starts_on": "2024-05-02",
    "ends_on": "2024-10-31",
    "target": "ordinary",
    "purposes": ["training", "mutual_knowledge"],
    "monthly_allowance": 60000,
    "on": "2024-04-02",
}
GROUNDS_EXAMPLE = {
    "authorisation": "arl-2024-01234",
    "authorised_on": "2024-04-16",
    "papers": [
        "host_convention",
        "individual_project",
        "promoter_tutor",
        "host_tutor",
        "accident_insurance",
        "liability_insurance",
    ],
    "host_staff": 12,
    "host_declared_on": "2024-04-10",
    "host_dismissed_nobody": True,
    "host_replaces_nobody": True,
    "on": "2024-04-17",
}
EXTENSION_EXAMPLE = {**GROUNDS_EXAMPLE, "authorised_on": "2024-10-10", "on": "2024-10-15", "ends_on": "2025-04-30"}
EVALUATION_EXAMPLE = {
    "evaluated_by": "company",
    "result": "goals_reached",
    "would_again": True,
    "on": "2024-11-11",
}
MONTH_EXAMPLE = {"month": "2024-05", "minutes_due": 7200, "minutes_present": 6480, "on": "2024-06-03"}
InternshipStatus = Literal[
    "requested", "confirmed", "blocked", "approved", "running", "suspended", "ended", "withdrawn"
]


class InternshipRow(BaseModel):
    """`requested` until intake's ledger has answered; the target class of the intern is nowhere to be read."""

    internship_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand
    status: InternshipStatus
    starts_on: date
    ends_on: date
    ended_on: date | None
    purposes: list[InternshipPurpose]
    monthly_allowance: int
    seasonal: bool
    funded_by_programme: bool
    authorisation: str | None
    authorised_on: date | None
    limits_version: str | None
    outcome: InternshipOutcome | None
    evaluated_by_person: bool
    evaluated_by_company: bool
    version: int


class InternshipPage(Page):
    items: list[InternshipRow]


class Outcomes(BaseModel):
    """Ended internships of these days: how many were evaluated by whom, and led to a contract with the same host."""

    ended: int
    evaluated_by_person: int
    evaluated_by_company: int
    hired_within_30_days: int
    hired_within_90_days: int


class MonthRow(BaseModel):
    """`allowance_due`: the intern was there for at least the part from which on the law asks for the allowance."""

    internship_id: UUID
    month: YearMonth
    minutes_due: int
    minutes_present: int
    allowance_due: bool
    recorded_on: date


class Hours(BaseModel):
    """Of months that are on record: how many, of how many internships, and for how many the allowance is due."""

    internships: int
    months: int
    minutes_due: int
    minutes_present: int
    allowances_due: int


HOURS = """
select count(distinct internship_id), count(*), coalesce(sum(minutes_due), 0)::bigint,
    coalesce(sum(minutes_present), 0)::bigint, count(*) filter (where allowance_due)
from views.internship_months where month between %s and %s
"""
OUTCOMES = """
select count(*), count(*) filter (where evaluated_by_person), count(*) filter (where evaluated_by_company),
    count(*) filter (where hired_after <= 30), count(*) filter (where hired_after <= 90)
from (
    select i.*, (
        select min(e.starts_on) - i.ended_on from views.employments e
        where e.person_id = i.person_id and e.company_id = i.company_id and e.status <> 'voided'
            and e.starts_on > i.ended_on
    ) as hired_after
    from views.internships i where i.status = 'ended' and i.ended_on between %s and %s
) ended
"""


@router.post("", status_code=201)
async def ask(request: Incoming, body: Annotated[NewInternship, Body(examples=[REQUEST_EXAMPLE])]) -> CommandAnswer:
    """Asks for an internship of a person in charge; intake's ledger says whether somebody does the same (P25, P34)."""
    internship_id = uuid4()
    command = RequestInternship(internship_id=internship_id, **body.model_dump())
    return await request.send(Step(INTERNSHIPS, internship_id, command))


@router.get("")
async def search(
    request: Request,
    person_id: UUID | None = None,
    company_id: UUID | None = None,
    status: InternshipStatus | None = None,
    purpose: InternshipPurpose | None = None,
    running_on: Annotated[date | None, Query(description="Approved or begun, and this day is one of its days")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> InternshipPage:
    """Internships by id, filtered (P34)."""
    last = sa.func.coalesce(VIEW.c.ended_on, VIEW.c.ends_on)
    standing = VIEW.c.status.in_(["approved", "running", "suspended", "ended"])
    filters = [
        equals(VIEW.c.person_id, person_id),
        equals(VIEW.c.company_id, company_id),
        equals(VIEW.c.status, status),
        None if purpose is None else VIEW.c.purposes.contains([purpose.value]),
        None if running_on is None else standing & (VIEW.c.starts_on <= running_on) & (last >= running_on),
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.internship_id, filters, limit, after)
    return InternshipPage.model_validate(found)


@router.get("/outcomes")
async def outcomes(request: Request, ended_from: date, ended_to: date) -> Outcomes:
    """What became of the internships that ended in these days, both included (P35)."""
    async with pool_of(request).connection() as connection:
        row = await (await connection.execute(OUTCOMES, (ended_from, ended_to))).fetchone()
    assert row is not None
    return Outcomes.model_validate(dict(zip(Outcomes.model_fields, row, strict=True)))


@router.get("/hours")
async def hours(request: Request, month_from: YearMonth, month_to: YearMonth) -> Hours:
    """How long interns were there in these months, both included, and how often the allowance is due (P34)."""
    async with pool_of(request).connection() as connection:
        row = await (await connection.execute(HOURS, (month_from, month_to))).fetchone()
    assert row is not None
    return Hours.model_validate(dict(zip(Hours.model_fields, row, strict=True)))


@router.get("/{internship_id}/months")
async def months(request: Request, internship_id: UUID) -> list[MonthRow]:
    """The months of an internship that are on record, in order (P34)."""
    known = sa.select(VIEW.c.internship_id).where(VIEW.c.internship_id == internship_id)
    statement = sa.select(MONTHS).where(MONTHS.c.internship_id == internship_id).order_by(MONTHS.c.month)
    async with pool_of(request).connection() as connection:
        if not await rows(connection, known):
            raise ProblemError(INTERNSHIP_UNKNOWN)
        return [MonthRow.model_validate(row) for row in await rows(connection, statement)]


@router.get("/{internship_id}")
async def detail(request: Request, response: Response, internship_id: UUID) -> InternshipRow:
    """One internship; the ETag is what If-Match of its commands takes."""
    statement = sa.select(VIEW).where(VIEW.c.internship_id == internship_id)
    return InternshipRow.model_validate(await one(request, response, statement, INTERNSHIP_UNKNOWN))


@router.post("/{internship_id}/approval")
async def approve(
    request: Incoming, internship_id: UUID, body: Annotated[ApproveInternship, Body(examples=[GROUNDS_EXAMPLE])]
) -> CommandAnswer:
    """Approves it, if every legal check holds on its first day (P34; standards 2.6)."""
    return await _judged(request, internship_id, body)


@router.post("/{internship_id}/extensions", status_code=201)
async def extend(
    request: Incoming, internship_id: UUID, body: Annotated[ExtendInternship, Body(examples=[EXTENSION_EXAMPLE])]
) -> CommandAnswer:
    """Proroga, if every legal check holds again (P34)."""
    return await _judged(request, internship_id, body)


async def _judged(
    request: Incoming, internship_id: UUID, command: ApproveInternship | ExtendInternship
) -> CommandAnswer:
    """Decided under the locks of the person and of the host, whose other internships are counted (I13)."""
    async with pool_of(request.http).connection() as connection:
        parties = await who(connection, {internship_id})
    if internship_id not in parties:
        raise ProblemError(INTERNSHIP_UNKNOWN)
    return await request.send(Step(INTERNSHIPS, internship_id, command), locks=locks(*parties[internship_id]))


@router.post("/{internship_id}/start")
async def start(
    request: Incoming,
    internship_id: UUID,
    body: Annotated[StartInternship, Body(examples=[{"communicated_on": "2024-04-30", "on": "2024-05-02"}])],
) -> CommandAnswer:
    """It starts; one that the programme pays for, once the Comitato di gestione decided on it (P34, P64)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/suspensions", status_code=201)
async def suspend(
    request: Incoming,
    internship_id: UUID,
    body: Annotated[SuspendInternship, Body(examples=[{"reason": "host_closed", "on": "2024-08-05"}])],
) -> CommandAnswer:
    """Nothing is done from that day on; these days do not count towards the longest duration (P34)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/resumption")
async def resume(
    request: Incoming, internship_id: UUID, body: Annotated[ResumeInternship, Body(examples=[{"on": "2024-08-26"}])]
) -> CommandAnswer:
    """It goes on from that day (P34)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/months", status_code=201)
async def record_month(
    request: Incoming, internship_id: UUID, body: Annotated[RecordInternshipMonth, Body(examples=[MONTH_EXAMPLE])]
) -> CommandAnswer:
    """How long the intern was there in a month that is over; the law says from what part on the allowance is due (P34).

    Recorded again for the same month, the last counts.
    """
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/end")
async def end(
    request: Incoming,
    internship_id: UUID,
    body: Annotated[EndInternship, Body(examples=[{"outcome": "completed", "on": "2024-10-31"}])],
) -> CommandAnswer:
    """It ends; being hired is a placement of its own, recorded apart (P34)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/withdrawal")
async def withdraw(
    request: Incoming,
    internship_id: UUID,
    body: Annotated[WithdrawInternship, Body(examples=[{"reason": "host_declined", "on": "2024-04-22"}])],
) -> CommandAnswer:
    """It does not come about (P34)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))


@router.post("/{internship_id}/evaluations", status_code=201)
async def evaluate(
    request: Incoming,
    internship_id: UUID,
    body: Annotated[RecordInternshipEvaluation, Body(examples=[EVALUATION_EXAMPLE])],
) -> CommandAnswer:
    """What the person, or the company, says of it: one evaluation of each (P35)."""
    return await request.send(Step(INTERNSHIPS, internship_id, body))
