"""Somebody else's producer on our topics: records that are there already, again and in another order."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import psycopg
from aiokafka.partitioner import murmur2
from tests.chaos.checks import FOREIGN
from tests.chaos.faults import Labels
from tests.chaos.rig import PUBLISHING, Rig
from tests.end_to_end import oracle

from insieme_events import catalogue, store
from insieme_events.envelope import outgoing
from insieme_events.store import START, Position, Record
from insieme_events.testing.road import Wire, produce

MOST = 100_000
AGAIN = 200


async def foreign_duplicates(rig: Rig, rng: Random) -> Labels:
    """Records that are on the topic come once more, many of them twice, in any order.

    None that is not there yet: a relay that finds an event which it has not sent says so, and stops.
    """
    context = rng.choice(PUBLISHING)
    sent = {one.event_id for one in await oracle.in_topics(rig.made, [context])}
    there = [record for _, record in await _stored(rig, context, START) if record.event_id in sent]
    await _send(rig, context, [rng.choice(there) for _ in range(AGAIN)])
    return ["foreign duplicates in any order"]


async def _stored(rig: Rig, context: str, after: Position) -> list[tuple[Position, Record]]:
    async with await psycopg.AsyncConnection.connect(rig.made.urls[context]) as connection:
        return await store.read(connection, after, MOST)


async def _send(rig: Rig, context: str, records: Sequence[Record]) -> None:
    topic = catalogue.restricted_topic(rig.made.topic_prefix, context)
    wires = []
    for record in records:
        complete, _ = outgoing(record, context)
        partition = (murmur2(complete.key) & 0x7FFFFFFF) % catalogue.PARTITIONS[context]
        headers = [(k, v) for k, v in complete.headers if k != "ce_traceparent"] + [
            ("ce_traceparent", FOREIGN.encode())
        ]
        wires.append(Wire(topic, partition, 0, complete.key, complete.value, headers))
    await produce(rig.servers.bootstrap, *wires)
