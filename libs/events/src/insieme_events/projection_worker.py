"""The subscriptions of a projection's versions: each runs while the version's row says so (decision 13).

A version that a rebuild has finished is picked up within a moment, one that is rebuilt or retired is let go; no
restart is needed for either.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition
from confluent_kafka import KafkaException
from psycopg_pool import AsyncConnectionPool

from insieme_events import catalogue, cursors, metrics, projection_versions, telemetry, topics
from insieme_events.crash_points import reached
from insieme_events.cursors import Claim
from insieme_events.passing import MAY_PASS
from insieme_events.projection import ProjectionDefinition, ProjectionHandler
from insieme_events.projection_versions import RUNNING, State, VersionRow
from insieme_events.store import Connection
from insieme_events.subscription import Subscription

EVERY = 1.0
LEVEL = 100
"""Offsets of a partition within which a version counts as having caught up."""


class VersionSubscription(Subscription):
    """The subscription of one version: it claims nothing while the version's row does not let it run."""

    definition: ProjectionDefinition

    async def _claim(self, partition: TopicPartition) -> Claim:
        generation = self._generations[partition.topic]
        while True:
            async with self.pool.connection() as connection:
                if await projection_versions.runs(connection, self.definition):
                    claim = await cursors.claim(connection, self.name, partition.topic, partition.partition, generation)
                    reached("version_claim.before_commit")
                    break
            await asyncio.sleep(EVERY)
        reached("version_claim.after_commit")
        return claim


class ProjectionWorker:
    """Runs what is to run. Ends with the error of the first subscription that ends with one."""

    def __init__(self, service: Any, projection: str, definitions: Mapping[int, ProjectionDefinition]) -> None:
        self.name = f"projections.{projection}"
        self.projection = projection
        self.definitions = definitions
        self._service = service
        self._pool: AsyncConnectionPool[Connection] = service.pool
        self._running: dict[int, tuple[Subscription, asyncio.Task[None]]] = {}
        self._looked = False
        self._stopping = asyncio.Event()

    @classmethod
    def of(cls, service: Any, projection: str, definitions: Mapping[int, ProjectionDefinition]) -> ProjectionWorker:
        return cls(service, projection, definitions)

    def ready(self) -> bool:
        return self._looked and all(subscription.ready() for subscription, _ in self._running.values())

    def stuck(self) -> str | None:
        """What the first subscription that only a new start can help says."""
        return next((said for one, _ in self._running.values() if (said := one.stuck()) is not None), None)

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        try:
            while not self._stopping.is_set():
                await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), EVERY)
        finally:
            await asyncio.gather(*(self._end(number) for number in list(self._running)))

    async def _look(self) -> None:
        """Starts and ends subscriptions as the rows say. A database that is away changes nothing."""
        for _, task in self._running.values():
            if task.done():
                task.result()
        try:
            rows = await self._rows()
            await self._tell_caught_up(rows)
        except (KafkaException, *MAY_PASS) as away:
            telemetry.log.warning("projections_interrupted", error=type(away).__name__)
            return
        wanted = {number for number, row in rows.items() if row.state in RUNNING and number in self.definitions}
        for number in self._running.keys() - wanted:
            await self._end(number)
        for number in wanted - self._running.keys():
            self._start(self.definitions[number])
        self._looked = True
        self._measure(rows)

    async def _rows(self) -> dict[int, VersionRow]:
        async with self._pool.connection() as connection:
            return await projection_versions.rows_of(connection, self.projection)

    def _start(self, definition: ProjectionDefinition) -> None:
        subscription = VersionSubscription.of(
            self._service,
            definition.subscription,
            definition.contexts,
            ProjectionHandler(definition),
            park_unknown=True,
            consumer=definition.consumer,
        )
        assert isinstance(subscription, VersionSubscription)
        subscription.definition = definition
        task = asyncio.create_task(subscription.run(), name=subscription.name)
        self._running[definition.version] = subscription, task
        telemetry.log.info("version_started", subscription=subscription.name)

    async def _end(self, number: int) -> None:
        subscription, task = self._running.pop(number)
        await subscription.stop()
        try:
            await task
        finally:
            telemetry.log.info("version_ended", subscription=subscription.name)

    async def _tell_caught_up(self, rows: Mapping[int, VersionRow]) -> None:
        """A version that has come level with the ends of its topics once is live from then on."""
        for number, row in rows.items():
            if row.state is not State.CATCHING_UP or number not in self.definitions:
                continue
            definition, settings = self.definitions[number], self._service.settings
            names = [catalogue.restricted_topic(settings.topic_prefix, c) for c in definition.contexts]
            ends = await asyncio.to_thread(topics.describe, settings.kafka_bootstrap_servers, names)
            async with self._pool.connection() as connection:
                stands = await cursors.offsets(connection, definition.subscription)
                level = all(
                    end - stands.get((name, partition), 0) <= LEVEL
                    for name, facts in ends.items()
                    for partition, (_, end) in facts.ends.items()
                )
                if level:
                    catching_up = State.CATCHING_UP
                    await projection_versions.to_state(connection, self.projection, number, State.LIVE, catching_up)
                reached("caught_up.before_commit")

    def _measure(self, rows: Mapping[int, VersionRow]) -> None:
        for row in rows.values():
            if row.state is State.BUILDING and row.progress is not None:
                metrics.REBUILD_PROCESSED.labels(row.schema).set(row.progress["read"])
                metrics.REBUILD_GOAL.labels(row.schema).set(row.progress["total"])
