"""Vacancies: opened, worked on in selections, closed or withdrawn (P31, P32)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.matching import HoursClass, LicenceClass
from insieme_events.contracts.vocabulary import Comune, ProfileCode, Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_matching.aggregates import COMPANIES, NEEDS, VACANCIES
from insieme_matching.company import NoteVacancy
from insieme_matching.need import ConvertNeed
from insieme_matching.vacancy import (
    VACANCY_UNKNOWN,
    CloseSelection,
    CloseVacancy,
    NewVacancy,
    OpenSelection,
    OpenVacancy,
    StateRequirements,
    WithdrawVacancy,
)
from insieme_matching.views.vacancies import VACANCIES as VIEW

router = APIRouter(prefix="/v1/vacancies", tags=["vacancies"], responses=RESPONSES)

VacancyStatus = Literal["open", "in_selection", "filled", "closed", "withdrawn"]

VACANCY_EXAMPLE = {
    "company_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "profile": "8.1.4",
    "positions": 2,
    "comune": "037006",
    "on": "2024-04-02",
}
REQUIREMENTS_EXAMPLE = {
    "hours": "full_time",
    "licence": "b",
    "languages": [{"language": "it", "level": "b1"}],
    "on": "2024-04-03",
}


class VacancyRow(BaseModel):
    vacancy_id: UUID
    company_id: UUID
    need_id: UUID | None
    status: VacancyStatus
    over_on: date | None
    strand: Strand
    profile: ProfileCode
    positions: int
    taken: int
    selections: int
    comune: Comune
    opened_on: date
    version: int
    hours: HoursClass | None
    licence: LicenceClass | None
    languages: list[str]


class VacancyPage(Page):
    items: list[VacancyRow]


@router.post("", status_code=201)
async def open_vacancy(
    request: Incoming, body: Annotated[NewVacancy, Body(examples=[VACANCY_EXAMPLE])]
) -> CommandAnswer:
    """Opens a vacancy (P31). With `need_id` the need is converted; the company's first vacancy makes it active."""
    vacancy_id = request.new_id()
    steps = [Step(COMPANIES, body.company_id, NoteVacancy(vacancy_id=vacancy_id, on=body.on))]
    if body.need_id is not None:
        steps.append(Step(NEEDS, body.need_id, ConvertNeed(vacancy_id=vacancy_id, on=body.on)))
    steps.append(Step(VACANCIES, vacancy_id, OpenVacancy(vacancy_id=vacancy_id, **body.model_dump())))
    return await request.send(*steps)


@router.get("")
async def search(
    request: Request,
    company_id: UUID | None = None,
    status: VacancyStatus | None = None,
    strand: Strand | None = None,
    comune: Comune | None = None,
    profile: Annotated[str | None, Query(pattern=r"^[1-9](\.\d{1,2}){0,4}$", description="Or any below it")] = None,
    opened_from: date | None = None,
    opened_to: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> VacancyPage:
    """Vacancies by id, filtered; both ends of the opening dates are included."""
    filters = [
        equals(VIEW.c.company_id, company_id),
        equals(VIEW.c.status, status),
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.comune, comune),
        None if profile is None else (VIEW.c.profile == profile) | VIEW.c.profile.startswith(f"{profile}."),
        None if opened_from is None else VIEW.c.opened_on >= opened_from,
        None if opened_to is None else VIEW.c.opened_on <= opened_to,
    ]
    return VacancyPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.vacancy_id, filters, limit, after))


@router.get("/{vacancy_id}")
async def detail(request: Request, response: Response, vacancy_id: UUID) -> VacancyRow:
    """One vacancy; the ETag is what If-Match of its commands takes."""
    return VacancyRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.vacancy_id == vacancy_id), VACANCY_UNKNOWN)
    )


@router.post("/{vacancy_id}/requirements")
async def state_requirements(
    request: Incoming, vacancy_id: UUID, body: Annotated[StateRequirements, Body(examples=[REQUIREMENTS_EXAMPLE])]
) -> CommandAnswer:
    """What the company asks for beside the profile: hours, driving licence, languages (P31, P32)."""
    return await request.send(Step(VACANCIES, vacancy_id, body))


@router.post("/{vacancy_id}/selections", status_code=201)
async def open_selection(
    request: Incoming, vacancy_id: UUID, body: Annotated[OpenSelection, Body(examples=[{"on": "2024-04-08"}])]
) -> CommandAnswer:
    """Starts to work on the company's request: one selection at a time, numbered (P32)."""
    return await request.send(Step(VACANCIES, vacancy_id, body))


@router.post("/{vacancy_id}/selections/closing")
async def close_selection(
    request: Incoming, vacancy_id: UUID, body: Annotated[CloseSelection, Body(examples=[{"on": "2024-05-06"}])]
) -> CommandAnswer:
    """Ends the open selection (P32)."""
    return await request.send(Step(VACANCIES, vacancy_id, body))


@router.post("/{vacancy_id}/closing")
async def close(
    request: Incoming,
    vacancy_id: UUID,
    body: Annotated[CloseVacancy, Body(examples=[{"reason": "no_suitable_candidate", "on": "2024-06-03"}])],
) -> CommandAnswer:
    """Closes a vacancy that was not filled (P31)."""
    return await request.send(Step(VACANCIES, vacancy_id, body))


@router.post("/{vacancy_id}/withdrawal")
async def withdraw(
    request: Incoming,
    vacancy_id: UUID,
    body: Annotated[WithdrawVacancy, Body(examples=[{"reason": "need_ceased", "on": "2024-06-03"}])],
) -> CommandAnswer:
    """The company takes the vacancy back (P31)."""
    return await request.send(Step(VACANCIES, vacancy_id, body))
