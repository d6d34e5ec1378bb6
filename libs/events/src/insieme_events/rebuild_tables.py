"""Tables of a version under rebuild: bare while rows are copied, indexed afterwards, cleared before (decision 2).

An index made at once holds the horizon of every reader of the store; made CONCURRENTLY it does not. So nothing in
here keeps a transaction with writes open for longer than a chunk takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql

from insieme_events.projection import FactDefinition, ProjectionDefinition, fact_table, row_name
from insieme_events.store import Connection

CHUNK = 5000
"""Rows of one deleting transaction."""


async def create_bare(connection: Connection, definition: ProjectionDefinition) -> None:
    """The schema and its tables without any key or index."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    await connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(definition.schema)))
    for fact in definition.facts:
        made = fact_table(fact.row, definition.schema)
        bare = sa.Table(
            made.name,
            sa.MetaData(schema=definition.schema),
            *(sa.Column(column.name, column.type, nullable=column.nullable) for column in made.columns),
        )
        await connection.execute(str(sa.schema.CreateTable(bare).compile(dialect=dialect)))


def indexes(fact: FactDefinition) -> Iterator[tuple[str, Sequence[str]]]:
    """Name and columns of every index beside the primary key, the one by stream first."""
    for names in (("stream", "sequence"), *fact.indexes):
        yield f"{row_name(fact)}_{'_'.join(names)}"[:60], names


async def create_indexes(connection: Connection, definition: ProjectionDefinition) -> None:
    """Key and indexes, as `create_tables` would have made them. The connection commits by itself."""
    for fact in definition.facts:
        table = sql.Identifier(definition.schema, row_name(fact))
        key = sql.Identifier(f"{row_name(fact)}_pkey")
        await _index(connection, sql.SQL("unique index"), key, table, (*fact.row.key, "sequence"))
        await connection.execute(
            sql.SQL("alter table {} add constraint {} primary key using index {}").format(table, key, key)
        )
        for name, names in indexes(fact):
            await _index(connection, sql.SQL("index"), sql.Identifier(name), table, names)
        await connection.execute(sql.SQL("analyze {}").format(table))


async def _index(
    connection: Connection, kind: sql.SQL, name: sql.Identifier, table: sql.Identifier, names: Sequence[str]
) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    await connection.execute(sql.SQL("create {} concurrently {} on {} ({})").format(kind, name, table, columns))


async def drop(connection: Connection, definition: ProjectionDefinition) -> None:
    """The version's tables, one transaction each, then its schema. The connection commits by itself."""
    rows = await connection.execute(
        "select tablename from pg_tables where schemaname = %s order by tablename", (definition.schema,)
    )
    for (name,) in await rows.fetchall():
        await connection.execute(sql.SQL("drop table {}").format(sql.Identifier(definition.schema, name)))
    await connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(definition.schema)))


async def forget(connection: Connection, subscription: str) -> None:
    """Sequences and dead letters of a subscription, chunk by chunk. The connection commits by itself."""
    for table in ("sequences", "dead_letters"):
        statement = sql.SQL(
            "delete from {0} where ctid = any (array(select ctid from {0} where subscription = %s limit %s))"
        ).format(sql.Identifier("events", table))
        while (await connection.execute(statement, (subscription, CHUNK))).rowcount == CHUNK:
            pass


async def copy_sequences(connection: Connection, subscription: str, rows: Sequence[tuple[str, int, str]]) -> None:
    """Stream, sequence and event id of streams that have no row yet, on the open transaction."""
    copy = "copy events.sequences (subscription, stream, sequence, event_id) from stdin"
    text = "".join(f"{subscription}\t{stream}\t{number}\t{event_id}\n" for stream, number, event_id in rows)
    async with connection.cursor() as cursor, cursor.copy(copy) as out:
        await out.write(text)
