"""What cannot be handled is parked with its reason, and every later event of its stream behind it (decision 7).

All other streams go on. What was parked only because an earlier event had not arrived releases itself, in order,
in the transaction in which the missing one arrives; for everything else an operator decides (`releasing.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
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

    @property
    def holds(self) -> bool:
        """It holds its stream back by itself; the others wait for another event."""
        return self not in (Reason.OUT_OF_ORDER, Reason.BEHIND)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`detail` names codes, types and places, never content; `stack` the places alone. The record is kept whole.

    `decision` is the action whose decision was in force when it was tried.
    """

    record: KafkaRecord
    stream: str
    sequence: int
    event_id: UUID | None
    type: str
    reason: Reason
    detail: str
    stack: str = ""
    decision: int | None = None


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
class Letter(ParkedRecord):
    """With its row: the id, the reason so far, and the decision under which it was tried last."""

    letter_id: int
    reason: Reason
    decision: int | None


@dataclass(frozen=True, slots=True)
class Parked:
    """What stands in the table for one stream: the reason, and for those out of order the event itself."""

    id: int
    sequence: int
    event_id: UUID | None
    reason: Reason
    event: Received | None


def of_event(event: Received, reason: Reason, detail: str, stack: str = "") -> DeadLetter:
    return DeadLetter(event.record, event.stream, event.sequence, event.event_id, event.type, reason, detail, stack)


def of_record(record: KafkaRecord, reason: Reason, detail: str) -> DeadLetter:
    """A record without readable attributes: its key stands for the stream, so that the stream waits behind it."""
    key = (record.key or b"").decode("utf-8", "replace").replace("\0", "\ufffd")[:200]
    return DeadLetter(record, key or f"{record.topic}[{record.partition}]", 0, None, "", reason, detail)


def subject_of(item: Received | DeadLetter) -> str:
    """What a decision about it is keyed by: the event's id; for a record without one a digest of its bytes, so that
    the same record is known again wherever it stands on a topic."""
    if item.event_id is not None:
        return str(item.event_id)
    digest = hashlib.sha256(_headers_json(item.record.headers).encode())
    digest.update(b"\0" + (item.record.value or b""))
    return f"record-{digest.hexdigest()}"


# What is read again from a topic that was filled again finds its letter there, under another offset.
PARK = """
with parked as (
    insert into events.dead_letters (subscription, topic, partition, record_offset, stream, sequence, event_id, type,
        reason, detail, headers, value, parked_at, subject, stack, decision, attempts)
    select %(subscription)s, %(topic)s, %(partition)s, %(offset)s, %(stream)s, %(sequence)s, %(event_id)s, %(type)s,
        %(reason)s, %(detail)s, %(headers)s::json, %(value)s, %(now)s, %(subject)s, %(stack)s, %(decision)s,
        %(holds)s::boolean::integer
    where %(reason)s <> 'behind' or not exists (
        select from events.dead_letters where subscription = %(subscription)s and stream = %(stream)s
            and sequence = %(sequence)s and event_id = %(event_id)s and reason <> 'out_of_order')
    on conflict on constraint dead_letters_once do nothing returning id)
insert into events.dead_letter_attempts (letter_id, attempt, failed_at, reason, detail, stack)
select id, 1, %(now)s, %(reason)s, %(detail)s, %(stack)s from parked where %(holds)s
"""


async def park(connection: Connection, subscription: str, letters: Sequence[DeadLetter], now: datetime) -> None:
    """Keeps the records. Parking the same record twice keeps the first."""
    if not letters:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(
            PARK,
            [
                {
                    "subscription": subscription,
                    "topic": letter.record.topic,
                    "partition": letter.record.partition,
                    "offset": letter.record.offset,
                    "headers": _headers_json(letter.record.headers),
                    "value": letter.record.value,
                    **_verdict(letter, now),
                }
                for letter in letters
            ],
        )


