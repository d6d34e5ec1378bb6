"""A projection version of reporting beside the one that runs: its schema, its tables, its content."""

from __future__ import annotations

import psycopg

from insieme_events.projection import content, create_tables
from insieme_local.provision import Provisioned
from insieme_reporting.versions import NEWEST

DEFINITION = NEWEST.definition


async def make(provisioned: Provisioned, schema: str) -> None:
    """The tables of a version, made by reporting's own role, as the service does at its start."""
    async with await psycopg.AsyncConnection.connect(provisioned.urls["reporting"]) as connection:
        await create_tables(connection, DEFINITION, schema)


async def bytes_of(provisioned: Provisioned, schema: str) -> dict[str, bytes]:
    """Per fact table everything that stands in it."""
    async with await psycopg.AsyncConnection.connect(provisioned.urls["reporting"]) as connection:
        return {fact.row.table: await content(connection, fact, schema) for fact in DEFINITION.facts}
