"""What the registers come to, by party, year, theme and territory; each read is one statement.

Amounts of entries that were voided count nowhere.
"""

from __future__ import annotations

from datetime import date

from insieme_events.contracts.governance_registers import TerritoryKind
from insieme_events.reading import Row, ask
from insieme_events.store import Connection
from insieme_governance.registers.coverage import Reached

CONTRIBUTIONS = """
select facts->>'party' as party, count(*)::int as entries, coalesce(sum((facts->>'hours')::int), 0)::int as hours,
    coalesce(sum((facts->>'value')::bigint), 0)::bigint as value
from views.entries
where kind = 'contributions' and status <> 'voided' and recorded_on between %(first)s and %(last)s
group by 1 order by 1
"""
OUTREACH = """
select facts->>'party', facts->>'territory_kind', facts->>'territory', max(recorded_on)
from views.entries
where kind = 'outreach' and status <> 'voided' and recorded_on between %(first)s and %(last)s
group by 1, 2, 3
"""
ASSOCIATIONS = """
select facts->>'party' as party, count(*)::int as held,
    coalesce(sum((facts->>'companies_reached')::int), 0)::int as companies_reached, max(recorded_on) as last_on
from views.entries
where kind = 'association-outreach' and status <> 'voided' and recorded_on between %(first)s and %(last)s
group by 1 order by 1
"""
# The duty is every party's: one that promoted nothing stands there with 0.
VISIBILITY = """
select p.party, p.role, count(r.entry_id)::int as events, max(r.recorded_on) as last_on
from events.parties p join events.protocols t using (protocol_id)
left join views.entries r on r.kind = 'visibility-events' and r.status <> 'voided'
    and r.recorded_on between %(first)s and %(last)s and p.party = any(r.parties)
where t.signed_on <= %(last)s and %(first)s <= t.ends_on and p.since <= %(last)s
    and (p.until is null or %(first)s < p.until)
group by 1, 2 order by 1
"""
THEMES = """
select theme, facts->>'scope' as scope, count(*)::int as events
from views.entries, jsonb_array_elements_text(facts->'themes') theme
where kind = 'visibility-events' and status <> 'voided' and recorded_on between %(first)s and %(last)s
group by 1, 2 order by 1, 2
"""
STAFF = """
select facts->>'party' as party, facts->>'profile' as profile,
    sum((facts->>'fte_hundredths')::int)::int as fte_hundredths
from views.entries
where kind = 'staff' and status <> 'voided' and (facts->>'year')::int = %(year)s
group by 1, 2 order by 1, 2
"""
DESKS = """
select facts->>'party' as party, count(*)::int as desks, array_agg(distinct facts->>'comune') as comuni
from views.entries
where kind = 'desks' and status <> 'voided' and recorded_on <= %(day)s and (ended_on is null or %(day)s < ended_on)
group by 1 order by 1
"""
MEASURES = """
select r.entry_id, r.facts->>'measure' as measure, r.facts->>'kind' as kind,
    count(a.action_id)::int as actions, coalesce(sum(a.planned_cost), 0)::bigint as planned_cost
from views.entries r left join views.plan_actions a on a.completes = r.entry_id
where r.kind = 'regional-measures' and r.status <> 'voided'
group by r.entry_id order by 2, 1
"""


def days_of(year: int) -> dict[str, date]:
    return {"first": date(year, 1, 1), "last": date(year, 12, 31)}


async def contributions(connection: Connection, year: int) -> list[Row]:
    """What each party made available in a year (P26)."""
    return await ask(connection, CONTRIBUTIONS, days_of(year))


async def outreach(connection: Connection, year: int) -> list[Reached]:
    """Who held outreach where in a year, and when last (P73)."""
    cursor = await connection.execute(OUTREACH, days_of(year))
    return [(party, TerritoryKind(kind), name, on) for party, kind, name, on in await cursor.fetchall()]


async def associations(connection: Connection, year: int) -> list[Row]:
    """What associations and unions did among their members' companies in a year (P76)."""
    return await ask(connection, ASSOCIATIONS, days_of(year))


async def visibility(connection: Connection, year: int) -> list[Row]:
    """How many public events each party promoted in a year (P77)."""
    return await ask(connection, VISIBILITY, days_of(year))


async def themes(connection: Connection, year: int) -> list[Row]:
    """What the public events of a year were about, and how far they went (P78)."""
    return await ask(connection, THEMES, days_of(year))


async def staff(connection: Connection, year: int) -> list[Row]:
    """The full-time equivalents that each guarantor gives in a year (P71)."""
    return await ask(connection, STAFF, {"year": year})


async def desks(connection: Connection, day: date) -> list[Row]:
    """The desks that are open on a day (P71)."""
    return await ask(connection, DESKS, {"day": day})


async def measures(connection: Connection) -> list[Row]:
    """The regional measures with the actions of plans that complete them (P48)."""
    return await ask(connection, MEASURES)
