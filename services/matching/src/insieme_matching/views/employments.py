"""The views of employments and of their links.

An employment is flagged when its first day lies in no interval in which the person was in charge: the gate let it
pass, and a closing dated earlier arrived afterwards. A placement being recorded and a closing being applied at the same
time wait for one another (advisory lock), so that whichever commits second sees the first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import PlacementExtended, PlacementStarted, PlacementSupportRecorded
from insieme_events.decider import Refused
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.employment.chain import Link, placement_class
from insieme_matching.employment.state import Employment, Ended, NotStarted, Running, Voided, evolve
from insieme_matching.views import communications

EMPLOYMENTS = sa.Table(
    "employments",
    sa.MetaData(schema="views"),
    sa.Column("employment_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("vacancy_id", sa.Uuid),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("entry_kind", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("ended_on", sa.Date),
    sa.Column("contract_type", sa.Text, nullable=False),
    sa.Column("contract_class", sa.Text, nullable=False),
    sa.Column("working_time", sa.Text, nullable=False),
    sa.Column("links", sa.Integer, nullable=False),
    sa.Column("agreement_version", sa.Text, nullable=False),
    sa.Column("out_of_term", sa.Boolean, nullable=False),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

LINKS = sa.Table(
    "employment_links",
    sa.MetaData(schema="views"),
    sa.Column("employment_id", sa.Uuid, primary_key=True),
    sa.Column("link_no", sa.Integer, primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("contract_type", sa.Text, nullable=False),
    sa.Column("contract_class", sa.Text, nullable=False),
    sa.Column("working_time", sa.Text, nullable=False),
    sa.Column("comune", sa.Text, nullable=False),
    sa.Column("voided", sa.Boolean, nullable=False),
)

SUPPORTS = sa.Table(
    "placement_supports",
    sa.MetaData(schema="views"),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("employment_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("supported_on", sa.Date, nullable=False),
)

GATE_LOCK = 4_711_201
SHARE_GATE = "select pg_advisory_xact_lock_shared(%s)"
OWN_GATE = "select pg_advisory_xact_lock(%s)"

INSERT = """
insert into views.employments
    (employment_id, person_id, company_id, vacancy_id, strand, entry_kind, starts_on, agreement_version, out_of_term,
     status, contract_type, contract_class, working_time, links, flagged, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'running', %s, %s, %s, 1, false, 1)
"""
UPDATE = """
update views.employments set status = %s, starts_on = %s, ends_on = %s, ended_on = %s, contract_type = %s,
    contract_class = %s, working_time = %s, links = %s, version = %s
where employment_id = %s
"""
VOID = """
update views.employments set status = 'voided', ended_on = null, links = 0, flagged = false, version = %s
where employment_id = %s
"""
PUT_LINK = """
insert into views.employment_links
    (employment_id, link_no, event_id, starts_on, ends_on, contract_type, contract_class, working_time, comune, voided)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
UPDATE_LINK = """
update views.employment_links set starts_on = %s, ends_on = %s, contract_type = %s, contract_class = %s,
    working_time = %s, comune = %s, voided = %s
where employment_id = %s and link_no = %s
"""
FLAG = """
with found as (
    select e.employment_id, e.status <> 'voided' and not exists (
        select from events.persons p join events.persons m using (root) join events.in_charge i
            on i.person_id = m.person_id and i.since <= e.starts_on and (i.until is null or e.starts_on <= i.until)
        where p.person_id = e.person_id
    ) as late
    from views.employments e where e.{key} = any(%s)
)
update views.employments e set flagged = found.late from found
where e.employment_id = found.employment_id and e.flagged <> found.late
"""
FLAG_OF_EMPLOYMENTS = FLAG.format(key="employment_id")
FLAG_OF_PERSONS = FLAG.format(key="person_id")
PUT_SUPPORT = """
insert into views.placement_supports (event_id, employment_id, kind, supported_on) values (%s, %s, %s, %s)
"""
LINK_EVENTS = """
select e.employment_id, e.person_id, l.link_no, l.event_id
from views.employments e join views.employment_links l using (employment_id)
where employment_id = any(%s) and not l.voided
"""


