"""What befalls topics in the tests of Kafka's disasters, and what is looked at afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from insieme_events import catalogue, cursors, position, store, topics
from insieme_events.contracts.intake import PersonEnrolled
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.placing import partition_of
from insieme_events.position import RelayTopics
from insieme_events.refill import Refill
from insieme_events.relay import POSITION_KEY, Relay
from insieme_events.subscription import Subscription
from insieme_events.testing.road import (
    DAY,
    Effects,
    Road,
    Sent,
    Wire,
    accepted,
    at_work,
    committed,
    effects,
    eventually,
    on_wire,
    produce,
    unit,
)
from insieme_events.units import Done

NAME = "test.effects"

Life = dict[bytes, list[tuple[str, str, int, bytes]]]
"""Per key what a reader sees, in order: event id, sequence, timestamp, value."""


class QuickRelay(Relay):
    check_every = 0.3


class QuickSubscription(Subscription):
    check_every = 0.3


def relay(way: Road, kind: type[Relay] = QuickRelay) -> Relay:
    return kind("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)


def refill(way: Road) -> Refill:
    return Refill("intake", way.url, way.bootstrap, way.prefix, asyncio.Event())


def subscription(way: Road, *failing: UUID, kind: type[Subscription] = QuickSubscription) -> Subscription:
    return kind(NAME, ["intake"], Effects(*failing), way.pool, None, way.bootstrap, way.prefix)


def names(way: Road) -> RelayTopics:
    return RelayTopics.of(way.prefix, "intake")


async def delete(way: Road, *topic_names: str) -> None:
    """Deletes topics and makes what the catalogue has anew."""
    admin = AdminClient({"bootstrap.servers": way.bootstrap})
    for future in admin.delete_topics(list(topic_names)).values():
        await asyncio.to_thread(future.result)
    await asyncio.to_thread(topics.apply, way.bootstrap, way.prefix)


async def cut_end(way: Road, kept: int) -> None:
    """The restricted topic with its first records only, `kept` of each partition, under the very id that everybody
    knows: what an election of a replica that was behind leaves.

    The broker cannot be told to cut an end, so the topic is made anew and its new id is put where the old one was
    noted.
    """
    topic = names(way).restricted
    records: dict[int, list[Sent]] = {}
    for one in await read(way, topic):
        records.setdefault(one.partition, []).append(one)
    await delete(way, topic)
    left = [one for found in records.values() for one in found[:kept]]
    await produce(way.bootstrap, *(Wire(topic, one.partition, 0, one.key, one.value, one.headers) for one in left))
    facts = await asyncio.to_thread(topics.describe, way.bootstrap, [topic])
    generation = facts[topic].generation
    await way.rows("update events.cursors set generation = %s where topic = %s returning 1", generation, topic)
    standing = position.read(way.bootstrap, names(way).position)
    assert standing is not None
    known = replace(standing, generations={**standing.generations, topic: generation})
    await produce(way.bootstrap, Wire(names(way).position, 0, 0, POSITION_KEY, known.encode(), []))


async def cut_beginning(way: Road, topic: str) -> None:
    """Deletes the first records of every partition."""
    admin = AdminClient({"bootstrap.servers": way.bootstrap})
    places = [TopicPartition(topic, n, 1) for n, (_, end) in (await ends(way, topic)).items() if end > 1]
    for future in admin.delete_records(places).values():
        await asyncio.to_thread(future.result)


async def ends(way: Road, topic: str) -> dict[int, tuple[int, int]]:
    return (await asyncio.to_thread(topics.describe, way.bootstrap, [topic]))[topic].ends


async def journeys(way: Road, streams: int, each: int = 2) -> list[UUID]:
    """Interleaved streams of which half the events have a reduced form for signatories."""
    ids = [uuid4() for _ in range(streams)]
    for _ in range(each):
        units = [unit(one, accepted(one), enrolled(one)) for one in ids]
        assert all(isinstance(answer, Done) for answer in await way.commands.run_all(units))
    return ids


def enrolled(case: UUID) -> PersonEnrolled:
    return PersonEnrolled(
        case_id=case,
        person_id=uuid4(),
        occurred_on=DAY,
        channel_class=next(iter(ChannelClass)),
        agreement_version="a-1",
    )


async def read(way: Road, topic: str) -> list[Sent]:
    return await asyncio.to_thread(committed, way.bootstrap, topic)


async def life(way: Road, topic: str) -> Life:
    found: Life = {}
    for one in await read(way, topic):
        seen = one.header("ce_id"), one.header("ce_sequence"), one.timestamp_ms, one.value or b""
        found.setdefault(one.key or b"", []).append(seen)
    return found


async def in_both(way: Road) -> tuple[Life, Life]:
    """What is on the restricted and on the party topic."""
    return await life(way, names(way).restricted), await life(way, names(way).party)


async def relayed(way: Road, count: int, kind: type[Relay] = QuickRelay) -> None:
    """Lets a relay send until so many events are on the restricted topic."""
    async with at_work(relay(way, kind)):
        await on_topic(way, count)


async def on_topic(way: Road, count: int, seconds: float = 60) -> None:
    async def there() -> bool:
        return len(await read(way, names(way).restricted)) >= count

    await eventually(there, seconds)


async def applied(way: Road, count: int) -> None:
    async def there() -> bool:
        return len(await effects(way)) >= count

    await eventually(there, 60)


async def read_again(way: Road, subscription: str = NAME) -> None:
    """What `read-again` does."""
    async with way.pool.connection() as connection:
        known = await cursors.standing(connection, subscription)
        found = await asyncio.to_thread(topics.describe, way.bootstrap, sorted({topic for topic, _ in known}))
        await cursors.read_again(connection, subscription, found)


async def stands_at(way: Road, offset: int) -> None:
    """Waits until the cursor of the first partition is there."""

    async def there() -> bool:
        query = "select next_offset from events.cursors where subscription = %s and partition = 0"
        return await way.rows(query, NAME) == [(offset,)]

    await eventually(there, 60)


async def caught_up(way: Road) -> None:
    """Waits until every cursor stands at the end of its partition."""

    async def there() -> bool:
        async with way.pool.connection() as connection:
            known = await cursors.standing(connection, NAME)
        last = await ends(way, names(way).restricted)
        return all(known[names(way).restricted, n].next_offset >= end for n, (_, end) in last.items() if end)

    await eventually(there, 60)


async def letters(way: Road, count: int) -> None:
    async def there() -> bool:
        return len(await way.rows("select from events.dead_letters")) >= count

    await eventually(there, 60)


async def sent_by_hand(way: Road, ids: Sequence[UUID]) -> None:
    """Puts these streams on the restricted topic, and nothing else anywhere."""
    async with way.pool.connection() as connection:
        found = await store.load(connection, [f"referral-{one}" for one in ids])
    topic = names(way).restricted
    records = [
        on_wire(record, 0, partition_of(stream.encode(), catalogue.BUSY), topic)
        for stream, records in found.items()
        for record in records
    ]
    await produce(way.bootstrap, *records)


async def once_and_in_order(way: Road, expected: int) -> None:
    """Every stream's effects are 1 to n, and nothing is parked."""
    last: dict[str, int] = {}
    found = await effects(way)
    for stream, sequence in found:
        assert sequence == last.get(stream, 0) + 1, (stream, sequence)
        last[stream] = sequence
    assert len(found) == expected
    assert await way.rows("select reason, count(*) from events.dead_letters group by 1") == []
