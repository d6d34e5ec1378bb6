"""Whether the tables that reads are written against are those that the migrations make."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

Column = tuple[str, str, bool]
"""Its name, its type, and whether it may be null."""

Rows = Callable[..., Awaitable[list[tuple[Any, ...]]]]

DECLARED = """
select a.attname, upper(format_type(a.atttypid, null)), not a.attnotnull from pg_attribute a
where a.attrelid = format('%%I.%%I', %s::text, %s::text)::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


async def made(rows: Rows, table: sa.Table) -> list[Column]:
    """The columns that the database has, in their order."""
    return [(name, kind, nullable) for name, kind, nullable in await rows(DECLARED, table.schema, table.name)]


def said(table: sa.Table) -> list[Column]:
    """The columns that the code names, in their order."""
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    return [(column.name, column.type.compile(dialect), bool(column.nullable)) for column in table.columns]
