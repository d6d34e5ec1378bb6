"""The ranking of persons for a vacancy: explained, and without a decision (P32; GDPR art. 22)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.matching import HoursClass, LicenceClass, RankReason
from insieme_events.problems import RESPONSES
from insieme_events.reading import one, pool_of, today
from insieme_matching.ranking import RULES, Wanted, rank
from insieme_matching.vacancy import VACANCY_UNKNOWN
from insieme_matching.views.profiles import current, skills
from insieme_matching.views.vacancies import VACANCIES as VIEW

router = APIRouter(prefix="/v1/vacancies", tags=["vacancies"], responses=RESPONSES)


class ReasonRow(BaseModel):
    reason: RankReason
    points: int


class RankedRow(BaseModel):
    """The same points, the same place; whoever has waited longest stands first among them."""

    person_id: UUID
    place: int
    points: int
    reasons: list[ReasonRow]


class LeftOut(BaseModel):
    """Persons with a current profile who are not ranked, by the only reasons there are."""

    not_in_charge: int
    restricted: int
    candidate_already: int


class Ranking(BaseModel):
    """`ranked` is how many there are; `items` the first of them. What is kept is what somebody decides on it."""

    vacancy_id: UUID
    rules: Code
    on: date
    ranked: int
    left_out: LeftOut
    items: list[RankedRow]


@router.get("/{vacancy_id}/ranking")
async def ranking(
    request: Request,
    response: Response,
    vacancy_id: UUID,
    limit: Annotated[int, Query(ge=1, le=1000, description="Persons that are told; all are ranked")] = 50,
) -> Ranking:
    """Persons in charge for this vacancy, each with the reason of every point (P32).

    It decides nothing: a person shortlists, and says why (`POST /v1/candidacies` with `chosen_for` and `ranked`).
    """
    day = today(request)
    vacancy = await one(request, response, sa.select(VIEW).where(VIEW.c.vacancy_id == vacancy_id), VACANCY_UNKNOWN)
    async with pool_of(request).connection() as connection:
        found = await current(connection, vacancy_id, day)
    wanted = Wanted(
        profile=vacancy["profile"],
        comune=vacancy["comune"],
        hours=None if vacancy["hours"] is None else HoursClass(vacancy["hours"]),
        licence=None if vacancy["licence"] is None else LicenceClass(vacancy["licence"]),
        languages=skills(vacancy["languages"]),
    )
    ranked = rank(wanted, [person for person, left_out in found if left_out is None])
    out = Counter(left_out for _, left_out in found if left_out is not None)
    return Ranking(
        vacancy_id=vacancy_id,
        rules=RULES,
        on=day,
        ranked=len(ranked),
        left_out=LeftOut(**{name: out[name] for name in LeftOut.model_fields}),
        items=[
            RankedRow(
                person_id=one_of.person_id,
                place=one_of.place,
                points=one_of.points,
                reasons=[ReasonRow(reason=given.reason, points=given.points) for given in one_of.reasons],
            )
            for one_of in ranked[:limit]
        ],
    )
