"""What a service looks after beside its work: old answers, parked events, writers that stay open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from psycopg_pool import AsyncConnectionPool, PoolTimeout

from insieme_events import metrics, telemetry
from insieme_events.clock import Clock
from insieme_events.crash_points import reached
from insieme_events.store import GONE, Connection

EVERY = 15.0
KEEP_ANSWERS = timedelta(days=30)
CHUNK = 1000
OLD_WRITER = timedelta(seconds=10)
OVERDUE = timedelta(hours=1)
"""A letter that is older wants somebody to look: what passes by itself has passed by then."""

PARKED = """
select subscription, reason, count(*), count(distinct stream),
    count(distinct stream) filter (where parked_at < %(overdue)s), extract(epoch from %(now)s - min(parked_at))::float
from events.dead_letters group by grouping sets ((subscription), (subscription, reason))
"""
PARKED_GAUGES = (
    metrics.PARKED_EVENTS,
    metrics.PARKED_STREAMS,
    metrics.PARKED_AGE,
    metrics.PARKED_REASONS,
    metrics.PARKED_OVERDUE,
)

# Any open writer of the server holds the horizon that readers of the store wait for (decision 2).
OLDEST_WRITER = """
select pid, datname, extract(epoch from now() - xact_start)::float from pg_stat_activity
where backend_xid is not null and pid <> pg_backend_pid() order by xact_start limit 1
"""
LIMITS_OFF = """
select name from pg_settings where setting = '0'
    and name in ('idle_in_transaction_session_timeout', 'lock_timeout', 'transaction_timeout') order by name
"""


class Housekeeping:
    """One per process. A database that is away only delays it. `also` are measures that others bring."""

    def __init__(self, service: str, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self.name = f"housekeeping.{service}"
        self._pool = pool
        self._clock = clock
        self._stopping = asyncio.Event()
        self.also: list[Callable[[AsyncConnectionPool[Connection]], Awaitable[None]]] = []
        self._overdue: dict[str, int] = {}
        self._limits_checked = False

    def ready(self) -> bool:
        return True

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.once()
            except (*GONE, PoolTimeout) as away:
                telemetry.log.warning("housekeeping_interrupted", error=type(away).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), EVERY)

    async def once(self) -> None:
        """Forgets answers older than 30 days, in short transactions, and measures what an operator watches."""
        if not self._limits_checked:
            await self._check_limits()
        while await self._forget_answers() == CHUNK:
            pass
        async with self._pool.connection() as connection:
            await self._measure_parked(connection)
            await self._measure_writers(connection)
        for measure in self.also:
            await measure(self._pool)

    async def _forget_answers(self) -> int:
        async with self._pool.connection() as connection:
            gone = await connection.execute(
                """delete from events.idempotency where ctid = any (array(
                       select ctid from events.idempotency where stored_at < %s limit %s))""",
                (self._clock() - KEEP_ANSWERS, CHUNK),
            )
            reached("answers.before_forgetting")
        reached("answers.after_forgetting")
        return gone.rowcount

    async def _measure_parked(self, connection: Connection) -> None:
        rows = await connection.execute(PARKED, {"now": self._clock(), "overdue": self._clock() - OVERDUE})
        for gauge in PARKED_GAUGES:
            gauge.clear()
        overdue: dict[str, int] = {}
        for subscription, reason, events, streams, late, age in await rows.fetchall():
            if reason is not None:
                metrics.PARKED_REASONS.labels(subscription, reason).set(events)
                continue
            metrics.PARKED_EVENTS.labels(subscription).set(events)
            metrics.PARKED_STREAMS.labels(subscription).set(streams)
            metrics.PARKED_AGE.labels(subscription).set(age)
            metrics.PARKED_OVERDUE.labels(subscription).set(late)
            overdue |= {subscription: late} if late else {}
            if late and late != self._overdue.get(subscription):
                telemetry.log.error("letters_overdue", subscription=subscription, streams=late, seconds=round(age))
        self._overdue = overdue

    async def _measure_writers(self, connection: Connection) -> None:
        row = await (await connection.execute(OLDEST_WRITER)).fetchone()
        metrics.OLDEST_WRITER_AGE.clear()
        if row is None:
            return
        pid, database, age = row
        metrics.OLDEST_WRITER_AGE.labels(database, pid).set(age)
        if age > OLD_WRITER.total_seconds():
            telemetry.log.warning("writer_stays_open", pid=pid, database=database, seconds=round(age, 1))

    async def _check_limits(self) -> None:
        """Says once which limits of time the service's role lacks: without them a stuck session stalls every reader."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(LIMITS_OFF)).fetchall()
        if rows:
            telemetry.log.warning(
                "role_without_limits", settings=[name for (name,) in rows], see="docs/operations/open-writers.md"
            )
        self._limits_checked = True
