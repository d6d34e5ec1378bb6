"""How far the facts reach: per context the topic's generation, the offsets and the last event (figures.md)."""

from __future__ import annotations

from typing import Any

from insieme_events.store import Connection

CURSORS = """
select topic, partition, next_offset, generation, last_event_id, last_recorded_at from events.cursors
where subscription = %s order by topic, partition
"""


async def cut(connection: Connection, subscription: str) -> dict[str, Any]:
    """`offsets` are the next ones to read; `last_event_id` is the last event by its time of recording."""
    found: dict[str, Any] = {}
    newest: dict[str, Any] = {}
    rows = await (await connection.execute(CURSORS, (subscription,))).fetchall()
    for topic, partition, next_offset, generation, last_event_id, last_recorded_at in rows:
        context = topic.split(".")[-3]
        entry = found.setdefault(context, {"topic_generation": generation, "offsets": {}, "last_event_id": None})
        entry["offsets"][str(partition)] = next_offset
        if last_recorded_at is not None and (context not in newest or last_recorded_at > newest[context]):
            newest[context] = last_recorded_at
            entry["last_event_id"] = str(last_event_id)
    return found
