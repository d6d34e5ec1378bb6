"""What other services told: placements of matching (P45), companies of the Board (P61)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.envelope import Stored
from insieme_events.gates import Interval
from insieme_events.store import Connection
from insieme_funding.project import PlacementSeen

# A voiding stands, whenever the start is heard of.
STARTED = """
insert into views.placements (employment_id, person_id, starts_on, voided) values (%s, %s, %s, false)
on conflict (employment_id) do nothing
"""
VOIDED = """
insert into views.placements (employment_id, person_id, starts_on, voided) values (%s, %s, %s, true)
on conflict (employment_id) do update set voided = true
"""
MOVED = "update views.placements set starts_on = %s where employment_id = %s"
PLACEMENTS = "select employment_id, starts_on, voided from views.placements where employment_id = any(%s)"
JOINED = "insert into views.board (company_id, since) values (%s, %s) on conflict do nothing"
LEFT = """
update views.board set until = %s where company_id = %s and until is null and since <= %s
"""
BOARD = "select company_id, since, until from views.board where company_id = any(%s) order by company_id, since"


async def placement_started(connection: Connection, employment_id: UUID, person_id: UUID, starts_on: date) -> None:
    await connection.execute(STARTED, (employment_id, person_id, starts_on))


async def placement_voided(connection: Connection, employment_id: UUID, person_id: UUID, on: date) -> None:
    await connection.execute(VOIDED, (employment_id, person_id, on))


async def placement_moved(connection: Connection, employment_id: UUID, starts_on: date) -> None:
    await connection.execute(MOVED, (starts_on, employment_id))


async def placements(connection: Connection, employments: Collection[UUID]) -> dict[UUID, PlacementSeen]:
    rows = await (await connection.execute(PLACEMENTS, (list(employments),))).fetchall()
    return {employment_id: PlacementSeen(starts_on, voided) for employment_id, starts_on, voided in rows}


class BoardView:
    """Who is in the Board and since when; a company may leave and join again."""

    types: frozenset[type[DomainEvent]] | None = frozenset({CompanyJoinedBoard, CompanyLeftBoard})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        for stored in events:
            match stored.event:
                case CompanyJoinedBoard(company_id=company_id, occurred_on=on):
                    await connection.execute(JOINED, (company_id, on))
                case CompanyLeftBoard(company_id=company_id, occurred_on=on):
                    await connection.execute(LEFT, (on - timedelta(days=1), company_id, on))
                case _:
                    continue


async def board(connection: Connection, companies: Collection[UUID]) -> dict[UUID, tuple[Interval, ...]]:
    """When each of these companies was in the Board; those not heard of are left out."""
    found: dict[UUID, tuple[Interval, ...]] = {}
    for company_id, since, until in await (await connection.execute(BOARD, (list(companies),))).fetchall():
        found[company_id] = (*found.get(company_id, ()), Interval(since, until))
    return found
