"""The view of candidacies; its unique index admits one live candidacy per vacancy and person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import CandidateRefused, CandidateShortlisted, CandidateWithdrawn
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.candidacy import (
    ONE_CANDIDACY,
    Accepted,
    Candidacy,
    CandidacyRefused,
    Interviewed,
    NotShortlisted,
    Presented,
    Shortlisted,
    Withdrawn,
)

CANDIDACIES = sa.Table(
    "candidacies",
    sa.MetaData(schema="views"),
    sa.Column("candidacy_id", sa.Uuid, primary_key=True),
    sa.Column("vacancy_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("shortlisted_on", sa.Date, nullable=False),
    sa.Column("last_on", sa.Date, nullable=False),
    sa.Column("refused_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("overdue", sa.Boolean, nullable=False),
)
UNIQUE = {"one_live_candidacy": ONE_CANDIDACY}

# Those that end come first: a place that one candidacy leaves may be taken by another in the same transaction.
UPDATE = """
update views.candidacies set status = %s, last_on = %s, refused_by = %s, reason = %s, overdue = %s, version = %s
where candidacy_id = %s
"""
INSERT = """
insert into views.candidacies
    (candidacy_id, vacancy_id, person_id, shortlisted_on, status, last_on, refused_by, reason, overdue, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# By the agreement of the day of the presentation, the latest one that had begun.
OVERDUE = """
select candidacy_id, due_on from (
    select c.candidacy_id, c.last_on + (
        select (a.parameters ->> 'candidate_reply_days')::int from events.parameters a
        where a.kind = 'agreement' and a.valid_from <= c.last_on
        order by (a.parameters ->> 'valid_to')::date >= c.last_on desc, a.valid_from desc limit 1
    ) as due_on
    from views.candidacies c where c.status = 'presented' and not c.overdue
) as presented
where due_on < %s order by due_on, candidacy_id limit %s
"""
# The end of a vacancy is its last event; nothing is dated before what the candidacy has already seen.
OBSOLETE = """
select candidacy_id, filled, day from (
    select c.candidacy_id, v.status = 'filled' as filled, greatest(c.last_on, (
        select max(e.occurred_on) from events.events e where e.stream = 'vacancy-' || v.vacancy_id::text
    )) as day
    from views.candidacies c join views.vacancies v using (vacancy_id)
    where c.status in ('shortlisted', 'presented', 'interviewed') and v.status in ('filled', 'closed', 'withdrawn')
) as waiting
where day <= %s order by day, candidacy_id limit %s
"""


async def write(connection: Connection, changes: Sequence[Change[Candidacy]]) -> None:
    inserts, updates = [], []
    for change in changes:
        if isinstance(change.after, NotShortlisted):
            continue
        refused_by, reason = ending(change)
        overdue = isinstance(change.after, Presented) and change.after.overdue
        now = (status(change.after), change.after.match.last_on, refused_by, reason, overdue, change.sequence)
        first = change.events[0].event
        if isinstance(first, CandidateShortlisted):
            inserts.append((first.candidacy_id, first.vacancy_id, first.person_id, first.occurred_on, *now))
        else:
            updates.append((*now, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(INSERT, inserts)


def ending(change: Change[Candidacy]) -> tuple[str | None, str | None]:
    """Who refused and why, or why it was withdrawn."""
    match change.events[-1].event:
        case CandidateRefused(refused_by=refused_by, reason=reason):
            return refused_by, reason
        case CandidateWithdrawn(reason=why):
            return None, why
        case _:
            return None, None


def status(candidacy: Shortlisted | Presented | Interviewed | Accepted | CandidacyRefused | Withdrawn) -> str:
    match candidacy:
        case Shortlisted():
            return "shortlisted"
        case Presented():
            return "presented"
        case Interviewed():
            return "interviewed"
        case Accepted():
            return "accepted"
        case CandidacyRefused():
            return "refused"
        case Withdrawn():
            return "withdrawn"
        case _:
            assert_never(candidacy)


async def overdue(connection: Connection, today: date, at_most: int) -> list[tuple[UUID, date]]:
    """Presented, and without an answer by the day that the agreement gives, which is told too; the earliest first."""
    return [(one, day) for one, day in await (await connection.execute(OVERDUE, (today, at_most))).fetchall()]


async def obsolete(connection: Connection, today: date, at_most: int) -> list[tuple[UUID, bool, date]]:
    """Still waiting for a vacancy that is over; with whether it was filled, and since when it waits in vain."""
    rows = await (await connection.execute(OBSOLETE, (today, at_most))).fetchall()
    return [(one, filled, day) for one, filled, day in rows]
