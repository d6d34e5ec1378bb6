"""Companies: registered with their directory entry, met, looked up (P21)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.vocabulary import AtecoVersion, CompanySize, Comune
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, one, page, pool_of
from insieme_events.units import Step
from insieme_matching import directory
from insieme_matching.aggregates import COMPANIES
from insieme_matching.company import (
    ChangeCompanySize,
    MergeCompanies,
    NewCompany,
    NoteMerged,
    RecordCompanyContact,
    RecordIntroduction,
    RegisterCompany,
)
from insieme_matching.directory import DirectoryEntry
from insieme_matching.gates import COMPANY_UNKNOWN
from insieme_matching.views.companies import COMPANIES as VIEW
from insieme_matching.views.companies import known

router = APIRouter(prefix="/v1/companies", tags=["companies"], responses=RESPONSES)

CompanyStatus = Literal["registered", "active", "merged"]


COMPANY_EXAMPLE = {
    "name": "Officine Esempio",
    "partita_iva": "01234567897",
    "size": "small",
    "ateco_version": "ateco_2025",
    "ateco_section": "C",
    "comune": "037006",
    "introduced_by": "confindustria_emilia",
    "on": "2024-03-04",
}


class Registration(NewCompany, DirectoryEntry):
    """A company as somebody registers it: what events say of it, and who it is."""


class CompanyRow(BaseModel):
    company_id: UUID
    name: str | None
    partita_iva: str | None
    status: CompanyStatus
    size: CompanySize
    ateco_version: AtecoVersion
    ateco_section: str
    comune: Comune
    introduced_by: Code | None
    registered_on: date
    last_contact_on: date | None
    version: int
    merged_into: UUID | None


class CompanyPage(Page):
    items: list[CompanyRow]


# A history that was imported has companies without an entry in the directory.
JOINED = sa.select(VIEW, directory.COMPANIES.c.name, directory.COMPANIES.c.partita_iva).select_from(
    VIEW.outerjoin(directory.COMPANIES, directory.COMPANIES.c.company_id == VIEW.c.company_id)
)


@router.post("", status_code=201)
async def register(request: Incoming, body: Annotated[Registration, Body(examples=[COMPANY_EXAMPLE])]) -> CommandAnswer:
    """Registers a company (P21). A partita IVA that is registered already is refused."""
    company_id = request.new_id()
    told = body.model_dump(include=set(NewCompany.model_fields))
    entry = DirectoryEntry(name=body.name, partita_iva=body.partita_iva)
    return await request.send(
        Step(COMPANIES, company_id, RegisterCompany(company_id=company_id, **told)),
        also=(directory.put(company_id, entry),),
        unique=directory.UNIQUE,
    )


@router.get("")
async def search(
    request: Request,
    status: CompanyStatus | None = None,
    size: CompanySize | None = None,
    comune: Comune | None = None,
    introduced_by: Code | None = None,
    name: Annotated[str | None, Query(min_length=2, max_length=100, description="Part of the name")] = None,
    partita_iva: Annotated[str | None, Query(pattern=r"^\d{11}$")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CompanyPage:
    """Companies by id, filtered."""
    filters = [
        equals(VIEW.c.status, status),
        equals(VIEW.c.size, size),
        equals(VIEW.c.comune, comune),
        equals(VIEW.c.introduced_by, introduced_by),
        equals(directory.COMPANIES.c.partita_iva, partita_iva),
        None if name is None else directory.COMPANIES.c.name.icontains(name, autoescape=True),
    ]
    return CompanyPage.model_validate(await page(request, JOINED, VIEW.c.company_id, filters, limit, after))


class Network(BaseModel):
    """Companies that are not another one: how many there are, came in or did something in the months before `on`."""

    on: date
    companies: int
    new: int
    active: int
    on_board: int
    introduced: int


# Active: met, or with a vacancy, a placement or an internship that began in these months.
NETWORK = """
select count(*) as companies, count(*) filter (where c.registered_on > s.since) as new,
    count(*) filter (where c.last_contact_on > s.since
        or exists (select from views.vacancies v where v.company_id = c.company_id
            and v.opened_on > s.since and v.opened_on <= %(on)s)
        or exists (select from views.employments e where e.company_id = c.company_id and e.status <> 'voided'
            and e.starts_on > s.since and e.starts_on <= %(on)s)
        or exists (select from views.internships i where i.company_id = c.company_id
            and i.status in ('running', 'suspended', 'ended') and i.starts_on > s.since and i.starts_on <= %(on)s)
    ) as active,
    count(*) filter (where exists (
        select from views.board_companies b join views.companies m on m.company_id = b.company_id
        where coalesce(m.merged_into, m.company_id) = c.company_id
            and b.joined_on <= %(on)s and (b.left_on is null or b.left_on > %(on)s)
    )) as on_board,
    count(*) filter (where c.introduced_by is not null) as introduced
