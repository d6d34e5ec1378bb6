"""Companies: registered with their directory entry, met, looked up (P21)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.matching import AtecoVersion
from insieme_events.contracts.vocabulary import CompanySize, Comune
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, one, page, pool_of
from insieme_events.units import Step
from insieme_matching import directory
from insieme_matching.aggregates import COMPANIES
from insieme_matching.company import ChangeCompanySize, NewCompany, RecordCompanyContact, RegisterCompany
from insieme_matching.directory import DirectoryEntry
from insieme_matching.gates import COMPANY_UNKNOWN
from insieme_matching.views.companies import COMPANIES as VIEW
from insieme_matching.views.companies import known

router = APIRouter(prefix="/v1/companies", tags=["companies"], responses=RESPONSES)


COMPANY_EXAMPLE = {
    "name": "Officine Esempio",
    "partita_iva": "01234567897",
    "size": "small",
    "ateco_version": "ateco_2025",
    "ateco_section": "C",
    "comune": "037006",
    "introduced_by": "unindustria",
    "on": "2024-03-04",
}


class Registration(NewCompany, DirectoryEntry):
    """A company as somebody registers it: what events say of it, and who it is."""


class CompanyRow(BaseModel):
    company_id: UUID
    name: str | None
    partita_iva: str | None
    status: str
    size: CompanySize
    ateco_version: AtecoVersion
    ateco_section: str
    comune: Comune
    introduced_by: Code | None
    registered_on: date
    last_contact_on: date | None
    version: int


class CompanyPage(Page):
    items: list[CompanyRow]


# A history that was imported has companies without an entry in the directory.
JOINED = sa.select(VIEW, directory.COMPANIES.c.name, directory.COMPANIES.c.partita_iva).select_from(
    VIEW.outerjoin(directory.COMPANIES, directory.COMPANIES.c.company_id == VIEW.c.company_id)
)


@router.post("", status_code=201)
async def register(request: Incoming, body: Annotated[Registration, Body(examples=[COMPANY_EXAMPLE])]) -> CommandAnswer:
    """Registers a company (P21). A partita IVA that is registered already is refused."""
    company_id = uuid4()
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
    status: Annotated[str | None, Query(pattern="^(registered|active)$")] = None,
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
