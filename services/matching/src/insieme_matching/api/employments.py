"""Employments: a placement and what becomes of it, as one chain of contract links (P33; standards 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, model_validator

from insieme_events.contracts.matching import EntryKind, SupportKind
from insieme_events.contracts.vocabulary import Comune, ContractClass, ContractType, Strand, WorkingTime
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_matching.aggregates import EMPLOYMENTS, VACANCIES
from insieme_matching.employment import (
    CorrectPlacement,
    EndPlacement,
    ExtendPlacement,
    NewPlacement,
    RecordSupport,
    StartPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.employment.state import EMPLOYMENT_UNKNOWN
from insieme_matching.vacancy import FillPosition, FreePosition
from insieme_matching.views.employments import EMPLOYMENTS as VIEW
from insieme_matching.views.employments import LINKS, SUPPORTS

router = APIRouter(prefix="/v1/employments", tags=["employments"], responses=RESPONSES)

EmploymentStatus = Literal["running", "ended", "voided"]

FIRST_LINK = 1
PLACEMENT_EXAMPLE = {
    "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "company_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "vacancy_id": "2b0d7c86-50c4-4b1c-8d53-91f1c7a0e5d4",
    "starts_on": "2024-05-02",
    "ends_on": "2024-10-31",
    "contract_type": "A.02.00",
    "working_time": "full",
    "comune": "037006",
    "entry_kind": "re_entry",
    "communicated_on": "2024-04-30",
}
CORRECTION_EXAMPLE = {
    "corrects": "018f3a52-7c11-7d39-8a55-1f0c6f4f2b8a",
    "link_no": 1,
    "starts_on": "2024-05-06",
    "ends_on": "2024-10-31",
    "contract_type": "A.02.00",
    "working_time": "full",
    "comune": "037006",
    "on": "2024-05-20",
}
VOID_EXAMPLE = {
    "voids": "018f3a52-7c11-7d39-8a55-1f0c6f4f2b8a",
    "from_link": 1,
    "reason": "never_started",
    "on": "2024-05-20",
}


class EmploymentRow(BaseModel):
    """`flagged`: a closing of the case that arrived later says that the person was not in charge on the first day."""

    employment_id: UUID
    person_id: UUID
    company_id: UUID
    vacancy_id: UUID | None
    strand: Strand
    status: EmploymentStatus
    entry_kind: EntryKind
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    contract_type: ContractType
    contract_class: ContractClass
    working_time: WorkingTime
    links: int
    agreement_version: str
    out_of_term: bool
    flagged: bool
    version: int


class LinkRow(BaseModel):
    """A link of the chain as it was at its beginning. `event_id` is what a correction or a void of it names."""

    link_no: int
    event_id: UUID
    starts_on: date
    ends_on: date | None
    contract_type: ContractType
    contract_class: ContractClass
    working_time: WorkingTime
    comune: Comune
    voided: bool


class EmploymentDetail(EmploymentRow):
    chain: list[LinkRow]


class Placing(NewPlacement):
    """A placement as somebody records it; `reservation_id` where the person comes out of a course (P39)."""

    reservation_id: UUID | None = None

    @model_validator(mode="after")
    def reservation_of_a_vacancy(self) -> Placing:
        if self.reservation_id is not None and self.vacancy_id is None:
            raise ValueError("a reservation is kept by a vacancy: give vacancy_id, too")
        return self


class EmploymentPage(Page):
    items: list[EmploymentRow]


@router.post("", status_code=201)
async def start(request: Incoming, body: Annotated[Placing, Body(examples=[PLACEMENT_EXAMPLE])]) -> CommandAnswer:
    """Records a placement (avviamento) of a person in charge on its first day; with `vacancy_id` it takes a position
    of that vacancy (P33), with `reservation_id` one that is kept for a course (P39). Internships are not placements
    (P34). `communicated_on` late is recorded as late (P33).
    """
    employment_id = request.new_id()
    steps = []
    if body.vacancy_id is not None:
        fill = FillPosition(
            employment_id=employment_id,
            company_id=body.company_id,
            reservation_id=body.reservation_id,
            on=body.starts_on,
        )
        steps.append(Step(VACANCIES, body.vacancy_id, fill))
    command = StartPlacement(employment_id=employment_id, **body.model_dump(include=set(NewPlacement.model_fields)))
    return await request.send(*steps, Step(EMPLOYMENTS, employment_id, command))


@router.get("")
async def search(
    request: Request,
    person_id: UUID | None = None,
    company_id: UUID | None = None,
    vacancy_id: UUID | None = None,
    status: EmploymentStatus | None = None,
    contract_class: ContractClass | None = None,
    flagged: bool | None = None,
    starts_from: date | None = None,
    starts_to: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> EmploymentPage:
    """Employments by id, filtered; both ends of the starting dates are included.

    What the placement rate counts: `person_id` once, a chain and its extensions apart (P22, P33).
    """
    filters = [
        equals(VIEW.c.person_id, person_id),
        equals(VIEW.c.company_id, company_id),
        equals(VIEW.c.vacancy_id, vacancy_id),
        equals(VIEW.c.status, status),
        equals(VIEW.c.contract_class, contract_class),
        equals(VIEW.c.flagged, flagged),
        None if starts_from is None else VIEW.c.starts_on >= starts_from,
        None if starts_to is None else VIEW.c.starts_on <= starts_to,
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.employment_id, filters, limit, after)
    return EmploymentPage.model_validate(found)


class KeptPlacements(BaseModel):
    """Of the placements that began in these days: how many could be kept so long by now, and how many were."""

    months: int
    begun: int
    due: int
    kept: int


# A chain that was extended is one placement; on its last day it still runs.
KEPT = """
select count(*) as begun, count(*) filter (where mark <= %(on)s) as due,
    count(*) filter (where mark <= %(on)s and (last is null or last >= mark)) as kept
