"""How a service that holds something of a person answers an erasure (GDPR art. 17; decision 10 of the architecture).

Intake publishes PersonErased; every other service blanks what it copied in the transaction that records its own
ErasureCompleted. Intake waits for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.clock import Clock, business_date
from insieme_events.contracts import Actor, DomainEvent, base
from insieme_events.contracts.intake import PersonErased
from insieme_events.decider import Circumstances, Command, Decider, Decision
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked, Change, Step, Unit, Write

PROCESS = Actor(party="fondazione_san_petronio", role="process", purpose="erasure")


class AcknowledgeErasure(Command):
    """The service holds nothing readable of the person any more."""

    person_id: UUID
    on: date


def acknowledgements(
    context: str, completed: type[base.ErasureCompleted]
) -> Aggregate[bool, AcknowledgeErasure, Circumstances]:
    """The aggregate whose streams say that the service is done; a second answer changes nothing.

    They are named `erasure_<context>-<person>`: who reads the answers of several services knows a stream by its name
    alone, and would take the second service's answer for a fork of the first one's.
    """

    def decide(command: AcknowledgeErasure, done: bool, circumstances: Circumstances) -> Decision:
        if done:
            return []
        return [completed(occurred_on=command.on, person_id=command.person_id, service=context)]

    def evolve(done: bool, event: DomainEvent) -> bool:
        return True

    async def circumstances(
        connection: Connection, asked: Sequence[Asked[AcknowledgeErasure]]
    ) -> Sequence[Circumstances]:
        return [Circumstances(each.situation.actor, each.situation.today, None) for each in asked]

    async def view(connection: Connection, changes: Sequence[Change[bool]]) -> None:
        """Nobody asks this service who was erased."""

    return Aggregate(Decider(context, head(context), False, decide, evolve), circumstances, view)


def head(context: str) -> str:
    """The name of the streams on which a service answers erasures."""
    return f"erasure_{context}"


class Acknowledging:
    """Reacts to PersonErased: `blank` takes away what the service holds, in the same transaction as the answer."""

    types: frozenset[type[DomainEvent]] = frozenset({PersonErased})

    def __init__(
        self,
        aggregate: Aggregate[bool, AcknowledgeErasure, Any],
        clock: Clock,
        blank: Callable[[UUID], Sequence[Write]],
    ) -> None:
        self._aggregate = aggregate
        self._clock = clock
        self._blank = blank

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, PersonErased)
        day = max(business_date(self._clock()), event.occurred_on)
        step = Step(self._aggregate, event.person_id, AcknowledgeErasure(person_id=event.person_id, on=day))
        return Unit((step,), PROCESS, also=tuple(self._blank(event.person_id)))
