"""The statement that writes a row of a view whole, in the place of the one before it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa


def upsert(table: sa.Table, *, keeping: Collection[str] = ()) -> str:
    """Takes the values of all columns in their order, and finds the row before by the primary key.

    Of a row that is there already the columns `keeping` stay as they are.
    """
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    changed = [name for name in names if name not in keys and name not in keeping]
    return (
        f"insert into {table.schema}.{table.name} ({', '.join(names)}) values ({', '.join(['%s'] * len(names))}) "
        f"on conflict ({', '.join(keys)}) do update set {', '.join(f'{name} = excluded.{name}' for name in changed)}"
    )
