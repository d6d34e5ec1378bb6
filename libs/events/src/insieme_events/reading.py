"""Reads of a service's views: SQLAlchemy Core on psycopg connections, pages by cursor, one row with its ETag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Response
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from insieme_events.clock import business_date
from insieme_events.decider import Refused
from insieme_events.problems import ProblemError
from insieme_events.store import Connection

Row = dict[str, Any]

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


async def rows(connection: Connection, statement: sa.Select[Any]) -> list[Row]:
    """The rows of a statement, by column name."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(str(compiled).encode(), compiled.params)
        return await cursor.fetchall()


async def ask(connection: Connection, query: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of a query that is written out, by column name."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), values)
        return await cursor.fetchall()


def pool_of(request: Request) -> AsyncConnectionPool[Connection]:
    """The pool of the service that answers this request."""
    return cast("AsyncConnectionPool[Connection]", request.app.state.service.pool)


def today(request: Request) -> date:
    """The business date at which the request is answered."""
    return business_date(request.app.state.service.clock())


async def page(
    request: Request,
    statement: sa.Select[Any],
    key: sa.Column[UUID],
    filters: Sequence[sa.ColumnElement[bool] | None],
    limit: int,
    after: UUID | None,
) -> dict[str, Any]:
    """The rows that pass every filter, by id, behind `after`; `next` is the cursor of the page that follows."""
    wanted = statement.where(*[each for each in filters if each is not None]).order_by(key).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(key > after)
    async with pool_of(request).connection() as connection:
        found = await rows(connection, wanted)
    more = len(found) > limit
    return {"items": found[:limit], "next": str(found[limit - 1][key.name]) if more else None}


async def one(request: Request, response: Response, statement: sa.Select[Any], unknown: Refused) -> Row:
    """The one row of a statement, with its `version` as ETag. Raises ProblemError with `unknown` if there is none."""
    async with pool_of(request).connection() as connection:
        found = await rows(connection, statement)
    if not found:
        raise ProblemError(unknown)
    response.headers["ETag"] = f'"{found[0]["version"]}"'
    return found[0]


def equals(column: sa.Column[Any], value: object | None) -> sa.ColumnElement[bool] | None:
    """A filter on one value; None, where the request does not filter, passes everything."""
    return None if value is None else column == value
