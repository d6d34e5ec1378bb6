"""What happens in matching because a day has come (P32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from insieme_events.store import Connection
from insieme_events.timers import Due, Timer
from insieme_events.units import Step
from insieme_matching.aggregates import CANDIDACIES
from insieme_matching.candidacy import EndWithVacancy, MarkReplyOverdue
from insieme_matching.views import candidacies

DAY = timedelta(days=1)


async def replies(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Presentations to which no company answered in the days that the agreement gives."""
    late = await candidacies.overdue(connection, today, at_most)
    return [Due(due_on + DAY, Step(CANDIDACIES, one, MarkReplyOverdue(on=due_on + DAY))) for one, due_on in late]


async def obsolete(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Candidacies whose vacancy is over: somebody else has the place, or there is none any more."""
    late = await candidacies.obsolete(connection, today, at_most)
    return [Due(day, Step(CANDIDACIES, one, EndWithVacancy(on=day))) for one, day in late]


TIMERS = (Timer("matching.replies", replies), Timer("matching.obsolete_candidacies", obsolete))
