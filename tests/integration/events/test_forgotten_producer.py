"""A transactional id that was not used for seven days is forgotten by the broker: the relay makes its producer again.

The broker tells it by the number that it once gave the producer and no longer knows under its id (decision 3); here the
producer names a number that it was never given, and gets the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.transaction_manager import PidAndEpoch
from tests.integration.events.disasters import QuickRelay, in_both, journeys, on_topic, relay

from insieme_events.store import Position, Record
from insieme_events.testing.road import Road, at_work

pytestmark = pytest.mark.integration


class Forgotten(QuickRelay):
    """Is unknown to the broker, once."""

    refused = 0

    async def _send(
        self, producer: AIOKafkaProducer, records: Sequence[Record], last: Position, newest: Record
    ) -> None:
        if not self.refused and self._standing.event_id is not None:
            manager = producer._txn_manager
            manager._pid_and_epoch = PidAndEpoch(manager._pid_and_epoch.pid + 1_000_000, 0)
        try:
            await super()._send(producer, records, last, newest)
        except KafkaError:
            self.refused += 1
            raise


async def test_a_relay_whose_id_was_forgotten_makes_its_producer_again_and_sends_once(
    broad_way: Road, caplog: pytest.LogCaptureFixture
) -> None:
    forgotten = relay(broad_way, Forgotten)
    assert isinstance(forgotten, Forgotten)
    async with at_work(forgotten):
        await journeys(broad_way, 2)
        await on_topic(broad_way, 8)
        await journeys(broad_way, 2)
        await on_topic(broad_way, 16)
    # aiokafka tells its caller no more than that it failed.
    assert (forgotten.refused, "InvalidProducerIdMapping" in caplog.text) == (1, True)
    restricted, _ = await in_both(broad_way)
    assert [[int(number) for _, number, *_ in life] for life in restricted.values()] == [[1, 2, 3, 4]] * 4