async def write(connection: Connection, changes: Sequence[Change[Employment]]) -> None:
    await connection.execute(SHARE_GATE, (GATE_LOCK,))
    started = [s.event for change in changes for s in change.events if isinstance(s.event, PlacementStarted)]
    supports = [
        (stored.event_id, stored.event.employment_id, stored.event.kind, stored.event.occurred_on)
        for change in changes
        for stored in change.events
        if isinstance(stored.event, PlacementSupportRecorded)
    ]
    updates, voids, new_links, old_links = [], [], list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        match change.after:
            case NotStarted():
                continue
            case Running() | Ended():
                updates.append((*reading(change.after), change.sequence, change.stream_id))
            case Voided():
                voids.append((change.sequence, change.stream_id))
            case _:
                assert_never(change.after)
        new, old = links_of(change)
        new_links.extend(new)
        old_links.extend(old)
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, [static(event) for event in started])
        await cursor.executemany(UPDATE, updates)
        await cursor.executemany(VOID, voids)
        await cursor.executemany(PUT_LINK, new_links)
        await cursor.executemany(UPDATE_LINK, old_links)
        await cursor.executemany(PUT_SUPPORT, supports)
    await communications.of_employments(connection, changes)
    await connection.execute(FLAG_OF_EMPLOYMENTS, ([change.stream_id for change in changes],))


def static(event: PlacementStarted) -> tuple[Any, ...]:
    return (
        event.employment_id,
        event.person_id,
        event.company_id,
        event.vacancy_id,
        event.strand,
        event.entry_kind,
        event.occurred_on,
        event.agreement_version,
        event.out_of_term,
        event.contract_type,
        event.contract_class,
        event.working_time,
    )


def reading(employment: Running | Ended) -> tuple[Any, ...]:
    """The employment as it reads now: its whole span, and the terms that its transformations left."""
    chain, now = employment.chain, employment.chain.now()
    status, ended_on = ("ended", employment.ended_on) if isinstance(employment, Ended) else ("running", None)
    return (
        status,
        chain.first.starts_on,
        now.ends_on,
        ended_on,
        now.contract_type,
        class_of(now),
        now.working_time,
        len(chain.links),
    )


def links_of(change: Change[Employment]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of links that this change began, and of older ones that read differently or count no more."""
    began: dict[int, UUID] = {}
    seen = counting(change.before)
    before, state = dict(seen), change.before
    for stored in change.events:
        state = evolve(state, stored.event)
        seen.update(counting(state))
        match stored.event:
            case PlacementStarted():
                began[1] = stored.event_id
            case PlacementExtended(link_no=number):
                began[number] = stored.event_id
            case _:
                pass
    live = counting(change.after)
    new, old = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for number, link in seen.items():
        voided = number not in live
        if number in began:
            new.append((change.stream_id, number, began[number], *terms(link), voided))
        elif voided or link != before[number]:
            old.append((*terms(link), voided, change.stream_id, number))
    return new, old


def counting(employment: Employment) -> dict[int, Link]:
    """The links that count, by number."""
    match employment:
        case NotStarted() | Voided():
            return {}
        case Running(chain=chain) | Ended(chain=chain):
            return {link.no: link for link in chain.links}
        case _:
            assert_never(employment)


def terms(link: Link) -> tuple[date, date | None, str, str, str, str]:
    return (link.starts_on, link.ends_on, link.contract_type, class_of(link), link.working_time, link.comune)


def class_of(link: Link) -> str:
    klass = placement_class(link.contract_type)
    assert not isinstance(klass, Refused), "a link is only made with a contract type of a placement"
    return klass


async def flag(connection: Connection, persons: Collection[UUID]) -> None:
    """Flags the employments of these persons that began out of charge, and takes off flags that no longer hold."""
    await connection.execute(OWN_GATE, (GATE_LOCK,))
    await connection.execute(FLAG_OF_PERSONS, (list(persons),))


async def chains(connection: Connection, employments: Collection[UUID]) -> dict[UUID, tuple[UUID, Mapping[int, UUID]]]:
    """Of each of these employments the person, and the event that began each link that counts."""
    found: dict[UUID, tuple[UUID, dict[int, UUID]]] = {}
    cursor = await connection.execute(LINK_EVENTS, (list(employments),))
    for employment_id, person_id, number, event_id in await cursor.fetchall():
        found.setdefault(employment_id, (person_id, {}))[1][number] = event_id
    return dict(found)
