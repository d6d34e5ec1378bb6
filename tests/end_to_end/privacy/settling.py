"""Whether everything that is stored has arrived everywhere: heads of streams beside what subscriptions have applied."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from tests.end_to_end.platform import Platform

FAILING = "reporting.failing"
"""The subscription with a defect: its streams are parked for ever."""

HEADS = "select stream, max(version) from events.events group by stream"
READS = (
    "select distinct subscription, topic from events.cursors where topic like '%%.restricted.v1' and subscription <> %s"
)
APPLIED = "select stream, sequence from events.sequences where subscription = %s"


def is_settled(platform: Platform) -> bool:
    """Nothing is missing, and nothing was stored while it was looked for."""
    before = heads(platform)
    return not any(missing(platform, before)) and heads(platform) == before


def heads(platform: Platform) -> dict[str, dict[str, int]]:
    """How much is stored of each stream, by service that runs."""
    found: dict[str, dict[str, int]] = {}
    for name in platform.services:
        with psycopg.connect(platform.provisioned.urls[f"{name}_owner"]) as connection:
            found[name] = dict(connection.execute(HEADS).fetchall())
    return found


def missing(platform: Platform, stored: dict[str, dict[str, int]]) -> Iterator[str]:
    """The streams of which a subscription has not applied everything."""
    for name in platform.services:
        with psycopg.connect(platform.provisioned.urls[f"{name}_owner"]) as connection:
            for subscription, topic in connection.execute(READS, (FAILING,)).fetchall():
                applied: dict[str, int] = dict(connection.execute(APPLIED, (subscription,)).fetchall())
                for stream, version in stored.get(topic.split(".")[-3], {}).items():
                    if applied.get(stream, 0) < version:
                        yield f"{subscription}: {stream}"