from (
    select (starts_on + make_interval(months => %(months)s))::date as mark, coalesce(ended_on, ends_on) as last
    from views.employments where status <> 'voided' and starts_on between %(from)s and %(to)s
) placements
"""


@router.get("/kept")
async def kept(
    request: Request,
    starts_from: date,
    starts_to: date,
    on: date,
    months: Annotated[int, Query(ge=1, le=60, description="How long a placement is to run")] = 6,
) -> KeptPlacements:
    """Placements still running so many months after their first day, as of a day (P33, P75)."""
    values = {"from": starts_from, "to": starts_to, "on": on, "months": months}
    async with pool_of(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(KEPT, values)
        return KeptPlacements.model_validate({"months": months, **(await cursor.fetchone() or {})})


class SupportRow(BaseModel):
    event_id: UUID
    employment_id: UUID
    kind: SupportKind
    supported_on: date


class SupportPage(Page):
    items: list[SupportRow]


@router.get("/supports")
async def supports(
    request: Request,
    employment_id: UUID | None = None,
    kind: SupportKind | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> SupportPage:
    """Contacts after placements began, in the order in which they were recorded (P32)."""
    filters = [equals(SUPPORTS.c.employment_id, employment_id), equals(SUPPORTS.c.kind, kind)]
    found = await page(request, sa.select(SUPPORTS), SUPPORTS.c.event_id, filters, limit, after)
    return SupportPage.model_validate(found)


@router.get("/{employment_id}")
async def detail(request: Request, response: Response, employment_id: UUID) -> EmploymentDetail:
    """One employment with all its links, voided ones too; the ETag is what If-Match of its commands takes."""
    statement = sa.select(VIEW).where(VIEW.c.employment_id == employment_id)
    found = await one(request, response, statement, EMPLOYMENT_UNKNOWN)
    links = sa.select(LINKS).where(LINKS.c.employment_id == employment_id).order_by(LINKS.c.link_no)
    async with pool_of(request).connection() as connection:
        return EmploymentDetail.model_validate({**found, "chain": await rows(connection, links)})


@router.post("/{employment_id}/extensions", status_code=201)
async def extend(
    request: Incoming,
    employment_id: UUID,
    body: Annotated[ExtendPlacement, Body(examples=[{"ends_on": "2025-04-30", "communicated_on": "2024-11-04"}])],
) -> CommandAnswer:
    """Proroga: a new link from the day after the present end. It may outlive the case."""
    return await request.send(Step(EMPLOYMENTS, employment_id, body))


@router.post("/{employment_id}/transformations", status_code=201)
async def transform(
    request: Incoming,
    employment_id: UUID,
    body: Annotated[
        TransformPlacement,
        Body(
            examples=[{"code": "DI", "contract_type": "A.01.00", "on": "2024-09-01", "communicated_on": "2024-09-05"}]
        ),
    ],
) -> CommandAnswer:
    """Trasformazione, by the code of the regional information system: towards permanent or full time only."""
    return await request.send(Step(EMPLOYMENTS, employment_id, body))


@router.post("/{employment_id}/end")
async def end(
    request: Incoming,
    employment_id: UUID,
    body: Annotated[EndPlacement, Body(examples=[{"reason": "term_reached", "on": "2024-10-31"}])],
) -> CommandAnswer:
    """Cessazione, on a day of the last link."""
    return await request.send(Step(EMPLOYMENTS, employment_id, body))


@router.post("/{employment_id}/supports", status_code=201)
async def support(
    request: Incoming,
    employment_id: UUID,
    body: Annotated[RecordSupport, Body(examples=[{"kind": "visit_at_work", "on": "2024-06-03"}])],
) -> CommandAnswer:
    """Somebody who was placed is stood by, at work or with the company (P32)."""
    return await request.send(Step(EMPLOYMENTS, employment_id, body))


@router.post("/{employment_id}/corrections", status_code=201)
async def correct(
    request: Incoming, employment_id: UUID, body: Annotated[CorrectPlacement, Body(examples=[CORRECTION_EXAMPLE])]
) -> CommandAnswer:
    """Rettifica: how a link should have read from its beginning. A boundary that moves, moves for both links."""
    return await request.send(Step(EMPLOYMENTS, employment_id, body))


@router.post("/{employment_id}/void")
async def void(
    request: Incoming, employment_id: UUID, body: Annotated[VoidPlacement, Body(examples=[VOID_EXAMPLE])]
) -> CommandAnswer:
    """Annullamento of the whole employment, or from a link on; a position that it held is free again (P31)."""
    steps = [Step(EMPLOYMENTS, employment_id, body)]
    if body.from_link == FIRST_LINK and (vacancy_id := await _vacancy_of(request.http, employment_id)) is not None:
        free = FreePosition(employment_id=employment_id, on=body.on)
        steps.append(Step(VACANCIES, vacancy_id, free))
    return await request.send(*steps, first=True)


async def _vacancy_of(request: Request, employment_id: UUID) -> UUID | None:
    """The vacancy whose position the employment took; it never changes."""
    statement = sa.select(VIEW.c.vacancy_id).where(VIEW.c.employment_id == employment_id)
    async with pool_of(request).connection() as connection:
        found = await rows(connection, statement)
    vacancy: UUID | None = found[0]["vacancy_id"] if found else None
    return vacancy
