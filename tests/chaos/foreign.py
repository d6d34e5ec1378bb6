"""Somebody else's producer on our topics: records again, and records before those that they follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

import psycopg
from aiokafka.partitioner import murmur2
from tests.chaos import points
from tests.chaos.checks import FOREIGN
from tests.chaos.faults import REACH, Labels, unlock
from tests.chaos.rig import PUBLISHING, Rig

from insieme_events import catalogue, store
from insieme_events.envelope import outgoing
from insieme_events.store import START, Position, Record
from insieme_events.testing.road import Wire, produce

MOST = 100_000
AGAIN = 200


async def foreign_duplicates(rig: Rig, rng: Random) -> Labels:
    """Records that are there come once more, many of them twice, in any order."""
    context = rng.choice(PUBLISHING)
    there = await _stored(rig, context, START)
    await _send(rig, context, [rng.choice(there)[1] for _ in range(AGAIN)])
    return ["foreign duplicates"]


async def crash_out_of_order(rig: Rig, rng: Random) -> Labels:
    """The same while intake is killed where it passes over a parked event whose turn has come."""
    point = rng.choice([point for point in points.ELSEWHERE if point.startswith("reaction.passing_")])
    service = await rig.restart("intake", INSIEME_CRASH_POINT=point)
    await asyncio.to_thread(service.wait_ready)
    await foreign_order(rig, rng, "intake")
    died = await rig.until_dead(service, REACH)
    return [f"SIGKILL at {point}" if died else f"foreign records in another order, {point} not reached"]


async def foreign_order(rig: Rig, rng: Random, context: str | None = None) -> Labels:
    """What is appended while no relay runs comes from somebody else, upside down; then from the relay.

    So subscriptions meet events before those that they follow, and then each of them again.
    """
    context = context or rng.choice(PUBLISHING)
    async with _no_relay(rig, context):
        # What was relayed before ends where the store does now; nothing that follows is sent by us.
        there = await _stored(rig, context, START)
        # Not for as many commands as one likes: matching's clients wait for what intake's relay does not bring.
        await asyncio.sleep(rng.uniform(2, 5))
        fresh = [record for _, record in await _stored(rig, context, there[-1][0] if there else START)]
        rng.shuffle(fresh)
        await _send(rig, context, fresh)
        await asyncio.sleep(1)
    return ["foreign records in another order"]


@asynccontextmanager
async def _no_relay(rig: Rig, context: str) -> AsyncIterator[None]:
    """Holds the lock of the service's relays."""
    async with await psycopg.AsyncConnection.connect(rig.made.urls[context], autocommit=True) as connection:
        for _ in range(100):
            await unlock(rig, context)
            row = await (
                await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (f"relay.{context}",))
            ).fetchone()
            if row is not None and row[0]:
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError(f"the lock of relay.{context} cannot be had")
        yield


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
