"""One partition folded from its first offset, in memory: what is regular here, what is not set aside (decision 13).

A stream is regular while each record of it is the next one, follows the one before, and can be read and applied. At
the first record that is anything else the stream is *deferred* from that record on, and the live path's own code
handles the rest of it afterwards: so the same letters are parked and the same rows made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from insieme_events.catalogue import BY_TYPE, Contract
from insieme_events.contracts.base import SealedFieldsErased
from insieme_events.envelope import BROKEN, STREAM, Stored, Unreadable, parse
from insieme_events.projection import FactDefinition, Key, ProjectionDefinition, blanked
from insieme_events.rebuild_rows import DoesNotFit, RowWriter, cause, writers
from insieme_events.vault import Keys

UTC_TEXT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")
"""An instant as our relay writes it, which PostgreSQL reads as it is."""
UUID_TEXT = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ERASING = frozenset(one.event for one in BY_TYPE.values() if issubclass(one.event, SealedFieldsErased))
SEALED = frozenset(one.event for one in BY_TYPE.values() if one.event.sealed_fields())
CONTRACTS: Mapping[bytes, Contract] = {name.encode(): contract for name, contract in BY_TYPE.items()}


class Message(Protocol):
    """What we use of confluent's message."""

    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...
    def headers(self) -> list[tuple[str, bytes]] | None: ...
    def offset(self) -> int: ...


class StreamState:
    """Where a regular stream stands. `latest` holds per fact of the stream the last row of each key."""

    __slots__ = ("event_id", "facts", "latest", "name", "sequence")

    def __init__(self, name: str, facts: Sequence[int]) -> None:
        self.name = name
        self.sequence = 0
        self.event_id = b""
        self.facts = facts
        self.latest: list[dict[Key, Any]] = [{} for _ in facts]


@dataclass(slots=True)
class Candidate:
    """A record whose attributes can be read at a glance; else the slow code reads them.

    Not frozen: there is one for every event of a history, and a frozen one takes three times as long to make.
    """

    key: bytes
    offset: int
    contract: Contract
    sequence: int
    event_id: bytes
    predecessor: bytes | None
    recorded_at: datetime
    recorded_text: str
    value: bytes


@dataclass
class Chunk:
    """What a batch of records made: lines by fact, and how many events were handled or came twice."""

    lines: list[list[str]]
    handled: int = 0
    ignored: int = 0
    last_event_id: str | None = None
    last_recorded_at: datetime | None = None


