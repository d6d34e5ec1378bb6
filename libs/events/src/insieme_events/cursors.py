"""Where a subscription stands: per partition the next offset, per stream the last contiguous sequence (decision 5).

Both are written in the transaction of the effect. The partition's cursor is a fence: it moves only from the very
offset and epoch that its owner claimed, so whoever lost the partition cannot write any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import errors

from insieme_events.envelope import Received
from insieme_events.scanning import Place
from insieme_events.store import Connection
from insieme_events.topics import TopicFacts

CLAIM = """
insert into events.cursors as c (subscription, topic, partition, next_offset, epoch, generation)
values (%s, %s, %s, 0, 1, %s)
on conflict on constraint cursors_key do update set epoch = c.epoch + 1 where c.generation = excluded.generation
returning next_offset, epoch, last_recorded_at
"""


ADVANCE = """
update events.cursors c
set next_offset = s.next_offset, last_event_id = coalesce(s.last_event_id, c.last_event_id),
    last_recorded_at = coalesce(s.last_recorded_at, c.last_recorded_at)
from unnest(%s::text[], %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::uuid[], %s::timestamptz[])
    as s (topic, partition, epoch, from_offset, next_offset, last_event_id, last_recorded_at)
where c.subscription = %s and c.topic = s.topic and c.partition = s.partition and c.epoch = s.epoch
  and c.next_offset = s.from_offset
"""


class Fenced(Exception):
    """Another owner has claimed the partition, or moved its cursor: roll back and claim again."""


class CursorError(Exception):
    """`events.topic_made_anew`, `events.topic_lost_records`: the topic is not the one that the cursor was made on."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to move one partition's cursor: ours while the row has this epoch.

    `last_recorded_at` is of the last event before the claim, None where there is none: for lag, not for the fence.
    """

    next_offset: int
    epoch: int
    last_recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """One partition's step: from the claimed offset to the next one, with the last event for figures and lag."""

    topic: str
    partition: int
    claim: Claim
    next_offset: int
    last_event_id: UUID | None
    last_recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Last:
    """The last contiguous event of a stream that this subscription has handled or passed over."""

    sequence: int
    event_id: UUID


async def claim(connection: Connection, subscription: str, topic: str, partition: int, generation: str) -> Claim:
    """Takes the partition over from whoever had it. Raises CursorError where the topic was made anew."""
    row = await (await connection.execute(CLAIM, (subscription, topic, partition, generation))).fetchone()
    if row is None:
        raise _made_anew(topic, subscription)
    return Claim(*row)


