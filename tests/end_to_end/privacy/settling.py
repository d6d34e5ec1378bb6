"""Whether everything that is stored has arrived everywhere: heads of streams beside what subscriptions have applied."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import psycopg
from tests.end_to_end.platform import Platform

FAILING = "reporting.failing"
"""The subscription with a defect: its streams are parked for ever."""
PAUSE = 0.2

HEADS = "select stream, max(version) from events.events group by stream"
READS = (
    "select distinct subscription, topic from events.cursors where topic like '%%.restricted.v1' and subscription <> %s"
)
APPLIED = "select stream, sequence from events.sequences where subscription = %s"

Databases = Mapping[str, psycopg.Connection[Any]]
Heads = dict[str, dict[str, int]]


async def settled(platform: Platform, seconds: float) -> None:
    """Waits until nothing is missing, and nothing was stored while it was looked for; in the services that run."""
    with ExitStack() as stack:
        urls = {name: platform.provisioned.urls[f"{name}_owner"] for name in platform.services}
        databases = {name: stack.enter_context(psycopg.connect(url, autocommit=True)) for name, url in urls.items()}
        async with asyncio.timeout(seconds):
            while True:
                before = heads(databases)
                if not any(missing(databases, before)) and heads(databases) == before:
                    return
                await asyncio.sleep(PAUSE)


def heads(databases: Databases) -> Heads:
    """How much is stored of each stream, by service."""
    return {name: dict(connection.execute(HEADS).fetchall()) for name, connection in databases.items()}


def missing(databases: Databases, stored: Heads) -> Iterator[str]:
    """The streams of which a subscription has not applied everything."""
    for connection in databases.values():
        for subscription, topic in connection.execute(READS, (FAILING,)).fetchall():
            applied: dict[str, int] = dict(connection.execute(APPLIED, (subscription,)).fetchall())
            for stream, version in stored.get(topic.split(".")[-3], {}).items():
                if applied.get(stream, 0) < version:
                    yield f"{subscription}: {stream}"
