"""Guards that cover one another, taken out together: what is then seen, and that either of them alone is enough.

tests/chaos/controls.py takes guards out of whole services; these here need a look that no client of a service has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.chaos import without

from insieme_events import applying, catalogue, cursors, relay
from insieme_events.applying import BatchTransaction
from insieme_events.cursors import Advance
from insieme_events.relay import Relay
from insieme_events.store import Record
from insieme_events.testing.road import (
    Effects,
    Road,
    accepted,
    at_work,
    chain,
    committed,
    effects,
    eventually,
    on_wire,
)

pytestmark = pytest.mark.integration

TOPIC = "intake.restricted.v1"
STREAM = "referral-00000000-0000-4000-8000-000000000001"


def three() -> list[Record]:
    return chain(STREAM, *[accepted(uuid4())] * 3)


async def applied(way: Road, batches: Sequence[Sequence[Record]], failing: Record | None = None) -> list[int]:
    """The sequences that had their effect, in order, after these batches of one partition."""
    await Effects.prepare(way)
    handler = Effects(*([failing.event_id] if failing is not None else []))
    transaction = BatchTransaction("test.effects", handler, None, lambda: datetime(2021, 1, 1, tzinfo=UTC))
    for batch in batches:
        async with way.pool.connection() as connection:
            claim = await cursors.claim(connection, transaction.subscription, TOPIC, 0, "g1")
            await connection.commit()
            wires = [replace(on_wire(one, 0), offset=claim.next_offset + n) for n, one in enumerate(batch)]
            step = Advance(TOPIC, 0, claim, claim.next_offset + len(wires), None, None)
            await transaction.run(connection, wires, [step])
    return [sequence for _, sequence in await effects(way)]


async def test_a_stream_is_handled_once_and_in_order(way: Road) -> None:
    one, two, three_ = three()
    assert await applied(way, [[one, three_], [two, one], [three_]]) == [1, 2, 3]


async def test_control_without_the_contiguous_sequence_it_is_not(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "sort", without.as_they_come)
    one, two, three_ = three()
    assert await applied(way, [[one, three_], [two, one], [three_]]) == [1, 3, 2, 1, 3]


async def test_behind_a_parked_event_its_stream_waits(way: Road) -> None:
    one, two, three_ = three()
    assert await applied(way, [[one, two], [three_]], failing=two) == [1]


async def test_control_without_sequenced_parking_its_stream_goes_on(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contiguous sequence covers it, and is off with it."""
    monkeypatch.setattr(applying, "sort", without.as_they_come)
    one, two, three_ = three()
    assert await applied(way, [[one, two], [three_]], failing=two) == [1, 3]


async def sent_by_two(way: Road, kind: type[Relay]) -> int:
    """How many records there are of 120 events that two relays at once have sent."""
    pair = [kind("intake", way.url, way.bootstrap, way.prefix, asyncio.Event()) for _ in range(2)]
    async with at_work(*pair):

        async def both_are_up() -> bool:
            return all(one.ready() for one in pair)

        await eventually(both_are_up)
        await way.fill(30, 4)

        async def sent() -> bool:
            return len(await _records(way)) >= 120

        await eventually(sent)
        await asyncio.sleep(1)
        return len(await _records(way))


async def _records(way: Road) -> list[object]:
    topic = catalogue.restricted_topic(way.prefix, "intake")
    return [*await asyncio.to_thread(committed, way.bootstrap, topic)]


async def test_the_lock_alone_keeps_two_relays_from_sending_twice(
    broad_way: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "AIOKafkaProducer", without.OfItsOwnId)
    assert await sent_by_two(broad_way, Relay) == 120


async def test_control_without_the_lock_and_the_transactional_id_they_send_twice(
    broad_way: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "AIOKafkaProducer", without.OfItsOwnId)
    assert await sent_by_two(broad_way, without.Unlocked) == 240
