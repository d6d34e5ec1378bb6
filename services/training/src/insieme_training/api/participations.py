"""Participations: asked for and looked up (P37, P41)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.training_participations import (
    AssessedAt,
    Attendance,
    CertificateKind,
    DropReason,
    LanguageSkill,
)
from insieme_events.contracts.vocabulary import ChannelClass, Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_training.aggregates import PARTICIPATIONS
from insieme_training.gates import PARTICIPATION_UNKNOWN
from insieme_training.participation.commands import NewParticipation, RequestParticipation
from insieme_training.views import told
from insieme_training.views.participations import ATTENDANCE, CERTIFICATES, LEVELS
from insieme_training.views.participations import PARTICIPATIONS as VIEW

router = APIRouter(prefix="/v1/participations", tags=["participations"], responses=RESPONSES)

PARTICIPATION_EXAMPLE = {
    "course_id": "5b7f4c1a-52d0-4e11-9a57-0c6f4f2b8a10",
    "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "channel_class": "association",
    "association": "cna",
    "on": "2024-02-20",
}
ParticipationStatus = Literal["requested", "blocked", "waitlisted", "enrolled", "started", "completed", "dropped"]


class ParticipationRow(BaseModel):
    """`association` and `score` read null once the person's data were erased.

    `flagged`: the person was not in charge at the first lesson, as a closing that arrived late says.
    """

    participation_id: UUID
    course_id: UUID
    person_id: UUID
    strand: Strand
    status: ParticipationStatus
    requested_on: date
    last_on: date
    started_on: date | None
    channel_class: ChannelClass | None
    association: str | None
    ranked: bool
    score: int | None
    dropped_for: DropReason | None
    minutes_present: int
    minutes_recorded: int
    flagged: bool
    version: int


class ParticipationPage(Page):
    items: list[ParticipationRow]


class LessonTold(BaseModel):
    lesson_no: int
    held_on: date
    minutes: int
    attendance: Attendance


class CertificateRow(BaseModel):
    kind: CertificateKind
    issued_on: date


class LevelRow(BaseModel):
    """`level` reads `unknown` once the person's data were erased."""

    skill: LanguageSkill
    assessed_at: AssessedAt
    assessed_on: date
    level: str


class ParticipationDetail(ParticipationRow):
    lessons: list[LessonTold]
    certificates: list[CertificateRow]
    language_levels: list[LevelRow]


@router.post("", status_code=201)
async def ask(
    request: Incoming, body: Annotated[NewParticipation, Body(examples=[PARTICIPATION_EXAMPLE])]
) -> CommandAnswer:
    """A person in charge asks for a course; it goes on once intake has confirmed that nobody does the same (P25, P37).

    `channel_class` says how the person came; a trade association is named where one sent them (P41).
    """
    participation_id = uuid4()
    command = RequestParticipation(participation_id=participation_id, **body.model_dump())
    return await request.send(Step(PARTICIPATIONS, participation_id, command), locks=(told.lock(body.person_id),))


@router.get("")
async def search(
    request: Request,
    course_id: UUID | None = None,
    person_id: UUID | None = None,
    strand: Strand | None = None,
    status: ParticipationStatus | None = None,
    flagged: bool | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ParticipationPage:
    """Participations by id, filtered."""
    filters = [
        equals(VIEW.c.course_id, course_id),
        equals(VIEW.c.person_id, person_id),
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.status, status),
        equals(VIEW.c.flagged, flagged),
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.participation_id, filters, limit, after)
    return ParticipationPage.model_validate(found)


@router.get("/{participation_id}")
async def detail(request: Request, response: Response, participation_id: UUID) -> ParticipationDetail:
    """One participation with lessons, certificates and levels; the ETag is what If-Match of its commands takes."""
    wanted = sa.select(VIEW).where(VIEW.c.participation_id == participation_id)
    found = await one(request, response, wanted, PARTICIPATION_UNKNOWN)
    async with pool_of(request).connection() as connection:
        for name, table in (("lessons", ATTENDANCE), ("certificates", CERTIFICATES), ("language_levels", LEVELS)):
            of_it = sa.select(table).where(table.c.participation_id == participation_id)
            found[name] = await rows(connection, of_it.order_by(*table.primary_key.columns))
    return ParticipationDetail.model_validate(found)
