"""Puts back what a restored store has lost: the events that Kafka has and the store has not, and the service's views.

They come back as they were: ids, sequences, predecessors, instants, data and metadata stand on the restricted topic.
What was never on it (stored answers of Idempotency-Keys, the vault, a directory of names) cannot come back from it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer
from psycopg import errors

from insieme_events import catalogue, moved, store
from insieme_events.connecting import patient_session
from insieme_events.envelope import Received, Stored, opened, stored_again
from insieme_events.moved import CHUNK, SETTLE, THERE
from insieme_events.position import RelayTopics, Standing, verified
from insieme_events.service import Running
from insieme_events.store import Connection, Record
from insieme_events.transaction import keys_to_open
from insieme_events.units import Aggregate, Change

# Nobody else writes to a store that is behind, so one long transaction holds nobody up.
PATIENT = (
    "set transaction_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
    "set lock_timeout = '60s'",
)
LOCK_OUT_RELAYS = "select pg_advisory_lock(hashtextextended(%s, 0))"
HEADS = "create temporary table heads (stream text not null, sequence integer not null)"
TAKE = "copy heads (stream, sequence) from stdin"
FORKED = """
select e.stream, e.version from events.events e
join unnest(%s::text[], %s::int[]) as lost(stream, version) using (stream, version)
"""
# All that is put back was relayed, so it sorts at the relay's position or before it. What the store still has of the
# position's transaction comes after: it was appended when the lost event was there.
FIRST = """
select coalesce(min(position), %(position)s + 1) from events.events
where epoch = %(epoch)s and transaction_id = %(transaction)s::text::xid8
"""
PUT = """
insert into events.events
    (event_id, stream, version, type, schema_version, data, metadata, occurred_on, recorded_at, predecessor,
     epoch, transaction_id, position)
overriding system value values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text::xid8, %s)
"""
# Where a copy of the data files was started as if nothing had happened, events were appended under transaction ids
# that the relay has behind it. They begin again in the new epoch, or it would never send them.
RENUMBER = """
update events.events e set epoch = %s, transaction_id = pg_current_xact_id()
where e.event_id in (
    select mine.event_id from events.events mine
    left join (select stream, max(sequence) as last from heads group by stream) h using (stream)
    where mine.version > coalesce(h.last, 0)
)
"""


class RecoveryRefused(Exception):
    """`store.<rule>`: nothing was written; the sentence says what stands in the way."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


@dataclass
class Recovered:
    """`lost`: what the store did not have, in the order in which it was put back; `epoch` is the store's now."""

    lost: list[Received] = field(default_factory=list)
    epoch: int = 0

    def streams(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for event in self.lost:
            found[event.stream].append(event.sequence)
        return dict(found)


async def recover(service: Running, owner_url: str, *, dry_run: bool = False) -> Recovered:
    """Compares the store with the restricted topic and puts back what is lost, in one transaction of the owner.

    Then the epoch is raised, so that writers and relay go on, and what the service does before it serves is done. Run
    again it changes nothing. Raises RecoveryRefused, RelayError and KeysUnavailable; nothing is written then.
    """
    async with await patient_session(owner_url, "insieme-recover") as owner:
        for setting in PATIENT:
            await owner.execute(setting)
        last = await _alone(service, owner)
        found = Recovered(await _compare(service, owner))
        _refuse_forks(await _forks(owner, found.lost))
        if dry_run:
            found.epoch = (await moved.home(owner)).epoch
            return found
        async with owner.transaction():
            now = await moved.home(owner)
            await _put_back(service, owner, found, last)
            row = await (await owner.execute(SETTLE, (last.position.epoch,))).fetchone()
            assert row is not None
            found.epoch = row[0]
            if now.at_home and (found.lost or now.behind):
                await owner.execute(RENUMBER, (found.epoch,))
    if service.definition.before_serving is not None:
        await service.definition.before_serving(service)
    return found


async def _alone(service: Running, owner: Connection) -> Standing:
    """Keeps every relay out, also one that still runs beside the old store, and reads how far they came."""
    settings, name = service.settings, service.definition.name
    relay = f"relay.{name}"
    try:
        await owner.execute(LOCK_OUT_RELAYS, (relay,))
    except errors.LockNotAvailable as led:
        raise RecoveryRefused(
            "store.relay_leads", f"a relay of {name} is at work on this store: stop the service, then run this again"
        ) from led
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, transactional_id=f"{settings.topic_prefix}.{relay}"
    )
    try:
        await producer.start()
    finally:
        await producer.stop()
    return await verified(owner, settings.kafka_bootstrap_servers, RelayTopics.of(settings.topic_prefix, name))


