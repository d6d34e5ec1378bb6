"""Fact rows as lines of PostgreSQL's text format, checked here as the server would check them.

A COPY of thousands of rows fails whole, so a row that the table would refuse has to be found before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg import sql

from insieme_events.projection import CAUSE, FactDefinition, columns, fact_table, row_name

MEMO = 20_000
INT4 = 2**31


class DoesNotFit(Exception):
    """A value that the column would refuse; the live path parks its event as failed."""


class Texts:
    """Values to their text. Short strings and days repeat, so their text is kept; never more than MEMO of them."""

    def __init__(self) -> None:
        self._strings: dict[str, str] = {}
        self._days: dict[date, str] = {}

    def string(self, value: Any) -> str:
        try:
            return self._strings[value]
        except (KeyError, TypeError):
            pass
        if not isinstance(value, str) or "\0" in value:
            raise DoesNotFit
        try:
            value.encode()
        except UnicodeEncodeError:
            raise DoesNotFit from None
        text = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        if len(self._strings) < MEMO:
            self._strings[value] = text
        return text

    def day(self, value: Any) -> str:
        try:
            return self._days[value]
        except (KeyError, TypeError):
            pass
        if type(value) is not date:
            raise DoesNotFit
        text = value.isoformat()
        if len(self._days) < MEMO:
            self._days[value] = text
        return text

    @staticmethod
    def number(value: Any) -> str:
        if type(value) is not int or not -INT4 <= value < INT4:
            raise DoesNotFit
        return str(value)

    @staticmethod
    def truth(value: Any) -> str:
        if type(value) is not bool:
            raise DoesNotFit
        return "t" if value else "f"

    @staticmethod
    def uuid(value: Any) -> str:
        if not isinstance(value, UUID):
            raise DoesNotFit
        return str(value)

    def converter(self, kind: type) -> Callable[[Any], str]:
        return {str: self.string, date: self.day, int: self.number, bool: self.truth, UUID: self.uuid}[kind]


class RowWriter:
    """Lines of one fact's table."""

    def __init__(self, fact: FactDefinition, schema: str, texts: Texts) -> None:
        names = columns(fact.row)
        table = fact_table(fact.row, schema)
        self.key_of = fact.key_of
        self.table = row_name(fact)
        self.values: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        if len(names) == 1:
            single = attrgetter(names[0])
            self.values = lambda row: (single(row),)
        self._columns = [
            (texts.converter(table.c[name].type.python_type), bool(table.c[name].nullable)) for name in names
        ]
        self.copy = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(schema, self.table), sql.SQL(", ").join(map(sql.Identifier, [*names, *CAUSE]))
        )

    def line(self, row: Any, cause: str) -> str:
        """One line; `cause` is the text of the columns that the framework adds. Raises DoesNotFit."""
        parts: list[str] = []
        add = parts.append
        for value, (text, nullable) in zip(self.values(row), self._columns, strict=True):
            if value is None:
                if not nullable:
                    raise DoesNotFit
                add("\\N")
            else:
                add(text(value))
        add(cause)
        return "\t".join(parts)


def cause(sequence: int, stream: str, event_id: str, recorded_at: datetime) -> str:
    """The columns of CAUSE, and the end of the line."""
    return f"{sequence}\t{stream}\t{event_id}\t{recorded_at.isoformat()}\n"


def writers(definition_facts: Sequence[FactDefinition], schema: str) -> list[RowWriter]:
    texts = Texts()
    return [RowWriter(fact, schema, texts) for fact in definition_facts]
