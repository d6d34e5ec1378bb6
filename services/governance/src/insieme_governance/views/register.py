"""The register as the other aggregates and the reads are told of it: every signed protocol with its parties (P81, P84).

Terms and parties stand in the view that every service has (`events.protocols`, `events.parties`), the rest in ours.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from insieme_events.contracts.vocabulary import DelegateScope, GovernanceRole, PartyRole, Seat
from insieme_events.store import Connection
from insieme_governance.register import Holder, Link, Member, Nomination, Owner, Register, Roll, Signed

PROTOCOLS = "select protocol_id, signed_on, ends_on from events.protocols order by signed_on"
PARTIES = "select protocol_id, party, role, since, until from events.parties order by since, party"
LINKS = "select protocol_id, party, delegate, scope, since from views.links order by since, party"
ROLES = "select protocol_id, role, party, unit, since from views.roles order by since"
NOMINATIONS = "select protocol_id, party, seat, nominee_id, since, until from views.nominations order by since, party"
OWNERS = "select protocol_id, owner, since, handed_on_by from views.ownership order by since"


async def load(connection: Connection) -> Register:
    """All of it, in one round trip: a protocol has about fifteen parties, and there is one in five years."""
    async with connection.pipeline():
        asked = [await connection.execute(query) for query in (PARTIES, LINKS, ROLES, NOMINATIONS, OWNERS, PROTOCOLS)]
    parties, links, roles, nominations, owners, protocols = [await one.fetchall() for one in asked]
    members = by_protocol([(p, Member(party, PartyRole(role), since, to)) for p, party, role, since, to in parties])
    linked = by_protocol([(p, Link(party, by, DelegateScope(scope), since)) for p, party, by, scope, since in links])
    held = by_protocol([(p, Holder(GovernanceRole(role), party, unit, day)) for p, role, party, unit, day in roles])
    seated = by_protocol(
        [(p, Nomination(party, Seat(seat), nominee, since, to)) for p, party, seat, nominee, since, to in nominations]
    )
    owned = by_protocol([(p, Owner(owner, since, by)) for p, owner, since, by in owners])
    return Register(
        tuple(
            Signed(Roll(p, members[p], linked[p], held[p], seated[p], owned[p]), signed_on, ends_on)
            for p, signed_on, ends_on in protocols
        )
    )


def by_protocol(rows: list[tuple[UUID, Any]]) -> defaultdict[UUID, tuple[Any, ...]]:
    found: defaultdict[UUID, tuple[Any, ...]] = defaultdict(tuple)
    for protocol_id, one in rows:
        found[protocol_id] = (*found[protocol_id], one)
    return found
