"""Erasure of a person within training: streams marked, views blanked, the answer recorded in one append (GDPR art. 17).

The streams that may hold sealed fields are the person's participations and the declaration of a change of sector. What
is recorded while they are looked for finds the person erased, since it takes the same lock.
"""

from __future__ import annotations

from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from insieme_events.clock import Clock, business_date
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import PersonErased
from insieme_events.envelope import Stored
from insieme_events.erasing import PROCESS, AcknowledgeErasure
from insieme_events.store import Connection
from insieme_events.units import Step, Unit, Write
from insieme_training.aggregates import ERASURES, PARTICIPATIONS, SECTOR_CHANGES
from insieme_training.participation.commands import EraseFields
from insieme_training.sector_change import EraseDeclaration
from insieme_training.views import participations, told

DECLARED = "select from views.sector_changes where person_id = %s"
ERASED = "insert into views.erased (person_id) values (%s) on conflict do nothing"
BLANK = (
    *participations.BLANK,
    "update views.job_losses set pandemic = null where person_id = %s",
    "update views.sector_changes set from_section = null, to_section = null where person_id = %s",
)


class ErasureProcess:
    """Reacts to PersonErased. Repeating it changes nothing."""

    types: frozenset[type[DomainEvent]] = frozenset({PersonErased})

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, PersonErased)
        person_id, day = event.person_id, max(business_date(self._clock()), event.occurred_on)
        async with self._pool.connection() as connection:
            streams = await participations.of_person(connection, person_id)
            declared = await (await connection.execute(DECLARED, (person_id,))).fetchone()
        steps = [Step(PARTICIPATIONS, one, EraseFields(on=day)) for one in streams]
        if declared is not None:
            steps.append(Step(SECTOR_CHANGES, person_id, EraseDeclaration(on=day)))
        steps.append(Step(ERASURES, person_id, AcknowledgeErasure(person_id=person_id, on=day)))
        return Unit(tuple(steps), PROCESS, also=(blanking(person_id),), locks=(told.lock(person_id),))


def blanking(person_id: UUID) -> Write:
    async def write(connection: Connection) -> None:
        for statement in (ERASED, *BLANK):
            await connection.execute(statement, (person_id,))

    return write
