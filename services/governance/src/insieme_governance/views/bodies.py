"""The views of the bodies: their clocks and the requests of signatories (P54, P55)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_bodies import (
    BodyEstablished,
    BodyMet,
    MeetingCadenceBreached,
    MeetingCadenceBreachLifted,
    MeetingCadenceWarned,
    MeetingRequestAnswered,
    MeetingRequested,
    MeetingRequestOverdue,
    MeetingRequestReopened,
)
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.body import ONE_BODY, Body

META = sa.MetaData(schema="views")
BODIES = sa.Table(
    "bodies",
    META,
    sa.Column("body_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("established_on", sa.Date, nullable=False),
    sa.Column("last_held_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
CADENCE = sa.Table(
    "cadence",
    META,
    sa.Column("body_id", sa.Uuid, primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    sa.Column("said", sa.Text, primary_key=True),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("said_on", sa.Date, nullable=False),
    sa.Column("agreement_version", sa.Text, nullable=False),
    sa.Column("lifted_by", sa.Uuid),
)
REQUESTS = sa.Table(
    "meeting_requests",
    META,
    sa.Column("request_id", sa.Uuid, primary_key=True),
    sa.Column("body_id", sa.Uuid, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("requested_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("overdue_on", sa.Date),
    sa.Column("meeting_id", sa.Uuid),
    sa.Column("answered_on", sa.Date),
)
UNIQUE = {"one_body_of_a_kind": ONE_BODY}
WARNED = "warned"

ESTABLISHED = "insert into views.bodies (body_id, kind, established_on, version) values (%s, %s, %s, %s)"
MET = "update views.bodies set last_held_on = greatest(last_held_on, %s) where body_id = %s"
VERSION = "update views.bodies set version = %s where body_id = %s"
SAID = """
insert into views.cadence (body_id, since, said, due_on, said_on, agreement_version) values (%s, %s, %s, %s, %s, %s)
on conflict on constraint cadence_key do update set due_on = excluded.due_on, said_on = excluded.said_on,
    agreement_version = excluded.agreement_version, lifted_by = null
"""
LIFTED = "update views.cadence set lifted_by = %s where body_id = %s and since = %s and said = %s"
REQUESTED = """
insert into views.meeting_requests (request_id, body_id, party, requested_on, due_on) values (%s, %s, %s, %s, %s)
"""
ANSWERED = "update views.meeting_requests set meeting_id = %s, answered_on = %s where request_id = %s"
OVERDUE = "update views.meeting_requests set overdue_on = %s where request_id = %s"
KINDS = "select body_id, kind from views.bodies where body_id = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[Body]]) -> None:
    for change in changes:
        for stored in change.events:
            for query, values in writes(change.stream_id, stored.event):
                await connection.execute(query, values)
        await connection.execute(VERSION, (change.sequence, change.stream_id))


def writes(body: UUID, event: DomainEvent) -> Iterator[tuple[str, tuple[Any, ...]]]:
    on = event.occurred_on
    match event:
        case BodyEstablished(kind=kind):
            yield ESTABLISHED, (body, kind, on, 1)
        case BodyMet():
            yield MET, (on, body)
        case MeetingCadenceWarned(since=since, due_on=due_on, agreement_version=version):
            yield SAID, (body, since, WARNED, due_on, on, version)
        case MeetingCadenceBreached(since=since, due_on=due_on, agreement_version=version, measure=measure):
            yield SAID, (body, since, measure, due_on, on, version)
        case MeetingCadenceBreachLifted(since=since, measure=measure, meeting_id=meeting_id):
            yield LIFTED, (meeting_id, body, since, measure)
        case MeetingRequested(request_id=request_id, party=party, due_on=due_on):
            yield REQUESTED, (request_id, body, party, on, due_on)
        case MeetingRequestAnswered(request_id=request_id, meeting_id=meeting_id):
            yield ANSWERED, (meeting_id, on, request_id)
        case MeetingRequestReopened(request_id=request_id):
            yield ANSWERED, (None, None, request_id)
        case MeetingRequestOverdue(request_id=request_id):
            yield OVERDUE, (on, request_id)
        case _:
            raise TypeError(f"{type(event).__name__} is no event of a body")


async def kinds(connection: Connection, bodies: set[UUID]) -> dict[UUID, BodyKind]:
    """Of which kind the bodies are that there are."""
    found = await (await connection.execute(KINDS, (list(bodies),))).fetchall()
    return {body_id: BodyKind(kind) for body_id, kind in found}
