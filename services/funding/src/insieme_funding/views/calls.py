"""The view of calls (P43)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.funding_projects import CallOpened
from insieme_events.contracts.vocabulary import Strand
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.call import Call, Closed, NotOpened, Open
from insieme_funding.project import CallSeen

CALLS = sa.Table(
    "calls",
    sa.MetaData(schema="views"),
    sa.Column("call_id", sa.Uuid, primary_key=True),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

INSERT = """
insert into views.calls (call_id, strand, status, opened_on, last_day, version) values (%s, %s, 'open', %s, %s, 1)
"""
UPDATE = """
update views.calls set status = %s, last_day = least(last_day, %s), version = %s where call_id = %s
"""
SEEN = "select call_id, strand, opened_on, last_day from views.calls where call_id = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[Call]]) -> None:
    new = [stored.event for change in changes for stored in change.events]
    inserts = [(e.call_id, e.strand, e.occurred_on, e.closes_on) for e in new if isinstance(e, CallOpened)]
    updates: list[tuple[str, date, int, UUID]] = []
    for change in changes:
        match change.after:
            case NotOpened():
                continue
            case Open(closes_on=closes_on):
                updates.append(("open", closes_on, change.sequence, change.stream_id))
            case Closed(closed_on=closed_on):
                updates.append(("closed", closed_on - timedelta(days=1), change.sequence, change.stream_id))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)


async def seen(connection: Connection, calls: Collection[UUID]) -> dict[UUID, CallSeen]:
    rows = await (await connection.execute(SEEN, (list(calls),))).fetchall()
    return {call_id: CallSeen(Strand(strand), opened_on, last_day) for call_id, strand, opened_on, last_day in rows}
