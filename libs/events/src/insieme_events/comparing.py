"""What the store has and its topics lack: read side by side, nothing written."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from insieme_events import catalogue, store, topics
from insieme_events.catalogue import BY_TYPE
from insieme_events.cursors import Last
from insieme_events.envelope import SOURCE, Unreadable, ce_type, received
from insieme_events.moved import StoreBehind
from insieme_events.placing import partition_of
from insieme_events.position import RelayError, RelayTopics, Standing, spot
from insieme_events.scanning import firsts, scan
from insieme_events.store import START, Connection, Record
from insieme_events.topics import TopicFacts

CHUNK = 2000


class BeginningLost(RelayError):
    """`relay.beginning_lost`: behind a hole at its start a topic can only be made anew."""


@dataclass
class Comparison:
    """A store beside its topics. `present` is per topic and stream the last event up to which the stream is there;
    `whole` where the relay would stand had it sent all up to the first event that is missing; `end` the same for all
    of the store; `missing` counts per topic, `beyond` what is there although something before it is missing."""

    names: RelayTopics
    present: dict[str, dict[str, Last]]
    whole: Standing
    end: Standing
    stored: int = 0
    beyond: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def lacks(self, topic: str, record: Record) -> bool:
        last = self.present[topic].get(record.stream)
        return last is None or record.sequence > last.sequence


async def compare(connection: Connection, bootstrap: str, names: RelayTopics) -> Comparison:
    """Reads the topics to their ends and the store from its first event. Raises RelayError, TopicError.

    What a foreign producer put on a topic is passed over where its source is another; under our source it is what
    the store does not have, and is refused like the tail of a store that was restored behind its topics.
    """
    facts = await asyncio.to_thread(topics.describe, bootstrap, names.of_events)
    for name, found in facts.items():
        if any(first > 0 for first, _ in found.ends.values()):
            raise BeginningLost(
                "relay.beginning_lost",
                f"the first records of {name} are gone: delete the topic, make it anew with `insieme topics apply`, "
                "then fill it.",
            )
    present = await asyncio.to_thread(_present, bootstrap, names, facts)
    generations = {name: found.generation for name, found in facts.items()}
    made = Comparison(names, present, Standing(START, None, generations), Standing(START, None, generations))
    await _walk(connection, made)
    return made


def _present(bootstrap: str, names: RelayTopics, facts: dict[str, TopicFacts]) -> dict[str, dict[str, Last]]:
    """Per topic and stream how far it is there without a hole. The party topic has holes by design: there it is the
    highest sequence, and the store's event ids tell whether it is the stream's own."""
    found: dict[str, dict[str, Last]] = {name: {} for name in names.of_events}
    source = f"{SOURCE}{names.context}".encode()
    for record in scan(bootstrap, firsts(facts)):
        if dict(record.headers).get("ce_source") != source:
            continue
        try:
            event = received(record)
        except Unreadable:
            continue
        streams = found[record.topic]
        before = streams[event.stream].sequence if event.stream in streams else 0
        if event.sequence == before + 1 or (record.topic == names.party and event.sequence > before):
            streams[event.stream] = Last(event.sequence, event.event_id)
    return found


async def _walk(connection: Connection, made: Comparison) -> None:
    """Goes through the store in commit order and notes what is missing, from where on, and what is there behind it.

    Raises StoreBehind where a topic holds a stream, or an event at its end, that the store does not.
    """
    generations, partitions = made.whole.generations, catalogue.PARTITIONS[made.names.context]
    at, last, whole = made.whole, dict[str, str](), True
    met: Counter[str] = Counter()
    while batch := await store.read(connection, at.position, CHUNK):
        for position, record in batch:
            lacking = [topic for topic in topics_of(made.names, record) if made.lacks(topic, record)]
            if lacking and whole:
                whole, made.whole = False, Standing(at.position, at.event_id, generations, dict(last))
            made.stored += 1
            made.missing.update(lacking)
            for topic in topics_of(made.names, record):
                last[spot(topic, partition_of(record.stream.encode(), partitions))] = str(record.event_id)
                if topic not in lacking:
                    made.beyond += not whole
                    met[topic] += _is_last(made, topic, record)
            at = Standing(position, str(record.event_id), generations)
    made.end = Standing(at.position, at.event_id, generations, last)
    if whole:
        made.whole = made.end
    for topic, streams in made.present.items():
        if met[topic] < len(streams):
            raise StoreBehind(made.names.context, f"{topic} has events of {len(streams) - met[topic]} streams")


def _is_last(made: Comparison, topic: str, record: Record) -> bool:
    """Whether this is the last event of its stream on the topic; another one in its place is none of the store's."""
    last = made.present[topic][record.stream]
    return last.sequence == record.sequence and last.event_id == record.event_id


def topics_of(names: RelayTopics, record: Record) -> list[str]:
    """The topics on which an event of the store belongs."""
    contract = BY_TYPE[ce_type(names.context, record.type, record.schema_version)]
    return [names.restricted] if contract.reduced is None else names.of_events
