"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from insieme_matching import directory
from insieme_matching.views import (
    candidacies,
    companies,
    employments,
    internships,
    needs,
    profiles,
    reservations,
    vacancies,
)

TABLES = [
    directory.COMPANIES,
    companies.COMPANIES,
    needs.NEEDS,
    vacancies.VACANCIES,
    candidacies.CANDIDACIES,
    employments.EMPLOYMENTS,
    employments.LINKS,
    employments.SUPPORTS,
    internships.INTERNSHIPS,
    internships.MONTHS,
    profiles.PROFILES,
    reservations.RESERVATIONS,
]
NAMES = {"uuid": "UUID", "text": "TEXT", "integer": "INTEGER", "date": "DATE", "boolean": "BOOLEAN", "ARRAY": "TEXT[]"}
DECLARED = """
select column_name, data_type, is_nullable = 'YES' from information_schema.columns
where table_schema = %s and table_name = %s order by ordinal_position
"""


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(matching: Any, table: sa.Table) -> None:
    made = await matching.rows(DECLARED, table.schema, table.name)
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    assert [(column.name, column.type.compile(dialect), column.nullable) for column in table.columns] == [
        (name, NAMES[kind], nullable) for name, kind, nullable in made
    ]
