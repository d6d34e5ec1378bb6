"""What a participation goes through: first lesson, attendance, its end, certificates and levels (P37, P38)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from insieme_events.http import CommandAnswer, CommandRequest, Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.units import Step
from insieme_training.aggregates import PARTICIPATIONS
from insieme_training.gates import PARTICIPATION_UNKNOWN
from insieme_training.participation.commands import (
    AssessLanguage,
    CompleteParticipant,
    DropParticipant,
    IssueCertificate,
    RecordAttendance,
    StartParticipant,
)
from insieme_training.seating import dropped, fill
from insieme_training.views import participations, told
from insieme_training.views.participations import Place

router = APIRouter(prefix="/v1/participations", tags=["participations"], responses=RESPONSES)

LESSON_EXAMPLE = {"lesson_no": 1, "minutes": 180, "attendance": "present", "on": "2024-04-08"}
LEVEL_EXAMPLE = {"skill": "speaking", "assessed_at": "entry", "method": "test", "level": "a1", "on": "2024-03-04"}


async def place_of(request: CommandRequest, participation_id: UUID) -> Place:
    """Raises ProblemError where there is no such participation."""
    async with request.commands.edge.pool.connection() as connection:
        found = await participations.of(connection, {participation_id})
    if participation_id not in found:
        raise ProblemError(PARTICIPATION_UNKNOWN)
    return found[participation_id]


@router.post("/{participation_id}/start")
async def start(
    request: Incoming, participation_id: UUID, body: Annotated[StartParticipant, Body(examples=[{"on": "2024-04-08"}])]
) -> CommandAnswer:
    """The person was at the first lesson; only who has a seat and was in charge that day (P25, P37)."""
    return await request.send(Step(PARTICIPATIONS, participation_id, body))


@router.post("/{participation_id}/attendance")
async def attend(
    request: Incoming, participation_id: UUID, body: Annotated[RecordAttendance, Body(examples=[LESSON_EXAMPLE])]
) -> CommandAnswer:
    """Whether the person was at a lesson; told again under the same number, the last counts (P37)."""
    return await request.send(Step(PARTICIPATIONS, participation_id, body))


@router.post("/{participation_id}/completion")
async def complete(
    request: Incoming,
    participation_id: UUID,
    body: Annotated[CompleteParticipant, Body(examples=[{"on": "2024-12-13"}])],
) -> CommandAnswer:
    """The person went through the course (P37)."""
    return await request.send(Step(PARTICIPATIONS, participation_id, body))


@router.post("/{participation_id}/drop")
async def drop(
    request: Incoming,
    participation_id: UUID,
    body: Annotated[DropParticipant, Body(examples=[{"reason": "found_job", "on": "2024-05-20"}])],
) -> CommandAnswer:
    """The person does not take part any more; the seat goes to who is next on the waiting list (P37, P42)."""
    place = await place_of(request, participation_id)
    answer = await request.send(*dropped(participation_id, place.course_id, body), first=True)
    await fill(request.commands, place.course_id, body.on)
    return answer


@router.post("/{participation_id}/certificates", status_code=201)
async def issue(
    request: Incoming,
    participation_id: UUID,
    body: Annotated[IssueCertificate, Body(examples=[{"kind": "qualification", "on": "2024-12-20"}])],
) -> CommandAnswer:
    """A certificate of a closed list for who completed the course; safety only for that module (P38)."""
    return await request.send(Step(PARTICIPATIONS, participation_id, body))


@router.post("/{participation_id}/language-levels", status_code=201)
async def assess(
    request: Incoming, participation_id: UUID, body: Annotated[AssessLanguage, Body(examples=[LEVEL_EXAMPLE])]
) -> CommandAnswer:
    """The level of Italian in one skill, entering or leaving a course of Italian (P38)."""
    place = await place_of(request, participation_id)
    return await request.send(Step(PARTICIPATIONS, participation_id, body), locks=(told.lock(place.person_id),))
