"""Reaction to intake's ledger: a participation goes on once its intervention is confirmed, or is blocked (P25; I8).

The intervention has the id of the participation; every other id is somebody else's. Without an answer a participation
stays requested: it never goes on by itself.
"""

from __future__ import annotations

from psycopg_pool import AsyncConnectionPool

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake_interventions import (
    InterventionEvent,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
)
from insieme_events.contracts.training_participations import DropReason
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_training import seating
from insieme_training.aggregates import PARTICIPATIONS
from insieme_training.participation.commands import BlockParticipation, LetGo
from insieme_training.seating import PROCESS
from insieme_training.views import participations


class LedgerAnswers:
    types: frozenset[type[DomainEvent]] = frozenset(
        {InterventionRegistered, InterventionOverlapDetected, OverlapOverridden}
    )

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, InterventionEvent)
        one = event.intervention_id
        async with self._pool.connection() as connection:
            place = (await participations.of(connection, {one})).get(one)
            if place is None or place.status not in participations.UNCONFIRMED:
                return None
            if isinstance(event, InterventionOverlapDetected):
                return Unit((Step(PARTICIPATIONS, one, BlockParticipation(on=event.occurred_on)),), PROCESS)
            steps = await seating.confirmed(connection, one, place.course_id, event.occurred_on)
        if not steps:
            # The course was over before the answer came.
            day = max(event.occurred_on, place.last_on)
            steps = (Step(PARTICIPATIONS, one, LetGo(reason=DropReason.COURSE_OVER, on=day)),)
        return Unit(steps, PROCESS)