@dataclass
class PartitionFold:
    """`deferred` tells by key the offset from which a stream is left to the live path's code; `erased` by fact the
    streams and sequences whose earlier rows have to be blanked once there is an index to find them by."""

    definition: ProjectionDefinition
    misplaced: Callable[[bytes], bool]
    decided: frozenset[bytes] = frozenset()
    streams: dict[bytes, StreamState] = field(default_factory=dict)
    deferred: dict[bytes, int] = field(default_factory=dict)
    erased: list[tuple[int, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.writers: list[RowWriter] = writers(self.definition.facts, self.definition.schema)
        self._facts: dict[tuple[str, str], tuple[int, ...]] = {}
        for number, fact in enumerate(self.definition.facts):
            place = fact.row.context, fact.row.stream_name
            self._facts[place] = (*self._facts.get(place, ()), number)

    def glance(self, messages: Iterable[Message]) -> list[Candidate]:
        """The records that the fold may take; streams of the others are deferred."""
        found: list[Candidate] = []
        deferred = self.deferred
        for message in messages:
            key = message.key() or b""
            if key in deferred:
                continue
            candidate = _candidate(message, key)
            if candidate is None or candidate.event_id in self.decided:
                deferred[key] = message.offset()
            else:
                found.append(candidate)
        return found

    def take(self, candidates: Sequence[Candidate], keys: Keys) -> Chunk:
        """Folds them, in order. Nothing that an event does is kept unless all of it can be."""
        chunk = Chunk([[] for _ in self.writers])
        streams, deferred = self.streams, self.deferred
        for one in candidates:
            if (held := deferred.get(one.key)) is not None and held <= one.offset:
                continue
            state = streams.get(one.key) or self._first(one)
            if state is None:
                deferred[one.key] = one.offset
            elif one.sequence <= state.sequence and (one.sequence < state.sequence or one.event_id == state.event_id):
                chunk.ignored += 1
            elif (
                one.sequence == state.sequence + 1
                and (state.sequence == 0 or one.predecessor == state.event_id)
                and self._apply(one, state, keys, chunk)
            ):
                state.sequence, state.event_id = one.sequence, one.event_id
                streams[one.key] = state
                chunk.handled += 1
            else:
                deferred[one.key] = one.offset
        if candidates:
            chunk.last_event_id = candidates[-1].event_id.decode()
            chunk.last_recorded_at = candidates[-1].recorded_at
        return chunk

    def _first(self, one: Candidate) -> StreamState | None:
        """A stream that was not seen before; None where the record stands on a partition that is not its own."""
        name = one.key.decode("utf-8", "replace")
        if not STREAM.fullmatch(name) or self.misplaced(one.key):
            return None
        return StreamState(name, self._facts.get((one.contract.event.context, name.rsplit("-", 5)[0]), ()))

    def _apply(self, one: Candidate, state: StreamState, keys: Keys, chunk: Chunk) -> bool:
        """Adds the event's lines and rows; answers whether it could be read and applied."""
        try:
            event_id = UUID(one.event_id.decode())
            event = parse(one.contract, one.value, event_id, keys)
            if not state.facts:
                return True
            if one.contract.event in ERASING:
                self._blank(state, one.sequence)
                return True
            stored = Stored(event_id, state.name, one.sequence, one.recorded_at, event)
            made = [
                (number, latest, row)
                for number, latest in zip(state.facts, state.latest, strict=True)
                if self.definition.facts[number].wants(event)
                for row in self._rows(self.definition.facts[number], latest, stored)
            ]
            why = cause(one.sequence, state.name, one.event_id.decode(), one.recorded_text)
            lines = [self.writers[number].line(row, why) for number, _, row in made]
        except (Unreadable, DoesNotFit):
            return False
        except Exception:  # noqa: BLE001 - whatever an apply raises: the live path's code will park and name it
            return False
        for (number, latest, row), line in zip(made, lines, strict=True):
            latest[self.writers[number].key_of(row)] = row
            chunk.lines[number].append(line)
        return True

    @staticmethod
    def _rows(fact: FactDefinition, latest: Mapping[Key, Any], stored: Stored) -> Sequence[Any]:
        rows = fact.apply(latest, stored)
        if len(rows) > 1:
            key_of = fact.key_of
            if len({key_of(row) for row in rows}) < len(rows):
                raise DoesNotFit
        return rows

    def _blank(self, state: StreamState, sequence: int) -> None:
        for place, number in enumerate(state.facts):
            if self.definition.facts[number].row.sealed:
                state.latest[place] = {key: blanked(row) for key, row in state.latest[place].items()}
                self.erased.append((number, state.name, sequence))


def _candidate(message: Message, key: bytes) -> Candidate | None:
    """The attributes where they are as our relay writes them; None where only the slow code can tell."""
    value, headers = message.value(), message.headers()
    if value is None or not headers:
        return None
    try:
        joined = b"".join([content for _, content in headers])
        if not joined.isascii() or b"\0" in joined:
            return None
        found = dict(headers)
        contract = CONTRACTS.get(found["ce_type"])
        event_id = found["ce_id"]
        recorded = found["ce_recordedtime"]
        recorded_text = recorded.decode()
        recorded_at = datetime.fromisoformat(recorded_text)
        sequence = int(found["ce_sequence"])
        if (
            contract is None
            or found["ce_subject"] != key
            or not UUID_TEXT.fullmatch(event_id)
            or sequence < 1
            or recorded_at.tzinfo is None
        ):
            return None
        if not UTC_TEXT.fullmatch(recorded):
            recorded_text = recorded_at.isoformat()
        predecessor = found.get("ce_predecessor")
        return Candidate(
            key, message.offset(), contract, sequence, event_id, predecessor, recorded_at, recorded_text, value
        )
    except BROKEN:
        return None


def persons(candidates: Iterable[Candidate]) -> set[UUID]:
    """Whose keys open the sealed fields of these records."""
    found: set[UUID] = set()
    for one in candidates:
        if one.contract.event in SEALED:
            try:
                found.add(UUID(orjson.loads(one.value)["person_id"]))
            except BROKEN:
                continue
    return found
