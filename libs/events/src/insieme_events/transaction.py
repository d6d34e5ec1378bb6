"""One attempt at running units: the transaction of decision 1, and what to do when its commit gets no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import AsyncCursor
from psycopg_pool import AsyncConnectionPool
from uuid_utils.compat import uuid7

from insieme_events import store, telemetry
from insieme_events.agreement import agreement_of, limits_of
from insieme_events.catalogue import BY_TYPE, contract_of
from insieme_events.clock import Clock, business_date
from insieme_events.contracts import DomainEvent
from insieme_events.crash_points import reached
from insieme_events.decider import Refused
from insieme_events.envelope import Stored, ce_type, metadata_of, opened
from insieme_events.locks import lock
from insieme_events.parameters import AGREEMENT, LIMITS
from insieme_events.sealing import subjects, to_json
from insieme_events.store import GONE, CommitState, Connection, EventIdTaken, Record, VersionConflict
from insieme_events.units import KEY_REUSED, STALE, Answer, Asked, Change, Done, IdempotencyKey, Result, Situation, Unit
from insieme_events.vault import Keys, KeyVault

PARAMETERS = "select kind, parameters::text from events.parameters order by kind, valid_from"

RESOLVE_EVERY = 0.2
RESOLVE_TRIES = 50


@dataclass(frozen=True, slots=True)
class Edge:
    """What a transaction reaches outside itself."""

    context: str
    pool: AsyncConnectionPool[Connection]
    keys: KeyVault | None
    clock: Clock


@dataclass
class Streams:
    """The streams of a transaction as loaded and as decided so far; a refused unit leaves no trace in them."""

    state: dict[str, Any] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=dict)
    last: dict[str, tuple[UUID, datetime]] = field(default_factory=dict)


@dataclass
class Prepared:
    """Everything that the writing half needs; writing it twice has its effect once (unique event ids)."""

    records: list[Record] = field(default_factory=list)
    changes: list[tuple[Any, Change[Any]]] = field(default_factory=list)
    writes: list[Unit] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    stored_answers: list[tuple[IdempotencyKey, Done]] = field(default_factory=list)
    transaction_id: int | None = None


async def attempt(edge: Edge, units: Sequence[Unit]) -> list[Answer]:
    """Runs the units once. Raises VersionConflict and psycopg's UniqueViolation, after which nothing is written."""
    prepared: Prepared | None = None
    try:
        async with edge.pool.connection() as connection:
            prepared = await _prepare(edge, connection, units)
            async with _written(edge, connection, prepared):
                reached("command.before_commit")
                await connection.commit()
        reached("command.after_commit")
        return prepared.answers
    except GONE:
        if prepared is None or not prepared.records:
            raise
        return await _resolve(edge, prepared)


async def _prepare(edge: Edge, connection: Connection, units: Sequence[Unit]) -> Prepared:
    """Reads and decides: plain SELECTs only, so that the transaction has no id yet."""
    streams_of_all = {step.stream for unit in units for step in unit.steps}
    # One round trip; each statement sees what was committed when the one before it was done.
    async with connection.pipeline():
        await lock(connection, *(name for unit in units for name in unit.locks))
        answers_asked = await _ask_stored_answers(connection, units)
        parameters_asked = await connection.execute(PARAMETERS)
        load_asked = await store.ask(connection, streams_of_all)
    known = await _stored_answers(answers_asked)
    parameters = await parameters_asked.fetchall()
    agreements = tuple([agreement_of(text) for kind, text in parameters if kind == AGREEMENT])
    limits = tuple([limits_of(text) for kind, text in parameters if kind == LIMITS])
    loaded = await store.loaded(load_asked, streams_of_all)
    keys = await keys_to_open(edge, loaded)
    streams = _fold(edge, units, loaded, keys)
    situations = [
        Situation(unit.actor, business_date(unit.recorded_at or edge.clock()), agreements, limits) for unit in units
    ]
    circumstances = await _circumstances(connection, units, situations)
    prepared = Prepared()
    decided: list[tuple[Unit, list[list[Stored]], list[Any]]] = []
    for unit in units:
        answer = _known_answer(unit, known)
        if answer is None and unit.expected is not None:
            found = streams.sequence[unit.steps[0].stream]
            if found != unit.expected:
                answer = STALE.about(found=found, expected=unit.expected)
        if answer is None:
            outcome = _decide(edge, unit, streams, circumstances)
            if isinstance(outcome, Refused):
                answer = outcome
            else:
                decided.append((unit, outcome[0], outcome[1]))
                results = tuple(
                    Result(step.stream, streams.sequence[step.stream], tuple(e.event_id for e in events))
                    for step, events in zip(unit.steps, outcome[0], strict=True)
                )
                answer = Done(results)
                prepared.writes.append(unit)
                if unit.key is not None:
                    prepared.stored_answers.append((unit.key, answer))
        prepared.answers.append(answer)
    await _seal(edge, decided, loaded, prepared)
    return prepared


