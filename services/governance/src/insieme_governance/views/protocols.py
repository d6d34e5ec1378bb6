"""The views of a protocol: its status, its renewals, and what its parties said (P79-P81, P84)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events import parameters
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance import (
    AmendmentNoticed,
    DelegateLinked,
    NominationEnded,
    OwnershipTransferred,
    PartyWithdrew,
    ProtocolExpiryWarned,
    ProtocolSigned,
    ProtocolSucceeded,
    RenewalConsentGiven,
    RenewalConsentRefused,
    RepresentativeNominated,
    RoleAssigned,
    TechnicalReferentNominated,
)
from insieme_events.contracts.vocabulary import Seat
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.protocol.state import Expired, InForce, NotPrepared, Prepared, Protocol, Succeeded, evolve

META = sa.MetaData(schema="views")
PROTOCOLS = sa.Table(
    "protocols",
    META,
    sa.Column("protocol_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("predecessor_id", sa.Uuid),
    sa.Column("successor_id", sa.Uuid),
    sa.Column("renewal_proposed_on", sa.Date),
    sa.Column("renewal_ends_on", sa.Date),
    sa.Column("consent_of", sa.Text),
    sa.Column("renewed_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
NOTICES = sa.Table(
    "notices",
    META,
    sa.Column("notice_id", sa.Uuid, primary_key=True),
    sa.Column("protocol_id", sa.Uuid, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("noticed_on", sa.Date, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
)

WITHDRAWAL = "withdrawal"

PUT = """
insert into views.protocols (protocol_id, status, signed_on, ends_on, renewal_proposed_on, renewal_ends_on, consent_of,
    renewed_on, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (protocol_id) do update set status = excluded.status, signed_on = excluded.signed_on,
    ends_on = excluded.ends_on, renewal_proposed_on = excluded.renewal_proposed_on,
    renewal_ends_on = excluded.renewal_ends_on, consent_of = excluded.consent_of, renewed_on = excluded.renewed_on,
    version = excluded.version
"""
PREDECESSOR = "update views.protocols set predecessor_id = %s where protocol_id = %s"
SUCCESSOR = "update views.protocols set successor_id = %s where protocol_id = %s"
CONSENT = """
insert into views.consents (protocol_id, proposed_on, party, answer, answered_on) values (%s, %s, %s, %s, %s)
on conflict on constraint consents_key do update set answer = excluded.answer, answered_on = excluded.answered_on
"""
WARNED = "insert into views.expiry_warnings (protocol_id, ends_on, months, warned_on) values (%s, %s, %s, %s)"
NOTICE = """
insert into views.notices (notice_id, protocol_id, party, kind, noticed_on, effective_on)
values (%s, %s, %s, %s, %s, %s)
"""
LINK = "insert into views.links (protocol_id, party, delegate, scope, since) values (%s, %s, %s, %s, %s)"
ROLE = "insert into views.roles (protocol_id, role, party, unit, since) values (%s, %s, %s, %s, %s)"
NOMINATED = """
insert into views.nominations (protocol_id, party, seat, nominee_id, since, until) values (%s, %s, %s, %s, %s, %s)
"""
UNSEATED = """
update views.nominations set until = %(on)s
where protocol_id = %(protocol)s and party = %(party)s and seat = %(seat)s and nominee_id = %(nominee)s
    and since <= %(on)s and (until is null or %(on)s <= until)
"""
OWNED = "insert into views.ownership (protocol_id, since, owner, handed_on_by) values (%s, %s, %s, %s)"
OWNER = "select owner from views.ownership where protocol_id <> %s order by since desc limit 1"
UNSUCCEEDED = "select protocol_id from views.protocols where signed_on is not null and successor_id is null"


async def write(connection: Connection, changes: Sequence[Change[Protocol]]) -> None:
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, [row(change) for change in changes])
    for change in changes:
        await parameters.write(connection, [stored.event for stored in change.events])
        state = change.before
        for stored in change.events:
            for query, values in writes(change.stream_id, state, stored.event, stored.event_id):
                await connection.execute(query, values)
            state = evolve(state, stored.event)


def row(change: Change[Protocol]) -> tuple[Any, ...]:
    match change.after:
        case NotPrepared():
            raise TypeError("a protocol that changed is prepared")
        case Prepared():
            return (change.stream_id, "prepared", *[None] * 6, change.sequence)
        case InForce(term=term) | Expired(term=term) | Succeeded(term=term):
            renewal = term.renewal
            renewing = (renewal.proposed_on, renewal.ends_on, renewal.consent_of) if renewal else (None, None, None)
            dated = (term.signed_on, term.ends_on, *renewing, term.renewed_on)
            return (change.stream_id, STATUS[type(change.after)], *dated, change.sequence)
        case _:
            assert_never(change.after)


STATUS: dict[type[Protocol], str] = {InForce: "in_force", Expired: "expired", Succeeded: "succeeded"}


def writes(protocol: UUID, state: Protocol, event: DomainEvent, event_id: UUID) -> Iterator[tuple[str, Any]]:
    """What an event adds beside the protocol's own row; a withdrawal is a notice under the id of its event."""
    on = event.occurred_on
    match event:
        case ProtocolSigned(predecessor_id=predecessor_id):
            yield PREDECESSOR, (predecessor_id, protocol)
        case ProtocolSucceeded(successor_id=successor_id):
            yield SUCCESSOR, (successor_id, protocol)
        case RenewalConsentGiven(party=party):
            yield CONSENT, (protocol, proposed(state), party, "given", on)
        case RenewalConsentRefused(party=party):
            yield CONSENT, (protocol, proposed(state), party, "refused", on)
        case ProtocolExpiryWarned(ends_on=ends_on, months=months):
            yield WARNED, (protocol, ends_on, months, on)
        case AmendmentNoticed():
            yield NOTICE, (event.notice_id, protocol, event.party, event.kind, on, event.effective_on)
        case PartyWithdrew():
            yield NOTICE, (event_id, protocol, event.party, WITHDRAWAL, on, event.effective_on)
        case DelegateLinked():
            yield LINK, (protocol, event.party, event.delegate, event.scope, on)
        case RoleAssigned():
            yield ROLE, (protocol, event.role, event.party, event.unit, on)
        case RepresentativeNominated():
            yield NOMINATED, (protocol, event.party, Seat.REPRESENTATIVE, event.nominee_id, on, event.until)
        case TechnicalReferentNominated():
            yield NOMINATED, (protocol, event.party, Seat.TECHNICAL_REFERENT, event.nominee_id, on, event.until)
        case NominationEnded(party=party, seat=seat, nominee_id=nominee):
            yield UNSEATED, {"on": on, "protocol": protocol, "party": party, "seat": seat, "nominee": nominee}
        case OwnershipTransferred():
            yield OWNED, (protocol, event.effective_on, event.to_owner, event.from_owner)
        case _:
            return


def proposed(state: Protocol) -> date:
    if isinstance(state, InForce | Expired) and state.term.renewal is not None:
        return state.term.renewal.proposed_on
    raise TypeError("nobody consents to a renewal that is not proposed")


async def unsucceeded(connection: Connection) -> frozenset[UUID]:
    """The signed protocols whose place no other one took."""
    return frozenset([one for (one,) in await (await connection.execute(UNSUCCEEDED)).fetchall()])


async def owner_before(connection: Connection, protocol_id: UUID) -> str | None:
    """To whom other protocols say that the programme belonged last (P84)."""
    found = await (await connection.execute(OWNER, (protocol_id,))).fetchone()
    return None if found is None else str(found[0])
