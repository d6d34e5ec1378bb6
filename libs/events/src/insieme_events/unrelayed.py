"""How long the oldest stored event waits for its relay: asked of the store, so that it rises whatever holds it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaException
from psycopg_pool import AsyncConnectionPool

from insieme_events import metrics, telemetry
from insieme_events.clock import Clock
from insieme_events.store import START, Connection, Position
from insieme_events.topics import TopicError, TopicsUnreadable

# Not below the horizon, as the relay reads: what an open writer holds back waits too.
OLDEST = """
select recorded_at, epoch, transaction_id::text::bigint, position from events.events
where (epoch, transaction_id, position) > (%s, %s::text::xid8, %s)
order by events.epoch, events.transaction_id, events.position limit 1
"""
NEXT = """
select (select epoch from events.epoch), pg_snapshot_xmax(pg_current_snapshot())::text::bigint, 0
"""


class Unrelayed:
    """Of one service's store, in a process that runs its relay. The age is exposed as it is when it is asked.

    The position is the leader's own; a process that does not lead reads it from Kafka. While it has never been known
    (Kafka away since the start) only what was appended since the first look counts: less than the truth, and rising.
    """

    def __init__(self, context: str, clock: Clock, stored_position: Callable[[], Position | None]) -> None:
        self._clock = clock
        self._stored_position = stored_position
        self._position: Position | None = None
        self._first_look: Position | None = None
        self._leads = False
        self._oldest: tuple[datetime, Position] | None = None
        self._leaders = metrics.RELAY_LEADERS.labels(context)
        self._leaders.set(0)
        metrics.UNRELAYED_AGE.labels(context).set_function(self.age)

    def age(self) -> float:
        """Seconds; 0 where nothing waits. It goes on rising while the database is away."""
        oldest = self._oldest
        return 0.0 if oldest is None else max((self._clock() - oldest[0]).total_seconds(), 0.0)

    def leading(self, position: Position) -> None:
        """This process leads and has relayed up to here."""
        self._position, self._leads = position, True
        self._leaders.set(1)
        if self._oldest is not None and self._oldest[1] <= position:
            self._oldest = None

    def gave_up(self) -> None:
        """Leads no more; its last position is what it knows until Kafka tells a newer one."""
        self._leads = False
        self._leaders.set(0)

    async def measure(self, pool: AsyncConnectionPool[Connection]) -> None:
        if not self._leads:
            await self._ask_kafka()
        async with pool.connection() as connection:
            if self._first_look is None:
                self._first_look = Position(*(await self._row(connection, NEXT)))
            after = self._position or self._first_look
            found = await self._row(connection, OLDEST, after.epoch, str(after.transaction_id), after.position)
        self._oldest = (found[0], Position(*found[1:])) if found else None

    @staticmethod
    async def _row(connection: Connection, query: str, *parameters: object) -> tuple[Any, ...]:
        return await (await connection.execute(query, parameters)).fetchone() or ()

    async def _ask_kafka(self) -> None:
        try:
            position = await asyncio.to_thread(self._stored_position)
        except (KafkaException, TopicError, TopicsUnreadable) as away:
            telemetry.log.warning("position_unknown", error=type(away).__name__)
            return
        if not self._leads:
            self._position = position or START
