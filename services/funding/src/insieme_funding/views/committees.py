"""The views of committees, their members and declared conflicts (I2; P63, P64)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.funding_committees import CommitteeAppointed, CommitteeKind, ConflictDeclared
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.committee import Appointed, Committee, Ended, NotAppointed
from insieme_funding.panel import Panel

COMMITTEES = sa.Table(
    "committees",
    sa.MetaData(schema="views"),
    sa.Column("committee_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
MEMBERS = sa.Table(
    "committee_members",
    sa.MetaData(schema="views"),
    sa.Column("committee_id", sa.Uuid, primary_key=True),
    sa.Column("member_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.Text, nullable=False),
)
CONFLICTS = sa.Table(
    "conflicts",
    sa.MetaData(schema="views"),
    sa.Column("committee_id", sa.Uuid, primary_key=True),
    sa.Column("member_id", sa.Uuid, primary_key=True),
    sa.Column("project_id", sa.Uuid, primary_key=True),
    sa.Column("declared_on", sa.Date, nullable=False),
)

INSERT = """
insert into views.committees (committee_id, kind, status, since, until, version) values (%s, %s, 'appointed', %s, %s, 1)
"""
INSERT_MEMBER = "insert into views.committee_members (committee_id, member_id, party) values (%s, %s, %s)"
INSERT_CONFLICT = """
insert into views.conflicts (committee_id, member_id, project_id, declared_on) values (%s, %s, %s, %s)
"""
# A conflict that comes out after the money was granted undoes nothing, and must be seen.
FLAG_LATE = """
update views.projects set conflict_late = true where project_id = %s and %s = any(took_part) and funded_on is not null
"""
UPDATE = "update views.committees set status = %s, until = %s, version = %s where committee_id = %s"
PANELS = """
select c.committee_id, c.kind, c.since, c.until, m.member_id, m.party
from views.committees c join views.committee_members m using (committee_id) where c.committee_id = any(%s)
order by m.member_id
"""
IN_CONFLICT = "select project_id, member_id from views.conflicts where project_id = any(%s)"
OVERLAPPING = """
select exists (select from views.committees
    where kind = %s and committee_id <> %s and since <= %s and until >= %s and until >= since)
"""


async def write(connection: Connection, changes: Sequence[Change[Committee]]) -> None:
    inserts, members, conflicts, late = [], list[tuple[Any, ...]](), [], []
    updates = list[tuple[Any, ...]]()
    for change in changes:
        for stored in change.events:
            match stored.event:
                case CommitteeAppointed() as e:
                    inserts.append((e.committee_id, e.kind, e.occurred_on, e.mandate_to))
                    members.extend((e.committee_id, member.member_id, member.party) for member in e.members)
                case ConflictDeclared() as e:
                    conflicts.append((e.committee_id, e.member_id, e.project_id, e.occurred_on))
                    late.append((e.project_id, e.member_id))
                case _:
                    pass
        match change.after:
            case NotAppointed():
                continue
            case Appointed(until=until):
                updates.append(("appointed", until, change.sequence, change.stream_id))
            case Ended(ended_on=ended_on):
                updates.append(("ended", ended_on - timedelta(days=1), change.sequence, change.stream_id))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(INSERT_MEMBER, members)
        await cursor.executemany(INSERT_CONFLICT, conflicts)
        await cursor.executemany(FLAG_LATE, late)
        await cursor.executemany(UPDATE, updates)


async def panels(connection: Connection, committees: Collection[UUID]) -> dict[UUID, Panel]:
    """These committees with their members; those that were never appointed are left out."""
    found: dict[UUID, Panel] = {}
    members: dict[UUID, dict[UUID, str]] = {}
    cursor = await connection.execute(PANELS, (list(committees),))
    for committee_id, kind, since, until, member_id, party in await cursor.fetchall():
        sits = members.setdefault(committee_id, {})
        sits[member_id] = party
        found[committee_id] = Panel(committee_id, CommitteeKind(kind), since, until, sits)
    return found


async def conflicted(connection: Connection, projects: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Who declared a conflict with each of these projects, in whichever committee."""
    found: dict[UUID, set[UUID]] = {}
    cursor = await connection.execute(IN_CONFLICT, (list(projects),))
    for project_id, member_id in await cursor.fetchall():
        found.setdefault(project_id, set()).add(member_id)
    return {project_id: frozenset(members) for project_id, members in found.items()}


async def overlapping(connection: Connection, committee_id: UUID, kind: str, since: date, until: date) -> bool:
    """Whether another committee of the kind has a mandate in these days."""
    row = await (await connection.execute(OVERLAPPING, (kind, committee_id, until, since))).fetchone()
    return row is not None and bool(row[0])
