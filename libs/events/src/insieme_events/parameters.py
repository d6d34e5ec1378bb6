"""Every service's view of what governance adopted: agreements, legal limits, protocols and their parties.

Governance writes it beside its own appends; the others from governance's topic. A version is written whole, so hearing
an event twice or late changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement, Limits, agreement_of, limits_of
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance import (
    AgreementAdopted,
    LegalLimitsPublished,
    PartyRegistered,
    PartyWithdrew,
    ProtocolRenewed,
    ProtocolSigned,
    ProtocolSucceeded,
)
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.envelope import Stored
from insieme_events.store import Connection

AGREEMENT, LIMITS = "agreement", "legal_limits"

PUT = """
insert into events.parameters (kind, version, valid_from, parameters) values (%s, %s, %s, %s)
on conflict on constraint parameters_key
do update set valid_from = excluded.valid_from, parameters = excluded.parameters
"""
SIGNED = """
insert into events.protocols (protocol_id, signed_on, ends_on) values (%s, %s, %s)
on conflict (protocol_id) do update set signed_on = excluded.signed_on, ends_on = excluded.ends_on
"""
ENDS = "update events.protocols set ends_on = %s where protocol_id = %s"
REGISTERED = """
insert into events.parties (protocol_id, party, role, since) values (%s, %s, %s, %s)
on conflict on constraint parties_key do update set role = excluded.role, since = excluded.since, until = null
"""
WITHDREW = "update events.parties set until = %s where protocol_id = %s and party = %s"
OF_KIND = "select parameters::text from events.parameters where kind = %s order by valid_from"
PARTIES = """
select p.protocol_id, p.party, p.role from events.parties p join events.protocols t using (protocol_id)
where t.signed_on <= %(day)s and %(day)s <= t.ends_on and p.since <= %(day)s
    and (p.until is null or %(day)s < p.until)
order by t.signed_on, p.party
"""

TYPES: frozenset[type[DomainEvent]] = frozenset(
    {
        AgreementAdopted,
        LegalLimitsPublished,
        PartyRegistered,
        PartyWithdrew,
        ProtocolRenewed,
        ProtocolSigned,
        ProtocolSucceeded,
    }
)


@dataclass(frozen=True, slots=True)
class Party:
    """A party in force of the protocol in force on a day."""

    protocol_id: UUID
    party: str
    role: PartyRole


async def write(connection: Connection, events: Sequence[DomainEvent]) -> None:
    """Writes what these events say into the view; others are passed over."""
    for event in events:
        match event:
            case AgreementAdopted(version=version, valid_from=since):
                dated = {"version": version, "valid_from": since, "valid_to": event.valid_to}
                whole = Agreement(**event.parameters.model_dump(), **dated)
                await connection.execute(PUT, (AGREEMENT, version, since, whole.model_dump_json()))
            case LegalLimitsPublished(version=version, valid_from=since):
                limits = Limits(**event.limits.model_dump(), version=version, valid_from=since)
                await connection.execute(PUT, (LIMITS, version, since, limits.model_dump_json()))
            case ProtocolSigned(protocol_id=protocol_id, ends_on=ends_on):
                await connection.execute(SIGNED, (protocol_id, event.occurred_on, ends_on))
            case (
                ProtocolRenewed(protocol_id=protocol_id, ends_on=ends_on)
                | ProtocolSucceeded(protocol_id=protocol_id, ends_on=ends_on)
            ):
                await connection.execute(ENDS, (ends_on, protocol_id))
            case PartyRegistered(protocol_id=protocol_id, party=party, role=role):
                await connection.execute(REGISTERED, (protocol_id, party, role, event.occurred_on))
            case PartyWithdrew(protocol_id=protocol_id, party=party, effective_on=effective_on):
                await connection.execute(WITHDREW, (effective_on, protocol_id, party))
            case _:
                continue


async def agreements(connection: Connection) -> tuple[Agreement, ...]:
    """Every version of the agreement that this service knows, by its first day."""
    cursor = await connection.execute(OF_KIND, (AGREEMENT,))
    return tuple([agreement_of(text) for (text,) in await cursor.fetchall()])


async def limits(connection: Connection) -> tuple[Limits, ...]:
    """Every version of the legal limits that this service knows, by its first day."""
    cursor = await connection.execute(OF_KIND, (LIMITS,))
    return tuple([limits_of(text) for (text,) in await cursor.fetchall()])


async def parties_on(connection: Connection, day: date) -> tuple[Party, ...]:
    """The parties in force on that day, by the protocol in force then (P81); empty outside every term."""
    cursor = await connection.execute(PARTIES, {"day": day})
    return tuple(Party(protocol_id, party, PartyRole(role)) for protocol_id, party, role in await cursor.fetchall())


class ParametersView:
    """Keeps the view of a service other than governance."""

    types: frozenset[type[DomainEvent]] | None = TYPES

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        await write(connection, [stored.event for stored in events])
