"""given these events, then these facts: a projection on a real database.

facts = await projected(connection, DEFINITION)
await facts.given(history("case-…", enrolled, taken_in_charge))
await facts.then(CaseRow(...))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from psycopg import sql

from insieme_events.contracts import DomainEvent
from insieme_events.envelope import Stored
from insieme_events.projection import (
    FactDefinition,
    FactRow,
    ProjectionDefinition,
    ProjectionHandler,
    columns,
    content,
    create_tables,
)
from insieme_events.store import Connection

FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def history(stream: str, *events: DomainEvent, first: int = 1) -> list[Stored]:
    """These events as one stream from sequence `first` on; ids and instants follow from stream and sequence."""
    return [
        Stored(uuid5(NAMESPACE_URL, f"{stream}/{number}"), stream, number, FIRST + timedelta(hours=number), event)
        for number, event in enumerate(events, first)
    ]


@dataclass
class Facts:
    """The tables of one projection version in a schema of its own."""

    connection: Connection
    definition: ProjectionDefinition
    schema: str

    async def given(self, *histories: Sequence[Stored], batch: int = 1000) -> Facts:
        """Applies the events in batches of that size, in the order in which they are given."""
        handler = ProjectionHandler(self.definition, self.schema)
        events = [stored for events in histories for stored in events]
        for start in range(0, len(events), batch):
            await handler.apply(self.connection, events[start : start + batch])
        return self

    async def then(self, *expected: FactRow) -> None:
        """The facts as last known are exactly these, of the row types that are named."""
        for kind in {type(row) for row in expected}:
            last = {tuple(getattr(row, name) for name in kind.key): row for row in await self.versions(kind)}
            assert sorted(map(repr, last.values())) == sorted(repr(row) for row in expected if type(row) is kind)

    async def then_none(self, kind: type[FactRow]) -> None:
        assert await self.versions(kind) == []

    async def versions(self, kind: type[FactRow]) -> list[Any]:
        """Every version row of a fact type, by key and sequence."""
        query = sql.SQL("select {} from {} order by {}, sequence").format(
            sql.SQL(", ").join(map(sql.Identifier, columns(kind))),
            sql.Identifier(self.schema, kind.table),
            sql.SQL(", ").join(map(sql.Identifier, kind.key)),
        )
        return [kind(*values) for values in await (await self.connection.execute(query)).fetchall()]

    async def bytes_of(self, fact: FactDefinition) -> bytes:
        return await content(self.connection, fact, self.schema)


async def projected(connection: Connection, definition: ProjectionDefinition, schema: str | None = None) -> Facts:
    """Empty tables of this definition; the connection's role may make schemas."""
    name = schema or definition.schema
    await connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))
    await create_tables(connection, definition, name)
    return Facts(connection, definition, name)
