"""Writes the list of interventions (P25, P48): every line again, as each shows the version of the whole ledger."""

from __future__ import annotations

from collections.abc import Sequence

from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_intake.ledger import LedgerState, NoLedger
from insieme_intake.views.sealed import text

PUT = """
insert into views.interventions (intervention_id, person_id, kind, measure, party, starts_on, ends_on, status,
    effective, registered_on, overlaps_id, overlap_found_on, overridden_on, override_reason, ended_on, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (person_id, intervention_id) do update set kind = excluded.kind, measure = excluded.measure,
    ends_on = excluded.ends_on, status = excluded.status, effective = excluded.effective,
    overlaps_id = excluded.overlaps_id, overlap_found_on = excluded.overlap_found_on,
    overridden_on = excluded.overridden_on,
    override_reason = excluded.override_reason, ended_on = excluded.ended_on, version = excluded.version
"""


async def write_ledgers(connection: Connection, changes: Sequence[Change[LedgerState]]) -> None:
    rows = [
        (
            line.intervention_id,
            change.after.person_id,
            text(line.kind),
            text(line.measure),
            line.party,
            line.starts_on,
            line.ends_on,
            "ended" if line.ended_on is not None else line.standing.value,
            line.effective,
            line.registered_on,
            line.overlaps,
            line.found_on,
            line.overridden_on,
            line.reason,
            line.ended_on,
            change.sequence,
        )
        for change in changes
        if not isinstance(change.after, NoLedger)
        for line in change.after.lines
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, rows)
