"""The views of the annual presentations and of the frozen sets that may be presented (P56)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.governance_plan import AnnualResultsPresented
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.presentation import PRESENTED_ALREADY, AnnualPresentation, Due, Overdue, Presented

PRESENTATIONS = sa.Table(
    "presentations",
    sa.MetaData(schema="views"),
    sa.Column("presentation_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("presented_on", sa.Date),
    sa.Column("snapshot_id", sa.Uuid),
    sa.Column("snapshot_hash", sa.Text),
    sa.Column("comune", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
UNIQUE = {"one_presentation": PRESENTED_ALREADY}

OVERDUE = """
insert into views.presentations (presentation_id, year, status, late, version) values (%s, %s, 'overdue', true, %s)
"""
PRESENTED = """
insert into views.presentations
    (presentation_id, year, status, presented_on, snapshot_id, snapshot_hash, comune, kind, late, version)
values (%s, %s, 'presented', %s, %s, %s, %s, %s, %s, %s)
on conflict (presentation_id) do update set
    status = excluded.status, presented_on = excluded.presented_on, snapshot_id = excluded.snapshot_id,
    snapshot_hash = excluded.snapshot_hash, comune = excluded.comune, kind = excluded.kind, late = excluded.late,
    version = excluded.version
"""
HASHES = "select snapshot_id, hash from views.snapshots where snapshot_id = any(%s)"
KNOWN_YEARS = "select year from views.presentations where year = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[AnnualPresentation]]) -> None:
    overdue, presented = [], []
    for change in changes:
        match change.after:
            case Due():
                continue
            case Overdue(year=year):
                overdue.append((change.stream_id, year, change.sequence))
            case Presented():
                e = change.events[-1].event
                assert isinstance(e, AnnualResultsPresented)
                what = (e.snapshot_id, e.snapshot_hash, e.comune, e.kind, e.late)
                presented.append((change.stream_id, e.year, e.occurred_on, *what, change.sequence))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(OVERDUE, overdue)
        await cursor.executemany(PRESENTED, presented)


async def hashes(connection: Connection, snapshots: Collection[UUID]) -> dict[UUID, str]:
    """The hash of each of these frozen sets; one that nobody has heard of is left out."""
    if not snapshots:
        return {}
    cursor = await connection.execute(HASHES, (list(snapshots),))
    return dict(await cursor.fetchall())


async def known(connection: Connection, years: Collection[int]) -> frozenset[int]:
    """Those of these years whose presentation was held, or noted as late."""
    cursor = await connection.execute(KNOWN_YEARS, (list(years),))
    return frozenset(year for (year,) in await cursor.fetchall())
