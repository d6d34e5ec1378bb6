"""The ledger hears what training and matching begin, extend and end for a person (P25, P34, P37, P48; I8).

The intervention has the id that the asking service gave it. What comes twice changes nothing; what comes before the
person is known here, or an end or an extension before its beginning, is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from insieme_events.catalogue import CONTRACTS
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.matching import InternshipExtended, InternshipRequested
from insieme_events.contracts.training import ParticipationRequested
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_intake import erasure, lookups
from insieme_intake.aggregates import LEDGERS
from insieme_intake.ledger import FollowEnd, FollowExtension, RegisterIntervention

PROCESS = Actor(party="fondazione_san_petronio", role="process", purpose="intervention_ledger")

ENDINGS: Mapping[str, tuple[str, frozenset[str]]] = {
    "training": ("participation_id", frozenset({"ParticipantCompleted", "ParticipantDropped"})),
    "matching": ("internship_id", frozenset({"InternshipEnded", "InternshipWithdrawn"})),
}
"""Per context the field with the intervention's id, and the events after which its days are free.

That somebody took note of a block ends nothing: the line may still be let through.
"""

ENDS: Mapping[type[DomainEvent], str] = {
    contract.event: ENDINGS[contract.event.context][0]
    for contract in CONTRACTS
    if contract.event.context in ENDINGS and contract.name in ENDINGS[contract.event.context][1]
}
LINE = "select person_id from views.interventions where intervention_id = %s"


class LedgerReaction:
    """What others begin is registered, confirmed or blocked; what they extend is longer; what they end is ended."""

    types: frozenset[type[DomainEvent]] = frozenset(
        {ParticipationRequested, InternshipRequested, InternshipExtended, *ENDS}
    )

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        match event:
            case (
                ParticipationRequested(participation_id=intervention_id)
                | InternshipRequested(internship_id=intervention_id)
            ):
                return await self._register(event, intervention_id)
            case InternshipExtended(internship_id=intervention_id, ends_on=ends_on, occurred_on=day):
                longer = FollowExtension(intervention_id=intervention_id, ends_on=ends_on, on=day)
                return await self._follow(event, longer)
            case _:
                ended = FollowEnd(intervention_id=getattr(event, ENDS[type(event)]), on=event.occurred_on)
                return await self._follow(event, ended)

    async def _register(
        self, event: ParticipationRequested | InternshipRequested, intervention_id: UUID
    ) -> Unit | None:
        assert event.by is not None, "every stored event says who acted"
        async with self._pool.connection() as connection:
            person_id = await lookups.root_of(connection, event.person_id)
            found = (await lookups.persons(connection, {person_id})).get(person_id)
            line = await (await connection.execute(LINE, (intervention_id,))).fetchone()
        if found is not None and found.erased:
            # Nothing can be sealed of this person any more, and nothing of theirs goes on: the request stays pending.
            return None
        # One line stands where it was written first, even if its person was merged since.
        stream_id = person_id if line is None else line[0]
        command = RegisterIntervention(
            person_id=stream_id,
            intervention_id=intervention_id,
            kind=event.kind,
            party=event.by.party,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            on=event.occurred_on,
        )
        return Unit((Step(LEDGERS, stream_id, command),), PROCESS, locks=(erasure.lock(person_id),))

    async def _follow(self, event: DomainEvent, command: FollowEnd | FollowExtension) -> Unit | None:
        """On the ledger where the line stands; under the lock of the id that stands for the person, as a request is."""
        async with self._pool.connection() as connection:
            line = await (await connection.execute(LINE, (command.intervention_id,))).fetchone()
            person_id: UUID = getattr(event, "person_id", command.intervention_id) if line is None else line[0]
            root = await lookups.root_of(connection, person_id)
            found = (await lookups.persons(connection, {person_id})).get(person_id)
        if line is None and found is not None and found.erased:
            return None
        return Unit((Step(LEDGERS, person_id, command),), PROCESS, locks=(erasure.lock(root),))
