"""The view of reservations: which source keeps how many positions for which course (P39).

A reservation that went along with its need to a vacancy has a row for each of the two sources; one of them is held.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import PositionsReleased, PositionsReserved, ReservationRefused
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.need import Converted, Need
from insieme_matching.reservations import Reservation
from insieme_matching.vacancy_state import Vacancy

RESERVATIONS = sa.Table(
    "reservations",
    sa.MetaData(schema="views"),
    sa.Column("reservation_id", sa.Uuid, primary_key=True),
    sa.Column("source_id", sa.Uuid, primary_key=True),
    sa.Column("source_kind", sa.Text, nullable=False),
    sa.Column("course_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("positions", sa.Integer, nullable=False),
    sa.Column("kept", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("answer_id", sa.Uuid, nullable=False),
)

PUT = """
insert into views.reservations
    (reservation_id, source_id, source_kind, course_id, strand, company_id, status, reason, positions, kept, used,
     answered_on, answer_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s)
on conflict on constraint reservations_key do nothing
"""
STAND = "update views.reservations set kept = %s, used = %s where reservation_id = %s and source_id = %s"
END = "update views.reservations set status = %s, kept = 0 where reservation_id = %s and source_id = %s"
HOLDER = """
select source_kind, source_id from views.reservations where reservation_id = %s and status = 'held'
"""
OF_NEEDS = """
select source_id, reservation_id, course_id, strand, kept from views.reservations
where source_id = any(%s) and status = 'held' order by reservation_id
"""


async def write(connection: Connection, changes: Sequence[Change[Need]] | Sequence[Change[Vacancy]]) -> None:
    """Called by the views of both sources, each for its own."""
    new, ended, standing = list[tuple[Any, ...]](), list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        for stored in change.events:
            event, answer_id = stored.event, stored.event_id
            match event:
                case PositionsReserved(positions=positions):
                    stands = (event.company_id, "held", None, positions, positions, event.occurred_on)
                    new.append((*_of(event), *stands, answer_id))
                case ReservationRefused(reason=reason):
                    new.append((*_of(event), None, "refused", reason, 0, 0, event.occurred_on, answer_id))
                case PositionsReleased():
                    ended.append(("released", event.reservation_id, event.source_id))
                case _:
                    continue
        held = change.after.kept.held
        if isinstance(change.after, Converted):
            ended.extend(("moved", one.reservation_id, change.stream_id) for one in held)
        else:
            standing.extend((one.left, len(one.used), one.reservation_id, change.stream_id) for one in held)
    if new or ended or standing:
        async with connection.cursor() as cursor:
            await cursor.executemany(PUT, new)
            await cursor.executemany(STAND, standing)
            await cursor.executemany(END, ended)


def _of(event: PositionsReserved | ReservationRefused) -> tuple[UUID, UUID, str, UUID, str]:
    return event.reservation_id, event.source_id, event.source_kind, event.course_id, event.strand


async def holder(connection: Connection, reservation_id: UUID) -> tuple[PositionSourceKind, UUID] | None:
    """The source that keeps the reservation now."""
    row = await (await connection.execute(HOLDER, (reservation_id,))).fetchone()
    return None if row is None else (PositionSourceKind(row[0]), row[1])


async def of_needs(connection: Connection, needs: Collection[UUID]) -> dict[UUID, tuple[Reservation, ...]]:
    """What each of these needs keeps for courses."""
    found: dict[UUID, tuple[Reservation, ...]] = {}
    cursor = await connection.execute(OF_NEEDS, (list(needs),))
    for need_id, reservation_id, course_id, strand, kept in await cursor.fetchall():
        reservation = Reservation(reservation_id, course_id, Strand(strand), kept)
        found[need_id] = (*found.get(need_id, ()), reservation)
    return found
