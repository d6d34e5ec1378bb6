"""The views of budgets, of their lines and of every expenditure (P66, P67)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.funding_budget import AnnualBudgetSet, ExpenditureRecorded, ExpenditureReturned
from insieme_events.contracts.vocabulary import Strand
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.budget import Budget, Closed, Ledger, NotSet, Open

BUDGETS = sa.Table(
    "budgets",
    sa.MetaData(schema="views"),
    sa.Column("budget_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("borne_by", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("set_on", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
LINES = sa.Table(
    "budget_lines",
    sa.MetaData(schema="views"),
    sa.Column("budget_id", sa.Uuid, primary_key=True),
    sa.Column("strand", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("held_at", sa.BigInteger, nullable=False),
    sa.Column("committed", sa.BigInteger, nullable=False),
    sa.Column("uncommitted", sa.BigInteger, nullable=False),
    sa.Column("paid", sa.BigInteger, nullable=False),
    sa.Column("remaining", sa.BigInteger, nullable=False),
)
EXPENDITURES = sa.Table(
    "expenditures",
    sa.MetaData(schema="views"),
    sa.Column("expenditure_id", sa.Uuid, primary_key=True),
    sa.Column("budget_id", sa.Uuid, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("borne_by", sa.Text, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("commitment_id", sa.Uuid),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("spent_on", sa.Date, nullable=False),
)

INSERT = """
insert into views.budgets (budget_id, year, source, borne_by, status, provisional, set_on, version)
values (%s, %s, %s, %s, 'open', %s, %s, 1)
"""
UPDATE = "update views.budgets set status = %s, provisional = %s, version = %s where budget_id = %s"
PUT_LINE = """
insert into views.budget_lines (budget_id, strand, amount, held_at, committed, uncommitted, paid, remaining)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict on constraint budget_lines_key do update set amount = excluded.amount, held_at = excluded.held_at,
    committed = excluded.committed, uncommitted = excluded.uncommitted, paid = excluded.paid,
    remaining = excluded.remaining
"""
PUT_EXPENDITURE = """
insert into views.expenditures
    (expenditure_id, budget_id, year, source, borne_by, strand, commitment_id, amount, spent_on)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
OF_YEAR = "select budget_id, source from views.budgets where year = %s order by budget_id"
PLACES = "select budget_id, year, source from views.budgets where budget_id = any(%s)"
USED = """
select b.source, l.strand, l.committed + l.uncommitted from views.budgets b join views.budget_lines l using (budget_id)
where b.year = %s and l.committed + l.uncommitted > 0
"""


async def write(connection: Connection, changes: Sequence[Change[Budget]]) -> None:
    inserts, updates, lines, spent = [], [], list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        for stored in change.events:
            match stored.event:
                case AnnualBudgetSet() as e:
                    inserts.append((e.budget_id, e.year, e.source, e.borne_by, e.provisional, e.occurred_on))
                case ExpenditureRecorded() as e:
                    spent.append((e.expenditure_id, *place(e), e.amount, e.occurred_on))
                case ExpenditureReturned() as e:
                    spent.append((e.return_id, *place(e), -e.amount, e.occurred_on))
                case _:
                    pass
        match change.after:
            case NotSet():
                continue
            case Open(ledger=ledger):
                updates.append(("open", ledger.provisional, change.sequence, change.stream_id))
            case Closed(ledger=ledger):
                updates.append(("closed", ledger.provisional, change.sequence, change.stream_id))
            case _:
                assert_never(change.after)
        closed = isinstance(change.after, Closed)
        lines.extend(line(ledger, strand, closed) for strand in Strand)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(PUT_LINE, lines)
        await cursor.executemany(PUT_EXPENDITURE, spent)


def place(event: ExpenditureRecorded | ExpenditureReturned) -> tuple[Any, ...]:
    return (event.budget_id, event.year, event.source, event.borne_by, event.strand, event.commitment_id)


def line(ledger: Ledger, strand: Strand, closed: bool) -> tuple[Any, ...]:
    return (
        ledger.budget_id,
        strand,
        ledger.lines.get(strand, 0),
        ledger.limit(strand),
        ledger.committed(strand),
        ledger.uncommitted.get(strand, 0),
        ledger.paid(strand),
        0 if closed else ledger.left(strand),
    )


async def of_year(connection: Connection, year: int) -> list[tuple[UUID, str]]:
    """The budgets of a year, with the source of each."""
    return list(await (await connection.execute(OF_YEAR, (year,))).fetchall())


async def used_of_year(connection: Connection, year: int) -> dict[tuple[str, Strand], int]:
    """What every source has committed or spent of a year, by strand; those that have."""
    rows = await (await connection.execute(USED, (year,))).fetchall()
    return {(source, Strand(strand)): used for source, strand, used in rows}


async def places(connection: Connection, budgets: Collection[UUID]) -> dict[UUID, tuple[int, str]]:
    """Year and source of these budgets."""
    rows = await (await connection.execute(PLACES, (list(budgets),))).fetchall()
    return {budget_id: (year, source) for budget_id, year, source in rows}
