"""The view of job profiles: opened values, for the ranking; blanked when a profile is withdrawn or a person erased."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from insieme_events.contracts import Erased
from insieme_events.contracts.matching import (
    CefrLevel,
    HoursClass,
    JobProfileRegistered,
    LanguageSkill,
    LicenceClass,
)
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.job_profile import Current, JobProfile, NotRegistered, ProfileErased, Withdrawn
from insieme_matching.ranking import Offered

PROFILES = sa.Table(
    "job_profiles",
    sa.MetaData(schema="views"),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date),
    sa.Column("profiles", ARRAY(sa.Text), nullable=False),
    sa.Column("comuni", ARRAY(sa.Text), nullable=False),
    sa.Column("hours", ARRAY(sa.Text), nullable=False),
    sa.Column("licences", ARRAY(sa.Text), nullable=False),
    sa.Column("languages", ARRAY(sa.Text), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

PUT = """
insert into views.job_profiles
    (person_id, status, registered_on, profiles, comuni, hours, licences, languages, version)
values (%s, %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s)
on conflict (person_id) do update set status = excluded.status, registered_on = excluded.registered_on,
    profiles = excluded.profiles, comuni = excluded.comuni, hours = excluded.hours, licences = excluded.licences,
    languages = excluded.languages, version = excluded.version
"""
BLANK: tuple[list[str], ...] = ([], [], [], [], [])
# One row per person that a profile is current of; persons who were merged are one, and so are their restrictions.
CURRENT = """
select j.person_id, j.registered_on, j.profiles, j.comuni, j.hours, j.licences, j.languages,
    exists (
        select from events.persons p join events.persons m using (root) join events.in_charge i
            on i.person_id = m.person_id and i.since <= %(on)s and (i.until is null or %(on)s <= i.until)
        where p.person_id = j.person_id
    ) as in_charge,
    exists (
        select from events.persons p join events.persons m using (root) join views.restricted_persons r
            on r.person_id = m.person_id and r.since <= %(on)s and (r.until is null or %(on)s < r.until)
        where p.person_id = j.person_id
    ) as restricted,
    exists (
        select from views.candidacies c where c.vacancy_id = %(vacancy)s and c.person_id = j.person_id
            and c.status in ('shortlisted', 'presented', 'interviewed', 'accepted')
    ) as candidate
from views.job_profiles j where j.status = 'current' order by j.person_id
"""


async def write(connection: Connection, changes: Sequence[Change[JobProfile]]) -> None:
    rows = [_row(change) for change in changes if not isinstance(change.after, NotRegistered)]
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)


def _row(change: Change[JobProfile]) -> tuple[Any, ...]:
    match change.after:
        case NotRegistered():
            raise TypeError("a profile that changed is registered")
        case Current(registered_on=registered_on):
            told = [stored.event for stored in change.events if isinstance(stored.event, JobProfileRegistered)][-1]
            return (change.stream_id, "current", registered_on, *opened(told), change.sequence)
        case Withdrawn():
            return (change.stream_id, "withdrawn", None, *BLANK, change.sequence)
        case ProfileErased():
            return (change.stream_id, "erased", None, *BLANK, change.sequence)
        case _:
            assert_never(change.after)


def opened(event: JobProfileRegistered) -> tuple[list[str], ...]:
    """The values as text; of a person whose key is gone, none."""
    if isinstance(event.profiles, Erased) or isinstance(event.comuni, Erased) or isinstance(event.hours, Erased):
        return BLANK
    if isinstance(event.licences, Erased) or isinstance(event.languages, Erased):
        return BLANK
    languages = [spelt(skill) for skill in event.languages]
    return list(event.profiles), list(event.comuni), list(event.hours), list(event.licences), languages


def spelt(skill: LanguageSkill) -> str:
    return f"{skill.language}:{skill.level}"


def skills(texts: Collection[str]) -> tuple[LanguageSkill, ...]:
    parts = [text.partition(":") for text in texts]
    return tuple(LanguageSkill(language=language, level=CefrLevel(level)) for language, _, level in parts)


async def current(connection: Connection, vacancy_id: UUID, on: date) -> list[tuple[Offered, str | None]]:
    """Everybody with a current profile, each with the reason for which the ranking leaves them out, or None."""
    cursor = await connection.execute(CURRENT, {"vacancy": vacancy_id, "on": on})
    found = []
    for person_id, since, profiles, comuni, hours, licences, languages, *flags in await cursor.fetchall():
        person = Offered(
            person_id=person_id,
            since=since,
            profiles=tuple(profiles),
            comuni=tuple(comuni),
            hours=tuple(map(HoursClass, hours)),
            licences=tuple(map(LicenceClass, licences)),
            languages=skills(languages),
        )
        found.append((person, left_out(*flags)))
    return found


def left_out(in_charge: bool, restricted: bool, candidate: bool) -> str | None:
    if restricted:
        return "restricted"
    if not in_charge:
        return "not_in_charge"
    return "candidate_already" if candidate else None
