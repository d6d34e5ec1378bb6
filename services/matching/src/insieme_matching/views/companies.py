"""The view of companies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import CompanyContacted, CompanyRegistered
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.company import Active, Company, NotRegistered, Registered

COMPANIES = sa.Table(
    "companies",
    sa.MetaData(schema="views"),
    sa.Column("company_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("size", sa.Text, nullable=False),
    sa.Column("ateco_version", sa.Text, nullable=False),
    sa.Column("ateco_section", sa.Text, nullable=False),
    sa.Column("comune", sa.Text, nullable=False),
    sa.Column("introduced_by", sa.Text),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("last_contact_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)

INSERT = """
insert into views.companies
    (company_id, status, size, ateco_version, ateco_section, comune, introduced_by, registered_on, version)
values (%s, 'registered', %s, %s, %s, %s, %s, %s, 1)
"""
UPDATE = """
update views.companies set status = %s, size = %s, last_contact_on = greatest(last_contact_on, %s), version = %s
where company_id = %s
"""
KNOWN = "select company_id from views.companies where company_id = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[Company]]) -> None:
    new = [stored.event for change in changes for stored in change.events]
    inserts = [
        (e.company_id, e.size, e.ateco_version, e.ateco_section, e.comune, e.introduced_by, e.occurred_on)
        for e in new
        if isinstance(e, CompanyRegistered)
    ]
    updates = []
    for change in changes:
        contacts = [s.event.occurred_on for s in change.events if isinstance(s.event, CompanyContacted)]
        match change.after:
            case NotRegistered():
                continue
            case Registered(size=size):
                status = "registered"
            case Active(size=size):
                status = "active"
            case _:
                assert_never(change.after)
        updates.append((status, size, max(contacts, default=None), change.sequence, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)


async def known(connection: Connection, companies: Collection[UUID]) -> frozenset[UUID]:
    """Those of these companies that are registered."""
    cursor = await connection.execute(KNOWN, (list(companies),))
    return frozenset(company_id for (company_id,) in await cursor.fetchall())
