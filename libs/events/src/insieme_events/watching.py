"""A check that is made again and again beside work that would not notice by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException
from psycopg_pool import PoolTimeout

from insieme_events import telemetry
from insieme_events.topics import TopicsUnreadable

CHECK_EVERY = 15.0
"""Seconds between two looks at the topics."""

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    KafkaError,
    KafkaException,
    TopicsUnreadable,
    OSError,
)
"""Nothing can be said while a server is away; the work itself waits for it."""


@asynccontextmanager
async def watching(check: Callable[[], Awaitable[None]], every: float, name: str) -> AsyncIterator[asyncio.Task[None]]:
    """Runs the check every so many seconds. The task is done when it raised what will not pass: the work inside ends
    itself then, and the error is raised at its end."""

    async def again() -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await check()
            except AWAY as away:
                telemetry.log.info("check_put_off", worker=name, error=type(away).__name__)

    task = asyncio.create_task(again(), name=f"watch {name}")
    try:
        yield task
        if task.done():
            task.result()
    finally:
        task.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await task