async def _compare(service: Running, owner: Connection) -> list[Received]:
    """What the topic has and the store has not, once each; the last sequences of the topic go to a temporary table."""
    settings = service.settings
    topic = catalogue.restricted_topic(settings.topic_prefix, service.definition.name)
    events = moved.events_of(settings.kafka_bootstrap_servers, topic, service.definition.name)
    await owner.execute(HEADS)
    lost: dict[UUID, Received] = {}
    while chunk := await asyncio.to_thread(_next, events):
        async with owner.cursor() as cursor:
            async with cursor.copy(TAKE) as copy:
                for event in chunk:
                    await copy.write_row((event.stream, event.sequence))
            await cursor.execute(THERE, ([event.event_id for event in chunk],))
            there = {one for (one,) in await cursor.fetchall()}
        lost.update({event.event_id: event for event in chunk if event.event_id not in there})
    await owner.execute("analyze heads")
    return as_told(list(lost.values()))


def _next(events: Iterator[Received]) -> list[Received]:
    return list(islice(events, CHUNK))


def as_told(events: Sequence[Received]) -> list[Received]:
    """By instant of recording, as views were written; within a stream by sequence, whatever the clocks said."""
    streams: dict[str, Iterator[Received]] = {
        stream: iter(sorted(group, key=lambda event: event.sequence))
        for stream, group in groupby(sorted(events, key=lambda event: event.stream), key=lambda event: event.stream)
    }
    told = sorted(events, key=lambda event: (event.recorded_at, event.event_id))
    return [next(streams[event.stream]) for event in told]


async def _forks(owner: Connection, lost: Sequence[Received]) -> list[tuple[str, int]]:
    rows = await owner.execute(FORKED, ([e.stream for e in lost], [e.sequence for e in lost]))
    return await rows.fetchall()


def _refuse_forks(forks: Sequence[tuple[str, int]]) -> None:
    if forks:
        named = ", ".join(f"{stream} at {version}" for stream, version in sorted(forks)[:20])
        raise RecoveryRefused(
            "store.forked",
            f"the store has other events than Kafka in {len({s for s, _ in forks})} streams ({named}): events were "
            "appended after the restore and before it was noticed. See docs/operations/restoring-a-store.md, forks",
        )


async def _put_back(service: Running, owner: Connection, found: Recovered, last: Standing) -> None:
    lost = found.lost
    loaded = await store.load(owner, list(found.streams()))
    _refuse_gaps(loaded, lost)
    aggregates = {one.decider.name: one for one in service.definition.aggregates}
    unknown = {event.type for event in lost if event.contract is None or _kind(event.stream) not in aggregates}
    if unknown:
        raise RecoveryRefused(
            "store.unknown_type",
            f"this build does not know {', '.join(sorted(unknown))}: run the build that wrote them",
        )
    place = {"position": last.position.position, "epoch": last.position.epoch}
    row = await (await owner.execute(FIRST, {**place, "transaction": str(last.position.transaction_id)})).fetchone()
    assert row is not None
    first = row[0] - len(lost)
    async with owner.cursor() as cursor:
        await cursor.executemany(
            PUT,
            [
                (*_columns(stored_again(event)), last.position.epoch, str(last.position.transaction_id), first + n)
                for n, event in enumerate(lost)
            ],
        )
    await _write_views(service, owner, aggregates, loaded, lost)


def _refuse_gaps(loaded: dict[str, list[Record]], lost: Sequence[Received]) -> None:
    """What is put back must follow what is there, or the stream could not be read any more."""
    ends = {stream: (len(records), records[-1].event_id if records else None) for stream, records in loaded.items()}
    for event in lost:
        sequence, before = ends[event.stream]
        if (event.sequence, event.predecessor) != (sequence + 1, before):
            raise RecoveryRefused(
                "store.gap",
                f"{event.stream} ends at {sequence} in the store and the next event that Kafka has, {event.sequence}, "
                "does not follow it: restore a later backup, or bring the topic back first",
            )
        ends[event.stream] = (event.sequence, event.event_id)


async def _write_views(
    service: Running,
    owner: Connection,
    aggregates: dict[str, Aggregate[Any, Any, Any]],
    loaded: dict[str, list[Record]],
    lost: Sequence[Received],
) -> None:
    """Tells each aggregate's view what happened, in the order in which it did: unique indexes hold all the way."""
    context = service.definition.name
    keys = dict(await keys_to_open(service.commands.edge, loaded))
    persons = {person for event in lost if (person := event.person()) is not None} - keys.keys()
    if persons:
        assert service.keys is not None
        keys.update(await service.keys.read(persons))
    states = {
        stream: aggregates[_kind(stream)].decider.fold(opened(record, context, keys).event for record in records)
        for stream, records in loaded.items()
    }
    for stream, run in groupby(lost, key=lambda event: event.stream):
        aggregate = aggregates[_kind(stream)]
        events: list[Stored] = [event.opened(keys) for event in run]
        before = states[stream]
        states[stream] = aggregate.decider.fold((stored.event for stored in events), before)
        change = Change(stream, UUID(stream[-36:]), before, states[stream], events)
        await aggregate.view(owner, [change])


def _kind(stream: str) -> str:
    """The aggregate's name: streams are `<name>-<uuid>`."""
    return stream[:-37]


def _columns(record: Record) -> tuple[Any, ...]:
    return (
        record.event_id,
        record.stream,
        record.sequence,
        record.type,
        record.schema_version,
        record.data,
        record.metadata,
        record.occurred_on,
        record.recorded_at,
        record.predecessor,
    )
