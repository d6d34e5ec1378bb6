"""One digest over the stores: types, business data and order per stream, whatever event ids, keys and instants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from uuid import UUID

import orjson

from insieme_demo.happening import Kind
from insieme_demo.load import Services
from insieme_events.catalogue import contract_of
from insieme_events.contracts import DomainEvent
from insieme_events.envelope import opened
from insieme_events.service import Running
from insieme_events.store import COLUMNS, Record
from insieme_events.vault import Keys

ANSWER = "(type = 'ErasureCompleted')"
"""What the services answer to an erasure on the day of the load."""
EVENT_IDS = frozenset({"corrects", "voids"})
STREAMS = "select distinct stream from events.events where split_part(stream, '-', 1) = any(%s)"
"""Those of the aggregates that the history speaks to: what governance was founded with is not part of it."""
EVENTS = f"select {COLUMNS} from events.events where stream = any(%s) and not {ANSWER}"
ERASED = "select person_id from views.persons where erased_on is not null"
CHUNK = 1000


async def digest(of: Services) -> str:
    """Sealed values are compared opened, those of who was erased as erased, whether the key is gone already or not.

    The same seed and scale give the same digest, on any servers.
    """
    async with of.intake.pool.connection() as connection:
        erased = {person_id for (person_id,) in await (await connection.execute(ERASED)).fetchall()}
    return whole([await _of_store(service, erased) for service in of.told])


def whole(stores: Iterable[bytes]) -> str:
    """The digest of the stores in the order in which they are told (`Services.told`)."""
    found = blake2b(digest_size=16)
    for store in stores:
        found.update(store)
    return found.hexdigest()


def of_events(streams: Mapping[str, Sequence[DomainEvent]]) -> bytes:
    """The digest of one store from its events, each stream in its order."""
    found = blake2b()
    for stream in sorted(streams):
        for number, event in enumerate(streams[stream], start=1):
            found.update(line(stream, number, event))
    return found.digest()


async def _of_store(service: Running, erased: Collection[UUID]) -> bytes:
    found = blake2b()
    async with service.pool.connection() as connection:
        # Sorted here and not by the server, whose collation may be another one elsewhere.
        found_streams = await connection.execute(STREAMS, ([kind.value for kind in Kind],))
        streams = sorted(stream for (stream,) in await found_streams.fetchall())
    for first in range(0, len(streams), CHUNK):
        # A transaction for each chunk: a slow machine works on one for longer than the server lets one stand idle.
        async with service.pool.connection() as connection:
            rows = await (await connection.execute(EVENTS, (streams[first : first + CHUNK],))).fetchall()
        records = sorted((Record(*row) for row in rows), key=lambda record: (record.stream, record.sequence))
        keys: Keys = {}
        if service.keys is not None:
            keys = await service.keys.read({UUID(d["person_id"]) for d in map(_data, records) if "person_id" in d})
            keys = {**keys, **dict.fromkeys(erased)}
        for record in records:
            event = opened(record, service.definition.name, keys).event
            found.update(line(record.stream, record.sequence, event))
    return found.digest()


def _data(record: Record) -> dict[str, str]:
    data: dict[str, str] = orjson.loads(record.data)
    return data


def line(stream: str, number: int, event: DomainEvent) -> bytes:
    """What is compared of one event."""
    data = event.model_dump(mode="json", exclude=set(EVENT_IDS))
    # Which fields are empty says that something is named there, though not by which event id.
    named = sorted(name for name in EVENT_IDS if getattr(event, name, None) is not None)
    return orjson.dumps([stream, number, contract_of(event).name, event.schema_version, data, named])
