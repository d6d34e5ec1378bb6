"""The views of participations: status, attendance, certificates, levels; one live participation per course and person.

The columns that hold opened values of sealed fields are blanked when the person's data are erased. A participation is
flagged when its first lesson lies in no interval in which the person was in charge: the gate let it pass, and a closing
dated earlier arrived afterwards. A first lesson being recorded and a closing being applied at the same time wait for
one another (advisory lock), so that whichever commits second sees the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts import Erased
from insieme_events.contracts.training_participations import ParticipantStarted
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_events.upserts import upsert
from insieme_training.participation.asking import ONE_PARTICIPATION
from insieme_training.participation.state import (
    Blocked,
    Completed,
    Dropped,
    Enrolled,
    Known,
    NotRequested,
    Participation,
    Requested,
    Started,
    Waitlisted,
)

METADATA = sa.MetaData(schema="views")
PARTICIPATIONS = sa.Table(
    "participations",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("course_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("requested_on", sa.Date, nullable=False),
    sa.Column("requested_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("last_on", sa.Date, nullable=False),
    sa.Column("started_on", sa.Date),
    sa.Column("channel_class", sa.Text),
    sa.Column("association", sa.Text),
    sa.Column("ranked", sa.Boolean, nullable=False),
    sa.Column("score", sa.Integer),
    sa.Column("dropped_for", sa.Text),
    sa.Column("minutes_present", sa.Integer, nullable=False),
    sa.Column("minutes_recorded", sa.Integer, nullable=False),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
ATTENDANCE = sa.Table(
    "attendance",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("lesson_no", sa.Integer, primary_key=True),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("attendance", sa.Text, nullable=False),
)
CERTIFICATES = sa.Table(
    "certificates",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("issued_on", sa.Date, nullable=False),
)
LEVELS = sa.Table(
    "language_levels",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("skill", sa.Text, primary_key=True),
    sa.Column("assessed_at", sa.Text, primary_key=True),
    sa.Column("assessed_on", sa.Date, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
)
UNIQUE = {"one_live_participation": ONE_PARTICIPATION}
UNCONFIRMED = frozenset({"requested", "blocked"})
"""What an answer of intake's ledger still changes."""
UNKNOWN = "unknown"
"""What a blanked column reads."""

PUT = upsert(PARTICIPATIONS, keeping=("requested_at", "flagged"))
PUT_ATTENDANCE = upsert(ATTENDANCE)
PUT_CERTIFICATE = upsert(CERTIFICATES)
PUT_LEVEL = upsert(LEVELS)