# A letter that waits behind another one has not been tried: it has no attempt of its own.
PARK_AGAIN = """
with again as (
    update events.dead_letters set reason = %(reason)s, detail = %(detail)s, stack = %(stack)s,
        decision = %(decision)s, attempts = attempts + %(tried)s::boolean::integer
    where id = %(id)s returning id, attempts)
insert into events.dead_letter_attempts (letter_id, attempt, failed_at, reason, detail, stack, action_id)
select id, attempts, %(now)s, %(reason)s, %(detail)s, %(stack)s, %(action_id)s from again where %(tried)s
"""


async def park_again(
    connection: Connection, letters: Sequence[DeadLetter], asked: Mapping[int, int], now: datetime
) -> set[int]:
    """Letters of records that came from the table and stay there; answers their ids.

    `asked` is which action asked for it, by letter. What waited and still waits is not written again.
    """
    ids: set[int] = set()
    rows: list[dict[str, Any]] = []
    for letter in letters:
        record = letter.record
        if not isinstance(record, Letter):
            raise TypeError("a record that is not from the table is parked, not parked again")
        id_ = record.letter_id
        ids.add(id_)
        tried = id_ in asked or letter.reason in (Reason.FAILED, Reason.REFUSED)
        if tried or (letter.reason, letter.decision) != (record.reason, record.decision):
            rows.append({"id": id_, "action_id": asked.get(id_), "tried": tried, **_verdict(letter, now)})
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(PARK_AGAIN, rows)
    return ids


def _verdict(letter: DeadLetter, now: datetime) -> dict[str, Any]:
    return {
        "stream": letter.stream,
        "sequence": letter.sequence,
        "event_id": letter.event_id,
        "type": letter.type,
        "reason": letter.reason.value,
        "detail": letter.detail,
        "stack": letter.stack,
        "decision": letter.decision,
        "subject": subject_of(letter),
        "holds": letter.reason.holds,
        "now": now,
    }


# Of a stream that something holds back one row is enough, however many wait behind it; and while nothing at all is
# parked no stream is looked up.
PARKED = """
with held as (
    select h.* from unnest(%(streams)s::text[]) as s (stream)
    cross join lateral (
        select id, stream, sequence, event_id, reason from events.dead_letters
        where subscription = %(subscription)s and stream = s.stream and reason <> 'out_of_order'
        order by sequence, id limit 1) as h
    where exists (select from events.dead_letters where subscription = %(subscription)s))
select id, stream, sequence, event_id, reason, null as topic, null as partition, null as record_offset,
    null as headers, null as value from held
union all
select id, stream, sequence, event_id, reason, topic, partition, record_offset, headers, value
from events.dead_letters w
where subscription = %(subscription)s and stream = any(%(streams)s) and reason = 'out_of_order'
  and stream not in (select stream from held)
order by stream, sequence, id
"""


async def parked(connection: Connection, subscription: str, streams: Collection[str]) -> dict[str, list[Parked]]:
    """What is parked of these streams, by sequence: of those that are held back one letter, of the others all."""
    rows = await connection.execute(PARKED, {"subscription": subscription, "streams": list(streams)})
    found: dict[str, list[Parked]] = {}
    for id_, stream, sequence, event_id, reason, *place in await rows.fetchall():
        event = received(_record(stream, *place)) if reason == Reason.OUT_OF_ORDER else None
        found.setdefault(stream, []).append(Parked(id_, sequence, event_id, Reason(reason), event))
    return found


async def of_streams(connection: Connection, subscription: str, streams: Sequence[str], limit: int) -> list[Letter]:
    """The letters of these streams, each stream's in its order, at most `limit` of all of them."""
    rows = await connection.execute(
        f"""select {LETTER} from events.dead_letters
            where subscription = %s and stream = any(%s) order by stream, sequence, id limit %s""",
        (subscription, list(streams), limit),
    )
    return [_letter(*row) for row in await rows.fetchall()]


async def release(connection: Connection, ids: Collection[int]) -> None:
    if ids:
        await connection.execute("delete from events.dead_letters where id = any(%s)", (list(ids),))


