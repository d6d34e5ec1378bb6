"""What tests of the plan need around it: parties in force, meetings that were held, and stored streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg

from insieme_events import parameters, store
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance import PartyRegistered, ProtocolSigned
from insieme_events.envelope import Stored, opened
from insieme_events.testing.http import Served
from insieme_events.units import Aggregate, Change
from insieme_governance.plan_year.facts import HELD, TAVOLO
from insieme_governance.testing.plan import PARTIES, PROTOCOL_ID

SIGNED, ENDS = date(2026, 3, 4), date(2099, 12, 31)
COMUNE = {"X-Insieme-Party": "comune_bologna"}
CITY = {"X-Insieme-Party": "citta_metropolitana"}
CNA = {"X-Insieme-Party": "cna"}
BODIES = """
create table if not exists views.meetings (
    meeting_id uuid primary key,
    body_id uuid not null,
    kind text not null,
    status text not null,
    convened_on date not null,
    meets_on date not null,
    held_on date,
    decisions integer not null,
    version integer not null
);
create table if not exists views.decisions (
    decision_id uuid primary key,
    meeting_id uuid not null,
    decision_no integer not null,
    subject text not null,
    owner text,
    deadline date,
    taken_on date not null,
    completed_on date
);
grant select, insert, update on views.meetings, views.decisions to governance;
"""
MEETING = """
insert into views.meetings (meeting_id, body_id, kind, status, convened_on, meets_on, held_on, decisions, version)
values (%s, %s, %s, %s, %s, %s, %s, 1, 1)
"""
DECISION = """
insert into views.decisions (decision_id, meeting_id, decision_no, subject, taken_on) values (%s, %s, %s, %s, %s)
"""


def bodies(owner_url: str) -> None:
    """The two views of the bodies that the plan asks, where the service does not have them."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(BODIES)


async def in_force(governance: Served, since: date = SIGNED, until: date = ENDS) -> None:
    """The fourteen parties of a protocol that follows the last of the founding data, as the view has them."""
    events: list[DomainEvent] = [
        PartyRegistered(protocol_id=PROTOCOL_ID, party=party, role=role, occurred_on=since)
        for party, role in PARTIES.items()
    ]
    events.append(ProtocolSigned(protocol_id=PROTOCOL_ID, ends_on=until, occurred_on=since))
    async with governance.service.pool.connection() as connection:
        await parameters.write(connection, events)


async def meeting(
    governance: Served,
    held_on: date,
    subjects: Iterable[str] = ("work_plan",),
    kind: str = TAVOLO,
    status: str = HELD,
) -> UUID:
    """A meeting that took decisions about these subjects, numbered from 1."""
    meeting_id = uuid4()
    held = held_on if status == HELD else None
    async with governance.service.pool.connection() as connection:
        await connection.execute(MEETING, (meeting_id, uuid4(), kind, status, held_on, held_on, held))
        for number, subject in enumerate(subjects, start=1):
            await connection.execute(DECISION, (uuid4(), meeting_id, number, subject, held_on))
    return meeting_id


async def stored_of(governance: Served, stream: str) -> list[Stored]:
    """The events of a stream as they are stored."""
    async with governance.service.pool.connection() as connection:
        found = await store.loaded(await store.ask(connection, {stream}), {stream})
    return [opened(record, "governance", {}) for record in found[stream]]


async def made_again(
    governance: Served, owner_url: str, aggregate: Aggregate[Any, Any, Any], streams: Iterable[UUID], *tables: str
) -> None:
    """The views of an aggregate, emptied and written again from its stored events, are what they were (replay)."""
    query = "select array(select t::text from views.{} t order by 1)"
    before = [await governance.rows(query.format(table)) for table in tables]
    await asyncio.to_thread(_empty, owner_url, tables)
    assert [await governance.rows(query.format(table)) for table in tables] != before
    decider = aggregate.decider
    for stream_id in streams:
        stored = await stored_of(governance, aggregate.stream(stream_id))
        state = decider.initial
        for each in stored:
            after = decider.evolve(state, each.event)
            async with governance.service.pool.connection() as connection:
                change = Change(aggregate.stream(stream_id), stream_id, state, after, [each])
                await aggregate.view(connection, [change])
            state = after
        assert state == decider.fold(each.event for each in stored)
    assert [await governance.rows(query.format(table)) for table in tables] == before


def _empty(owner_url: str, tables: Iterable[str]) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in tables:
            owner.execute(f"truncate views.{table}".encode())