OF = """
select participation_id, course_id, person_id, status, last_on from views.participations
where participation_id = any(%s)
"""
OF_PERSON = "select participation_id from views.participations where person_id = %s order by participation_id"
LIVE = """
select participation_id, last_on from views.participations
where course_id = %s and status = any(%s) order by participation_id
"""
UNRANKED = """
select participation_id from views.participations p
where course_id = %s and status = 'waitlisted' and not ranked
    and not exists (select from views.erased e where e.person_id = p.person_id)
order by requested_on, requested_at, participation_id
"""
NAMELESS = """
select participation_id from views.participations join views.erased using (person_id)
where course_id = any(%s) and status = 'waitlisted'
"""
# By priority, then by the day and the instant at which the person asked; with an exclusive priority nobody else.
ORDER = """
select p.course_id, p.participation_id from views.participations p join views.courses c using (course_id)
where p.course_id = any(%s) and p.status = 'waitlisted' and (not c.exclusive or p.score > 0)
order by p.course_id, coalesce(p.score, 0) desc, p.requested_on, p.requested_at, p.participation_id
"""
GATE_LOCK = 4_711_202
SHARE_GATE = "select pg_advisory_xact_lock_shared(%s)"
OWN_GATE = "select pg_advisory_xact_lock(%s)"
FLAG = """
with found as (
    select t.participation_id, not exists (
        select from events.persons p join events.persons m using (root) join events.in_charge i
            on i.person_id = m.person_id and i.since <= t.started_on and (i.until is null or t.started_on <= i.until)
        where p.person_id = t.person_id
    ) as late
    from views.participations t where t.{key} = any(%s) and t.started_on is not null
)
update views.participations t set flagged = found.late from found
where t.participation_id = found.participation_id and t.flagged <> found.late
"""
FLAG_STARTED = FLAG.format(key="participation_id")
FLAG_OF_PERSONS = FLAG.format(key="person_id")
BLANK = (
    "update views.participations set association = null, score = null where person_id = %s",
    """update views.language_levels set level = 'unknown' where participation_id in
       (select participation_id from views.participations where person_id = %s)""",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose participation in which course, and where it stands; None before it is asked for."""

    course_id: UUID
    person_id: UUID
    status: str | None = None
    last_on: date = date.min


async def write(connection: Connection, changes: Sequence[Change[Participation]]) -> None:
    rows, lessons = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    certificates, levels = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        if isinstance(change.after, NotRequested):
            continue
        record = change.after.record
        key = record.participation_id
        was = None if isinstance(change.before, NotRequested) else change.before.record
        rows.append(row(change.after, change))
        lessons.extend(
            (key, number, one.on, one.minutes, one.attendance)
            for number, one in record.lessons.items()
            if was is None or was.lessons.get(number) != one
        )
        certificates.extend(
            (key, kind, on) for kind, on in record.certificates.items() if was is None or kind not in was.certificates
        )
        levels.extend(
            (key, skill, at, one.on, UNKNOWN if isinstance(one.level, Erased) else one.level)
            for (skill, at), one in record.levels.items()
            if was is None or was.levels.get((skill, at)) != one
        )
    # Those that are dropped come first: a person may ask for the same course again in the same transaction.
    rows.sort(key=lambda values: values[4] != "dropped")
    started = [c.stream_id for c in changes if any(isinstance(s.event, ParticipantStarted) for s in c.events)]
    if started:
        await connection.execute(SHARE_GATE, (GATE_LOCK,))
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)
        await cursor.executemany(PUT_ATTENDANCE, lessons)
        await cursor.executemany(PUT_CERTIFICATE, certificates)
        await cursor.executemany(PUT_LEVEL, levels)
    if started:
        await connection.execute(FLAG_STARTED, (started,))


async def flag(connection: Connection, persons: Collection[UUID]) -> None:
    """Flags what these persons began out of charge, and takes off flags that no longer hold."""
    await connection.execute(OWN_GATE, (GATE_LOCK,))
    await connection.execute(FLAG_OF_PERSONS, (list(persons),))


def row(participation: Known, change: Change[Participation]) -> tuple[Any, ...]:
    """The instant of the request is that of the first event; a later row leaves it as it is."""
    one = participation.record
    return (
        *(one.participation_id, one.course_id, one.person_id, one.strand, status(participation), one.requested_on),
        *(change.events[0].recorded_at, one.last_on, one.started_on, one.channel_class, readable(one.association)),
        *(one.score is not None, readable(one.score), one.dropped_for, one.minutes_present, one.minutes_recorded),
        *(False, change.sequence),
    )


def readable(value: Any) -> Any:
    return None if isinstance(value, Erased) else value


def status(participation: Known) -> str:
    match participation:
        case Requested():
            return "requested"
        case Blocked():
            return "blocked"
        case Waitlisted():
            return "waitlisted"
        case Enrolled():
            return "enrolled"
        case Started():
            return "started"
        case Completed():
            return "completed"
        case Dropped():
            return "dropped"
        case _:
            assert_never(participation)


async def of(connection: Connection, participations: Collection[UUID]) -> dict[UUID, Place]:
    """Those of these participations that there are."""
    cursor = await connection.execute(OF, (list(participations),))
    return {key: Place(*values) for key, *values in await cursor.fetchall()}


async def order(connection: Connection, courses: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Per course those on the waiting list who may have a seat, the next one first (P42)."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    cursor = await connection.execute(ORDER, (list(courses),))
    for course_id, participation_id in await cursor.fetchall():
        found[course_id] = (*found.get(course_id, ()), participation_id)
    return found


async def unranked(connection: Connection, course_id: UUID) -> tuple[UUID, ...]:
    """Those on the waiting list who were not ranked yet, and can be: the facts of who was erased are gone."""
    return tuple([one for (one,) in await (await connection.execute(UNRANKED, (course_id,))).fetchall()])


async def nameless(connection: Connection, courses: Collection[UUID]) -> frozenset[UUID]:
    """Those on the waiting lists of these courses whose data were erased."""
    cursor = await connection.execute(NAMELESS, (list(courses),))
    return frozenset(one for (one,) in await cursor.fetchall())


async def live(connection: Connection, course_id: UUID, statuses: Collection[str]) -> list[tuple[UUID, date]]:
    """The participations of a course that have one of these statuses, each with the day of its last step."""
    return await (await connection.execute(LIVE, (course_id, list(statuses)))).fetchall()


async def of_person(connection: Connection, person_id: UUID) -> tuple[UUID, ...]:
    return tuple([one for (one,) in await (await connection.execute(OF_PERSON, (person_id,))).fetchall()])
