"""Where the relay stands, and whether its topics are still what it left: looked at before it sends (decision 3).

The position record also says which topics it was made on (Kafka's topic ids) and which event was the last one of each
partition. So a topic that was made anew, that lost its end, or a position that fell behind is named, not overrun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from insieme_events import catalogue, store, topics
from insieme_events.scanning import Place, event_id, scan, tails
from insieme_events.store import START, Connection, Position
from insieme_events.topics import TopicFacts


class RelayError(Exception):
    """`relay.<rule>`: going on would send events twice or leave a hole; the sentence names the remedy."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class PositionLost(RelayError):
    """`relay.position_lost`: going on would send everything again under new offsets."""


class PositionBehind(RelayError):
    """`relay.position_behind`: the topics hold events beyond the position; going on would send them again."""


class TopicMadeAnew(RelayError):
    """`relay.topic_made_anew`: going on would leave out all that the deleted topic had."""


class TopicCut(RelayError):
    """`relay.topic_lost_records`: going on would put later events behind a hole."""


@dataclass(frozen=True, slots=True)
class RelayTopics:
    """The topics of one context."""

    context: str
    restricted: str
    party: str
    position: str

    @classmethod
    def of(cls, prefix: str, context: str) -> RelayTopics:
        return cls(
            context,
            catalogue.restricted_topic(prefix, context),
            catalogue.party_topic(prefix, context),
            catalogue.position_topic(prefix, context),
        )

    @property
    def of_events(self) -> list[str]:
        return [self.restricted, self.party]


@dataclass(frozen=True, slots=True)
class Standing:
    """A position record: up to where the store is sent (the event's id with it), the ids of the topics of events, and
    the last event of each partition, by `topic/partition`."""

    position: Position
    event_id: str | None = None
    generations: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        return orjson.dumps(
            {
                "epoch": self.position.epoch,
                "transaction_id": self.position.transaction_id,
                "position": self.position.position,
                "event_id": self.event_id,
                "generations": dict(self.generations),
                "last": dict(self.last),
            }
        )

    @classmethod
    def decode(cls, value: bytes) -> Standing:
        found = orjson.loads(value)
        at = Position(found["epoch"], found["transaction_id"], found["position"])
        return cls(at, found["event_id"], found.get("generations", {}), found.get("last", {}))


def spot(topic: str, partition: int) -> str:
    return f"{topic}/{partition}"


def read(bootstrap: str, position_topic: str) -> Standing | None:
    """The last committed position; None where there is none."""
    value = topics.last_value(bootstrap, position_topic)
    return None if value is None else Standing.decode(value)


async def verified(connection: Connection, bootstrap: str, names: RelayTopics) -> Standing:
    """Where the relay stands, START on topics that never held a committed event. Raises RelayError and TopicError."""
    standing = await asyncio.to_thread(read, bootstrap, names.position)
    facts = await asyncio.to_thread(topics.describe, bootstrap, names.of_events)
    generations = {name: found.generation for name, found in facts.items()}
    _whole_from_the_first(names, facts)
    if standing is None:
        for name in names.of_events:
            # Offsets alone prove nothing: a relay that was killed in its first transaction left aborted records.
            if await asyncio.to_thread(topics.holds_records, bootstrap, name):
                raise _lost(names, name)
        return Standing(START, None, generations)
    for name, generation in generations.items():
        if standing.generations.get(name, generation) != generation:
            raise made_anew(names, name)
    ends = await asyncio.to_thread(_ids, bootstrap, tails(facts))
    await _nothing_lost(bootstrap, names, facts, standing, ends)
    await _nothing_beyond(connection, names, standing, ends)
    return Standing(standing.position, standing.event_id, generations, standing.last)


def _whole_from_the_first(names: RelayTopics, facts: Mapping[str, TopicFacts]) -> None:
    for name, found in facts.items():
        for partition, (first, _) in found.ends.items():
            if first > 0:
                raise TopicCut(
                    "relay.topic_lost_records",
                    f"{name}[{partition}] begins at {first}: its first records are gone. Delete the topic, make it "
                    f"anew with `insieme topics apply` and fill it with `insieme-{names.context} refill`.",
                )


async def _nothing_lost(
    bootstrap: str,
    names: RelayTopics,
    facts: Mapping[str, TopicFacts],
    standing: Standing,
    ends: Mapping[Place, list[str]],
) -> None:
    """The last event of each partition is there. Where it is not near the end, all of the partition is read."""
    for place, first in _all(facts).items():
        last = standing.last.get(spot(*place))
        if last is None or last in ends.get(place, ()):
            continue
        found = await asyncio.to_thread(_ids, bootstrap, {place: first} if place in ends else {})
        if last not in found.get(place, ()):
            raise TopicCut(
                "relay.topic_lost_records",
                f"{place[0]}[{place[1]}] has lost its end: the event {last} was sent and is not there. Send what is "
                f"missing with `insieme-{names.context} refill`.",
            )


async def _nothing_beyond(
    connection: Connection, names: RelayTopics, standing: Standing, ends: Mapping[Place, list[str]]
) -> None:
    after: list[UUID] = []
    for place, ids in ends.items():
        last = standing.last.get(spot(*place))
        known = ids.index(last) + 1 if last in ids else 0
        after.extend(found for one in ids[known:] if (found := _uuid(one)) is not None)
    beyond = await store.first_beyond(connection, standing.position, after)
    if beyond is not None:
        raise PositionBehind(
            "relay.position_behind",
            f"{names.position} stands before the event {beyond}, which was sent already: the topic has lost its end. "
            f"Find the position again with `insieme-{names.context} recover-position`.",
        )


def _all(facts: Mapping[str, TopicFacts]) -> dict[Place, int]:
    return {(name, partition): low for name, found in facts.items() for partition, (low, _) in found.ends.items()}


def _ids(bootstrap: str, starts: Mapping[Place, int]) -> dict[Place, list[str]]:
    found: dict[Place, list[str]] = {place: [] for place in starts}
    for record in scan(bootstrap, starts):
        one = event_id(record)
        if one is not None:
            found[record.topic, record.partition].append(one)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lost(names: RelayTopics, name: str) -> PositionLost:
    return PositionLost(
        "relay.position_lost",
        f"{names.position} holds no position, but {name} is not empty. Find the position again with "
        f"`insieme-{names.context} recover-position`.",
    )


def made_anew(names: RelayTopics, name: str) -> TopicMadeAnew:
    return TopicMadeAnew(
        "relay.topic_made_anew",
        f"{name} is not the topic that the relay has written so far: it was deleted and made again. Fill it with "
        f"`insieme-{names.context} refill`.",
    )


async def unchanged(bootstrap: str, names: RelayTopics, generations: Mapping[str, str]) -> None:
    """Raises TopicMadeAnew where a topic is not the very one that it was, TopicCut where its first records are gone,
    and TopicError where it is gone itself."""
    facts = await asyncio.to_thread(topics.describe, bootstrap, names.of_events)
    for name, now in facts.items():
        if generations[name] != now.generation:
            raise made_anew(names, name)
    _whole_from_the_first(names, facts)
