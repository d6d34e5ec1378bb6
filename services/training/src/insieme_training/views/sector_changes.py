"""The view of declarations of a change of sector; the sectors are opened values, blanked on erasure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import sqlalchemy as sa

from insieme_events.contracts import Erased
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_events.upserts import upsert
from insieme_training.sector_change import Blanked, Declared, NoDeclaration, Revoked, SectorChange

SECTOR_CHANGES = sa.Table(
    "sector_changes",
    sa.MetaData(schema="views"),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("declared_on", sa.Date, nullable=False),
    sa.Column("ateco_version", sa.Text),
    sa.Column("from_section", sa.Text),
    sa.Column("to_section", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)
PUT = upsert(SECTOR_CHANGES)


async def write(connection: Connection, changes: Sequence[Change[SectorChange]]) -> None:
    rows: list[tuple[Any, ...]] = []
    for change in changes:
        match change.after:
            case NoDeclaration():
                continue
            case Declared() as declared:
                rows.append(row(declared, "declared", change.sequence))
            case Revoked(declared=declared):
                rows.append(row(declared, "revoked", change.sequence))
            case Blanked(person_id=person_id, declared_on=declared_on):
                rows.append((person_id, "erased", declared_on, None, None, None, change.sequence))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)


def row(declared: Declared, status: str, version: int) -> tuple[Any, ...]:
    sections = readable(declared.from_section), readable(declared.to_section)
    return (declared.person_id, status, declared.on, declared.ateco_version, *sections, version)


def readable(value: str | Erased | None) -> str | None:
    return None if isinstance(value, Erased) else value
