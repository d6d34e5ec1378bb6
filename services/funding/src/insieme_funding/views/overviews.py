"""What is read over many projects, decisions and budgets at once (P43-P45, P61, P64, P67, P69)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from insieme_events.reading import Row, ask, rows
from insieme_events.store import Connection
from insieme_funding.views.budgets import EXPENDITURES
from insieme_funding.views.decisions import CONSENTS, SPENDINGS
from insieme_funding.views.projects import ACTIONS, PROJECTS, SURVIVAL

FUNNEL = """
select strand, count(*) as candidates, count(accompanied_on) as accompanied, count(evaluated_on) as evaluated,
    count(approved_on) as approved, count(funded_on) as funded
from views.projects
where (%(call)s::uuid is null or call_id = %(call)s) and (%(since)s::date is null or submitted_on >= %(since)s)
    and (%(until)s::date is null or submitted_on <= %(until)s)
group by strand order by strand
"""
JOBS = """
select p.strand, count(*) as projects, coalesce(sum(p.jobs), 0)::bigint as promised,
    coalesce(sum(l.placements), 0)::bigint as placements,
    (select count(distinct coalesce(m.root, s.person_id)) from views.projects q
        join views.project_placements a using (project_id) join views.placements s using (employment_id)
        left join events.persons m on m.person_id = s.person_id
        where a.active and q.strand = p.strand and q.funded_on is not null) as persons
from views.projects p left join (
    select project_id, count(*) as placements from views.project_placements where active group by project_id
) l using (project_id)
where p.funded_on is not null group by p.strand order by p.strand
"""
ACTUALS = """
select borne_by, sum(amount)::bigint as spent from views.expenditures
where (%(year)s::int is null or year = %(year)s) group by borne_by order by borne_by
"""


async def funnel(connection: Connection, call: object, since: date | None, until: date | None) -> list[Row]:
    """How many of the projects submitted then came how far, by strand; a later step never takes an earlier one away."""
    return await ask(connection, FUNNEL, {"call": call, "since": since, "until": until})


async def jobs(connection: Connection) -> list[Row]:
    """Jobs that funded projects promised, placements linked to them, and the persons behind those, merged ones once."""
    return await ask(connection, JOBS)


async def actuals(connection: Connection, year: int | None) -> dict[str, int]:
    """What each party bore, in euro cents, less what came back."""
    found = await ask(connection, ACTUALS, {"year": year})
    return {row["borne_by"]: row["spent"] for row in found}


async def survival(connection: Connection) -> list[Row]:
    """Of the projects asked about so many months after the funding, how many are alive, by strand."""
    alive = sa.func.count().filter(SURVIVAL.c.alive)
    wanted = (
        sa.select(PROJECTS.c.strand, SURVIVAL.c.months, alive.label("alive"), sa.func.count().label("asked"))
        .join(PROJECTS, PROJECTS.c.project_id == SURVIVAL.c.project_id)
        .group_by(PROJECTS.c.strand, SURVIVAL.c.months)
        .order_by(PROJECTS.c.strand, SURVIVAL.c.months)
    )
    return await rows(connection, wanted)


async def consolidation(connection: Connection) -> list[Row]:
    """Actions of Board companies by kind, and how many companies and projects they join."""
    wanted = (
        sa.select(
            ACTIONS.c.kind,
            sa.func.count().label("actions"),
            sa.func.count(ACTIONS.c.company_id.distinct()).label("companies"),
            sa.func.count(ACTIONS.c.project_id.distinct()).label("projects"),
        )
        .group_by(ACTIONS.c.kind)
        .order_by(ACTIONS.c.kind)
    )
    return await rows(connection, wanted)


def spendings(party: str | None) -> sa.Select[tuple[object, ...]]:
    """Spending decisions; with a party, how its members stood to each."""
    if party is None:
        return sa.select(SPENDINGS)
    stood = sa.select(CONSENTS.c.subject_id).where(CONSENTS.c.party == party)
    return sa.select(SPENDINGS).where(SPENDINGS.c.subject_id.in_(stood))


async def expenditure_by_strand(connection: Connection, year: int) -> list[Row]:
    """What was spent of a year, by source, who bears it, and strand (P20, P66)."""
    e = EXPENDITURES.c
    wanted = (
        sa.select(e.source, e.borne_by, e.strand, sa.cast(sa.func.sum(e.amount), sa.BigInteger).label("spent"))
        .where(e.year == year)
        .group_by(e.source, e.borne_by, e.strand)
        .order_by(e.source, e.borne_by, e.strand)
    )
    return await rows(connection, wanted)
