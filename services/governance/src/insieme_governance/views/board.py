"""The view of the Board: every membership with its days; its unique index admits one active per company (P59)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.board_membership import MEMBER_ALREADY, BoardMembership

MEMBERSHIPS = sa.Table(
    "board_memberships",
    sa.MetaData(schema="views"),
    sa.Column("company_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("root", sa.Uuid, nullable=False),
    sa.Column("joined_on", sa.Date, nullable=False),
    sa.Column("left_on", sa.Date),
    sa.Column("adhesion_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
UNIQUE = {"one_active_membership": MEMBER_ALREADY.about(since="an earlier day")}

# Those that end come first: a merge ends one membership and begins the other in the same transaction.
END = """
update views.board_memberships set left_on = %s, version = %s where company_id = %s and left_on is null
"""
BEGIN = """
insert into views.board_memberships (company_id, number, root, joined_on, adhesion_on, version)
select %(company)s, count(*) + 1, %(company)s, %(on)s, %(adhesion)s, %(version)s
from views.board_memberships where company_id = %(company)s
"""
SINCE = "select company_id, joined_on from views.board_memberships where company_id = any(%s) and left_on is null"


async def write(connection: Connection, changes: Sequence[Change[BoardMembership]]) -> None:
    ends, begins = [], []
    for change in changes:
        for stored in change.events:
            match stored.event:
                case CompanyLeftBoard(company_id=company_id, occurred_on=on):
                    ends.append((on, stored.sequence, company_id))
                case CompanyJoinedBoard(company_id=company_id, occurred_on=on) as joined:
                    values = {"company": company_id, "on": on, "adhesion": joined.adhesion_on}
                    begins.append({**values, "version": stored.sequence})
                case _:
                    continue
    async with connection.cursor() as cursor:
        await cursor.executemany(END, ends)
        await cursor.executemany(BEGIN, begins)


async def since(connection: Connection, companies: Collection[UUID]) -> dict[UUID, date]:
    """Since when each of these ids is a member; those that are none are left out."""
    if not companies:
        return {}
    cursor = await connection.execute(SINCE, (list(companies),))
    return dict(await cursor.fetchall())
