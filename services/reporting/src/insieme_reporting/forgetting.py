"""Whom reporting has forgotten: it answers an erasure once no version of its facts is readable (decision 24).

Each version blanks its rows when the marker of a stream comes. The answer is for all of them, so a worker looks at the
rows themselves: no promise of a subscription stands between them and what is said.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
from confluent_kafka import KafkaException
from psycopg import sql

from insieme_events import moved, projection_versions, telemetry
from insieme_events.clock import business_date
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import MergeReverted, PersonErased, PersonsMerged
from insieme_events.contracts.reporting import ErasureCompleted
from insieme_events.envelope import Stored
from insieme_events.erasing import PROCESS, AcknowledgeErasure, acknowledgements, head
from insieme_events.passing import MAY_PASS
from insieme_events.position import RelayTopics
from insieme_events.projection import UNKNOWN, FactDefinition, ProjectionDefinition
from insieme_events.projection_versions import State
from insieme_events.service import Running
from insieme_events.store import Connection, StoreError
from insieme_events.topics import TopicError
from insieme_events.units import Done, Step, Unit

CONTEXT = "reporting"
ERASURES = acknowledgements(CONTEXT, ErasureCompleted)
EVERY = 0.5
LONGEST = 5.0
"""Seconds between two looks: doubled while what is open stays as it is."""
AT_ONCE = 200

HEAR = "insert into views.erasures (person_id, erased_on, event_id) values (%s, %s, %s) on conflict do nothing"
OPEN = """
select person_id, erased_on, event_id from views.erasures e
where not exists (select from events.events a where a.stream = %s || e.person_id)
order by erased_on, person_id
"""
MERGE = """
insert into views.aliases (person_id, root) values (%s, %s)
on conflict (person_id) do update set root = excluded.root
"""
PART = "delete from views.aliases where person_id = %s"
RUNNING_SINCE = """
select pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint from pg_current_snapshot() as now
"""


class PersonsView:
    """Of whom reporting has heard: who is erased, and which ids stand for one person."""

    types: frozenset[type[DomainEvent]] | None = frozenset[type[DomainEvent]](
        (PersonErased, PersonsMerged, MergeReverted)
    )

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        for stored in events:
            match stored.event:
                case PersonErased(person_id=person_id, occurred_on=on):
                    await connection.execute(HEAR, (person_id, on, stored.event_id))
                case PersonsMerged(person_id=root, merged_id=merged_id):
                    await connection.execute(MERGE, (merged_id, root))
                case MergeReverted(merged_id=merged_id):
                    await connection.execute(PART, (merged_id,))
                case _:
                    raise TypeError(f"{type(stored.event).__name__} says nothing of who is who")


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """An erasure that reporting has heard of and not answered; `event_id` is that of PersonErased."""

    person_id: UUID
    erased_on: date
    event_id: UUID


async def open_erasures(connection: Connection) -> list[OpenErasure]:
    """The oldest first."""
    rows = await connection.execute(OPEN, (f"{head(CONTEXT)}-",))
    return [OpenErasure(*row) for row in await rows.fetchall()]


async def readable_in(
    connection: Connection, projection: str, definitions: Mapping[int, ProjectionDefinition], persons: Collection[UUID]
) -> dict[UUID, list[str]]:
    """For each of these persons what still holds something readable, or may; those of whom nothing does are left out.

    A version that is being built has rows that were opened before it, by processes of its own. One that this build does
    not know cannot be looked at. Both are waited for: they are finished, or retired.
    """
    found: dict[UUID, list[str]] = {}
    for row in (await projection_versions.rows_of(connection, projection)).values():
        if row.state is State.RETIRED:
            continue
        definition = definitions.get(row.version)
        if definition is None or row.state is State.BUILDING:
            why = "is not of this build" if definition is None else "is being built"
            holding: Collection[UUID] = persons
        else:
            why = "has readable rows"
            holding = {p for f in definition.facts for p in await _readable(connection, definition.schema, f, persons)}
        for person in holding:
            found.setdefault(person, []).append(f"version {row.version} {why}")
    return found


async def _readable(
    connection: Connection, schema: str, fact: FactDefinition, persons: Collection[UUID]
) -> Collection[UUID]:
    if not fact.row.sealed:
        return ()
    any_readable = sql.SQL(" or ").join(
        sql.SQL("{} is distinct from {}").format(sql.Identifier(name), sql.Literal(UNKNOWN)) for name in fact.row.sealed
    )
    query = sql.SQL("select distinct person_id from {} where person_id = any(%s) and ({})").format(
        sql.Identifier(schema, fact.row.table), any_readable
    )
    return {person for (person,) in await (await connection.execute(query, (list(persons),))).fetchall()}


class Forgetting:
    """The worker that answers. Several processes may run it: an answer is given once."""

    def __init__(self, service: Running, projection: str, definitions: Mapping[int, ProjectionDefinition]) -> None:
        self.name = "reporting.forgetting"
        self._service = service
        self._projection = projection
        self._definitions = definitions
        self._over: dict[UUID, int] = {}
        self._whole = False
        self._stopping = asyncio.Event()

    def ready(self) -> bool:
        return True

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        pause = EVERY
        while not self._stopping.is_set():
            try:
                pause = min(2 * pause, LONGEST) if await self.look() else EVERY
            except (psycopg.Error, KafkaException, StoreError, TopicError, *MAY_PASS) as passing:
                telemetry.log.warning("forgetting_interrupted", error=type(passing).__name__)
                pause = LONGEST
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def look(self) -> bool:
        """Answers what can be answered; whether everything that is open has to wait."""
        pool, keys = self._service.pool, self._service.keys
        assert keys is not None, "reporting reads keys"
        async with pool.connection() as connection:
            heard = await open_erasures(connection)
        if not heard:
            self._over.clear()
            return False
        if not await self._has_its_answers():
            return True
        destroyed = await keys.destroyed_of([each.person_id for each in heard])
        async with pool.connection() as connection:
            await connection.execute("set transaction isolation level repeatable read, read only")
            settled = await self._settled(connection, destroyed)
            held = await readable_in(connection, self._projection, self._definitions, settled)
            await connection.rollback()
        free = [each for each in heard if each.person_id in settled and each.person_id not in held]
        for first in range(0, len(free), AT_ONCE):
            await self._answer(free[first : first + AT_ONCE])
        return not free

    async def _settled(self, connection: Connection, destroyed: Collection[UUID]) -> list[UUID]:
        """Those whose key was destroyed before any transaction began that is still at work.

        An older one may have opened their values with the key, and not yet written them: it would come after the look.
        """
        row = await (await connection.execute(RUNNING_SINCE)).fetchone()
        assert row is not None, "a function gives a row"
        oldest, following = row
        self._over = {person: self._over.get(person, following) for person in destroyed}
        return [person for person, since in self._over.items() if since <= oldest]

    async def _has_its_answers(self) -> bool:
        """Whether the store has every answer that Kafka has: one that is given again would fork its stream."""
        if not self._whole:
            settings = self._service.settings
            names = RelayTopics.of(settings.topic_prefix, CONTEXT)
            missing = await asyncio.to_thread(
                moved.count_missing, settings.database_url, settings.kafka_bootstrap_servers, names
            )
            self._whole = missing == 0
            if missing:
                behind = moved.StoreBehind(CONTEXT, f"Kafka has {missing} events")
                telemetry.log.error("answers_missing", missing=missing, detail=str(behind))
        return self._whole

    async def _answer(self, erasures: Sequence[OpenErasure]) -> None:
        today = business_date(self._service.clock())
        units = [
            Unit((Step(ERASURES, each.person_id, _acknowledge(each, today)),), PROCESS, causation_id=str(each.event_id))
            for each in erasures
        ]
        answers = await self._service.commands.run_all(units)
        done = sum(isinstance(answer, Done) for answer in answers)
        telemetry.log.info("erasures_answered", done=done, again=len(answers) - done)


def _acknowledge(erasure: OpenErasure, today: date) -> AcknowledgeErasure:
    return AcknowledgeErasure(person_id=erasure.person_id, on=max(today, erasure.erased_on))
