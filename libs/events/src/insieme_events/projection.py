"""Facts as versions: one row per event that changes a fact, written in batches (decisions 11 and 13).

A definition says which events make which rows; the framework folds, copies and blanks. No offset, clock or serial
stands in a row, so any split into batches and any refill of the topics gives the same bytes.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from typing import Annotated, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql

from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.contracts.base import SealedFieldsErased
from insieme_events.crash_points import reached
from insieme_events.envelope import Stored
from insieme_events.isolating import Spoiled
from insieme_events.locks import lock
from insieme_events.store import Connection

UNKNOWN = "unknown"
"""What a sealed column reads after the erasure of its person; NULL means "not yet known"."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """Base of the rows: the fields are the columns, in order; UUID, date, str, int, Money, bool, and None where
    allowed.
    """

    context: ClassVar[str]
    stream_name: ClassVar[str]
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    sealed: ClassVar[tuple[str, ...]] = ()


Key = tuple[Any, ...]
Apply = Callable[[Mapping[Key, Any], Stored], Sequence[FactRow]]
"""Latest rows of the event's stream by key, and the event; answers the rows that it changes."""

CAUSE = ("sequence", "stream", "event_id", "recorded_at")
"""Columns that the framework adds to every row: which event made it."""

Money = Annotated[int, sa.BigInteger]
"""A column of euro cents: above 21 million euro they need more than four bytes."""

TYPES: dict[type, Any] = {UUID: sa.Uuid, date: sa.Date, str: sa.Text, int: sa.Integer, bool: sa.Boolean}


@dataclass(frozen=True)
class FactDefinition:
    """How a fact follows from its stream. `events` are the types that may change it; none named means every one.

    Naming them is worth it on a busy stream: of a batch without any of them the fact costs nothing.
    """

    row: type[FactRow]
    apply: Apply
    indexes: tuple[tuple[str, ...], ...] = ()
    events: tuple[type[DomainEvent], ...] = ()

    def wants(self, event: DomainEvent) -> bool:
        if not self.events or isinstance(event, self.events):
            return True
        return bool(self.row.sealed) and isinstance(event, SealedFieldsErased)

    @property
    def key_of(self) -> Callable[[Any], Key]:
        get = attrgetter(*self.row.key)
        return get if len(self.row.key) > 1 else lambda row: (get(row),)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a definition makes otherwise than the version before it, so that a comparison expects it.

    `columns` of the table have other values or are new or gone; none named means the whole table. With `rows`, other
    events make version rows, and the last row of each key is compared instead of every one.
    """

    table: str
    reason: str
    columns: tuple[str, ...] = ()
    rows: bool = False


@dataclass(frozen=True)
class ProjectionDefinition:
    """One version of a projection: kept as it is until it is retired; a change is a new version."""

    name: str
    version: int
    facts: tuple[FactDefinition, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def schema(self) -> str:
        return f"{self.name}_{self.version}"

    @property
    def subscription(self) -> str:
        return f"reporting.{self.name}.{self.version}"

    @property
    def consumer(self) -> str:
        """Whom decisions about dead letters are made for: the same for every version."""
        return f"reporting.{self.name}"

    @property
    def contexts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact.row.context for fact in self.facts))


def readable(value: Any) -> Any:
    """An opened sealed value as a column: ERASED becomes `unknown`, a code its text."""
    if value is ERASED:
        return UNKNOWN
    return value.value if isinstance(value, Enum) else value


def columns(row: type[FactRow]) -> list[str]:
    return [field.name for field in dataclasses.fields(row)]


def fact_table(row: type[FactRow], schema: str) -> sa.Table:
    """The table of a fact in the schema of one version, derived from its row type."""
    hints = typing.get_type_hints(row, include_extras=True)
    found = []
    for name in columns(row):
        inner, nullable = _unwrap(hints[name])
        kind = sa.BigInteger if inner == Money else TYPES[inner]
        found.append(sa.Column(name, kind, nullable=nullable))
    return sa.Table(
        row.table,
        sa.MetaData(schema=schema),
        *found,
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*row.key, "sequence"),
    )


def _unwrap(hint: Any) -> tuple[Any, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return inner[0], True
    return hint, False


async def create_tables(connection: Connection, definition: ProjectionDefinition, schema: str | None = None) -> None:
    """Makes the version's schema and tables where they are missing. Runs as the owner or the service's role."""
    schema = schema or definition.schema
    # Two processes that start together: `if not exists` alone fails for one of them.
    await lock(connection, f"create_tables/{schema}")
    await connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for fact in definition.facts:
        table = fact_table(fact.row, schema)
        create = sa.schema.CreateTable(table, if_not_exists=True).compile(dialect=dialect)
        await connection.execute(str(create))
        for names in (("stream", "sequence"), *fact.indexes):
            index = sa.Index(f"{row_name(fact)}_{'_'.join(names)}"[:60], *(table.c[name] for name in names))
            made = sa.schema.CreateIndex(index, if_not_exists=True).compile(dialect=dialect)
            table.indexes.discard(index)
            await connection.execute(str(made))


def row_name(fact: FactDefinition) -> str:
    return fact.row.table


class ProjectionHandler:
    """Applies batches to the tables of one version."""

    def __init__(self, definition: ProjectionDefinition, schema: str | None = None) -> None:
        self.definition = definition
        self.schema = schema or definition.schema
        self.types: frozenset[type[DomainEvent]] | None = None
        self._by_stream: dict[tuple[str, str], list[FactDefinition]] = {}
        for fact in definition.facts:
            self._by_stream.setdefault((fact.row.context, fact.row.stream_name), []).append(fact)

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        """Folds every stream's events over its latest rows and copies the new version rows."""
        grouped: dict[int, tuple[FactDefinition, dict[str, list[Stored]]]] = {}
        for stored in events:
            name = stored.stream.rsplit("-", 5)[0]
            for fact in self._by_stream.get((stored.event.context, name), ()):
                if not fact.wants(stored.event):
                    continue
                streams = grouped.setdefault(id(fact), (fact, {}))[1]
                streams.setdefault(stored.stream, []).append(stored)
        for fact, streams in grouped.values():
            await self._write(connection, fact, streams)

    async def _write(self, connection: Connection, fact: FactDefinition, streams: dict[str, list[Stored]]) -> None:
        known = [stream for stream, events in streams.items() if events[0].sequence > 1]
        latest = await self._latest(connection, fact, known)
        rows: list[tuple[Any, ...]] = []
        erased: list[tuple[str, int]] = []
        spoiled: dict[UUID, Exception] = {}
        for stream, events in streams.items():
            try:
                made, blank = fold(fact, latest.get(stream, {}), events)
            except Spoiled as culprits:
                spoiled.update(culprits.errors)
                continue
            rows.extend(made)
            if blank is not None:
                erased.append((stream, blank))
        if spoiled:
            raise Spoiled(spoiled)
        table = sql.Identifier(self.schema, fact.row.table)
        names = [*columns(fact.row), *CAUSE]
        reached("projection.before_rows")
        if rows:
            copy = sql.SQL("copy {} ({}) from stdin").format(table, sql.SQL(", ").join(map(sql.Identifier, names)))
            async with connection.cursor() as cursor, cursor.copy(copy) as out:
                for row in rows:
                    await out.write_row(row)
        reached("projection.after_rows")
        if erased and fact.row.sealed:
            blanks = sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(UNKNOWN)) for name in fact.row.sealed
            )
            # Only rows before the marker: a row made after it is the same whichever batch it comes in.
            blank_rows = sql.SQL(
                "update {} as t set {} from unnest(%s::text[], %s::int[]) as e (stream, sequence) "
                "where t.stream = e.stream and t.sequence < e.sequence"
            ).format(table, blanks)
            await connection.execute(blank_rows, ([s for s, _ in erased], [n for _, n in erased]))
            reached("projection.after_blanking")

    async def _latest(
        self, connection: Connection, fact: FactDefinition, streams: Sequence[str]
    ) -> dict[str, dict[Key, FactRow]]:
        if not streams:
            return {}
        names = columns(fact.row)
        query = sql.SQL(
            "select distinct on (stream, {key}) stream, {names} from {table} where stream = any(%s) "
            "order by stream, {key}, sequence desc"
        ).format(
            key=sql.SQL(", ").join(map(sql.Identifier, fact.row.key)),
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            table=sql.Identifier(self.schema, fact.row.table),
        )
        found: dict[str, dict[Key, FactRow]] = {}
        key_of = fact.key_of
        for stream, *values in await (await connection.execute(query, (list(streams),))).fetchall():
            row = fact.row(*values)
            found.setdefault(stream, {})[key_of(row)] = row
        return found


