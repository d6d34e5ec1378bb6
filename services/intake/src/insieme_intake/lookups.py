"""What a decision must know that its own stream does not say: plain SELECTs over many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from insieme_events.contracts.intake import IdentityKind
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.projection import UNKNOWN
from insieme_events.store import Connection
from insieme_intake.circumstances import LineFound, PersonFound, ReferralFound
from insieme_intake.follow_ups import Recorded
from insieme_intake.retention import Left

LAST_IDS = """
select distinct on (stream, type) stream, type, event_id from events.events
where stream = any(%s) and type in ('PersonEnrolled', 'EntryCharacteristicsRecorded')
order by stream, type, version desc
"""
PERSONS = """
select person_id, erased_on is not null, restricted_on, merged_into from views.persons where person_id = any(%s)
"""
REFERRALS = """
select referral_id, person_id, direction = 'received', status, sent_on, reply_due_on from views.referrals
where referral_id = any(%s)
"""
RESTRICTED = """
select c.case_id, p.restricted_on from views.cases c join views.persons p on p.person_id = c.root_id
where c.case_id = any(%s) and p.restricted_on is not null
"""
LINES = """
select p.person_id, i.intervention_id, i.kind, i.party, i.starts_on, coalesce(i.ended_on, i.ends_on)
from views.persons p cross join lateral (
    select person_id from views.persons where merged_into = coalesce(p.merged_into, p.person_id)
    union all select p.merged_into where p.merged_into is not null
) other join views.interventions i on i.person_id = other.person_id
where p.person_id = any(%s) and other.person_id <> p.person_id and i.effective and i.kind <> %s
"""
PERSON_OF_CASE = "select case_id, root_id from views.cases where case_id = any(%s)"
PARTICIPANTS = """
select p.participation_id, r.erased_on is not null, r.restricted_on
from views.participations p join views.persons o on o.person_id = p.person_id
    join views.persons r on r.person_id = coalesce(o.merged_into, o.person_id)
where p.participation_id = any(%s)
"""
FOLLOW_UPS = """
select p.participation_id, f.recorded_on, f.months
from views.participations p join views.follow_ups f on f.case_id = p.case_id where p.participation_id = any(%s)
"""
LEFT = """
select p.person_id, r.left_on, r.extended_to
from views.persons p join views.retention r on r.person_id = coalesce(p.merged_into, p.person_id)
where p.person_id = any(%s)
"""
ROOT = "select coalesce(merged_into, person_id) from views.persons where person_id = %s"
STANDING = """
select r.person_id, r.identity_kind from views.persons p join views.persons r on r.person_id = p.merged_into
where p.person_id = %s
"""
ALIASES = "select person_id from views.persons where merged_into = %s order by person_id"


async def event_ids(connection: Connection, streams: set[str]) -> Mapping[str, Mapping[str, UUID]]:
    """Per stream and type the id of the last enrolment and of the last characteristics at entry."""
    found: dict[str, dict[str, UUID]] = {}
    if streams:
        rows = await connection.execute(LAST_IDS, (sorted(streams),))
        for stream, kind, event_id in await rows.fetchall():
            found.setdefault(stream, {})[kind] = event_id
    return found


async def persons(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID, PersonFound]:
    """Those of them that are registered."""
    if not ids:
        return {}
    rows = await connection.execute(PERSONS, (list(ids),))
    return {person_id: PersonFound(*values) for person_id, *values in await rows.fetchall()}


async def referrals(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID | None, ReferralFound]:
    """Those of them that there are."""
    if not ids:
        return {}
    rows = await connection.execute(REFERRALS, (list(ids),))
    return {referral_id: ReferralFound(*values) for referral_id, *values in await rows.fetchall()}


async def restrictions(connection: Connection, cases: Collection[UUID]) -> Mapping[UUID, date]:
    """Since when the data of the case's person may not be used; those that may are left out."""
    if not cases:
        return {}
    rows = await connection.execute(RESTRICTED, (list(cases),))
    return dict(await rows.fetchall())


async def lines_elsewhere(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID, tuple[LineFound, ...]]:
    """Per id the interventions that stand on the ledgers of the other ids of the same person."""
    found: dict[UUID, tuple[LineFound, ...]] = {}
    if ids:
        rows = await connection.execute(LINES, (list(ids), UNKNOWN))
        for person_id, intervention_id, kind, *rest in await rows.fetchall():
            line = LineFound(intervention_id, InterventionKind(kind), *rest)
            found[person_id] = (*found.get(person_id, ()), line)
    return found


async def persons_of_cases(connection: Connection, cases: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Whose cases these are, by the id that stands for the person now."""
    if not cases:
        return {}
    rows = await connection.execute(PERSON_OF_CASE, (list(cases),))
    return dict(await rows.fetchall())


async def participants(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID, PersonFound]:
    """Per participation whose it is, by the id that stands for the person now."""
    if not ids:
        return {}
    rows = await connection.execute(PARTICIPANTS, (list(ids),))
    return {participation_id: PersonFound(*values) for participation_id, *values in await rows.fetchall()}


async def follow_ups(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID, tuple[Recorded, ...]]:
    """Per participation the follow-ups on record in its case."""
    found: dict[UUID, tuple[Recorded, ...]] = {}
    if ids:
        rows = await connection.execute(FOLLOW_UPS, (list(ids),))
        for participation_id, on, months in await rows.fetchall():
            found[participation_id] = (*found.get(participation_id, ()), Recorded(on, months))
    return found


async def left(connection: Connection, ids: Collection[UUID]) -> Mapping[UUID, Left]:
    """Per person when the last of what they had ended, under any of their ids."""
    if not ids:
        return {}
    rows = await connection.execute(LEFT, (list(ids),))
    return {person_id: Left(*values) for person_id, *values in await rows.fetchall()}


async def root_of(connection: Connection, person_id: UUID) -> UUID:
    """The id that stands for this person; the same one where nobody was merged, or nobody is known by it."""
    row = await (await connection.execute(ROOT, (person_id,))).fetchone()
    return person_id if row is None else row[0]


async def standing_for(connection: Connection, person_id: UUID) -> tuple[UUID, IdentityKind] | None:
    """The id that stands for somebody whose id was given up, and how that one was registered; None for all others."""
    row = await (await connection.execute(STANDING, (person_id,))).fetchone()
    return None if row is None else (row[0], IdentityKind(row[1]))


async def ids_of(connection: Connection, person_id: UUID) -> tuple[UUID, ...]:
    """Every id of this person, the one that stands for the others last."""
    root = await root_of(connection, person_id)
    rows = await connection.execute(ALIASES, (root,))
    return (*[alias for (alias,) in await rows.fetchall()], root)
