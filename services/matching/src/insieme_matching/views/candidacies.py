"""The view of candidacies; its unique index admits one live candidacy per vacancy and person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    VacancyEnd,
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
USABLE = """
not exists (
    select from events.persons p join events.persons m using (root)
        join views.restricted_persons r on r.person_id = m.person_id and r.until is null
    where p.person_id = c.person_id
)
"""
PLACED = """
exists (
    select from views.employments e join events.persons p on p.person_id = e.person_id
        join events.persons m using (root)
    where e.vacancy_id = c.vacancy_id and e.status <> 'voided' and m.person_id = c.person_id
)
"""
# By the agreement of the day of the presentation, the latest one that had begun.
OVERDUE = f"""
with versions as materialized (
    select valid_from, (parameters ->> 'valid_to')::date as valid_to,
        (parameters ->> 'candidate_reply_days')::int as days
    from events.parameters where kind = 'agreement'
)
select c.candidacy_id, c.last_on + a.days as due_on from views.candidacies c
    cross join lateral (
        select v.days from versions v where v.valid_from <= c.last_on
        order by v.valid_to >= c.last_on desc, v.valid_from desc limit 1
    ) a
where c.status = 'presented' and not c.overdue and c.last_on + a.days < %s and {USABLE}
order by due_on, c.candidacy_id limit %s
"""
OBSOLETE = f"""
select c.candidacy_id, greatest(c.last_on, v.over_on) as day
from views.candidacies c join views.vacancies v using (vacancy_id)
where c.status in ('shortlisted', 'presented', 'interviewed') and v.over_on <= %s and {USABLE} and not {PLACED}
order by day, c.candidacy_id limit %s
"""
STANDING = f"""
select c.candidacy_id, not {USABLE} as restricted, v.over_on, v.status = 'filled' as filled, {PLACED} as placed
from views.candidacies c join views.vacancies v using (vacancy_id) where c.candidacy_id = any(%s)
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


async def obsolete(connection: Connection, today: date, at_most: int) -> list[tuple[UUID, date]]:
    """Still waiting for a vacancy that is over, and since when in vain; the earliest first."""
    return [(one, day) for one, day in await (await connection.execute(OBSOLETE, (today, at_most))).fetchall()]


async def standing(connection: Connection, candidacies: Collection[UUID]) -> dict[UUID, tuple[bool, VacancyEnd | None]]:
    """Of each of these whether the person's data may not be used now, and the end of the vacancy, if it is over."""
    rows = await (await connection.execute(STANDING, (list(candidacies),))).fetchall()
    return {
        one: (restricted, None if over_on is None else VacancyEnd(over_on, filled, placed))
        for one, restricted, over_on, filled, placed in rows
    }
