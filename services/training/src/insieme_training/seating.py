"""Units over a course and its participations: who gets a seat, who waits, who moves up (P37, P42; I8).

Every unit appends to the course's stream, the single writer of its seats: of two units that decide on the same seats
the slower one decides again. What is chosen here from the views is judged there; where somebody was quicker, it is
refused with RETRY and chosen again.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.commands import Commands
from insieme_events.contracts import Actor
from insieme_events.decider import Refused
from insieme_events.store import Connection
from insieme_events.units import Answer, Step, Unit
from insieme_training.aggregates import COURSES, PARTICIPATIONS
from insieme_training.course.commands import AwaitSeat, GiveUpSeat, TakeSeat
from insieme_training.gates import SEATS_CHANGED
from insieme_training.participation.commands import DropParticipant, EnrolParticipant, WaitlistParticipant
from insieme_training.views import courses, participations

PROCESS = Actor(party="fondazione_san_petronio", role="process", purpose="training")
TRIES = 10


async def confirmed(connection: Connection, participation_id: UUID, course_id: UUID, on: date) -> tuple[Step, ...]:
    """The steps that enrol somebody whose intervention was confirmed, or put them on the waiting list."""
    seating = await courses.seating(connection, course_id)
    if seating is None:
        return ()
    waiting = (await participations.order(connection, {course_id})).get(course_id, ())
    if seating.free > 0 and not waiting and not seating.exclusive:
        return enrolled(participation_id, course_id, on)
    return (
        Step(COURSES, course_id, AwaitSeat(participation_id=participation_id, on=on)),
        Step(PARTICIPATIONS, participation_id, WaitlistParticipant(on=on)),
    )


def enrolled(participation_id: UUID, course_id: UUID, on: date) -> tuple[Step, ...]:
    return (
        Step(COURSES, course_id, TakeSeat(participation_id=participation_id, on=on)),
        Step(PARTICIPATIONS, participation_id, EnrolParticipant(on=on)),
    )


async def moving_up(connection: Connection, course_id: UUID, on: date) -> tuple[Step, ...]:
    """The steps that give the free seats of a course to who waits, in their order (P42)."""
    seating = await courses.seating(connection, course_id)
    if seating is None or seating.free <= 0:
        return ()
    waiting = (await participations.order(connection, {course_id})).get(course_id, ())
    return tuple(step for one in waiting[: seating.free] for step in enrolled(one, course_id, on))


def dropped(participation_id: UUID, course_id: UUID, command: DropParticipant) -> tuple[Step, ...]:
    """The steps that take somebody out of a course, and free the seat or the place on the waiting list."""
    return (
        Step(PARTICIPATIONS, participation_id, command),
        Step(COURSES, course_id, GiveUpSeat(participation_id=participation_id, on=command.on)),
    )


async def fill(commands: Commands, course_id: UUID, on: date) -> Answer | None:
    """Gives free seats to who waits; None where there is nothing to give. Repeating it changes nothing."""
    answer: Answer | None = None
    for _ in range(TRIES):
        async with commands.edge.pool.connection() as connection:
            steps = await moving_up(connection, course_id, on)
        if not steps:
            return answer
        answer = await commands.run(Unit(steps, PROCESS))
        if not isinstance(answer, Refused) or answer.code != SEATS_CHANGED.code:
            return answer
    return answer