from views.companies c, (select (%(on)s::date - make_interval(months => %(months)s))::date as since) s
where c.merged_into is null and c.registered_on <= %(on)s
"""


class IntroducedRow(BaseModel):
    by_party: Code
    companies: int
    active: int
    placements: int


class Introduced(BaseModel):
    items: list[IntroducedRow]


INTRODUCED = """
select c.introduced_by as by_party, count(*) as companies, count(*) filter (where c.status = 'active') as active,
    coalesce(sum((select count(*) from views.employments e where e.company_id = c.company_id
        and e.status <> 'voided')), 0)::int as placements
from views.companies c where c.introduced_by is not null and c.merged_into is null group by 1 order by 1
"""


@router.get("/network")
async def network(
    request: Request, on: date, months: Annotated[int, Query(ge=1, le=120, description="How far back")] = 12
) -> Network:
    """The network of companies: new ones, active ones, those in the Board (P21)."""
    async with pool_of(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(NETWORK, {"on": on, "months": months})
        return Network.model_validate({"on": on, **(await cursor.fetchone() or {})})


@router.get("/introduced")
async def introduced(request: Request) -> Introduced:
    """Companies by the trade association or union that brought them (P76)."""
    async with pool_of(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(INTRODUCED)
        return Introduced.model_validate({"items": await cursor.fetchall()})


@router.get("/{company_id}")
async def detail(request: Request, response: Response, company_id: UUID) -> CompanyRow:
    """One company; the ETag is what If-Match of its commands takes."""
    statement = JOINED.where(VIEW.c.company_id == company_id)
    return CompanyRow.model_validate(await one(request, response, statement, COMPANY_UNKNOWN))


@router.put("/{company_id}/directory-entry", status_code=204)
async def put_directory_entry(request: Request, company_id: UUID, body: DirectoryEntry) -> None:
    """Corrects the company's name or partita IVA in the directory; no event tells of it."""
    async with pool_of(request).connection() as connection:
        if company_id not in await known(connection, {company_id}):
            raise ProblemError(COMPANY_UNKNOWN)
        await directory.correct(connection, company_id, body)


@router.post("/{company_id}/contacts", status_code=201)
async def record_contact(
    request: Incoming,
    company_id: UUID,
    body: Annotated[RecordCompanyContact, Body(examples=[{"kind": "visit", "on": "2024-03-11"}])],
) -> CommandAnswer:
    """A visit, a call or a meeting at an event; the first one makes the company active (P21)."""
    return await request.send(Step(COMPANIES, company_id, body))


@router.post("/{company_id}/size")
async def change_size(
    request: Incoming,
    company_id: UUID,
    body: Annotated[ChangeCompanySize, Body(examples=[{"size": "medium", "on": "2024-06-01"}])],
) -> CommandAnswer:
    """The company's size class from that day on."""
    return await request.send(Step(COMPANIES, company_id, body))


@router.post("/{company_id}/introduction")
async def introduce(
    request: Incoming,
    company_id: UUID,
    body: Annotated[RecordIntroduction, Body(examples=[{"by_party": "cna", "on": "2024-03-11"}])],
) -> CommandAnswer:
    """A trade association or a union brought the company (P76)."""
    return await request.send(Step(COMPANIES, company_id, body))


@router.post("/{company_id}/merge")
async def merge(
    request: Incoming,
    company_id: UUID,
    body: Annotated[
        MergeCompanies, Body(examples=[{"merged_id": "5b1c8d53-91f1-4b1c-8d53-91f1c7a0e5d4", "on": "2024-09-02"}])
    ],
) -> CommandAnswer:
    """`merged_id` was this company all along: what stood under it stands here; its partita IVA stays taken (P21)."""
    given_up = Step(COMPANIES, body.merged_id, NoteMerged(into_id=company_id, on=body.on))
    return await request.send(given_up, Step(COMPANIES, company_id, body))
