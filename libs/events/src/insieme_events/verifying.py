"""Two versions of a projection compared at an equal cut (decision 13).

Per stream only rows up to the lower of both versions' last contiguous sequence count; all of it is read in one
REPEATABLE READ transaction. A hash per bucket of streams first, then per stream within a bucket that differs, then
the rows of the first streams that do: memory is bounded by a bucket, not by the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import sql

from insieme_events.projection import UNKNOWN, FactRow, ProjectionDefinition, columns, row_name
from insieme_events.store import Connection

BUCKETS = 1024
SHOWN = 20
"""Differing streams, and rows of them, that an outcome names."""

CUTS = """
select stream, case when p.stream is not null then -1 else least(coalesce(o.sequence, 0), coalesce(n.sequence, 0)) end
from (select stream, sequence from events.sequences where subscription = %(old)s) o
full join (select stream, sequence from events.sequences where subscription = %(new)s) n using (stream)
full join (select distinct stream from events.dead_letters where subscription in (%(old)s, %(new)s)) p using (stream)
where p.stream is not null or o.sequence is distinct from n.sequence
"""
PARKED = "select distinct stream from events.dead_letters where subscription = any(%s) order by stream"


@dataclass
class Verified:
    """`rows` compared per table; `behind` streams were compared at a cut below the newer version of the two."""

    against: int
    rows: dict[str, int] = field(default_factory=dict)
    behind: int = 0
    parked: list[str] = field(default_factory=list)
    destroyed_keys: int = 0
    declared: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return not self.differences

    def as_row(self) -> dict[str, Any]:
        return {
            "equal": self.equal,
            "against": self.against,
            "rows": self.rows,
            "behind": self.behind,
            "parked": self.parked[:SHOWN],
            "parked_streams": len(self.parked),
            "destroyed_keys": self.destroyed_keys,
            "declared": self.declared,
            "differences": self.differences[:SHOWN],
        }


@dataclass(frozen=True)
class Comparison:
    """One table in both versions: which columns are compared, every version row or the last of each key."""

    old: type[FactRow]
    new: type[FactRow]
    compared: tuple[str, ...]
    last_only: bool

    @property
    def key(self) -> tuple[str, ...]:
        return self.new.key

    def rows(self, row: type[FactRow], schema: str, inside: sql.Composable) -> sql.Composed:
        """The compared rows of one side: stream, sequence, event, the key, and a text of all that must be equal."""
        person = "person_id" in columns(row)
        values = [self._value(row, name, person) for name in self.compared]
        key = [sql.Identifier("t", name) for name in self.key]
        cause = [] if self.last_only else [sql.Identifier("t", n) for n in ("sequence", "stream", "event_id")]
        cause += [] if self.last_only else [sql.Identifier("t", "recorded_at")]
        distinct = sql.SQL("distinct on ({})").format(_list(key)) if self.last_only else sql.SQL("")
        order = sql.SQL("order by {}, t.sequence desc").format(_list(key)) if self.last_only else sql.SQL("")
        unknown = "left join unnest(%(destroyed)s::uuid[]) as d (person) on d.person = t.person_id" if person else ""
        return sql.SQL(
            "select {distinct} t.stream, t.sequence, t.event_id, array[{key}]::text[] as key, "
            "array[{values}]::text[] as compared, row({all})::text as content from {table} as t "
            "left join unnest(%(streams)s::text[], %(cuts)s::int[]) as x (stream, cut) on x.stream = t.stream "
            "{unknown} "
            "where (x.stream is null or t.sequence <= x.cut) and {inside} {order}"
        ).format(
            distinct=distinct,
            key=sql.SQL(", ").join(sql.SQL("{}::text").format(one) for one in key),
            values=sql.SQL(", ").join(sql.SQL("({})::text").format(one) for one in values),
            all=_list([*key, *cause, *values]),
            table=sql.Identifier(schema, row.table),
            unknown=sql.SQL(unknown),
            order=order,
            inside=inside,
        )

    @staticmethod
    def _value(row: type[FactRow], name: str, person: bool) -> sql.Composable:
        if person and name in row.sealed:
            return sql.SQL("case when d.person is not null then {} else {} end").format(
                sql.Literal(UNKNOWN), sql.Identifier("t", name)
            )
        return sql.Identifier("t", name)


def _list(parts: Sequence[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def comparisons(
    old: ProjectionDefinition, new: ProjectionDefinition, between: Sequence[ProjectionDefinition], found: Verified
) -> Iterator[Comparison]:
    """What there is to compare; what is in one version only, and not declared, goes to `found` as a difference."""
    declared: dict[str, list[Any]] = {}
    for definition in between:
        for one in definition.differences:
            declared.setdefault(one.table, []).append(one)
            named = ", ".join(one.columns) or "the whole table"
            found.declared.append(f"{one.table} ({named}): {one.reason}")
    tables = {row_name(fact): fact.row for fact in old.facts}
    newer = {row_name(fact): fact.row for fact in new.facts}
    for table in dict.fromkeys((*tables, *newer)):
        differences = declared.get(table, [])
        if any(not one.columns and not one.rows for one in differences):
            continue
        if table not in tables or table not in newer:
            found.differences.append({"table": table, "only_in": new.version if table in newer else old.version})
            continue
        before, after = tables[table], newer[table]
        excused = {name for one in differences for name in one.columns}
        loose = {*columns(before)} ^ {*columns(after)}
        if before.key != after.key or loose - excused:
            found.differences.append({"table": table, "columns": sorted(loose - excused) or ["the key"]})
            continue
        compared = tuple(n for n in columns(after) if n not in excused and n not in loose and n not in after.key)
        yield Comparison(before, after, compared, any(one.rows for one in differences))


async def verify(
    connection: Connection,
    old: ProjectionDefinition,
    new: ProjectionDefinition,
    between: Sequence[ProjectionDefinition],
    destroyed: Sequence[UUID],
) -> Verified:
    """Compares `new` with `old`; `between` are the definitions whose declared differences count.

    Opens its own transaction on a connection that commits by itself.
    """
    found = Verified(old.version, destroyed_keys=len(destroyed))
    async with connection.transaction():
        await connection.execute("set transaction isolation level repeatable read, read only")
        names = {"old": old.subscription, "new": new.subscription}
        cuts = await (await connection.execute(CUTS, names)).fetchall()
        parked = await (await connection.execute(PARKED, (list(names.values()),))).fetchall()
        found.parked = [stream for (stream,) in parked]
        found.behind = sum(1 for _, cut in cuts if cut >= 0)
        given = {"streams": [s for s, _ in cuts], "cuts": [n for _, n in cuts], "destroyed": list(destroyed)}
        for comparison in comparisons(old, new, between, found):
            sides = (
                partial(comparison.rows, comparison.old, old.schema),
                partial(comparison.rows, comparison.new, new.schema),
            )
            await _compare(connection, comparison, sides, given, found)
    return found


Side = Callable[[sql.Composable], sql.Composed]
"""The compared rows of one version, of the streams that a condition on `t` lets through."""

BUCKET = "mod(hashtextextended(t.stream, 0), {}) = %(bucket)s"


async def _compare(
    connection: Connection,
    comparison: Comparison,
    sides: tuple[Side, Side],
    given: Mapping[str, Any],
    found: Verified,
) -> None:
    table = comparison.new.table
    by_bucket = sql.SQL("mod(hashtextextended(r.stream, 0), {})").format(sql.Literal(BUCKETS))
    old, new = [await _hashes(connection, side, sql.SQL("true"), by_bucket, given) for side in sides]
    found.rows[table] = sum(count for count, _, _ in new.values())
    for bucket in sorted(number for number in {*old, *new} if old.get(number) != new.get(number)):
        if len(found.differences) >= SHOWN:
            return
        inside = sql.SQL(BUCKET).format(sql.Literal(BUCKETS))
        within = {**given, "bucket": bucket}
        stream = sql.Identifier("r", "stream")
        old_streams, new_streams = [await _hashes(connection, side, inside, stream, within) for side in sides]
        differing = [s for s in sorted({*old_streams, *new_streams}) if old_streams.get(s) != new_streams.get(s)]
        found.differences += await _rows(connection, comparison, sides, differing[:SHOWN], given)


async def _hashes(
    connection: Connection, side: Side, inside: sql.Composable, by: sql.Composable, given: Mapping[str, Any]
) -> dict[Any, tuple[int, Any, Any]]:
    """Per group the number of rows and two sums of 64-bit hashes: independent of order, equal for equal sets."""
    query = sql.SQL(
        "select {by}, count(*), sum(hashtextextended(r.content, 1)::numeric), "
        "sum(hashtextextended(r.content, 2)::numeric) from ({rows}) as r group by 1"
    ).format(by=by, rows=side(inside))
    return {group: (count, *sums) for group, count, *sums in await (await connection.execute(query, given)).fetchall()}


async def _rows(
    connection: Connection,
    comparison: Comparison,
    sides: tuple[Side, Side],
    streams: Sequence[str],
    given: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The differing rows of these streams: key, sequence, event, and which columns; never a value."""
    named = {**given, "named": list(streams)}
    inside = sql.SQL("t.stream = any(%(named)s)")
    both: list[dict[Any, Any]] = []
    for side in sides:
        rows = await (await connection.execute(side(inside), named)).fetchall()
        both.append(
            {(*key, None if comparison.last_only else sequence): (sequence, event_id, values, content)
             for _, sequence, event_id, key, values, content in rows}
        )  # fmt: skip
    found = []
    for key in sorted({*both[0], *both[1]}, key=str):
        old, new = both[0].get(key), both[1].get(key)
        if old is not None and new is not None and old[3] == new[3]:
            continue
        there = new or old
        assert there is not None, "the key came from one of them"
        entry = {"table": comparison.new.table, "key": list(key[:-1]), "sequence": there[0], "event_id": str(there[1])}
        if old is None or new is None:
            entry["only_in"] = "new" if new is not None else "old"
        else:
            entry["columns"] = [n for n, a, b in zip(comparison.compared, old[2], new[2], strict=True) if a != b] or [
                "the event that made it"
            ]
        found.append(entry)
    return found
