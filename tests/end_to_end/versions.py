"""A projection version of reporting beside the one that runs: its schema, its tables, its content."""

from __future__ import annotations

import psycopg
from psycopg import sql

from insieme_events.projection import content, create_tables
from insieme_local.provision import Provisioned
from insieme_reporting.v1.facts import DEFINITION


async def make(provisioned: Provisioned, schema: str) -> None:
    """The tables of a version, in which reporting's own role may write."""
    async with await psycopg.AsyncConnection.connect(provisioned.urls["reporting_owner"]) as connection:
        await create_tables(connection, DEFINITION, schema)
        name = sql.Identifier(schema)
        await connection.execute(sql.SQL("grant usage on schema {} to reporting").format(name))
        await connection.execute(
            sql.SQL("grant select, insert, update on all tables in schema {} to reporting").format(name)
        )


async def bytes_of(provisioned: Provisioned, schema: str) -> dict[str, bytes]:
    """Per fact table everything that stands in it."""
    async with await psycopg.AsyncConnection.connect(provisioned.urls["reporting_owner"]) as connection:
        return {fact.row.table: await content(connection, fact, schema) for fact in DEFINITION.facts}