def _decide(
    edge: Edge, unit: Unit, streams: Streams, circumstances: dict[int, Any]
) -> Refused | tuple[list[list[Stored]], list[Any]]:
    """Decides the steps of one unit in order, each on what the ones before it did."""
    state, sequence, last = dict[str, Any](), dict[str, int](), dict[str, tuple[UUID, datetime]]()
    per_step: list[list[Stored]] = []
    before: list[Any] = []
    for step in unit.steps:
        stream, decider = step.stream, step.aggregate.decider
        current = state.get(stream, streams.state[stream])
        before.append(current)
        decision = decider.decide(step.command, current, circumstances[id(step)])
        if isinstance(decision, Refused):
            return decision
        events: list[Stored] = []
        for event in decision:
            event_id = UUID(int=uuid7().int)
            number = sequence.get(stream, streams.sequence[stream]) + 1
            recorded = unit.recorded_at or edge.clock()
            previous = last.get(stream) or streams.last.get(stream)
            if previous is not None:
                recorded = max(recorded, previous[1])
            stamped = event.model_copy(update={"by": unit.actor})
            events.append(Stored(event_id, stream, number, recorded, stamped))
            sequence[stream], last[stream] = number, (event_id, recorded)
            current = decider.evolve(current, stamped)
        state[stream] = current
        per_step.append(events)
    streams.state.update(state)
    streams.sequence.update(sequence)
    streams.last.update(last)
    return per_step, before


async def _seal(
    edge: Edge,
    decided: list[tuple[Unit, list[list[Stored]], list[Any]]],
    loaded: dict[str, list[Record]],
    prepared: Prepared,
) -> None:
    """Turns decided events into records. Keys of new persons are committed before their first sealed event."""
    sealed = subjects(stored.event for _, per_step, _ in decided for events in per_step for stored in events)
    keys: Keys = {}
    if sealed:
        if edge.keys is None:
            raise RuntimeError("events.no_vault: a contract seals, but this service has no access to the keys")
        keys = await edge.keys.ensure(sealed, edge.clock())
    previous = {stream: records[-1].event_id for stream, records in loaded.items() if records}
    traceparent = telemetry.current_traceparent()
    for unit, per_step, before in decided:
        correlation = unit.correlation_id or str(uuid7())
        metadata = metadata_of(correlation, unit.causation_id, traceparent)
        for step, events, state in zip(unit.steps, per_step, before, strict=True):
            for stored in events:
                prepared.records.append(_record(stored, keys, metadata, previous.get(step.stream)))
                previous[step.stream] = stored.event_id
            if events:
                after = step.aggregate.decider.fold((s.event for s in events), state)
                change = Change(step.stream, step.stream_id, state, after, events)
                prepared.changes.append((step.aggregate, change))


def _record(stored: Stored, keys: Keys, metadata: str, predecessor: UUID | None) -> Record:
    event: DomainEvent = stored.event
    data = to_json(event, stored.event_id, keys).decode()
    name = contract_of(event).name
    return Record(
        stored.event_id,
        stored.stream,
        stored.sequence,
        name,
        event.schema_version,
        data,
        metadata,
        event.occurred_on,
        stored.recorded_at,
        predecessor,
    )


@asynccontextmanager
async def _written(edge: Edge, connection: Connection, prepared: Prepared) -> AsyncIterator[None]:
    """The append first, then in one round trip everything that shares its fate, and what the body adds: the commit.

    The append has a round trip of its own, so that the id of the transaction is known when the commit gets no answer.
    """
    if not prepared.records and not prepared.writes:
        yield
        return
    if prepared.records:
        reached("command.before_append")
        prepared.transaction_id = await store.append(connection, prepared.records, edge.clock())
        reached("command.after_append")
    async with connection.pipeline():
        for aggregate, changes in _by_aggregate(prepared.changes):
            await aggregate.view(connection, changes)
        if prepared.stored_answers:
            async with connection.cursor() as cursor:
                await cursor.executemany(
                    """insert into events.idempotency (scope, key, fingerprint, answer, stored_at)
                       values (%s, %s, %s, %s, %s)""",
                    [
                        (key.scope, key.key, key.fingerprint, _answer_json(done), edge.clock())
                        for key, done in prepared.stored_answers
                    ],
                )

        # Last of all: a reaction's fence is among them, and it must see nothing written behind it.
        for unit in prepared.writes:
            for write in unit.also:
                await write(connection)
        yield


def _by_aggregate(changes: list[tuple[Any, Change[Any]]]) -> Iterator[tuple[Any, list[Change[Any]]]]:
    """Changes of one aggregate together, and of one stream together: a view writes the last state once."""
    grouped: dict[int, tuple[Any, dict[str, Change[Any]]]] = {}
    for aggregate, change in changes:
        streams = grouped.setdefault(id(aggregate), (aggregate, {}))[1]
        earlier = streams.get(change.stream)
        if earlier is not None:
            change = replace(change, before=earlier.before, events=[*earlier.events, *change.events])
        streams[change.stream] = change
    for aggregate, streams in grouped.values():
        yield aggregate, list(streams.values())


