"""The view of candidacies; its unique index admits one live candidacy per vacancy and person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

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
)
UNIQUE = {"one_live_candidacy": ONE_CANDIDACY}

# Those that end come first: a place that one candidacy leaves may be taken by another in the same transaction.
UPDATE = """
update views.candidacies set status = %s, last_on = %s, refused_by = %s, reason = %s, version = %s
where candidacy_id = %s
"""
INSERT = """
insert into views.candidacies
    (candidacy_id, vacancy_id, person_id, shortlisted_on, status, last_on, refused_by, reason, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


async def write(connection: Connection, changes: Sequence[Change[Candidacy]]) -> None:
    inserts, updates = [], []
    for change in changes:
        if isinstance(change.after, NotShortlisted):
            continue
        refused_by, reason = ending(change)
        now = (status(change.after), change.after.match.last_on, refused_by, reason, change.sequence)
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
