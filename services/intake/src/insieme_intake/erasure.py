"""Erasure of a person, end to end within intake (decision 10; GDPR art. 17).

One append puts PersonErased on the person's stream, and on that of every id that was given up for it, and
SealedFieldsErased on every case, ledger and participation in a funded operation; the vault's rows go in the same
transaction. A reaction then destroys the key, as often as it takes, and records ErasureCompleted; another one records
the answers of the other services.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import orjson
from psycopg_pool import AsyncConnectionPool

from insieme_events import catalogue, moved
from insieme_events.clock import Clock, business_date
from insieme_events.contracts import Actor, DomainEvent, base, funding, matching, reporting, training
from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.envelope import Stored
from insieme_events.service import Running
from insieme_events.settings import ServiceSettings
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_events.vault import KeyVault
from insieme_intake import lookups, vault
from insieme_intake.aggregates import CASES, LEDGERS, PARTICIPATIONS, PERSONS
from insieme_intake.case.commands import EraseFields
from insieme_intake.ledger import EraseInterventions
from insieme_intake.participation import EraseParticipation
from insieme_intake.person import CompleteErasure, ErasePerson

SERVICE = "intake"
AWAITED = ("funding", "intake", "matching", "reporting", "training")
"""The services that answer an erasure: each of them may have copied something of a person."""

PROCESS = Actor(party="fondazione_san_petronio", role="process", purpose="erasure")

CASES_OF = "select case_id from views.cases where person_id = any(%s) order by case_id"
LEDGERS_OF = "select distinct person_id from views.interventions where person_id = any(%s) order by 1"
PARTICIPATIONS_OF = "select participation_id from views.participations where person_id = any(%s) order by 1"
ERASED_PERSONS = "select person_id from views.persons where erased_on is not null"


def lock(person_id: UUID) -> str:
    """Taken by an erasure and by a new application or referral: else one could begin that the erasure does not see."""
    return f"intake.person/{person_id}"


async def steps(connection: Connection, persons: Sequence[UUID], ground: ErasureGround, on: date) -> tuple[Step, ...]:
    """Everything that stands under these ids of one person; their own streams last: the answer speaks of one."""
    ids = list(persons)
    cases = await (await connection.execute(CASES_OF, (ids,))).fetchall()
    ledgers = await (await connection.execute(LEDGERS_OF, (ids,))).fetchall()
    participations = await (await connection.execute(PARTICIPATIONS_OF, (ids,))).fetchall()
    return (
        *(Step(CASES, case_id, EraseFields(on=on)) for (case_id,) in cases),
        *(Step(LEDGERS, ledger, EraseInterventions(on=on)) for (ledger,) in ledgers),
        *(Step(PARTICIPATIONS, one, EraseParticipation(on=on)) for (one,) in participations),
        *(Step(PERSONS, person_id, ErasePerson(ground=ground, on=on)) for person_id in ids),
    )


async def ids_to_erase(connection: Connection, person_id: UUID) -> tuple[UUID, ...]:
    """Every id of this person, the one that was asked for last."""
    return (*[each for each in await lookups.ids_of(connection, person_id) if each != person_id], person_id)


class ErasureProcess:
    """Reacts to PersonErased: destroys the key, marks what is left, records that intake is done.

    A case that began while the erasure looked for cases is marked here: once the person is erased, none begins.
    Repeating it changes nothing.
    """

    types: frozenset[type[DomainEvent]] = frozenset({PersonErased})

    def __init__(self, pool: AsyncConnectionPool[Connection], keys: KeyVault, clock: Clock) -> None:
        self._pool = pool
        self._keys = keys
        self._clock = clock

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, PersonErased)
        await self._keys.destroy([event.person_id], self._clock())
        today = max(business_date(self._clock()), event.occurred_on)
        async with self._pool.connection() as connection:
            erased = await steps(connection, [event.person_id], event.ground, today)
        done = Step(PERSONS, event.person_id, CompleteErasure(service=SERVICE, on=today))
        return Unit((*erased, done), PROCESS, also=(vault.delete(event.person_id),))


class ErasureAnswers:
    """Reacts to the ErasureCompleted of the other services: the person's stream says who has answered."""

    types: frozenset[type[DomainEvent]] = frozenset(
        {
            matching.ErasureCompleted,
            training.ErasureCompleted,
            funding.ErasureCompleted,
            reporting.ErasureCompleted,
        }
    )

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, base.ErasureCompleted)
        told = CompleteErasure(service=event.context, on=event.occurred_on)
        return Unit((Step(PERSONS, event.person_id, told),), PROCESS)


async def apply_again(service: Running) -> None:
    """Before anything is served: erasures hold also after a key database or a vault was restored from before them.

    Where the store itself was restored, its views may not know of them yet: then the topic is asked too.
    """
    assert service.keys is not None
    async with service.pool.connection() as connection:
        whole = (await moved.home(connection)).settled
    on_topic = set() if whole else await asyncio.to_thread(erased_on_topic, service.settings)
    async with service.pool.connection() as connection:
        rows = await (await connection.execute(ERASED_PERSONS)).fetchall()
        erased = sorted(on_topic.union(person for (person,) in rows))
        if erased:
            await vault.forget(connection, erased)
    if erased:
        await service.keys.destroy(erased, service.clock())


def erased_on_topic(settings: ServiceSettings) -> set[UUID]:
    """Whose erasure the restricted topic tells of, read from its first record to its end."""
    topic = catalogue.restricted_topic(settings.topic_prefix, SERVICE)
    return {
        UUID(orjson.loads(event.value)["person_id"])
        for event in moved.events_of(settings.kafka_bootstrap_servers, topic, SERVICE)
        if event.contract is not None and event.contract.event is PersonErased
    }
