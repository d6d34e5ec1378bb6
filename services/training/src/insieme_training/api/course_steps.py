"""What is done with a planned course: positions, activation, start, end, cancelling, ranking (P36, P39, P42)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Body
from pydantic import BaseModel

from insieme_events.contracts.training_courses import CourseCancelReason
from insieme_events.days import Day
from insieme_events.decider import Refused
from insieme_events.http import CommandAnswer, Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.units import Done, Step
from insieme_training.aggregates import COURSES, PARTICIPATIONS
from insieme_training.course.commands import (
    ActivateCourse,
    CancelCourse,
    EndCourse,
    NewRequest,
    RankApplicants,
    RequestPositions,
    StartCourse,
)
from insieme_training.gates import SEATS_CHANGED
from insieme_training.participation.commands import ApplyPriority
from insieme_training.seating import TRIES, fill
from insieme_training.views import participations, told

router = APIRouter(prefix="/v1/courses", tags=["courses"], responses=RESPONSES)

REQUEST_EXAMPLE = {
    "source_kind": "vacancy",
    "source_id": "2b0d7c86-50c4-4b1c-8d53-91f1c7a0e5d4",
    "positions": 12,
    "on": "2024-02-05",
}


class Ranking(BaseModel):
    on: Day


@router.post("/{course_id}/position-requests", status_code=201)
async def request_positions(
    request: Incoming, course_id: UUID, body: Annotated[NewRequest, Body(examples=[REQUEST_EXAMPLE])]
) -> CommandAnswer:
    """Asks matching to keep positions of a vacancy or need for a 2.b course; the answer shows in the course (P39)."""
    command = RequestPositions(reservation_id=uuid4(), **body.model_dump())
    return await request.send(Step(COURSES, course_id, command))


@router.post("/{course_id}/activation")
async def activate(
    request: Incoming, course_id: UUID, body: Annotated[ActivateCourse, Body(examples=[{"on": "2024-03-01"}])]
) -> CommandAnswer:
    """Activates a course; one of strand 2.b only with positions identified before that day (P39, P64)."""
    return await request.send(Step(COURSES, course_id, body))


@router.post("/{course_id}/start")
async def start(
    request: Incoming, course_id: UUID, body: Annotated[StartCourse, Body(examples=[{"on": "2024-04-08"}])]
) -> CommandAnswer:
    """The first lesson is held (P36)."""
    return await request.send(Step(COURSES, course_id, body))


@router.post("/{course_id}/end")
async def end(
    request: Incoming, course_id: UUID, body: Annotated[EndCourse, Body(examples=[{"on": "2024-12-13"}])]
) -> CommandAnswer:
    """The last lesson was held: positions are returned, and who never started is let go (P36, P39)."""
    return await request.send(Step(COURSES, course_id, body))


@router.post("/{course_id}/cancellation")
async def cancel(
    request: Incoming,
    course_id: UUID,
    body: Annotated[
        CancelCourse,
        Body(examples=[{"reason": CourseCancelReason.TOO_FEW_PARTICIPANTS.value, "on": "2024-03-15"}]),
    ],
) -> CommandAnswer:
    """Cancels a course or declines a proposal: positions are returned, and participants let go (P36, P39)."""
    return await request.send(Step(COURSES, course_id, body))


@router.post("/{course_id}/ranking")
async def rank(
    request: Incoming, course_id: UUID, body: Annotated[Ranking, Body(examples=[{"on": "2024-03-01"}])]
) -> CommandAnswer:
    """Ranks who waits for a 2.c course and was not ranked yet, then gives the free seats in that order (P42).

    First comes who lost work by the pandemic and declared to be ready to change sector; the facts are kept as they
    stood.
    """
    answer: Done | Refused = SEATS_CHANGED
    for _ in range(TRIES):
        async with request.commands.edge.pool.connection() as connection:
            waiting = await participations.unranked(connection, course_id)
            places = await participations.of(connection, waiting)
        answer = await request.attempt(
            Step(COURSES, course_id, RankApplicants(participations=waiting, on=body.on)),
            *(Step(PARTICIPATIONS, one, ApplyPriority(on=body.on)) for one in waiting),
            locks=tuple(told.lock(place.person_id) for place in places.values()),
        )
        if not isinstance(answer, Refused) or answer.code != SEATS_CHANGED.code:
            break
    if isinstance(answer, Refused):
        raise ProblemError(answer)
    await fill(request.commands, course_id, body.on)
    return request.answer(answer, first=True)
