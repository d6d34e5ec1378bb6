"""The view of the registers: one row per entry, with what its kind holds as JSON."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from insieme_events.contracts.governance_registers import DeskClosed, RecordedEntry
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.registers.entry import EntryGone, NotRecorded, Recorded, RegisterEntry
from insieme_governance.registers.kinds import BY_EVENT, VOIDED

ENTRIES = sa.Table(
    "entries",
    sa.MetaData(schema="views"),
    sa.Column("entry_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("recorded_on", sa.Date, nullable=False),
    sa.Column("parties", ARRAY(sa.Text), nullable=False),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("adopted_by", ARRAY(sa.Text), nullable=False),
    sa.Column("shared_with", ARRAY(sa.Text), nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.Column("corrected", sa.Boolean, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
ENVELOPE = {"entry_id", "corrects", "occurred_on", "by"}

PUT = """
insert into views.entries as r
    (entry_id, kind, status, recorded_on, parties, facts, adopted_by, shared_with, ended_on, corrected, event_id,
     version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (entry_id) do update set
    status = excluded.status, recorded_on = excluded.recorded_on, parties = excluded.parties, facts = excluded.facts,
    adopted_by = excluded.adopted_by, shared_with = excluded.shared_with,
    ended_on = coalesce(excluded.ended_on, r.ended_on), corrected = excluded.corrected,
    event_id = coalesce(excluded.event_id, r.event_id), version = excluded.version
"""
LAST_EVENTS = "select entry_id, event_id from views.entries where entry_id = any(%s)"
OF_KIND = "select entry_id from views.entries where kind = %s and status <> %s and entry_id = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[RegisterEntry]]) -> None:
    last = await last_events(connection, [change.stream_id for change in changes])
    rows = []
    for change in changes:
        match change.after:
            case NotRecorded():
                continue
            case Recorded() as entry:
                status = entry.status
            case EntryGone(was=entry):
                status = VOIDED
        recorded = [s.event_id for s in change.events if isinstance(s.event, RecordedEntry)]
        closed = [s.event.occurred_on for s in change.events if isinstance(s.event, DeskClosed)]
        kind = BY_EVENT[type(entry.fact)]
        rows.append(
            (
                change.stream_id,
                kind.name,
                status,
                entry.fact.occurred_on,
                list(kind.parties_of(entry.fact)),
                Jsonb(entry.fact.model_dump(mode="json", exclude=ENVELOPE)),
                list(entry.adopted_by),
                list(entry.shared_with),
                closed[-1] if closed else None,
                entry.corrected,
                recorded[-1] if recorded else last[change.stream_id],
                change.sequence,
            )
        )
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)


async def last_events(connection: Connection, entries: Collection[UUID]) -> dict[UUID, UUID]:
    """The event that recorded each of these entries last."""
    if not entries:
        return {}
    cursor = await connection.execute(LAST_EVENTS, (list(entries),))
    return dict(await cursor.fetchall())


async def of_kind(connection: Connection, kind: str, entries: Collection[UUID]) -> frozenset[UUID]:
    """Those of these entries that are of that kind and stand."""
    if not entries:
        return frozenset()
    cursor = await connection.execute(OF_KIND, (kind, VOIDED, list(entries)))
    return frozenset(entry_id for (entry_id,) in await cursor.fetchall())
