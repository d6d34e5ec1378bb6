"""Job profiles: what persons in charge look for and can do (P31)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel

from insieme_events.contracts.matching import HoursClass, LicenceClass
from insieme_events.contracts.vocabulary import Comune, ProfileCode
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of
from insieme_events.units import Step
from insieme_matching.aggregates import PROFILES
from insieme_matching.job_profile import PROFILE_UNKNOWN, RegisterJobProfile, WithdrawJobProfile
from insieme_matching.views.profiles import PROFILES as VIEW

router = APIRouter(prefix="/v1/job-profiles", tags=["job profiles"], responses=RESPONSES)

ProfileStatus = Literal["current", "withdrawn", "erased"]

PROFILE_EXAMPLE = {
    "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "profiles": ["8.1.4.3.0", "5.1.2"],
    "comuni": ["037006", "037019"],
    "hours": ["full_time", "part_time"],
    "licences": ["b"],
    "languages": [{"language": "it", "level": "b1"}],
    "on": "2024-03-04",
}


class ProfileRow(BaseModel):
    """`languages` as `it:b1`; empty lists once it was withdrawn or the person erased."""

    person_id: UUID
    status: ProfileStatus
    registered_on: date | None
    profiles: list[ProfileCode]
    comuni: list[Comune]
    hours: list[HoursClass]
    licences: list[LicenceClass]
    languages: list[str]
    version: int


class ProfilePage(Page):
    items: list[ProfileRow]


@router.post("", status_code=201)
async def register(
    request: Incoming, body: Annotated[RegisterJobProfile, Body(examples=[PROFILE_EXAMPLE])]
) -> CommandAnswer:
    """Registers the profile of a person in charge, or a new one in the place of the last (P31)."""
    return await request.send(Step(PROFILES, body.person_id, body))


@router.get("")
async def search(
    request: Request,
    status: ProfileStatus | None = None,
    profile: ProfileCode | None = None,
    comune: Comune | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ProfilePage:
    """Job profiles by person, filtered; `profile` and `comune` are among those that the profile names."""
    filters = [
        equals(VIEW.c.status, status),
        None if profile is None else VIEW.c.profiles.contains([profile]),
        None if comune is None else VIEW.c.comuni.contains([comune]),
    ]
    return ProfilePage.model_validate(await page(request, sa.select(VIEW), VIEW.c.person_id, filters, limit, after))


class SupplyDemand(BaseModel):
    """Persons whose current profile names an occupation, and positions that are still open in it."""

    profile: str
    persons: int
    positions: int


class SupplyDemandByProfile(BaseModel):
    items: list[SupplyDemand]


# A person counts once in each group of occupations that the profile names.
SUPPLY_DEMAND = """
with persons as (
    select array_to_string((string_to_array(named, '.'))[1:%(levels)s], '.') as profile,
        count(distinct j.person_id) as persons
    from views.job_profiles j, unnest(j.profiles) named where j.status = 'current' group by 1
), positions as (
    select array_to_string((string_to_array(v.profile, '.'))[1:%(levels)s], '.') as profile,
        sum(v.positions - v.taken) as positions
    from views.vacancies v where v.status in ('open', 'in_selection') group by 1
)
select profile, coalesce(persons, 0) as persons, coalesce(positions, 0) as positions
from persons full join positions using (profile) order by profile
"""


@router.get("/supply-demand")
async def supply_demand(
    request: Request,
    levels: Annotated[int, Query(ge=1, le=5, description="How many levels of CP2021 tell profiles apart")] = 3,
) -> SupplyDemandByProfile:
    """Persons (domanda) against positions (offerta) by profile: both sides at once (P31)."""
    async with pool_of(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(SUPPLY_DEMAND, {"levels": levels})
        return SupplyDemandByProfile.model_validate({"items": await cursor.fetchall()})


@router.get("/{person_id}")
async def detail(request: Request, response: Response, person_id: UUID) -> ProfileRow:
    """One person's profile; the ETag is what If-Match of its commands takes."""
    return ProfileRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.person_id == person_id), PROFILE_UNKNOWN)
    )


@router.post("/{person_id}/withdrawal")
async def withdraw(
    request: Incoming,
    person_id: UUID,
    body: Annotated[WithdrawJobProfile, Body(examples=[{"reason": "not_looking", "on": "2024-06-03"}])],
) -> CommandAnswer:
    """The person is not looked for work with it any more; what it said is blanked here (P31)."""
    return await request.send(Step(PROFILES, person_id, body))
