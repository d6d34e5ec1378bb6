"""A service's part of what is held of one person: its events with their sealed values opened (GDPR art. 15, 20)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import orjson

from insieme_events import store
from insieme_events.catalogue import BY_TYPE
from insieme_events.envelope import ce_type, opened
from insieme_events.store import Connection
from insieme_events.vault import KeyVault


async def events_of(
    connection: Connection, context: str, keys: KeyVault | None, streams: Collection[str]
) -> list[dict[str, Any]]:
    """Every event of these streams of the service's store, by stream and in order; an erased value reads `erased`."""
    loaded = await store.load(connection, streams)
    records = [record for stream in sorted(loaded) for record in loaded[stream]]
    sealed = {
        UUID(orjson.loads(record.data)["person_id"])
        for record in records
        if BY_TYPE[ce_type(context, record.type, record.schema_version)].event.sealed_fields()
    }
    if sealed and keys is None:
        raise RuntimeError("events.no_vault: a stream holds sealed fields, but this service may not read the keys")
    open_with = await keys.read(sealed) if keys is not None else {}
    return [
        {
            "stream": record.stream,
            "sequence": record.sequence,
            "type": record.type,
            "recorded_at": record.recorded_at.isoformat(),
            **opened(record, context, open_with).event.model_dump(mode="json"),
        }
        for record in records
    ]
