"""Writes the list of persons, of their requests for access, and of the pairs that somebody told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.contracts.intake import PersonRegistered
from insieme_events.contracts.intake_persons import (
    DuplicateDismissed,
    ErasureRefused,
    SubjectAccessAnswered,
    SubjectAccessRequested,
)
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_intake.person import Erased, Known, Merged, PersonState, Restricted

INSERT_PERSON = "insert into views.persons (person_id, identity_kind, registered_on, version) values (%s, %s, %s, 1)"
UPDATE_PERSON = """
update views.persons set erased_on = %s, erasure_completed_by = %s, erasure_overdue = %s, restricted_on = %s,
    merged_into = %s, extended_to = %s, retention_left_on = %s, retention_kept_until = %s, version = %s
where person_id = %s
"""
REFUSED = "update views.persons set erasure_refused_on = %s where person_id = %s"
ASKED = """
insert into views.access_requests (request_id, person_id, asked_on, due_on) values (%s, %s, %s, %s)
on conflict (request_id) do nothing
"""
ANSWERED = "update views.access_requests set answered_on = %s where request_id = %s"
APART = """
insert into views.told_apart (person_id, other_id, reason, dismissed_on, party, role) values (%s, %s, %s, %s, %s, %s)
on conflict (person_id, other_id) do update set reason = excluded.reason, dismissed_on = excluded.dismissed_on,
    party = excluded.party, role = excluded.role
"""
ROOT = "update views.cases set root_id = %s where person_id = %s"

Rows = list[tuple[Any, ...]]


async def write_persons(connection: Connection, changes: Sequence[Change[PersonState]]) -> None:
    inserts: Rows = []
    updates: Rows = []
    roots: Rows = []
    told: dict[str, Rows] = {}
    for change in changes:
        for event in (stored.event for stored in change.events):
            match event:
                case PersonRegistered(person_id=person_id, identity_kind=kind):
                    inserts.append((person_id, kind, event.occurred_on))
                case ErasureRefused(person_id=person_id):
                    told.setdefault(REFUSED, []).append((event.occurred_on, person_id))
                case SubjectAccessRequested(person_id=person_id, request_id=request_id, due_on=due):
                    told.setdefault(ASKED, []).append((request_id, person_id, event.occurred_on, due))
                case SubjectAccessAnswered(request_id=request_id):
                    told.setdefault(ANSWERED, []).append((event.occurred_on, request_id))
                case DuplicateDismissed(person_id=person_id, other_id=other_id, by=by):
                    assert by is not None, "every stored event says who acted"
                    row = (person_id, other_id, event.reason, event.occurred_on, by.party, by.role)
                    told.setdefault(APART, []).append(row)
                case _:
                    continue
        updates.append(_person_row(change))
        if _into(change.before) != (into := _into(change.after)):
            roots.append((into or change.stream_id, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_PERSON, inserts)
        await cursor.executemany(UPDATE_PERSON, updates)
        await cursor.executemany(ROOT, roots)
        for statement, rows in told.items():
            await cursor.executemany(statement, rows)


def _person_row(change: Change[PersonState]) -> tuple[Any, ...]:
    erased_on: date | None = None
    restricted_on: date | None = None
    completed: list[str] = []
    overdue = False
    extended_to: date | None = None
    left_on: date | None = None
    kept_until: date | None = None
    match change.after:
        case Erased(on=erased_on, completed=services, overdue=overdue):
            completed = sorted(services)
        case Restricted(on=restricted_on):
            pass
        case _:
            pass
    match change.after:
        case (Known() as known) | Restricted(known=known) | Merged(known=known):
            extended_to = known.extended[0] if known.extended else None
            left_on, kept_until = known.retention_ended or (None, None)
        case _:
            pass
    retention = (extended_to, left_on, kept_until)
    into = _into(change.after)
    return (erased_on, completed, overdue, restricted_on, into, *retention, change.sequence, change.stream_id)


def _into(state: PersonState) -> UUID | None:
    return state.into if isinstance(state, Merged) else None
