"""Fact rows as lines of PostgreSQL's text format, checked here as the server would check them.

A COPY of thousands of rows fails whole, so a row that the table would refuse has to be found before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import sql

from insieme_events.projection import CAUSE, FactDefinition, columns, fact_table, row_name

MEMO = 20_000
INT4 = 2**31
NULL = "\\N"


class DoesNotFit(Exception):
    """A value that the column would refuse; the live path parks its event as failed."""


class Strings(dict[Any, str]):
    """Short strings repeat, so their text is kept; never more than MEMO of them."""

    def __missing__(self, value: Any) -> str:
        if not isinstance(value, str) or "\0" in value:
            raise DoesNotFit
        try:
            value.encode()
        except UnicodeEncodeError:
            raise DoesNotFit from None
        text = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        if len(self) < MEMO:
            self[value] = text
        return text


class Days(dict[Any, str]):
    """The same for days."""

    def __missing__(self, value: Any) -> str:
        if type(value) is not date:
            raise DoesNotFit
        text = value.isoformat()
        if len(self) < MEMO:
            self[value] = text
        return text


def number(value: Any) -> str:
    if type(value) is not int or not -INT4 <= value < INT4:
        raise DoesNotFit
    return str(value)


def truth(value: Any) -> str:
    if type(value) is not bool:
        raise DoesNotFit
    return "t" if value else "f"


def uuid(value: Any) -> str:
    """Without hyphens, which PostgreSQL reads as well, and which is made in a third of the time."""
    if not isinstance(value, UUID):
        raise DoesNotFit
    return f"{value.int:032x}"


Text = Callable[[Any], str]


def or_null(text: Text) -> Text:
    return lambda value: NULL if value is None else text(value)


def texts(columns: Sequence[sa.Column[Any]]) -> list[Text]:
    """The text of each column's values, in order; what is no value of the column raises DoesNotFit."""
    strings, days = (Strings(), Strings({None: NULL})), (Days(), Days({None: NULL}))
    found: list[Text] = []
    for column in columns:
        kind, nullable = column.type.python_type, bool(column.nullable)
        if kind is str:
            found.append(strings[nullable].__getitem__)
        elif kind is date:
            found.append(days[nullable].__getitem__)
        else:
            text: Text = {int: number, bool: truth, UUID: uuid}[kind]
            found.append(or_null(text) if nullable else text)
    return found


class RowWriter:
    """Lines of one fact's table."""

    def __init__(self, fact: FactDefinition, schema: str) -> None:
        names = columns(fact.row)
        table = fact_table(fact.row, schema)
        self.key_of = fact.key_of
        self.table = row_name(fact)
        self.values: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        if len(names) == 1:
            single = attrgetter(names[0])
            self.values = lambda row: (single(row),)
        self._texts = texts([table.c[name] for name in names])
        self.copy = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(schema, self.table), sql.SQL(", ").join(map(sql.Identifier, [*names, *CAUSE]))
        )

    def line(self, row: Any, cause: str) -> str:
        """One line; `cause` is the text of the columns that the framework adds. Raises DoesNotFit."""
        parts = [text(value) for text, value in zip(self._texts, self.values(row), strict=True)]
        parts.append(cause)
        return "\t".join(parts)


def cause(sequence: int, stream: str, event_id: str, recorded_at: str) -> str:
    """The columns of CAUSE, and the end of the line."""
    return f"{sequence}\t{stream}\t{event_id}\t{recorded_at}\n"


def writers(definition_facts: Sequence[FactDefinition], schema: str) -> list[RowWriter]:
    return [RowWriter(fact, schema) for fact in definition_facts]
