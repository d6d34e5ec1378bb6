"""What intake holds of one person, as one document for that person (GDPR art. 15, 20)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from insieme_events import subject_access
from insieme_events.problems import ProblemError
from insieme_events.store import Connection
from insieme_events.vault import KeyVault
from insieme_intake import lookups, vault
from insieme_intake.aggregates import CASES, LEDGERS, PARTICIPATIONS, PERSONS, REFERRALS
from insieme_intake.person import PERSON_UNKNOWN

OWN = """
select 'case', case_id from views.cases where person_id = any(%(ids)s)
union all select 'referral', referral_id from views.referrals where person_id = any(%(ids)s)
union all select 'participation', participation_id from views.participations where person_id = any(%(ids)s)
order by 1, 2
"""
HEADS = {aggregate.decider.name: aggregate for aggregate in (CASES, REFERRALS, PARTICIPATIONS)}


class IntakePart(subject_access.Part):
    """Intake's part has the identity from the vault, and what is kept there of referrals."""

    identities: list[vault.Identity]
    referrals: list[dict[str, Any]]


async def document(connection: Connection, keys: KeyVault, person_id: UUID) -> IntakePart:
    """The identity, what is kept of referrals, and every event. Raises ProblemError for somebody unknown or erased."""
    ids = await lookups.ids_of(connection, person_id)
    known = await lookups.persons(connection, ids)
    if not known:
        raise ProblemError(PERSON_UNKNOWN)
    if any(each.erased for each in known.values()):
        raise ProblemError(subject_access.erased("intake"))
    identities = [await vault.read(connection, keys, each) for each in ids]
    return IntakePart(
        service="intake",
        person_ids=list(ids),
        identities=[each for each in identities if each is not None],
        referrals=await vault.referral_details(connection, keys, ids),
        events=await subject_access.events_of(connection, "intake", keys, await streams(connection, ids)),
        copies={},
    )


async def streams(connection: Connection, ids: Sequence[UUID]) -> list[str]:
    """Every stream of intake that is about one of these ids."""
    rows = await (await connection.execute(OWN, {"ids": list(ids)})).fetchall()
    own = [aggregate.stream(each) for each in ids for aggregate in (PERSONS, LEDGERS)]
    return [*own, *(HEADS[head].stream(stream_id) for head, stream_id in rows)]
