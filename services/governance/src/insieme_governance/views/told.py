"""The local view of matching's companies: which there are, and under which id each goes on (P59).

A registration may arrive after the merge that it precedes: it then changes nothing of what the merge said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import CompanyRegistered
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Write

REGISTER = """
insert into views.companies (company_id, root) select c, c from unnest(%s::uuid[]) c on conflict do nothing
"""
MERGE = """
insert into views.companies (company_id, root) values (%(company)s, %(company)s), (%(merged)s, %(company)s)
on conflict (company_id) do update set root = excluded.root
"""
FOLLOW = "update views.companies set root = %(company)s where root = %(merged)s"
REKEY = "update views.board_memberships set root = %(company)s where root = %(merged)s"
ROOTS = "select company_id, root from views.companies where company_id = any(%s)"


class CompaniesView:
    """Keeps who is registered, from matching's topic; merges are written by the reaction to them."""

    types: frozenset[type[DomainEvent]] | None = frozenset({CompanyRegistered})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        registered = [s.event.company_id for s in events if isinstance(s.event, CompanyRegistered)]
        await connection.execute(REGISTER, (registered,))


def merged(company_id: UUID, merged_id: UUID) -> Write:
    """Writes that `merged_id`, and all that goes on under it, goes on under `company_id`; ended memberships too."""

    async def write(connection: Connection) -> None:
        ids = {"company": company_id, "merged": merged_id}
        await connection.execute(MERGE, ids)
        await connection.execute(FOLLOW, ids)
        await connection.execute(REKEY, ids)

    return write


async def roots(connection: Connection, companies: Collection[UUID]) -> dict[UUID, UUID]:
    """The id under which each of these companies goes on; one that nobody has heard of is left out."""
    if not companies:
        return {}
    cursor = await connection.execute(ROOTS, (list(companies),))
    return dict(await cursor.fetchall())
