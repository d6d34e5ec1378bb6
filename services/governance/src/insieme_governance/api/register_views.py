"""What the registers come to, by party, year, theme and territory (P26, P48, P71, P73, P76, P77, P78)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from insieme_events.contracts.governance_plan import Year
from insieme_events.contracts.governance_registers import Scope, StaffProfile, TerritoryKind, Theme
from insieme_events.contracts.vocabulary import InterventionKind, PartyRole
from insieme_events.problems import RESPONSES
from insieme_events.reading import pool_of
from insieme_governance.registers.coverage import coverage
from insieme_governance.views import register_reads as reads

router = APIRouter(prefix="/v1/register-views", tags=["registers"], responses=RESPONSES)

InYear = Annotated[Year, Query(description="Calendar year", examples=[2024])]


class Contribution(BaseModel):
    """`value` in cents."""

    party: str
    entries: int
    hours: int
    value: int


class Contributions(BaseModel):
    year: int
    parties: list[Contribution]


class TerritoryRow(BaseModel):
    """`last_on` by debtor; who is left out has not been there in the year."""

    kind: TerritoryKind
    territory: str
    last_on: dict[str, date]


class ComuneRow(BaseModel):
    comune: str
    unione: str | None
    last_on: date | None


class OutreachCoverage(BaseModel):
    """`reached` by debtor, out of `of` territories; `reached_by_any` counts a territory once."""

    year: int
    of: int
    reached: dict[str, int]
    reached_by_any: int
    territories: list[TerritoryRow]
    comuni: list[ComuneRow]


class AssociationRow(BaseModel):
    party: str
    held: int
    companies_reached: int
    last_on: date


class AssociationOutreach(BaseModel):
    year: int
    parties: list[AssociationRow]


class VisibilityRow(BaseModel):
    party: str
    role: PartyRole
    events: int
    last_on: date | None


class VisibilityByParty(BaseModel):
    year: int
    parties: list[VisibilityRow]


class ThemeRow(BaseModel):
    theme: Theme
    scope: Scope
    events: int


class VisibilityByTheme(BaseModel):
    year: int
    themes: list[ThemeRow]


class StaffRow(BaseModel):
    party: str
    profile: StaffProfile
    fte_hundredths: int


class DeskRow(BaseModel):
    party: str
    desks: int
    comuni: list[str]


class Capacity(BaseModel):
    """Full-time equivalents of the year, and the desks that are open on its last day."""

    year: int
    staff: list[StaffRow]
    desks: list[DeskRow]


class MeasureRow(BaseModel):
    entry_id: UUID
    measure: str
    kind: InterventionKind
    actions: int
    planned_cost: int


class Complementarity(BaseModel):
    measures: list[MeasureRow]


@router.get("/contribution-by-party")
async def contributions(request: Request, year: InYear) -> Contributions:
    """What each party made available in the year (P26)."""
    async with pool_of(request).connection() as connection:
        return Contributions.model_validate({"year": year, "parties": await reads.contributions(connection, year)})


@router.get("/outreach-coverage")
async def outreach(request: Request, year: InYear) -> OutreachCoverage:
    """The quartieri, unioni and distretti that were reached in the year, by debtor, and every comune (P73)."""
    async with pool_of(request).connection() as connection:
        held = await reads.outreach(connection, year)
    return OutreachCoverage.model_validate(coverage(year, held), from_attributes=True)


@router.get("/association-outreach-by-party")
async def associations(request: Request, year: InYear) -> AssociationOutreach:
    """What associations and unions did among their members' companies in the year (P76)."""
    async with pool_of(request).connection() as connection:
        return AssociationOutreach.model_validate({"year": year, "parties": await reads.associations(connection, year)})


@router.get("/visibility-by-party")
async def visibility(request: Request, year: InYear) -> VisibilityByParty:
    """The public events that each party promoted in the year, none included (P77)."""
    async with pool_of(request).connection() as connection:
        return VisibilityByParty.model_validate({"year": year, "parties": await reads.visibility(connection, year)})


@router.get("/visibility-by-theme")
async def themes(request: Request, year: InYear) -> VisibilityByTheme:
    """What the public events of the year were about, and how far beyond the territory they went (P78)."""
    async with pool_of(request).connection() as connection:
        return VisibilityByTheme.model_validate({"year": year, "themes": await reads.themes(connection, year)})


@router.get("/capacity")
async def capacity(request: Request, year: InYear) -> Capacity:
    """The staff and the desks that the guarantors give (P71)."""
    async with pool_of(request).connection() as connection:
        staff = await reads.staff(connection, year)
        desks = await reads.desks(connection, date(year, 12, 31))
    return Capacity.model_validate({"year": year, "staff": staff, "desks": desks})


@router.get("/complementarity")
async def complementarity(request: Request) -> Complementarity:
    """The regional measures, and the actions of the plans that complete them (P48)."""
    async with pool_of(request).connection() as connection:
        return Complementarity.model_validate({"measures": await reads.measures(connection)})
