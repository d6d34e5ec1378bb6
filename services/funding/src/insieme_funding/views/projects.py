"""The views of projects and of what belongs to them: placements, actions of the Board, survival (P43-P45, P61, P64)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.funding_projects import (
    AccompanimentStarted,
    ConsolidationActionRecorded,
    PlacementLinkedToProject,
    PlacementUnlinkedFromProject,
    ProjectApproved,
    ProjectEvaluated,
    ProjectFunded,
    ProjectSubmitted,
    ProjectSurvivalRecorded,
)
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.project import LINKED_TO_ANOTHER, Project
from insieme_funding.project.state import (
    Approved,
    Closed,
    Dossier,
    Evaluated,
    Funded,
    Known,
    NotSubmitted,
    Rejected,
    Revoked,
    Submitted,
    grant_of,
)
from insieme_funding.views import decisions

PROJECTS = sa.Table(
    "projects",
    sa.MetaData(schema="views"),
    sa.Column("project_id", sa.Uuid, primary_key=True),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("call_id", sa.Uuid, nullable=False),
    sa.Column("proposer_id", sa.Uuid, nullable=False),
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("seat", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("submitted_on", sa.Date, nullable=False),
    sa.Column("accompaniment", sa.Text),
    sa.Column("accompanied_on", sa.Date),
    sa.Column("outcome", sa.Text),
    sa.Column("score", sa.Integer),
    sa.Column("evaluated_on", sa.Date),
    sa.Column("approved_on", sa.Date),
    sa.Column("funded_on", sa.Date),
    sa.Column("year", sa.Integer),
    sa.Column("source", sa.Text),
    sa.Column("granted", sa.BigInteger),
    sa.Column("paid", sa.BigInteger),
    sa.Column("returned", sa.BigInteger),
    sa.Column("cup", sa.Text),
    sa.Column("jobs", sa.Integer),
    sa.Column("microcredit", sa.BigInteger, nullable=False),
    sa.Column("took_part", sa.ARRAY(sa.Uuid), nullable=False),
    sa.Column("conflict_late", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
PLACEMENTS = sa.Table(
    "project_placements",
    sa.MetaData(schema="views"),
    sa.Column("project_id", sa.Uuid, primary_key=True),
    sa.Column("employment_id", sa.Uuid, primary_key=True),
    sa.Column("suitability", sa.Text, nullable=False),
    sa.Column("linked_on", sa.Date, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)
ACTIONS = sa.Table(
    "project_actions",
    sa.MetaData(schema="views"),
    sa.Column("action_id", sa.Uuid, primary_key=True),
    sa.Column("project_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("on_day", sa.Date, nullable=False),
)
SURVIVAL = sa.Table(
    "project_survival",
    sa.MetaData(schema="views"),
    sa.Column("project_id", sa.Uuid, primary_key=True),
    sa.Column("months", sa.Integer, primary_key=True),
    sa.Column("alive", sa.Boolean, nullable=False),
    sa.Column("recorded_on", sa.Date, nullable=False),
)

UNIQUE = {"one_project_per_placement": LINKED_TO_ANOTHER}

INSERT = """
insert into views.projects (project_id, strand, call_id, proposer_id, sector, seat, status, submitted_on, version)
values (%s, %s, %s, %s, %s, %s, 'submitted', %s, 1)
"""
UPDATE = """
update views.projects set status = %s, accompaniment = %s, jobs = %s, microcredit = %s, granted = %s, paid = %s,
    returned = %s, version = %s
