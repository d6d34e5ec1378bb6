"""A topic's committed records, read once from given offsets to its end by a client that joins no group."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from insieme_events import topics
from insieme_events.topics import TIMEOUT, TopicFacts, TopicsUnreadable

Place = tuple[str, int]
"""Topic and partition."""

CHUNK = 1000
TAIL = 50
"""Offsets in which the last records of a partition are looked for first; transaction markers take some of them."""


@dataclass(frozen=True, slots=True)
class Read:
    """A committed record, headers as they came; fits where a client's record fits."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def scan(bootstrap: str, starts: Mapping[Place, int], until: Mapping[Place, int] | None = None) -> Iterator[Read]:
    """Every committed record from these offsets on, in order per partition, to the end or to the offset `until`.

    Raises TopicsUnreadable where Kafka falls silent before that, and KafkaException.
    """
    bounds = until or {}
    places = [TopicPartition(topic, partition, offset) for (topic, partition), offset in starts.items()]
    if not places:
        return
    consumer = Consumer(
        {
            **topics.client(bootstrap),
            "group.id": "insieme-scan",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
            "queued.min.messages": 5000,
        }
    )
    try:
        consumer.assign(places)
        left = set(starts)
        heard = time.monotonic()
        while left:
            # `consume` with a time-out would wait for a whole chunk, or for the time-out.
            one = consumer.poll(1.0)
            messages: list[Any] = [] if one is None else [one, *consumer.consume(CHUNK, 0)]
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > 4 * TIMEOUT:
                raise TopicsUnreadable(", ".join(sorted({topic for topic, _ in left})))
            for message in messages:
                error, place = message.error(), (message.topic(), message.partition())
                if error is None:
                    bound = bounds.get(place)
                    if bound is None or message.offset() < bound:
                        yield _read(message)
                    if bound is not None and message.offset() >= bound - 1:
                        left.discard(place)
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(place)
                elif not error.retriable():
                    raise KafkaException(error)
    finally:
        consumer.close()


def _read(message: Any) -> Read:
    headers = [(name, value if value is not None else b"") for name, value in message.headers() or ()]
    return Read(message.topic(), message.partition(), message.offset(), message.key(), message.value(), headers)


def firsts(facts: Mapping[str, TopicFacts]) -> dict[Place, int]:
    """The first offset of every partition that ever held anything."""
    return {(name, n): low for name, found in facts.items() for n, (low, high) in found.ends.items() if high > low}


def tails(facts: Mapping[str, TopicFacts]) -> dict[Place, int]:
    """Where the last records of every partition begin."""
    return {
        (name, n): max(low, high - TAIL)
        for name, found in facts.items()
        for n, (low, high) in found.ends.items()
        if high > low
    }


def last_before(bootstrap: str, offsets: Mapping[Place, int], facts: Mapping[str, TopicFacts]) -> dict[Place, Read]:
    """The last committed record below each of these offsets; a place is left out where none is near it."""
    starts: dict[Place, int] = {}
    for (topic, partition), offset in offsets.items():
        first = facts[topic].ends[partition][0]
        if offset > first:
            starts[topic, partition] = max(first, offset - TAIL)
    return {(r.topic, r.partition): r for r in scan(bootstrap, starts, {place: offsets[place] for place in starts})}


def event_id(record: Read) -> str | None:
    """The CloudEvents id, as text; None where it has none that can be read."""
    for name, value in record.headers:
        if name == "ce_id":
            return value.decode("utf-8", "replace")
    return None
