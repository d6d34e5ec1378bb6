"""Everything that a platform keeps, read once: rows of tables, records of topics, lines of logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Consumer, KafkaError, TopicPartition
from psycopg import sql

from insieme_events.deadletters import ParkedRecord

SECONDS = 15.0

TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname <> 'information_schema'
  and (n.nspname !~ '^pg_' or (n.nspname, c.relname) in (('pg_catalog', 'pg_statistic'),
                                                          ('pg_catalog', 'pg_largeobject')))
order by 1, 2
"""
COLUMNS = """
select a.attname, a.atttypid = 'bytea'::regtype from pg_attribute a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum
"""


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """Where a value stands; `table` is `schema.name`."""

    database: str
    table: str
    name: str


@dataclass(frozen=True)
class Snapshot:
    """Every row of every table, every record of every topic, every line of every log.

    `columns` has the values of a column in the order of the table's rows, the same for all columns of a table.
    """

    columns: Mapping[Column, Sequence[bytes | None]]
    records: Sequence[ParkedRecord]
    logs: Mapping[str, bytes]

    def places(self) -> Iterator[tuple[Column | str, bytes]]:
        """Everything as bytes: a column at a time, a topic at a time (keys, values, headers), a log at a time."""
        for column, values in self.columns.items():
            yield column, b"\n".join(value for value in values if value is not None)
        topics: dict[str, list[bytes]] = {}
        for record in self.records:
            headers = [part for name, value in record.headers for part in (name.encode(), value or b"")]
            topics.setdefault(record.topic, []).extend([record.key or b"", record.value or b"", *headers])
        for topic, parts in topics.items():
            yield f"topic {topic}", b"\n".join(parts)
        for name, content in self.logs.items():
            yield f"log {name}", content

    def rows(self, database: str, table: str, *names: str) -> Iterator[tuple[bytes | None, ...]]:
        """The rows of one table, as these columns."""
        wanted = (self.columns[Column(database, table, name)] for name in names)
        return zip(*wanted, strict=True)


def take(databases: Mapping[str, str], bootstrap: str, prefix: str, logs: Iterable[Path]) -> Snapshot:
    """Reads it all. `databases` are libpq URLs that may read everything, by the names that places get."""
    columns: dict[Column, Sequence[bytes | None]] = {}
    for name, url in databases.items():
        columns.update(read_database(name, url))
    return Snapshot(columns, read_topics(bootstrap, prefix), {path.name: path.read_bytes() for path in logs})


def read_database(database: str, url: str) -> dict[Column, Sequence[bytes | None]]:
    """Every table outside the server's own catalogue, and of that the statistics, which quote values of columns."""
    found: dict[Column, Sequence[bytes | None]] = {}
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            name = sql.Identifier(schema, table)
            described = connection.execute(COLUMNS, (name.as_string(connection),)).fetchall()
            expressions = [sql.Identifier(each) if raw else _as_text(each) for each, raw in described]
            rows = connection.execute(sql.SQL("select {} from {}").format(sql.SQL(", ").join(expressions), name))
            values = list(zip(*rows.fetchall(), strict=True)) or [()] * len(described)
            for (each, _), column in zip(described, values, strict=True):
                found[Column(database, f"{schema}.{table}", each)] = [_bytes(value) for value in column]
    return found


def _as_text(name: str) -> sql.Composed:
    return sql.SQL("{}::text").format(sql.Identifier(name))


def _bytes(value: Any) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def read_topics(bootstrap: str, prefix: str) -> list[ParkedRecord]:
    """Every record of every topic under the prefix, those of aborted transactions too."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "insieme-privacy",
            "enable.auto.commit": False,
            "isolation.level": "read_uncommitted",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    try:
        topics = consumer.list_topics(timeout=SECONDS).topics
        parts = [(n, p) for n, t in topics.items() if n.startswith(f"{prefix}.") for p in t.partitions]
        consumer.assign([TopicPartition(name, partition, 0) for name, partition in parts])
        return list(_until_the_end(consumer, set(parts)))
    finally:
        consumer.close()


def _until_the_end(consumer: Consumer, open_parts: set[tuple[str, int]]) -> Iterator[ParkedRecord]:
    while open_parts:
        message: Any = consumer.poll(SECONDS)
        if message is None:
            raise TimeoutError(f"topics not read to their end within {SECONDS} s: {sorted(open_parts)}")
        error = message.error()
        if error is None:
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            yield ParkedRecord(topic, partition, offset, message.key(), message.value(), message.headers() or [])
        elif error.code() == KafkaError._PARTITION_EOF:
            open_parts.discard((message.topic(), message.partition()))
        elif not error.retriable():
            raise RuntimeError(str(error))
