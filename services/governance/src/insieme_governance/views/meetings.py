"""The views of meetings: invitations against presence, and decisions (P49-P51, P70)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_bodies import (
    DecisionCompleted,
    DecisionTaken,
    InvitationLapsed,
    MeetingAttendanceRecorded,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    PartiesInvited,
)
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.meeting.state import Meeting
from insieme_governance.plan_year import facts

META = sa.MetaData(schema="views")
MEETINGS = sa.Table(
    "meetings",
    META,
    sa.Column("meeting_id", sa.Uuid, primary_key=True),
    sa.Column("body_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("convened_on", sa.Date, nullable=False),
    sa.Column("meets_on", sa.Date, nullable=False),
    sa.Column("held_on", sa.Date),
    sa.Column("decisions", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
INVITATIONS = sa.Table(
    "invitations",
    META,
    sa.Column("meeting_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.Text, primary_key=True),
    sa.Column("lapsed", sa.Boolean, nullable=False),
    sa.Column("present", sa.Boolean),
    sa.Column("representative_id", sa.Uuid),
)
DECISIONS = sa.Table(
    "decisions",
    META,
    sa.Column("decision_id", sa.Uuid, primary_key=True),
    sa.Column("meeting_id", sa.Uuid, nullable=False),
    sa.Column("decision_no", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("deadline", sa.Date),
    sa.Column("taken_on", sa.Date, nullable=False),
    sa.Column("completed_on", sa.Date),
)
TABLES = [BodyKind.COORDINATION_TABLE, BodyKind.TECHNICAL_TABLE]

CONVENED = """
insert into views.meetings (meeting_id, body_id, kind, status, convened_on, meets_on, decisions, version)
values (%s, %s, %s, 'convened', %s, %s, 0, 1)
"""
INVITED = """
insert into views.invitations (meeting_id, party) select %s, unnest(%s::text[])
on conflict on constraint invitations_key do update set lapsed = false
"""
LAPSED = "update views.invitations set lapsed = true where meeting_id = %s and party = %s"
HELD = "update views.meetings set status = 'held', held_on = %s where meeting_id = %s"
LEFT_OUT = "update views.invitations set lapsed = true where meeting_id = %s and not party = any(%s)"
CANCELLED = "update views.meetings set status = 'cancelled' where meeting_id = %s"
ATTENDED = "update views.invitations set present = %s, representative_id = %s where meeting_id = %s and party = %s"
TAKEN = """
insert into views.decisions (decision_id, meeting_id, decision_no, subject, owner, deadline, taken_on)
values (%s, %s, %s, %s, %s, %s, %s)
"""
COUNTED = "update views.meetings set decisions = %s where meeting_id = %s"
COMPLETED = "update views.decisions set completed_on = %s where decision_id = %s"
VERSION = "update views.meetings set version = %s where meeting_id = %s"

BODY_OF = "select body_id from views.meetings where meeting_id = %s"
LAST_HELD = "select max(held_on) from views.meetings where status = 'held' and kind = any(%s)"
INVITED_ON = """
select m.meeting_id, m.status, m.held_on from views.meetings m join views.invitations i using (meeting_id)
where i.party = %(party)s and not i.lapsed and (
    (m.status = 'convened' and m.meets_on >= %(day)s) or (m.status = 'held' and m.held_on >= %(day)s)
)
"""
DECIDED = """
select a.meeting_id, a.decision_no, m.kind, m.status, m.held_on, d.subject
from unnest(%s::uuid[], %s::int[]) as a(meeting_id, decision_no)
join views.meetings m on m.meeting_id = a.meeting_id
left join views.decisions d on d.meeting_id = a.meeting_id and d.decision_no = a.decision_no
"""

Decided = tuple[UUID, int]
"""A meeting, and the number of a decision of it."""


async def write(connection: Connection, changes: Sequence[Change[Meeting]]) -> None:
    for change in changes:
        for stored in change.events:
            for query, values in writes(change.stream_id, stored.event):
                await connection.execute(query, values)
        await connection.execute(VERSION, (change.sequence, change.stream_id))


def writes(meeting: UUID, event: DomainEvent) -> Iterator[tuple[str, tuple[Any, ...]]]:
    on = event.occurred_on
    match event:
        case MeetingConvened(body_id=body_id, kind=kind, meets_on=meets_on, invited=invited):
            yield CONVENED, (meeting, body_id, kind, on, meets_on)
            yield INVITED, (meeting, list(invited))
        case PartiesInvited(invited=invited):
            yield INVITED, (meeting, list(invited))
        case InvitationLapsed(party=party):
            yield LAPSED, (meeting, party)
        case MeetingHeld(invited=invited):
            yield HELD, (on, meeting)
            yield LEFT_OUT, (meeting, list(invited))
        case MeetingCancelled():
            yield CANCELLED, (meeting,)
        case MeetingAttendanceRecorded(party=party, present=present, representative_id=representative_id):
            yield ATTENDED, (present, representative_id, meeting, party)
        case DecisionTaken(decision_id=decision_id, decision_no=number):
            yield TAKEN, (decision_id, meeting, number, event.subject, event.owner, event.deadline, on)
            yield COUNTED, (number, meeting)
        case DecisionCompleted(decision_id=decision_id):
            yield COMPLETED, (on, decision_id)
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a meeting")


async def body_of(connection: Connection, meeting_id: UUID) -> UUID | None:
    found = await (await connection.execute(BODY_OF, (meeting_id,))).fetchone()
    return None if found is None else found[0]


async def last_held(connection: Connection) -> date | None:
    """The day of the last meeting of one of the tables, at which every party has its place."""
    found = await (await connection.execute(LAST_HELD, (TABLES,))).fetchone()
    return None if found is None else found[0]


async def invited_on(connection: Connection, party: str, day: date) -> tuple[frozenset[UUID], date | None]:
    """The convened meetings on or after that day to which the party is invited, and the last such one that was held."""
    found = await (await connection.execute(INVITED_ON, {"party": party, "day": day})).fetchall()
    convened = frozenset([meeting_id for meeting_id, status, _ in found if status == "convened"])
    return convened, max((held_on for _, _, held_on in found if held_on is not None), default=None)


async def decided(connection: Connection, asked: Collection[Decided]) -> dict[Decided, facts.Meeting]:
    """The meetings of these decisions, as the plan asks for them; one that nobody knows is left out (P52)."""
    if not asked:
        return {}
    numbers = [list(column) for column in zip(*asked, strict=True)]
    cursor = await connection.execute(DECIDED, numbers)
    return {
        (meeting_id, number): facts.Meeting(body, status, held_on, subject)
        for meeting_id, number, body, status, held_on, subject in await cursor.fetchall()
    }


def attendances(conditions: Iterable[sa.ColumnElement[bool] | None]) -> sa.Select[Any]:
    """Each party's attendance at each kind of body, by the records alone.

    A held meeting without a record of the party is neither a presence nor an absence; an absence counts as one in a
    row where no presence follows it.
    """
    order = (MEETINGS.c.held_on.desc(), MEETINGS.c.meeting_id.desc())
    of = (MEETINGS.c.kind, INVITATIONS.c.party)
    came = sa.func.coalesce(sa.cast(INVITATIONS.c.present, sa.Integer), 0)
    seen = (
        sa.select(*of, INVITATIONS.c.present, sa.func.sum(came).over(partition_by=of, order_by=order).label("since"))
        .join_from(INVITATIONS, MEETINGS, INVITATIONS.c.meeting_id == MEETINGS.c.meeting_id)
        .where(MEETINGS.c.status == "held", INVITATIONS.c.lapsed.is_(False))
        .where(*(condition for condition in conditions if condition is not None))
        .subquery()
    )
    recorded = sa.func.count(seen.c.present)
    present = sa.func.count().filter(seen.c.present)
    # In whole numbers, a half up; nothing where there is no record.
    percent = (200 * present + recorded) // sa.func.nullif(2 * recorded, 0)
    return (
        sa.select(
            seen.c.kind,
            seen.c.party,
            sa.func.count().label("meetings"),
            recorded.label("recorded"),
            present.label("present"),
            percent.label("rate_percent"),
            sa.func.count().filter(seen.c.present.is_(False), seen.c.since == 0).label("absences_in_a_row"),
        )
        .group_by(seen.c.kind, seen.c.party)
        .order_by(seen.c.kind, seen.c.party)
    )
