"""Reaction to training's own events: a free seat goes to who waits, and a course that is over lets go (P37, P42).

The routes do the first at once; what a crash left undone is done here.
"""

from __future__ import annotations

from psycopg_pool import AsyncConnectionPool

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.training import CourseEvent
from insieme_events.contracts.training_courses import ApplicantsRanked, CourseCancelled, CourseEnded, SeatGivenUp
from insieme_events.contracts.training_participations import DropReason
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_training import seating
from insieme_training.aggregates import PARTICIPATIONS
from insieme_training.participation.commands import LetGo
from insieme_training.seating import PROCESS
from insieme_training.views import participations

NEVER_STARTED = ("requested", "blocked", "waitlisted", "enrolled")
RUNNING = (*NEVER_STARTED, "started")


class Succession:
    types: frozenset[type[DomainEvent]] = frozenset({SeatGivenUp, ApplicantsRanked, CourseCancelled, CourseEnded})

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, CourseEvent)
        async with self._pool.connection() as connection:
            match event:
                case CourseCancelled():
                    steps = await letting_go(connection, event, RUNNING, DropReason.COURSE_CANCELLED)
                case CourseEnded():
                    steps = await letting_go(connection, event, NEVER_STARTED, DropReason.COURSE_OVER)
                case _:
                    steps = await seating.moving_up(connection, event.course_id, event.occurred_on)
        return Unit(steps, PROCESS) if steps else None


async def letting_go(
    connection: Connection, event: CourseEvent, statuses: tuple[str, ...], reason: DropReason
) -> tuple[Step, ...]:
    """The steps that drop who is left; who completes a course that ended still does."""
    left = await participations.live(connection, event.course_id, statuses)
    return tuple(
        Step(PARTICIPATIONS, one, LetGo(reason=reason, on=max(event.occurred_on, last_on))) for one, last_on in left
    )
