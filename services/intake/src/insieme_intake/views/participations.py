"""Writes the list of participations in funded operations, and of the follow-ups after them (P18)."""

from __future__ import annotations

from collections.abc import Sequence

from insieme_events.contracts.intake_following import ParticipationFollowUpDue, ParticipationFollowUpRecorded
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_intake.participation import Ended, NoParticipation, ParticipationState
from insieme_intake.views.cases import PUT_FOLLOW_UP_DUE

PUT = """
insert into views.participations (participation_id, person_id, case_id, operation, opened_on, closed_on, version)
values (%s, %s, %s, %s, %s, %s, %s)
on conflict (participation_id) do update set closed_on = excluded.closed_on, version = excluded.version
"""
PUT_FOLLOW_UP = """
insert into views.participation_follow_ups (participation_id, months, recorded_on) values (%s, %s, %s)
on conflict do nothing
"""


async def write_participations(connection: Connection, changes: Sequence[Change[ParticipationState]]) -> None:
    rows, due, recorded = [], [], []
    for change in changes:
        state = change.after
        if isinstance(state, NoParticipation):
            continue
        opened, closed_on = (state.opened, state.on) if isinstance(state, Ended) else (state, None)
        rows.append(
            (
                change.stream_id,
                opened.person_id,
                opened.case_id,
                opened.operation,
                opened.since,
                closed_on,
                change.sequence,
            )
        )
        due += [
            (change.stream_id, event.left_on, event.months_after_exit, event.occurred_on)
            for event in (stored.event for stored in change.events)
            if isinstance(event, ParticipationFollowUpDue)
        ]
        recorded += [
            (change.stream_id, event.months_after_exit, event.occurred_on)
            for event in (stored.event for stored in change.events)
            if isinstance(event, ParticipationFollowUpRecorded)
        ]
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)
        await cursor.executemany(PUT_FOLLOW_UP_DUE, due)
        await cursor.executemany(PUT_FOLLOW_UP, recorded)
