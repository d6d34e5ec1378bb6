"""CloudEvents 1.0 in Kafka's binary mode: stored event to record, record to received event (decision 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Protocol
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag

from insieme_events.catalogue import BY_TYPE, Contract
from insieme_events.clock import business_date, start_of
from insieme_events.contracts import DomainEvent
from insieme_events.sealing import open_fields
from insieme_events.store import Record
from insieme_events.vault import Keys

SOURCE = "urn:insieme:"
SCHEMA = "urn:insieme:schema:"
STREAM = re.compile(r"[a-z][a-z0-9_-]{0,99}")
HIGHEST = 2**31 - 1


class Unreadable(Exception):
    """A record that is no event of ours; it is parked as it is, its content never in the message."""


class UnknownType(Unreadable):
    """An event type that this build does not know: newer than it."""


BROKEN = (ValueError, TypeError, AttributeError, KeyError, InvalidTag)
"""What data that are none of ours may raise while they are read or opened."""


class KafkaRecord(Protocol):
    """What we use of a client's consumer record, whichever client fetched it."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to send: key, value, headers, and its timestamp in milliseconds."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An event with where it stands in its stream; sealed fields are opened, or ERASED."""

    event_id: UUID
    stream: str
    sequence: int
    recorded_at: datetime
    event: DomainEvent


@dataclass(frozen=True, slots=True)
class Received:
    """A record of ours, read but not yet opened. `value` still holds ciphertext where the contract seals.

    `contract` is None where this build does not know the type: the event has its place in the stream all the same.
    """

    contract: Contract | None
    type: str
    event_id: UUID
    stream: str
    sequence: int
    predecessor: UUID | None
    recorded_at: datetime
    correlation_id: str
    traceparent: str | None
    value: bytes
    partition: int
    offset: int
    record: KafkaRecord = field(repr=False, compare=False)

    def person(self) -> UUID | None:
        """Whose key opens it; None where nothing is sealed, or where the value is none of ours."""
        if self.contract is None or not self.contract.event.sealed_fields():
            return None
        try:
            return UUID(orjson.loads(self.value)["person_id"])
        except BROKEN:
            return None

    def opened(self, keys: Keys) -> Stored:
        """Raises Unreadable where the data do not fit the contract, or the contract is not known."""
        if self.contract is None:
            raise UnknownType(f"{self.event_id} is of a type that this build does not know")
        return Stored(
            self.event_id,
            self.stream,
            self.sequence,
            self.recorded_at,
            parse(self.contract, self.value, self.event_id, keys),
        )


def parse(contract: Contract, value: bytes | str, event_id: UUID, keys: Keys) -> DomainEvent:
    """JSON data to the event. Raises Unreadable without quoting the content."""
    kind = contract.event
    try:
        if not kind.sealed_fields():
            event: DomainEvent = kind.__pydantic_validator__.validate_json(value)
            return event
        return kind.model_validate(open_fields(kind, orjson.loads(value), event_id, keys), strict=False)
    except BROKEN as broken:
        # No `from`: pydantic's message quotes the values that it refuses, and they may be somebody's.
        raise Unreadable(
            f"{contract.ce_type} {event_id}: {type(broken).__name__}, the data do not fit the contract"
        ) from None


def opened(record: Record, context: str, keys: Keys) -> Stored:
    """An event of the store, read back by its own service."""
    contract = BY_TYPE[ce_type(context, record.type, record.schema_version)]
    event = parse(contract, record.data, record.event_id, keys)
    return Stored(record.event_id, record.stream, record.sequence, record.recorded_at, event)


def ce_type(context: str, name: str, version: int) -> str:
    return f"it.insiemeperillavoro.{context}.{name}.v{version}"


