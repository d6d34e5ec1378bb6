"""A store that was restored or whose server was replaced: compared with Kafka before it takes an event (decision 2).

Its transaction ids may start again, and it may have lost events that Kafka has. `events.append` refuses while the
server is not the one of the epoch row. The relay's leader looks for every event of the restricted topic in the store,
and either raises the epoch, so that writers go on, or holds them until `insieme store recover` put back what is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg

from insieme_events import metrics, store, telemetry, topics
from insieme_events.connecting import session_in_thread
from insieme_events.envelope import SOURCE, Received, Unreadable, received
from insieme_events.position import RelayError, RelayTopics, Standing
from insieme_events.scanning import firsts, scan
from insieme_events.store import Connection

CHUNK = 5000

STANDING = "select epoch, behind, at_home from events.standing"
THERE = "select event_id from events.events where event_id = any(%s)"
HOLD = "select events.hold()"
SETTLE = "select events.settle(%s)"


class StoreBehind(RelayError):
    """`relay.store_behind`: Kafka has what the store has not; it was restored to an earlier moment.

    `found` is the beginning of the sentence: who has how much of it.
    """

    def __init__(self, context: str, found: str) -> None:
        super().__init__(
            "relay.store_behind",
            f"{found} that the store of {context} has not: it was restored to an earlier moment. Put them back with "
            f"`insieme store recover --service {context}`; see docs/operations/restoring-a-store.md.",
        )


class StoreMoved(Exception):
    """The server was replaced below an open session: the session's owner looks again from the start."""


@dataclass(frozen=True, slots=True)
class Home:
    """The store's row of itself: `at_home` on the server and timeline of its epoch, `behind` what Kafka has."""

    epoch: int
    behind: bool
    at_home: bool

    @property
    def settled(self) -> bool:
        return self.at_home and not self.behind


async def home(connection: Connection) -> Home:
    row = await (await connection.execute(STANDING)).fetchone()
    assert row is not None
    return Home(*row)


async def settle(connection: Connection, last: Standing, url: str, bootstrap: str, names: RelayTopics) -> None:
    """Lets writers go on where the store has everything that Kafka has; else holds them and raises StoreBehind.

    A store that is at home is asked for the last relayed event only. One that moved is asked for all of them: events
    become visible in another order than the relay's, so the last one may be there and one before it lost.
    """
    context = names.context
    now = await home(connection)
    there = last.event_id is None or await store.contains(connection, UUID(last.event_id))
    if now.settled and there:
        metrics.STORE_MISSING.labels(context).set(0)
        return
    missing = await asyncio.to_thread(count_missing, url, bootstrap, names)
    metrics.STORE_MISSING.labels(context).set(missing)
    if missing:
        await connection.execute(HOLD)
        raise StoreBehind(context, f"Kafka has {missing} events")
    row = await (await connection.execute(SETTLE, (last.position.epoch,))).fetchone()
    telemetry.log.warning("store_settled", context=context, epoch=row[0] if row is not None else None)


def count_missing(url: str, bootstrap: str, names: RelayTopics) -> int:
    with session_in_thread(url, "insieme-compare") as connection:
        return len(
            {event.event_id for event in missing(connection, events_of(bootstrap, names.restricted, names.context))}
        )


def events_of(bootstrap: str, topic: str, context: str) -> Iterator[Received]:
    """Every event of a topic as it stands now, in order per stream; what is no event of ours is passed over."""
    ours = f"{SOURCE}{context}".encode()
    for record in scan(bootstrap, firsts(topics.describe(bootstrap, [topic]))):
        try:
            event = received(record)
        except Unreadable as foreign:
            telemetry.log.warning("not_an_event", detail=str(foreign))
            continue
        if dict(record.headers).get("ce_source") == ours:
            yield event


def missing(connection: psycopg.Connection[Any], events: Iterable[Received]) -> Iterator[Received]:
    """Those of them that the store has not, in the order in which they came."""
    remaining = iter(events)
    while chunk := list(islice(remaining, CHUNK)):
        there = {one for (one,) in connection.execute(THERE, ([event.event_id for event in chunk],))}
        yield from (event for event in chunk if event.event_id not in there)
