"""The view of vacancies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from insieme_events.contracts.matching import VacancyOpened, VacancyRequirementsStated
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.vacancy_state import Closed, Filled, InSelection, NotOpened, Open, Vacancy, Withdrawn
from insieme_matching.views import reservations
from insieme_matching.views.profiles import spelt

VACANCIES = sa.Table(
    "vacancies",
    sa.MetaData(schema="views"),
    sa.Column("vacancy_id", sa.Uuid, primary_key=True),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("need_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("positions", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("selections", sa.Integer, nullable=False),
    sa.Column("comune", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hours", sa.Text),
    sa.Column("licence", sa.Text),
    sa.Column("languages", ARRAY(sa.Text), nullable=False),
    sa.Column("over_on", sa.Date),
)

INSERT = """
insert into views.vacancies
    (vacancy_id, company_id, need_id, status, strand, profile, positions, taken, selections, comune, opened_on, version)
values (%s, %s, %s, 'open', %s, %s, %s, 0, 0, %s, %s, 1)
"""
UPDATE = """
update views.vacancies set status = %s, over_on = %s, taken = %s, selections = %s, version = %s where vacancy_id = %s
"""
ASK = "update views.vacancies set hours = %s, licence = %s, languages = %s::text[] where vacancy_id = %s"
OPEN = "select vacancy_id from views.vacancies where vacancy_id = any(%s) and status in ('open', 'in_selection')"


async def write(connection: Connection, changes: Sequence[Change[Vacancy]]) -> None:
    new = [stored.event for change in changes for stored in change.events]
    inserts = [
        (e.vacancy_id, e.company_id, e.need_id, e.strand, e.profile, e.positions, e.comune, e.occurred_on)
        for e in new
        if isinstance(e, VacancyOpened)
    ]
    updates = []
    for change in changes:
        if isinstance(change.after, NotOpened):
            continue
        offer, over_on = change.after.offer, over(change.after)
        updates.append(
            (status(change.after), over_on, len(offer.taken), offer.selections, change.sequence, change.stream_id)
        )
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(
            ASK,
            [
                (e.hours, e.licence, [spelt(skill) for skill in e.languages], e.vacancy_id)
                for e in new
                if isinstance(e, VacancyRequirementsStated)
            ],
        )
    await reservations.write(connection, changes)


def status(vacancy: Open | InSelection | Filled | Closed | Withdrawn) -> str:
    match vacancy:
        case Open():
            return "open"
        case InSelection():
            return "in_selection"
        case Filled():
            return "filled"
        case Closed():
            return "closed"
        case Withdrawn():
            return "withdrawn"
        case _:
            assert_never(vacancy)


def over(vacancy: Open | InSelection | Filled | Closed | Withdrawn) -> date | None:
    """Since when nobody can be chosen any more; the day may be ahead where a placement that is to begin filled it."""
    match vacancy:
        case Open() | InSelection():
            return None
        case Filled(over_on=over_on) | Closed(over_on=over_on) | Withdrawn(over_on=over_on):
            return over_on
        case _:
            assert_never(vacancy)


async def open_ones(connection: Connection, vacancies: Collection[UUID]) -> frozenset[UUID]:
    """Those of these vacancies that are open or in selection."""
    cursor = await connection.execute(OPEN, (list(vacancies),))
    return frozenset(vacancy_id for (vacancy_id,) in await cursor.fetchall())
