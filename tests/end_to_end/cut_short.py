"""A projection in a process of its own, for test_cursor_control.py, which has it killed at a crash point.

`TRANSACTION` chooses how a batch is written: `one` as it is in production, `cursors_first` as it must not be.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence

from insieme_events.applying import Applied, BatchTransaction
from insieme_events.contracts import DomainEvent
from insieme_events.cursors import Advance
from insieme_events.envelope import KafkaRecord, Stored
from insieme_events.projection import ProjectionHandler
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.vault import KeyVault, MasterKey
from insieme_reporting.versions import NEWEST

DEFINITION = NEWEST.definition

BATCH = 40


class Later:
    """Takes a batch's events and writes nothing of them yet."""

    types: frozenset[type[DomainEvent]] | None = None

    def __init__(self) -> None:
        self.events: list[Stored] = []

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        self.events += events


class CursorsFirst(BatchTransaction):
    """The guard taken out: offsets and sequences are committed before the facts, in a transaction of their own.

    So `batch.after_commit` lies between the two here, as `batch.after_fence` does in production.
    """

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        facts, self.handler = self.handler, Later()
        try:
            applied = await super().run(connection, records, steps)
            events = self.handler.events
        finally:
            self.handler = facts
        async with connection.transaction():
            await facts.apply(connection, events)
        return applied


TRANSACTIONS = {"one": BatchTransaction, "cursors_first": CursorsFirst}


async def main() -> None:
    told = os.environ
    schema = told["SCHEMA"]
    async with (
        open_pool(told["DATABASE_URL"], 4, schema) as pool,
        open_pool(told["DATABASE_URL_KEYS"], 4, schema) as kp,
    ):
        keys = KeyVault(kp, MasterKey.from_base64(told["INSIEME_MASTER_KEY"]))
        subscription = Subscription(
            f"reporting.{schema}",
            DEFINITION.contexts,
            ProjectionHandler(DEFINITION, schema),
            pool,
            keys,
            told["KAFKA_BOOTSTRAP_SERVERS"],
            told["INSIEME_TOPIC_PREFIX"],
            max_records=BATCH,
        )
        real = subscription.transaction
        subscription.transaction = TRANSACTIONS[told["TRANSACTION"]](
            real.subscription, real.handler, real.keys, real.now, real.park_unknown
        )
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: asyncio.ensure_future(subscription.stop()))
        await subscription.run()


if __name__ == "__main__":
    asyncio.run(main())
