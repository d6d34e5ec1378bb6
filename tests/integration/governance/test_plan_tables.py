"""The tables of the plan that reads are written against are those that the migration makes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from insieme_events.testing.http import Served
from insieme_governance.views import board, entries, plan_years, presentations, studies

TABLES = [
    plan_years.PLAN_YEARS,
    plan_years.COMMITMENTS,
    plan_years.MISSING,
    plan_years.CEILINGS,
    plan_years.ACTIONS,
    board.MEMBERSHIPS,
    presentations.PRESENTATIONS,
    studies.STUDIES,
    studies.MILESTONES,
    entries.ENTRIES,
]
NAMES = {
    "uuid": "UUID",
    "text": "TEXT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "ARRAY": "TEXT[]",
    "jsonb": "JSONB",
}
DECLARED = """
select column_name, data_type, is_nullable = 'YES' from information_schema.columns
where table_schema = %s and table_name = %s order by ordinal_position
"""


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(governance: Served, table: sa.Table) -> None:
    made = await governance.rows(DECLARED, table.schema, table.name)
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    assert [(column.name, column.type.compile(dialect), column.nullable) for column in table.columns] == [
        (name, NAMES[kind], nullable) for name, kind, nullable in made
    ]
