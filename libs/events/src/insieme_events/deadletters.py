"""What cannot be handled is parked with its reason, and every later event of its stream behind it (decision 7).

All other streams go on. What was parked only because an earlier event had not arrived releases itself, in order,
in the transaction in which the missing one arrives.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from insieme_events.envelope import KafkaRecord, Received, received
from insieme_events.store import Connection


class Reason(StrEnum):
    OUT_OF_ORDER = "out_of_order"
    BEHIND = "behind"
    FORKED = "forked"
    UNREADABLE = "unreadable"
    UNKNOWN_TYPE = "unknown_type"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`detail` names codes, types and places, never content. The record is kept whole."""

    record: KafkaRecord
    stream: str
    sequence: int
    event_id: UUID | None
    type: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record as it came back from the table; fits where a client's record fits."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Parked:
    """What stands in the table for one stream: the reason, and for those out of order the event itself."""

    id: int
    sequence: int
    event_id: UUID | None
    reason: Reason
    event: Received | None


def of_event(event: Received, reason: Reason, detail: str) -> DeadLetter:
    return DeadLetter(event.record, event.stream, event.sequence, event.event_id, event.type, reason, detail)


def of_record(record: KafkaRecord, reason: Reason, detail: str) -> DeadLetter:
    """A record without readable attributes: its key stands for the stream, so that the stream waits behind it."""
    key = (record.key or b"").decode("utf-8", "replace").replace("\0", "\ufffd")[:200]
    return DeadLetter(record, key or f"{record.topic}[{record.partition}]", 0, None, "", reason, detail)


async def park(connection: Connection, subscription: str, letters: Sequence[DeadLetter], now: datetime) -> None:
    """Keeps the records. Parking the same record twice keeps the first."""
    if not letters:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(
            """insert into events.dead_letters (subscription, topic, partition, record_offset, stream, sequence,
                   event_id, type, reason, detail, headers, value, parked_at)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               on conflict on constraint dead_letters_once do nothing""",
            [
                (
                    subscription,
                    letter.record.topic,
                    letter.record.partition,
                    letter.record.offset,
                    letter.stream,
                    letter.sequence,
                    letter.event_id,
                    letter.type,
                    letter.reason.value,
                    letter.detail,
                    _headers_json(letter.record.headers),
                    letter.record.value,
                    now,
                )
                for letter in letters
            ],
        )


async def parked(connection: Connection, subscription: str, streams: Collection[str]) -> dict[str, list[Parked]]:
    """What is parked of these streams, by sequence."""
    rows = await connection.execute(
        """select id, stream, sequence, event_id, reason, topic, partition, record_offset, headers, value
           from events.dead_letters where subscription = %s and stream = any(%s) order by stream, sequence, id""",
        (subscription, list(streams)),
    )
    found: dict[str, list[Parked]] = {}
    for id_, stream, sequence, event_id, reason, topic, partition, offset, headers, value in await rows.fetchall():
        event = None
        if reason == Reason.OUT_OF_ORDER:
            record = ParkedRecord(topic, partition, offset, stream.encode(), value, _headers(headers))
            event = received(record)
        found.setdefault(stream, []).append(Parked(id_, sequence, event_id, Reason(reason), event))
    return found


async def release(connection: Connection, ids: Collection[int]) -> None:
    if ids:
        await connection.execute("delete from events.dead_letters where id = any(%s)", (list(ids),))


def _headers_json(headers: Sequence[tuple[str, bytes]]) -> str:
    """Headers as text, byte for byte by latin-1, so that what is no UTF-8 survives."""
    return orjson.dumps([[name, (value or b"").decode("latin-1")] for name, value in headers]).decode()


def _headers(stored: Any) -> list[tuple[str, bytes]]:
    return [(name, value.encode("latin-1")) for name, value in stored]


@dataclass(frozen=True, slots=True)
class Due:
    """An event that was parked as out of order and whose turn has come; `after` is the one that it must follow."""

    event: Received
    letter_id: int
    after: UUID | None


async def due(connection: Connection, subscription: str, partitions: Collection[tuple[str, int]]) -> Due | None:
    """One event of these partitions, of a stream in which nothing is parked for another reason."""
    row = await (
        await connection.execute(
            """select d.id, d.stream, d.topic, d.partition, d.record_offset, d.headers, d.value, s.event_id
               from events.dead_letters d
               left join events.sequences s on s.subscription = d.subscription and s.stream = d.stream
               where d.subscription = %s and (d.topic, d.partition) in (select * from unnest(%s::text[], %s::int[]))
                 and d.reason = 'out_of_order' and d.sequence = coalesce(s.sequence, 0) + 1
                 and not exists (select from events.dead_letters b where b.subscription = d.subscription
                                 and b.stream = d.stream and b.reason <> 'out_of_order')
               order by d.id limit 1""",
            (subscription, [topic for topic, _ in partitions], [partition for _, partition in partitions]),
        )
    ).fetchone()
    if row is None:
        return None
    id_, stream, topic, partition, offset, headers, value, after = row
    return Due(received(ParkedRecord(topic, partition, offset, stream.encode(), value, _headers(headers))), id_, after)