def _made_anew(topic: str, subscription: str) -> CursorError:
    return CursorError(
        "events.topic_made_anew",
        f"{topic} is not the topic that {subscription} has read so far: it was deleted and made again. "
        f"Once it is filled again, let the subscription read it from its first record, with "
        f"`read-again {subscription}` of the service's program: what it has handled changes nothing.",
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a partition's cursor stands, and on which generation of the topic it was made."""

    next_offset: int
    generation: str


async def standing(connection: Connection, subscription: str) -> dict[Place, Cursor]:
    rows = await connection.execute(
        "select topic, partition, next_offset, generation from events.cursors where subscription = %s", (subscription,)
    )
    return {(topic, partition): Cursor(*found) for topic, partition, *found in await rows.fetchall()}


async def subscriptions(connection: Connection) -> list[str]:
    """The names of all that have a cursor."""
    rows = await connection.execute("select distinct subscription from events.cursors order by 1")
    return [name for (name,) in await rows.fetchall()]


def check(subscription: str, cursors: Mapping[Place, Cursor], facts: Collection[TopicFacts]) -> None:
    """Compares cursors with topics that were described after them: else an end may lie behind a cursor that moved.

    Raises CursorError where a topic was made anew, or lost records at an end.
    """
    for topic in facts:
        for partition, (first, end) in topic.ends.items():
            cursor = cursors.get((topic.name, partition))
            if cursor is not None and cursor.generation != topic.generation:
                raise _made_anew(topic.name, subscription)
            at = 0 if cursor is None else cursor.next_offset
            if not first <= at <= end:
                raise _lost_records(subscription, topic.name, partition, at, f"the topic holds {first} to {end}")


async def check_last(connection: Connection, subscription: str, cursor: Cursor, record: Received) -> None:
    """Raises CursorError where the subscription has neither handled nor parked the record before its cursor, and no
    operator has put it aside.

    A topic that lost its end and took new records since has the right length again, but other records.
    """
    found = await connection.execute(
        """select from events.sequences where subscription = %(subscription)s and stream = %(stream)s
               and sequence >= %(sequence)s
           union all select from events.dead_letters where subscription = %(subscription)s and stream = %(stream)s
               and event_id = %(event_id)s
           union all select from events.dead_letter_decisions where subject = %(event_id)s::text
           limit 1""",
        {
            "subscription": subscription,
            "stream": record.stream,
            "sequence": record.sequence,
            "event_id": record.event_id,
        },
    )
    if found.rowcount == 0:
        topic, partition = record.record.topic, record.partition
        raise _lost_records(
            subscription, topic, partition, cursor.next_offset, f"the record at {record.offset} is new to it"
        )


def _lost_records(subscription: str, topic: str, partition: int, at: int, seen: str) -> CursorError:
    return CursorError(
        "events.topic_lost_records",
        f"{subscription} stands at {topic}[{partition}]@{at}, but {seen}: records are lost. Once the topic is filled "
        f"again by `refill` of the program that writes it, let the subscription read it from its first record, with "
        f"`read-again {subscription}` of the service's program: what it has handled changes nothing.",
    )


async def read_again(connection: Connection, subscription: str, facts: Mapping[str, TopicFacts]) -> None:
    """Puts the cursors on the first records of the topics as they are now, and fences whoever runs.

    The sequences stay: of what is read again only what was never handled has an effect. Letters keep the place where
    they were parked as a negative number, for offsets begin anew and a letter is known by its offset.
    """
    await connection.execute(
        """update events.dead_letters set record_offset = -id
           where subscription = %s and topic = any(%s) and record_offset >= 0""",
        (subscription, list(facts)),
    )
    for name, topic in facts.items():
        for partition, (first, _) in topic.ends.items():
            await connection.execute(
                """update events.cursors set next_offset = %s, generation = %s, epoch = epoch + 1
                   where subscription = %s and topic = %s and partition = %s""",
                (first, topic.generation, subscription, name, partition),
            )


async def advance(connection: Connection, subscription: str, steps: Collection[Advance]) -> None:
    """Moves the cursors. Raises Fenced where one is not where its owner left it."""
    moved = await connection.execute(
        ADVANCE,
        (
            [step.topic for step in steps],
            [step.partition for step in steps],
            [step.claim.epoch for step in steps],
            [step.claim.next_offset for step in steps],
            [step.next_offset for step in steps],
            [step.last_event_id for step in steps],
            [step.last_recorded_at for step in steps],
            subscription,
        ),
    )
    if moved.rowcount != len(steps):
        raise Fenced(", ".join(f"{step.topic}[{step.partition}]" for step in steps))


async def advance_last(connection: Connection, subscription: str, step: Advance) -> None:
    """The fence of a reaction: the last write of its transaction, inside a pipeline where nothing can be fetched.

    An UPDATE that hits no row would pass unseen there, so the function raises instead.
    """
    await connection.execute(
        "select events.advance_cursor(%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            subscription,
            step.topic,
            step.partition,
            step.claim.epoch,
            step.claim.next_offset,
            step.next_offset,
            step.last_event_id,
            step.last_recorded_at,
        ),
    )


async def offsets(connection: Connection, subscription: str) -> dict[tuple[str, int], int]:
    """By topic and partition the next offset to read."""
    rows = await connection.execute(
        "select topic, partition, next_offset from events.cursors where subscription = %s", (subscription,)
    )
    return {(topic, partition): next_offset for topic, partition, next_offset in await rows.fetchall()}


async def place(
    connection: Connection,
    subscription: str,
    topic: str,
    partition: int,
    next_offset: int,
    generation: str,
    last_event_id: UUID | str | None,
    last_recorded_at: datetime | None,
) -> None:
    """The cursor of a partition that a rebuild has behind it; the subscription goes on from there."""
    await connection.execute(
        """insert into events.cursors (subscription, topic, partition, next_offset, epoch, generation,
               last_event_id, last_recorded_at) values (%s, %s, %s, %s, 1, %s, %s, %s)""",
        (subscription, topic, partition, next_offset, generation, last_event_id, last_recorded_at),
    )


def is_fence(error: errors.DatabaseError) -> bool:
    return error.sqlstate == "EV002"


async def last_sequences(connection: Connection, subscription: str, streams: Collection[str]) -> dict[str, Last]:
    rows = await connection.execute(
        "select stream, sequence, event_id from events.sequences where subscription = %s and stream = any(%s)",
        (subscription, list(streams)),
    )
    return {stream: Last(sequence, event_id) for stream, sequence, event_id in await rows.fetchall()}


async def save_sequences(connection: Connection, subscription: str, last: Mapping[str, Last]) -> None:
    if not last:
        return
    await connection.execute(
        """insert into events.sequences (subscription, stream, sequence, event_id)
           select %s, * from unnest(%s::text[], %s::int[], %s::uuid[])
           on conflict on constraint sequences_key
           do update set sequence = excluded.sequence, event_id = excluded.event_id""",
        (subscription, list(last), [one.sequence for one in last.values()], [one.event_id for one in last.values()]),
    )