def fold(
    fact: FactDefinition, latest: Mapping[Key, FactRow], events: Sequence[Stored]
) -> tuple[list[tuple[Any, ...]], int | None]:
    """The version rows that these events of one stream make, and the sequence of its erasure, if there was one.

    Raises Spoiled with the first event that the definition cannot take.
    """
    current = dict(latest)
    made: list[tuple[Any, ...]] = []
    erased: int | None = None
    key_of = fact.key_of
    for stored in events:
        if isinstance(stored.event, SealedFieldsErased):
            erased = stored.sequence
            current = {key: blanked(row) for key, row in current.items()}
            continue
        for row in _changes(fact, current, stored):
            current[key_of(row)] = row
            made.append((*_values(row), stored.sequence, stored.stream, stored.event_id, stored.recorded_at))
    return made, erased


def _changes(fact: FactDefinition, current: Mapping[Key, FactRow], stored: Stored) -> Sequence[FactRow]:
    try:
        return fact.apply(current, stored)
    except Exception as error:
        raise Spoiled({stored.event_id: error}) from error


def blanked(row: FactRow) -> FactRow:
    return dataclasses.replace(row, **dict.fromkeys(row.sealed, UNKNOWN)) if row.sealed else row


_GETTERS: dict[type[FactRow], Callable[[Any], tuple[Any, ...]]] = {}


def _values(row: FactRow) -> tuple[Any, ...]:
    """In the order of the columns; a fact has its key and at least one column more."""
    kind = type(row)
    getter = _GETTERS.get(kind) or _GETTERS.setdefault(kind, attrgetter(*columns(kind)))
    return getter(row)


async def content(connection: Connection, fact: FactDefinition, schema: str) -> bytes:
    """The table's bytes: COPY in the order of the key. Two versions are equal when these are."""
    copy = sql.SQL("copy (select {} from {} order by {}, sequence) to stdout").format(
        sql.SQL(", ").join(map(sql.Identifier, [*columns(fact.row), *CAUSE])),
        sql.Identifier(schema, fact.row.table),
        sql.SQL(", ").join(map(sql.Identifier, fact.row.key)),
    )
    parts: list[bytes] = []
    async with connection.cursor() as cursor, cursor.copy(copy) as out:
        parts.extend([bytes(part) async for part in out])
    return b"".join(parts)
