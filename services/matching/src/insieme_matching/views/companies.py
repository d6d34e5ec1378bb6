"""The view of companies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import CompaniesMerged, CompanyContacted, CompanyIntroduced, CompanyRegistered
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.company import Active, Company, Merged, NotRegistered, Registered

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
    sa.Column("merged_into", sa.Uuid),
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
MERGED = "update views.companies set status = 'merged', version = %s where company_id = %s"
INTRODUCE = "update views.companies set introduced_by = %s where company_id = %s"
KNOWN = "select company_id from views.companies where company_id = any(%s) and merged_into is null"
MERGE = "update views.companies set merged_into = %(kept)s where company_id = %(merged)s or merged_into = %(merged)s"
CONTACTS = """
update views.companies k set last_contact_on = greatest(k.last_contact_on, m.last_contact_on)
from views.companies m where k.company_id = %(kept)s and m.company_id = %(merged)s
"""
# Views follow: what stood under the id that was given up stands under the other one now.
FOLLOW = tuple(
    f"update views.{table} set company_id = %(kept)s where company_id = %(merged)s"
    for table in ("needs", "vacancies", "employments", "internships", "reservations")
)
ALIKE = """
select asked.company_id, other.company_id from views.companies asked join views.companies other
    on coalesce(other.merged_into, other.company_id) = coalesce(asked.merged_into, asked.company_id)
where asked.company_id = any(%s)
"""


async def write(connection: Connection, changes: Sequence[Change[Company]]) -> None:
    new = [stored.event for change in changes for stored in change.events]
    inserts = [
        (e.company_id, e.size, e.ateco_version, e.ateco_section, e.comune, e.introduced_by, e.occurred_on)
        for e in new
        if isinstance(e, CompanyRegistered)
    ]
    updates, merged = list[tuple[Any, ...]](), list[tuple[int, UUID]]()
    for change in changes:
        contacts = [s.event.occurred_on for s in change.events if isinstance(s.event, CompanyContacted)]
        match change.after:
            case NotRegistered():
                continue
            case Registered(size=size):
                status = "registered"
            case Active(size=size):
                status = "active"
            case Merged():
                merged.append((change.sequence, change.stream_id))
                continue
            case _:
                assert_never(change.after)
        updates.append((status, size, max(contacts, default=None), change.sequence, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(MERGED, merged)
        await cursor.executemany(
            INTRODUCE, [(e.by_party, e.company_id) for e in new if isinstance(e, CompanyIntroduced)]
        )
        for event in [e for e in new if isinstance(e, CompaniesMerged)]:
            for statement in (MERGE, CONTACTS, *FOLLOW):
                await cursor.execute(statement, {"kept": event.company_id, "merged": event.merged_id})


async def known(connection: Connection, companies: Collection[UUID]) -> frozenset[UUID]:
    """Those of these companies that are registered, and whose id has not been given up."""
    cursor = await connection.execute(KNOWN, (list(companies),))
    return frozenset(company_id for (company_id,) in await cursor.fetchall())


async def alike(connection: Connection, companies: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Of each of these companies every id that stands for it, its own too."""
    found: dict[UUID, frozenset[UUID]] = {}
    cursor = await connection.execute(ALIKE, (list(companies),))
    for company_id, other in await cursor.fetchall():
        found[company_id] = found.get(company_id, frozenset()) | {other}
    return found