where project_id = %s
"""
ACCOMPANIED = "update views.projects set accompanied_on = coalesce(accompanied_on, %s) where project_id = %s"
EVALUATED = """
update views.projects set outcome = %s, score = %s, evaluated_on = coalesce(evaluated_on, %s), took_part = %s
where project_id = %s
"""
APPROVED = """
update views.projects set approved_on = coalesce(approved_on, %s), took_part = took_part || %s where project_id = %s
"""
FUNDED = """
update views.projects set funded_on = %s, year = %s, source = %s, cup = %s, took_part = took_part || %s
where project_id = %s
"""
LINK = """
insert into views.project_placements (project_id, employment_id, suitability, linked_on, active)
values (%s, %s, %s, %s, true)
on conflict on constraint project_placements_key
do update set suitability = excluded.suitability, linked_on = excluded.linked_on, active = true
"""
UNLINK = "update views.project_placements set active = false where project_id = %s and employment_id = %s"
ACT = "insert into views.project_actions (action_id, project_id, company_id, kind, on_day) values (%s, %s, %s, %s, %s)"
SURVIVE = """
insert into views.project_survival (project_id, months, alive, recorded_on) values (%s, %s, %s, %s)
on conflict on constraint project_survival_key
do update set alive = excluded.alive, recorded_on = excluded.recorded_on
"""
LINKED = "select project_id from views.project_placements where employment_id = %s and active"
GRANTED = "select strand, year, source, granted from views.projects where project_id = %s"


async def write(connection: Connection, changes: Sequence[Change[Project]]) -> None:
    for change in changes:
        for stored in change.events:
            for statement, values in statements(stored):
                await connection.execute(statement.encode(), values)
        if not isinstance(change.after, NotSubmitted):
            reading = now(change.after)
            await connection.execute(UPDATE, (*reading, change.sequence, change.stream_id))
    await decisions.write_spendings(connection, changes)


def statements(stored: Stored) -> list[tuple[str, tuple[Any, ...]]]:
    """What an event alone says."""
    match stored.event:
        case ProjectSubmitted() as e:
            static = (e.strand, e.call_id, e.proposer_id, e.sector, e.seat, e.occurred_on)
            return [(INSERT, (e.project_id, *static))]
        case AccompanimentStarted(project_id=project_id, occurred_on=on):
            return [(ACCOMPANIED, (on, project_id))]
        case ProjectEvaluated() as e:
            return [(EVALUATED, (e.outcome, e.score, e.occurred_on, list(e.members_present), e.project_id))]
        case ProjectApproved() as e:
            return [(APPROVED, (e.occurred_on, list(e.members_present), e.project_id))]
        case ProjectFunded() as e:
            grant = (e.occurred_on, e.year, e.source, e.cup)
            return [(FUNDED, (*grant, list(e.members_present), e.project_id))]
        case PlacementLinkedToProject() as e:
            return [(LINK, (e.project_id, e.employment_id, e.suitability, e.occurred_on))]
        case PlacementUnlinkedFromProject() as e:
            return [(UNLINK, (e.project_id, e.employment_id))]
        case ConsolidationActionRecorded() as e:
            return [(ACT, (e.action_id, e.project_id, e.company_id, e.kind, e.occurred_on))]
        case ProjectSurvivalRecorded() as e:
            return [(SURVIVE, (e.project_id, e.months, e.alive, e.occurred_on))]
        case _:
            return []


def now(project: Known) -> tuple[Any, ...]:
    """The project as it stands."""
    dossier, grant = project.dossier, grant_of(project)
    money = (None, None, None) if grant is None else (grant.amount, grant.paid, grant.paid - grant.kept)
    return (status(project), accompaniment(dossier), dossier.jobs, sum(dossier.microcredits.values()), *money)


def accompaniment(dossier: Dossier) -> str | None:
    if dossier.accompaniment is not None:
        return dossier.accompaniment.value
    return None if dossier.accompanied_from is None else "running"


def status(project: Known) -> str:
    match project:
        case Submitted():
            return "submitted"
        case Evaluated():
            return "evaluated"
        case Approved():
            return "approved"
        case Rejected():
            return "rejected"
        case Funded():
            return "funded"
        case Revoked():
            return "revoked"
        case Closed():
            return "closed"
        case _:
            assert_never(project)


async def linked_to(connection: Connection, employment_id: UUID) -> UUID | None:
    """The project that a placement counts for."""
    row = await (await connection.execute(LINKED, (employment_id,))).fetchone()
    return None if row is None else row[0]


async def placed(connection: Connection, project_id: UUID) -> tuple[str, int | None, str | None, int | None] | None:
    """Strand, and year, source and amount of the grant where there is one; None for a project that is unknown."""
    row = await (await connection.execute(GRANTED, (project_id,))).fetchone()
    return None if row is None else (row[0], row[1], row[2], row[3])
