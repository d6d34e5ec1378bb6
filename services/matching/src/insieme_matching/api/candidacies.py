"""Candidacies: one person for one vacancy, step by step (P32)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.matching import RefusedBy
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_matching.aggregates import CANDIDACIES
from insieme_matching.candidacy import (
    CANDIDACY_UNKNOWN,
    AcceptCandidate,
    NewCandidacy,
    PresentCandidate,
    RecordInterview,
    RecordSelectionReasons,
    RefuseCandidate,
    ShortlistCandidate,
    WithdrawCandidate,
)
from insieme_matching.views.candidacies import CANDIDACIES as VIEW

router = APIRouter(prefix="/v1/candidacies", tags=["candidacies"], responses=RESPONSES)

CandidacyStatus = Literal["shortlisted", "presented", "interviewed", "accepted", "refused", "withdrawn"]

ON = [{"on": "2024-04-15"}]
CANDIDACY_EXAMPLE = {
    "vacancy_id": "2b0d7c86-50c4-4b1c-8d53-91f1c7a0e5d4",
    "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "chosen_for": ["fits_profile", "wish_of_person"],
    "ranked": {"rules": "rules-1", "place": 2, "points": 60, "reasons": ["profile_same", "comune_same"]},
    "on": "2024-04-10",
}


class CandidacyRow(BaseModel):
    candidacy_id: UUID
    vacancy_id: UUID
    person_id: UUID
    status: CandidacyStatus
    shortlisted_on: date
    last_on: date
    refused_by: RefusedBy | None
    reason: str | None
    version: int
    overdue: bool


class CandidacyPage(Page):
    items: list[CandidacyRow]


@router.post("", status_code=201)
async def shortlist(
    request: Incoming, body: Annotated[NewCandidacy, Body(examples=[CANDIDACY_EXAMPLE])]
) -> CommandAnswer:
    """Shortlists a person in charge for an open vacancy; one live candidacy per vacancy and person (P32, P33)."""
    candidacy_id = uuid4()
    command = ShortlistCandidate(candidacy_id=candidacy_id, **body.model_dump())
    return await request.send(Step(CANDIDACIES, candidacy_id, command))


@router.get("")
async def search(
    request: Request,
    vacancy_id: UUID | None = None,
    person_id: UUID | None = None,
    status: CandidacyStatus | None = None,
    overdue: Annotated[bool | None, Query(description="The company's answer to the presentation is")] = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CandidacyPage:
    """Candidacies by id, filtered; the days of their steps are what the speed of the dialogue is measured by (P14)."""
    filters = [
        equals(VIEW.c.vacancy_id, vacancy_id),
        equals(VIEW.c.person_id, person_id),
        equals(VIEW.c.status, status),
        equals(VIEW.c.overdue, overdue),
    ]
    return CandidacyPage.model_validate(
        await page(request, sa.select(VIEW), VIEW.c.candidacy_id, filters, limit, after)
    )


@router.get("/{candidacy_id}")
async def detail(request: Request, response: Response, candidacy_id: UUID) -> CandidacyRow:
    """One candidacy; the ETag is what If-Match of its commands takes."""
    return CandidacyRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.candidacy_id == candidacy_id), CANDIDACY_UNKNOWN)
    )


@router.post("/{candidacy_id}/reasons", status_code=201)
async def record_reasons(
    request: Incoming,
    candidacy_id: UUID,
    body: Annotated[RecordSelectionReasons, Body(examples=[{"chosen_for": ["lives_near"], "on": "2024-04-11"}])],
) -> CommandAnswer:
    """Why the person was chosen, where it was not said at the shortlisting (P32; GDPR art. 22)."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))


@router.post("/{candidacy_id}/presentation")
async def present(
    request: Incoming, candidacy_id: UUID, body: Annotated[PresentCandidate, Body(examples=ON)]
) -> CommandAnswer:
    """The candidate is presented to the company (P32)."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))


@router.post("/{candidacy_id}/interview")
async def interview(
    request: Incoming, candidacy_id: UUID, body: Annotated[RecordInterview, Body(examples=ON)]
) -> CommandAnswer:
    """The company interviewed the candidate (P32)."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))


@router.post("/{candidacy_id}/acceptance")
async def accept(
    request: Incoming, candidacy_id: UUID, body: Annotated[AcceptCandidate, Body(examples=ON)]
) -> CommandAnswer:
    """Company and person agree (P32); the placement is recorded on its own."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))


@router.post("/{candidacy_id}/refusal")
async def refuse(
    request: Incoming,
    candidacy_id: UUID,
    body: Annotated[
        RefuseCandidate, Body(examples=[{"refused_by": "person", "reason": "distance", "on": "2024-04-15"}])
    ],
) -> CommandAnswer:
    """The company or the person refuses, for a reason of the closed list (P32)."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))


@router.post("/{candidacy_id}/withdrawal")
async def withdraw(
    request: Incoming,
    candidacy_id: UUID,
    body: Annotated[WithdrawCandidate, Body(examples=[{"reason": "vacancy_gone", "on": "2024-04-15"}])],
) -> CommandAnswer:
    """The reason for the candidacy fell away; nobody refused (P32)."""
    return await request.send(Step(CANDIDACIES, candidacy_id, body))