async def _resolve(edge: Edge, prepared: Prepared) -> list[Answer]:
    """The connection broke: find out whether the transaction committed; if it did not, write the same rows again.

    The same event ids and versions, never new ones: the unique indexes decide between "it did commit" and
    "somebody else was quicker" (VersionConflict).
    """
    for tries in range(RESOLVE_TRIES):
        await asyncio.sleep(RESOLVE_EVERY if tries else 0)
        try:
            async with edge.pool.connection() as connection:
                if prepared.transaction_id is not None:
                    state = await store.commit_state(connection, prepared.transaction_id)
                    if state is CommitState.IN_PROGRESS:
                        continue
                    # After a crash the server may give an id that it lost to somebody else: ask for the event too.
                    first = prepared.records[0].event_id
                    if state is CommitState.COMMITTED and await store.contains(connection, first):
                        return prepared.answers
                    prepared.transaction_id = None
                    await connection.rollback()
                if any(unit.locks for unit in prepared.writes):
                    # What was decided under a lock that is gone is decided again.
                    raise VersionConflict
                async with _written(edge, connection, prepared):
                    reached("command.before_commit_again")
                    await connection.commit()
                reached("command.after_commit_again")
                return prepared.answers
        except EventIdTaken:
            return prepared.answers
        except GONE:
            if tries == RESOLVE_TRIES - 1:
                raise
    raise psycopg.OperationalError("events.commit_unknown: the database did not say whether the command was stored")


async def _ask_stored_answers(connection: Connection, units: Sequence[Unit]) -> AsyncCursor[Any] | None:
    keys = [unit.key for unit in units if unit.key is not None]
    if not keys:
        return None
    return await connection.execute(
        """select scope, key, fingerprint, answer from events.idempotency
           where (scope, key) in (select * from unnest(%s::text[], %s::text[]))""",
        ([key.scope for key in keys], [key.key for key in keys]),
    )


async def _stored_answers(asked: AsyncCursor[Any] | None) -> dict[tuple[str, str], tuple[bytes, Done]]:
    if asked is None:
        return {}
    return {(scope, key): (bytes(mark), _done(answer)) for scope, key, mark, answer in await asked.fetchall()}


def _known_answer(unit: Unit, known: dict[tuple[str, str], tuple[bytes, Done]]) -> Answer | None:
    if unit.key is None:
        return None
    found = known.get((unit.key.scope, unit.key.key))
    if found is None:
        return None
    return found[1] if found[0] == unit.key.fingerprint else KEY_REUSED


async def keys_to_open(edge: Edge, loaded: dict[str, list[Record]]) -> Keys:
    """One query for every person whose sealed fields the loaded streams hold."""
    persons = {
        UUID(orjson.loads(record.data)["person_id"])
        for records in loaded.values()
        for record in records
        if BY_TYPE[ce_type(edge.context, record.type, record.schema_version)].event.sealed_fields()
    }
    if not persons:
        return {}
    if edge.keys is None:
        raise RuntimeError("events.no_vault: a stream holds sealed fields, but this service may not read the keys")
    return await edge.keys.read(persons)


def _fold(edge: Edge, units: Sequence[Unit], loaded: dict[str, list[Record]], keys: Keys) -> Streams:
    streams = Streams()
    deciders = {step.stream: step.aggregate.decider for unit in units for step in unit.steps}
    for stream, records in loaded.items():
        events = [opened(record, edge.context, keys).event for record in records]
        streams.state[stream] = deciders[stream].fold(events)
        streams.sequence[stream] = len(records)
        if records:
            streams.last[stream] = (records[-1].event_id, records[-1].recorded_at)
    return streams


async def _circumstances(
    connection: Connection, units: Sequence[Unit], situations: Sequence[Situation]
) -> dict[int, Any]:
    """The circumstances of every step, asked once per aggregate; keyed by the identity of the step."""
    asked: dict[int, tuple[Any, list[tuple[int, Asked[Any]]]]] = {}
    for unit, situation in zip(units, situations, strict=True):
        for step in unit.steps:
            entry = asked.setdefault(id(step.aggregate), (step.aggregate, []))
            entry[1].append((id(step), Asked(situation, step.stream_id, step.command)))
    found: dict[int, Any] = {}
    for aggregate, questions in asked.values():
        answers = await aggregate.circumstances(connection, [question for _, question in questions])
        found.update({step: answer for (step, _), answer in zip(questions, answers, strict=True)})
    return found


def _answer_json(done: Done) -> str:
    return orjson.dumps([[r.stream, r.sequence, [str(e) for e in r.event_ids]] for r in done.results]).decode()


def _done(answer: Any) -> Done:
    return Done(tuple(Result(s, n, tuple(UUID(e) for e in ids)) for s, n, ids in answer), repeated=True)