def _record(stream: str, topic: str, partition: int, offset: int, headers: Any, value: bytes | None) -> ParkedRecord:
    return ParkedRecord(topic, partition, offset, stream.encode(), value, _headers(headers))


LETTER = "id, reason, decision, stream, topic, partition, record_offset, headers, value"


def _letter(id_: int, reason: str, decision: int | None, stream: str, *place: Any) -> Letter:
    topic, partition, offset, headers, value = place
    return Letter(topic, partition, offset, stream.encode(), value, _headers(headers), id_, Reason(reason), decision)


def _headers_json(headers: Sequence[tuple[str, bytes]]) -> str:
    """Headers as text, byte for byte by latin-1, so that what is no UTF-8 survives."""
    return orjson.dumps([[name, (value or b"").decode("latin-1")] for name, value in headers]).decode()


def _headers(stored: Any) -> list[tuple[str, bytes]]:
    return [(name, value.encode("latin-1")) for name, value in stored]


async def waiting_stream(connection: Connection, subscription: str, topic: str, partition: int) -> str | None:
    """A stream of this partition that held nothing but events out of order, and the turn of one of them has come."""
    row = await (
        await connection.execute(
            """select d.stream from events.dead_letters d
               left join events.sequences s on s.subscription = d.subscription and s.stream = d.stream
               where d.subscription = %s and d.topic = %s and d.partition = %s
                 and d.reason = 'out_of_order' and d.sequence = coalesce(s.sequence, 0) + 1
                 and not exists (select from events.dead_letters b where b.subscription = d.subscription
                                 and b.stream = d.stream and b.reason <> 'out_of_order')
               order by d.id limit 1""",
            (subscription, topic, partition),
        )
    ).fetchone()
    return None if row is None else str(row[0])


# The letter on which its stream depends: the first that holds it back, else the first that waits. A stream is due
# where nothing holds it back any more, where this build knows the type, or where a decision came since it was tried.
DUE = """
with first as (
    select distinct on (stream) stream, topic, partition, sequence, reason, type, subject, decision
    from events.dead_letters where subscription = %(subscription)s
    order by stream, reason in ('behind', 'out_of_order'), sequence, id)
select f.stream, f.topic, f.partition from first f
left join events.sequences s on s.subscription = %(subscription)s and s.stream = f.stream
left join events.dead_letter_decisions d on d.consumer = %(consumer)s and d.subject = f.subject
where f.reason = 'behind'
   or (f.reason = 'out_of_order' and f.sequence <= coalesce(s.sequence, 0) + 1)
   or (f.reason = 'unknown_type' and f.type = any(%(known)s))
   or (d.action_id is not null and d.action_id is distinct from f.decision)
"""

Place = tuple[str, int]
"""Topic and partition."""


async def due(
    connection: Connection, subscription: str, consumer: str, known: Collection[str]
) -> dict[Place, list[str]]:
    """The streams that may go on without anybody asking, by where the letter lies on which they depend."""
    asked = {"subscription": subscription, "consumer": consumer, "known": list(known)}
    found: dict[Place, list[str]] = {}
    for stream, topic, partition in await (await connection.execute(DUE, asked)).fetchall():
        found.setdefault((topic, partition), []).append(stream)
    return found


FIRST = f"""
select {LETTER} from events.dead_letters
where subscription = %s and stream = %s order by reason in ('behind', 'out_of_order'), sequence, id limit 1
"""


async def first(connection: Connection, subscription: str, stream: str) -> Letter | None:
    """The letter on which its stream depends."""
    row = await (await connection.execute(FIRST, (subscription, stream))).fetchone()
    return None if row is None else _letter(*row)


async def remaining(connection: Connection, ids: Collection[int]) -> set[int]:
    """Which of these letters are there still."""
    rows = await connection.execute("select id from events.dead_letters where id = any(%s)", (list(ids),))
    return {id_ for (id_,) in await rows.fetchall()}
