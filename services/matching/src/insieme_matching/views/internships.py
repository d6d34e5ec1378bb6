"""The views of internships and of their months, and what an approval counts there: who is where, and when (I13)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from insieme_events.contracts.matching import EvaluatedBy, InternshipMonthRecorded
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.internship.commands import Stay
from insieme_matching.internship.state import (
    Approved,
    Blocked,
    Confirmed,
    Ended,
    Internship,
    Known,
    NotRequested,
    Requested,
    Running,
    Suspended,
    Withdrawn,
)
from insieme_matching.views import communications

INTERNSHIPS = sa.Table(
    "internships",
    sa.MetaData(schema="views"),
    sa.Column("internship_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.Column("purposes", ARRAY(sa.Text), nullable=False),
    sa.Column("monthly_allowance", sa.Integer, nullable=False),
    sa.Column("seasonal", sa.Boolean, nullable=False),
    sa.Column("funded_by_programme", sa.Boolean, nullable=False),
    sa.Column("authorisation", sa.Text),
    sa.Column("authorised_on", sa.Date),
    sa.Column("limits_version", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("evaluated_by_person", sa.Boolean, nullable=False),
    sa.Column("evaluated_by_company", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

MONTHS = sa.Table(
    "internship_months",
    sa.MetaData(schema="views"),
    sa.Column("internship_id", sa.Uuid, primary_key=True),
    sa.Column("month", sa.Text, primary_key=True),
    sa.Column("minutes_due", sa.Integer, nullable=False),
    sa.Column("minutes_present", sa.Integer, nullable=False),
    sa.Column("allowance_due", sa.Boolean, nullable=False),
    sa.Column("recorded_on", sa.Date, nullable=False),
)

# The company is written once: a merge of companies gives the row another one, and it keeps that.
PUT = """
insert into views.internships
    (internship_id, person_id, company_id, strand, starts_on, status, ends_on, ended_on, purposes, monthly_allowance,
     seasonal, funded_by_programme, authorisation, authorised_on, limits_version, outcome, evaluated_by_person,
     evaluated_by_company, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (internship_id) do update set status = excluded.status, ends_on = excluded.ends_on,
    ended_on = excluded.ended_on, monthly_allowance = excluded.monthly_allowance,
    authorisation = excluded.authorisation, authorised_on = excluded.authorised_on,
    limits_version = excluded.limits_version, outcome = excluded.outcome,
    evaluated_by_person = excluded.evaluated_by_person, evaluated_by_company = excluded.evaluated_by_company,
    version = excluded.version
"""
PUT_MONTH = """
insert into views.internship_months
    (internship_id, month, minutes_due, minutes_present, allowance_due, recorded_on)
values (%s, %s, %s, %s, %s, %s)
on conflict (internship_id, month) do update set minutes_due = excluded.minutes_due,
    minutes_present = excluded.minutes_present, allowance_due = excluded.allowance_due,
    recorded_on = excluded.recorded_on
"""
WHO = "select internship_id, person_id, company_id from views.internships where internship_id = any(%s)"
STANDING = "status in ('approved', 'running', 'suspended', 'ended')"
OF_PERSONS = f"""
select p.person_id, i.internship_id, i.company_id, i.starts_on, coalesce(i.ended_on, i.ends_on)
from events.persons p join events.persons m using (root) join views.internships i on i.person_id = m.person_id
where p.person_id = any(%s) and i.{STANDING} order by i.starts_on, i.internship_id
"""
OF_HOSTS = f"""
select company_id, internship_id, starts_on, coalesce(ended_on, ends_on) from views.internships
where company_id = any(%s) and {STANDING} order by starts_on, internship_id
"""
FUNDED = "select activity_id from views.funded_activities where activity_id = any(%s)"


async def write(connection: Connection, changes: Sequence[Change[Internship]]) -> None:
    rows = [_row(change.after, change.sequence) for change in changes if not isinstance(change.after, NotRequested)]
    told = [stored.event for change in changes for stored in change.events]
    months = [
        (e.internship_id, e.month, e.minutes_due, e.minutes_present, e.allowance_due, e.occurred_on)
        for e in told
        if isinstance(e, InternshipMonthRecorded)
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)
        await cursor.executemany(PUT_MONTH, months)
    await communications.of_internships(connection, changes)


def _row(internship: Known, version: int) -> tuple[Any, ...]:
    plan, act, ended = internship.plan, internship.plan.act, internship if isinstance(internship, Ended) else None
    project = plan.project
    return (
        plan.internship_id,
        plan.person_id,
        plan.company_id,
        plan.strand,
        plan.starts_on,
        status(internship),
        plan.ends_on,
        None if ended is None else ended.ended_on,
        list(project.purposes),
        project.monthly_allowance,
        project.seasonal,
        project.funded_by_programme,
        None if act is None else act.authorisation,
        None if act is None else act.authorised_on,
        None if act is None else act.limits_version,
        None if ended is None else ended.outcome,
        ended is not None and EvaluatedBy.PERSON in ended.evaluated_by,
        ended is not None and EvaluatedBy.COMPANY in ended.evaluated_by,
        version,
    )


def status(internship: Known) -> str:
    match internship:
        case Requested():
            return "requested"
        case Confirmed():
            return "confirmed"
        case Blocked():
            return "blocked"
        case Approved():
            return "approved"
        case Running():
            return "running"
        case Suspended():
            return "suspended"
        case Ended():
            return "ended"
        case Withdrawn():
            return "withdrawn"
        case _:
            assert_never(internship)


async def who(connection: Connection, internships: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Of each of these internships the person and the company."""
    cursor = await connection.execute(WHO, (list(internships),))
    return {internship_id: (person, company) for internship_id, person, company in await cursor.fetchall()}


async def of_persons(
    connection: Connection, persons: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, UUID, date, date]]]:
    """Of each person the internships that stand: id, company, first and last day."""
    found: dict[UUID, list[tuple[UUID, UUID, date, date]]] = {}
    cursor = await connection.execute(OF_PERSONS, (list(persons),))
    for person_id, internship_id, company_id, starts_on, ends_on in await cursor.fetchall():
        found.setdefault(person_id, []).append((internship_id, company_id, starts_on, ends_on))
    return found


async def of_hosts(connection: Connection, companies: Collection[UUID]) -> dict[UUID, list[Stay]]:
    """Of each company the internships that stand."""
    found: dict[UUID, list[Stay]] = {}
    cursor = await connection.execute(OF_HOSTS, (list(companies),))
    for company_id, internship_id, starts_on, ends_on in await cursor.fetchall():
        found.setdefault(company_id, []).append(Stay(internship_id, True, starts_on, ends_on))
    return found


async def funded(connection: Connection, internships: Collection[UUID]) -> frozenset[UUID]:
    """Those of these whose allowance the Comitato di gestione decided to fund (P64)."""
    cursor = await connection.execute(FUNDED, (list(internships),))
    return frozenset(activity_id for (activity_id,) in await cursor.fetchall())