def metadata_of(correlation_id: str, causation_id: str | None, traceparent: str | None) -> str:
    return orjson.dumps({"correlation": correlation_id, "causation": causation_id, "traceparent": traceparent}).decode()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is the same in every record of one type."""

    contract: Contract
    source: bytes
    ce_type: bytes
    schema: bytes


@cache
def _kind(context: str, name: str, version: int) -> _Kind:
    kind = ce_type(context, name, version)
    return _Kind(BY_TYPE[kind], f"{SOURCE}{context}".encode(), kind.encode(), f"{SCHEMA}{kind}".encode())


@lru_cache(maxsize=4096)
def _start(day: date) -> bytes:
    """Business dates repeat, and their instant in Rome is dear."""
    return start_of(day).isoformat().encode()


def outgoing(record: Record, context: str) -> tuple[Outgoing, Outgoing | None]:
    """The complete record, and the reduced one where the contract has one for signatories."""
    kind = _kind(context, record.type, record.schema_version)
    metadata = orjson.loads(record.metadata)
    key = record.stream.encode()

    def headers(schema: bytes, classification: bytes) -> list[tuple[str, bytes]]:
        found = [
            ("ce_specversion", b"1.0"),
            ("ce_id", event_id),
            ("ce_source", kind.source),
            ("ce_type", kind.ce_type),
            ("ce_subject", key),
            ("ce_time", started),
            ("ce_dataschema", schema),
            ("ce_partitionkey", key),
            ("ce_sequence", sequence),
            ("ce_recordedtime", recorded),
            ("ce_correlationid", correlation),
            ("ce_dataclassification", classification),
            ("content-type", b"application/json"),
        ]
        if metadata["causation"]:
            found.append(("ce_causationid", metadata["causation"].encode()))
        if metadata["traceparent"]:
            found.append(("ce_traceparent", metadata["traceparent"].encode()))
        return found

    event_id = str(record.event_id).encode()
    started = _start(record.occurred_on)
    sequence = b"%d" % record.sequence
    recorded = record.recorded_at.isoformat().encode()
    correlation = metadata["correlation"].encode()
    stamp = int(record.recorded_at.timestamp() * 1000)
    complete = headers(kind.schema, b"restricted")
    if record.predecessor is not None:
        complete.append(("ce_predecessor", str(record.predecessor).encode()))
    reduced = None
    if kind.contract.reduced is not None:
        data = orjson.loads(record.data)
        value = orjson.dumps({name: data[name] for name in kind.contract.reduced if name in data})
        reduced = Outgoing(key, value, headers(kind.schema + b".party", b"party"), stamp)
    return Outgoing(key, record.data.encode(), complete, stamp), reduced


def stored_again(event: Received) -> Record:
    """The store's record of an event of the restricted topic: what `outgoing` was given. Its type must be known."""
    assert event.contract is not None
    found = {name: value.decode() for name, value in event.record.headers}
    return Record(
        event.event_id,
        event.stream,
        event.sequence,
        event.contract.name,
        event.contract.event.schema_version,
        event.value.decode(),
        metadata_of(event.correlation_id, found.get("ce_causationid"), event.traceparent),
        business_date(datetime.fromisoformat(found["ce_time"])),
        event.recorded_at,
        event.predecessor,
    )


def received(record: KafkaRecord) -> Received:
    """Reads the attributes of a record. Raises Unreadable; never any other exception.

    What passes fits the columns that it will be written to: no NUL, no number or name beyond their bounds.
    """
    try:
        found = {name: value for name, value in record.headers if name.startswith("ce_")}
        # All of them at once: a line feed is no part of any other character.
        if "\0" in b"\n".join(found.values()).decode():
            raise ValueError
        kind = found["ce_type"].decode()
        stream = found["ce_subject"].decode()
        event_id = UUID(found["ce_id"].decode())
        sequence = int(found["ce_sequence"])
        recorded_at = datetime.fromisoformat(found["ce_recordedtime"].decode())
        predecessor = UUID(found["ce_predecessor"].decode()) if "ce_predecessor" in found else None
        if not STREAM.fullmatch(stream) or not 0 < sequence <= HIGHEST or recorded_at.tzinfo is None:
            raise ValueError
    except BROKEN:
        raise Unreadable(
            f"{record.topic}[{record.partition}]@{record.offset} has no readable event attributes"
        ) from None
    if record.value is None or record.key != stream.encode():
        raise Unreadable(
            f"{record.topic}[{record.partition}]@{record.offset} has no value, or a key that is not its stream"
        )
    return Received(
        BY_TYPE.get(kind),
        kind,
        event_id,
        stream,
        sequence,
        predecessor,
        recorded_at,
        found.get("ce_correlationid", b"").decode(),
        found["ce_traceparent"].decode() if "ce_traceparent" in found else None,
        record.value,
        record.partition,
        record.offset,
        record,
    )
