"""What governance told of the plans: ceilings by year, source and strand, and lower ones that were proposed (P52, P66).

A proposed reduction counts from the moment at which it is asked, so that no budget is set or raised above it while it
is being answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.funding_budget import StrandAmount
from insieme_events.contracts.governance_plan import Ceiling
from insieme_events.contracts.vocabulary import Strand
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.budget import Ceilings
from insieme_funding.reduction import Accepted, Declined, NotAnswered, Reduction

CEILINGS = sa.Table(
    "plan_ceilings",
    sa.MetaData(schema="views"),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("strand", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
)
REDUCTIONS = sa.Table(
    "plan_reductions",
    sa.MetaData(schema="views"),
    sa.Column("amendment_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
)

KNOWN = "insert into views.plans (year) values (%s) on conflict do nothing"
FORGET = "delete from views.plan_ceilings where year = %s"
PUT = "insert into views.plan_ceilings (year, source, strand, amount) values (%s, %s, %s, %s)"
ASK = """
insert into views.plan_reductions (amendment_id, year, status) values (%s, %s, 'asked') on conflict do nothing
returning amendment_id
"""
PUT_ASKED = """
insert into views.plan_reduction_ceilings (amendment_id, source, strand, amount) values (%s, %s, %s, %s)
"""
ANSWER = "update views.plan_reductions set status = %s where amendment_id = %s and status = 'asked'"
SETTLE = "update views.plan_reductions set status = 'settled' where amendment_id = %s"
STATUS = "select status from views.plan_reductions where amendment_id = %s"

YEARS = "select year from views.plans where year = any(%s)"
OF_YEARS = "select year, source, strand, amount from views.plan_ceilings where year = any(%s)"
HELD = "select amendment_id, year from views.plan_reductions where year = any(%s) and status in ('asked', 'accepted')"
HELD_CEILINGS = """
select amendment_id, source, strand, amount from views.plan_reduction_ceilings where amendment_id = any(%s)
"""


def of_source(ceilings: Sequence[Ceiling], source: str) -> tuple[StrandAmount, ...]:
    """What a plan lets one source spend, strand by strand."""
    return tuple(StrandAmount(strand=one.strand, amount=one.amount) for one in ceilings if one.source == source)


async def put(connection: Connection, year: int, ceilings: Sequence[Ceiling]) -> None:
    """The approved or amended plan of a year, whole."""
    await connection.execute(KNOWN, (year,))
    await connection.execute(FORGET, (year,))
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, [(year, one.source, one.strand, one.amount) for one in ceilings])


async def ask(connection: Connection, amendment_id: UUID, year: int, ceilings: Sequence[Ceiling]) -> None:
    """A proposed plan; hearing of it again changes nothing."""
    new = await (await connection.execute(ASK, (amendment_id, year))).fetchone()
    if new is not None:
        async with connection.cursor() as cursor:
            rows = [(amendment_id, one.source, one.strand, one.amount) for one in ceilings]
            await cursor.executemany(PUT_ASKED, rows)


async def settle(connection: Connection, amendment_id: UUID) -> None:
    """The proposal is decided, either way: it holds nothing any more."""
    await connection.execute(SETTLE, (amendment_id,))


async def status_of(connection: Connection, amendment_id: UUID) -> str | None:
    row = await (await connection.execute(STATUS, (amendment_id,))).fetchone()
    return None if row is None else str(row[0])


async def write(connection: Connection, changes: Sequence[Change[Reduction]]) -> None:
    """The answers of funding."""
    answers: list[tuple[str, UUID]] = []
    for change in changes:
        match change.after:
            case NotAnswered():
                continue
            case Accepted():
                answers.append(("accepted", change.stream_id))
            case Declined():
                answers.append(("refused", change.stream_id))
            case _:
                assert_never(change.after)
    async with connection.cursor() as cursor:
        await cursor.executemany(ANSWER, answers)


async def ceilings(
    connection: Connection, wanted: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Ceilings | None]:
    """What each source may spend in each year, held reductions taken off; None where no plan of the year is known."""
    years = sorted({year for year, _ in wanted})
    known = {year for (year,) in await (await connection.execute(YEARS, (years,))).fetchall()}
    approved: dict[tuple[int, str], dict[Strand, int]] = {}
    for year, source, strand, amount in await (await connection.execute(OF_YEARS, (years,))).fetchall():
        approved.setdefault((year, source), {})[Strand(strand)] = amount
    held = await (await connection.execute(HELD, (years,))).fetchall()
    lower: dict[tuple[UUID, str], dict[Strand, int]] = {}
    cursor = await connection.execute(HELD_CEILINGS, ([amendment for amendment, _ in held],))
    for amendment, source, strand, amount in await cursor.fetchall():
        lower.setdefault((amendment, source), {})[Strand(strand)] = amount
    found: dict[tuple[int, str], Ceilings | None] = {}
    for year, source in wanted:
        holds = [lower.get((amendment, source), {}) for amendment, of in held if of == year]
        plain = approved.get((year, source), {})
        found[year, source] = (
            {strand: min([amount, *(hold.get(strand, 0) for hold in holds)]) for strand, amount in plain.items()}
            if year in known
            else None
        )
    return found
