"""The view of needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import NeedDeclared, NeedSigned
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.need import Converted, Declared, Expired, Need, NotDeclared
from insieme_matching.views import reservations

NEEDS = sa.Table(
    "needs",
    sa.MetaData(schema="views"),
    sa.Column("need_id", sa.Uuid, primary_key=True),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("positions", sa.Integer, nullable=False),
    sa.Column("declared_on", sa.Date, nullable=False),
    sa.Column("horizon", sa.Date, nullable=False),
    sa.Column("vacancy_id", sa.Uuid),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("signed_on", sa.Date),
)

INSERT = """
insert into views.needs (need_id, company_id, status, profile, positions, declared_on, horizon, version)
values (%s, %s, 'declared', %s, %s, %s, %s, 1)
"""
UPDATE = "update views.needs set status = %s, vacancy_id = %s, version = %s where need_id = %s"
SIGN = "update views.needs set signed_on = %s where need_id = %s"


async def write(connection: Connection, changes: Sequence[Change[Need]]) -> None:
    new = [stored.event for change in changes for stored in change.events]
    inserts = [
        (e.need_id, e.company_id, e.profile, e.positions, e.occurred_on, e.horizon)
        for e in new
        if isinstance(e, NeedDeclared)
    ]
    updates: list[tuple[str, UUID | None, int, UUID]] = []
    for change in changes:
        match change.after:
            case NotDeclared():
                continue
            case Declared():
                updates.append(("declared", None, change.sequence, change.stream_id))
            case Converted(vacancy_id=vacancy_id):
                updates.append(("converted", vacancy_id, change.sequence, change.stream_id))
            case Expired():
                updates.append(("expired", None, change.sequence, change.stream_id))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(SIGN, [(e.occurred_on, e.need_id) for e in new if isinstance(e, NeedSigned)])
    await reservations.write(connection, changes)
