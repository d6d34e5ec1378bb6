"""A read may wait until what a command answered is applied (decision 16)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from psycopg_pool import AsyncConnectionPool

from insieme_events.store import Connection

EVERY = 0.05

MISSING = """
select count(*) from unnest(%s::text[], %s::int[]) as wanted (stream, sequence)
left join events.sequences s on s.subscription = %s and s.stream = wanted.stream
where coalesce(s.sequence, 0) < wanted.sequence
"""


class NotApplied(Exception):
    """`events.not_applied`: the subscription did not come that far in time; ask again later."""

    def __init__(self, subscription: str, missing: int) -> None:
        super().__init__(f"events.not_applied: {subscription} has yet to apply events of {missing} streams")
        self.missing = missing


async def applied(
    pool: AsyncConnectionPool[Connection], subscription: str, until: Mapping[str, int], seconds: float
) -> None:
    """Returns once every stream of `until` is applied up to its sequence. Raises NotApplied after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        async with pool.connection() as connection:
            row = await (
                await connection.execute(MISSING, (list(until), list(until.values()), subscription))
            ).fetchone()
        missing = int(row[0]) if row is not None else 0
        if not missing:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise NotApplied(subscription, missing)
        await asyncio.sleep(EVERY)
