"""What an operator has done when topics or the relay's position were lost: the store is the truth, Kafka follows.

Both commands take the relay's lock and its transactional id: while they work, no relay of the service sends anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from aiokafka import AIOKafkaProducer

from insieme_events import store
from insieme_events.comparing import Comparison, compare
from insieme_events.connecting import session
from insieme_events.envelope import Outgoing
from insieme_events.position import RelayError, Standing, TopicCut
from insieme_events.relay import POSITION_KEY, NotLeader, Relay
from insieme_events.settings import ServiceSettings
from insieme_events.store import START, Connection, Record

PATIENCE = 30.0
"""Seconds in which a relay that leads may end."""

Progress = Callable[[int], None]


class Refill(Relay):
    """The relay, sending only what its topics lack. Each method answers what was compared before anything was sent."""

    _comparison: Comparison

    @classmethod
    def of_service(cls, context: str, settings: ServiceSettings) -> Self:
        return cls.of(context, settings, asyncio.Event())

    async def compare(self) -> Comparison:
        """What is missing now; nothing is locked, fenced or written."""
        async with self._session() as connection:
            return await compare(connection, self._bootstrap, self._topics)

    async def refill(self, told: Progress = lambda _: None) -> Comparison:
        """Sends what the topics lack, in the order of the store, with the same ids and instants, and the position.

        Stopped on the way it is begun again: what was sent is not missing then. `told` hears of each step's events.
        """
        async with self._leading() as (connection, producer, found):
            position = found.whole.position
            while position < found.end.position:
                chunk = [
                    one for one in await store.read(connection, position, self._batch) if one[0] <= found.end.position
                ]
                position, newest = chunk[-1]
                await self._send(producer, [record for _, record in chunk], position, newest)
                told(len(chunk))
            await self._write_position(producer, found.end)
            return found

    async def recover_position(self) -> Comparison:
        """Writes the position up to which all is on the topics. Raises TopicCut where more is there behind a hole."""
        async with self._leading() as (_, producer, found):
            refuse_behind_a_hole(found)
            await self._write_position(producer, found.whole)
            return found

    async def _write_position(self, producer: AIOKafkaProducer, standing: Standing) -> None:
        if standing.position == START:
            return
        await producer.begin_transaction()
        await producer.send_and_wait(self._topics.position, standing.encode(), POSITION_KEY, 0)
        await producer.commit_transaction()

    def _outgoing(self, record: Record) -> list[tuple[str, Outgoing]]:
        return [(topic, made) for topic, made in super()._outgoing(record) if self._comparison.lacks(topic, record)]

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[tuple[Connection, AIOKafkaProducer, Comparison]]:
        async with self._session() as connection:
            await self._take_over(connection)
            producer = self._producer()
            try:
                # What an older relay has open is ended first: only then do the topics stand still.
                await producer.start()
                await self._settle(connection, Standing(START))
                self._comparison = await compare(connection, self._bootstrap, self._topics)
                self._standing = self._comparison.whole
                yield connection, producer, self._comparison
            finally:
                await self._discard(producer)

    async def _take_over(self, connection: Connection) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await self._lock(connection)
            except NotLeader:
                if time.monotonic() > deadline:
                    raise RelayError(
                        "relay.leads", f"a relay of {self.context} is at work on these topics: stop it first."
                    ) from None
            await asyncio.sleep(0.5)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Connection]:
        async with await session(self._url, self.name) as connection:
            yield connection


def refuse_behind_a_hole(found: Comparison) -> None:
    """Raises TopicCut where no position fits: later events are on the topics although earlier ones are missing."""
    if found.beyond:
        raise TopicCut(
            "relay.topic_lost_records",
            f"the topics of {found.names.context} lack {found.missing.total()} events before later ones, so no "
            f"position fits them. Send what is missing with `insieme-{found.names.context} refill`.",
        )
