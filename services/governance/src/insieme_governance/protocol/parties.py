"""The parties: who joins and leaves, for whom one acts, who holds a role and who sits for a party (P01-P05, P81)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never

from insieme_events.contracts.governance import (
    AmendmentNoticed,
    DelegateLinked,
    NominationEnded,
    OwnershipTransferred,
    PartyRegistered,
    PartyWithdrew,
    RepresentativeNominated,
    RoleAssigned,
    TechnicalReferentNominated,
)
from insieme_events.contracts.vocabulary import Seat
from insieme_events.decider import Decision, Refused
from insieme_governance.gates import for_party
from insieme_governance.protocol import refusals as no
from insieme_governance.protocol.commands import (
    AssignRole,
    EndNomination,
    LinkDelegate,
    NominateRepresentative,
    NominateTechnicalReferent,
    NoticeAmendment,
    NoticeWithdrawal,
    RegisterParty,
    TransferOwnership,
)
from insieme_governance.protocol.refusals import ProtocolCircumstances
from insieme_governance.protocol.state import Expired, InForce, NotPrepared, Prepared, Protocol, Succeeded
from insieme_governance.protocol.term import in_term
from insieme_governance.register import Owner, Roll


def said_by(roll: Roll, party: str, on: date, circumstances: ProtocolCircumstances) -> Refused | None:
    """Refuses what is said for somebody who is no party in force, or by somebody who may not say it (P65, P81)."""
    if party not in roll.parties_on(on):
        return no.NOT_PARTY.about(party=party, on=on)
    return for_party(circumstances.actor.party, party, roll.coordinator_on(on))


def register(command: RegisterParty, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    joined = PartyRegistered(
        protocol_id=command.protocol_id, party=command.party, role=command.role, occurred_on=command.on
    )
    match protocol:
        case NotPrepared():
            return [joined] if command.preparing else no.PROTOCOL_UNKNOWN
        case Prepared() | InForce() | Expired() | Succeeded():
            member = protocol.roll.member(command.party)
            if member is not None and (member.role, member.since) == (command.role, command.on):
                return []
            if member is not None and member.until is not None:
                return no.HAS_WITHDRAWN.about(party=command.party, until=member.until)
            if member is not None:
                return [] if member.role is command.role else no.ALREADY_PARTY.about(party=command.party)
            if isinstance(protocol, Prepared):
                return [joined]
            return joins(joined, protocol, circumstances)
        case _:
            assert_never(protocol)


def joins(
    joined: PartyRegistered, protocol: InForce | Expired | Succeeded, circumstances: ProtocolCircumstances
) -> Decision:
    """A party that joins later is one from that day on: it changes no renewal and no meeting before it (I11, P50)."""
    on = joined.occurred_on
    found = in_term(protocol, on)
    if isinstance(found, Refused):
        return found
    if found.term.renewed_on is not None and on <= found.term.renewed_on:
        return no.AFTER_RENEWAL.about(renewed_on=found.term.renewed_on)
    if circumstances.last_held_on is not None and on <= circumstances.last_held_on:
        return no.MEETINGS_HELD.about(held_on=circumstances.last_held_on)
    return [joined]


def withdraw(command: NoticeWithdrawal, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    """Effective after the days of notice; no meeting, renewal or money that counted the party is undone (P81, I12)."""
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    member = found.roll.member(command.party)
    if member is not None and member.until == command.effective_on:
        return []
    if member is not None and member.until is not None:
        return no.HAS_WITHDRAWN.about(party=command.party, until=member.until)
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    version = noticed(command.on, command.effective_on, circumstances)
    if isinstance(version, Refused):
        return version
    if found.term.renewed_on is not None and command.effective_on <= found.term.renewed_on:
        return no.AFTER_RENEWAL.about(renewed_on=found.term.renewed_on)
    if circumstances.held_with_it is not None:
        return no.PARTY_WAS_INVITED.about(party=command.party, held_on=circumstances.held_with_it)
    if circumstances.committed_on is not None:
        return no.PARTY_COMMITTED.about(party=command.party, committed_on=circumstances.committed_on)
    if circumstances.convened != command.lapsing:
        return no.INVITATIONS_MOVED
    return [
        PartyWithdrew(
            protocol_id=found.roll.protocol_id,
            party=command.party,
            effective_on=command.effective_on,
            agreement_version=version,
            occurred_on=command.on,
        )
    ]


def noticed(on: date, effective_on: date, circumstances: ProtocolCircumstances) -> str | Refused:
    """The version by whose days the notice is in time."""
    if circumstances.agreement is None:
        return no.AGREEMENT_UNKNOWN
    earliest = on + timedelta(days=circumstances.agreement.notice_days)
    return no.NOTICE_TOO_SHORT.about(earliest=earliest) if effective_on < earliest else circumstances.agreement.version


def amend(command: NoticeAmendment, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if command.notice_id in found.term.notices:
        return []
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    version = noticed(command.on, command.effective_on, circumstances)
    if isinstance(version, Refused):
        return version
    return [
        AmendmentNoticed(
            protocol_id=found.roll.protocol_id,
            notice_id=command.notice_id,
            party=command.party,
            kind=command.kind,
            effective_on=command.effective_on,
            agreement_version=version,
            occurred_on=command.on,
        )
    ]


def link(command: LinkDelegate, protocol: Protocol) -> Decision:
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if command.party == command.delegate:
        return no.SAME_PARTY
    for party in (command.party, command.delegate):
        if party not in found.roll.parties_on(command.on):
            return no.NOT_PARTY.about(party=party, on=command.on)
    if command.party in found.roll.acts_for(command.delegate, command.scope, command.on):
        return []
    return [
        DelegateLinked(
            protocol_id=found.roll.protocol_id,
            party=command.party,
            delegate=command.delegate,
            scope=command.scope,
            occurred_on=command.on,
        )
    ]


def assign(command: AssignRole, protocol: Protocol) -> Decision:
    """One holder at a time; a new one from a later day on (P65)."""
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if command.party not in found.roll.parties_on(command.on):
        return no.NOT_PARTY.about(party=command.party, on=command.on)
    last = max((one.since for one in found.roll.holders if one.role is command.role), default=date.min)
    holder = found.roll.holder_on(command.role, command.on)
    if holder is not None and (holder.party, holder.unit) == (command.party, command.unit):
        return []
    if command.on <= last:
        return no.ROLE_TAKEN.about(since=last)
    return [
        RoleAssigned(
            protocol_id=found.roll.protocol_id,
            role=command.role,
            party=command.party,
            unit=command.unit,
            occurred_on=command.on,
        )
    ]


def nominate(
    command: NominateRepresentative | NominateTechnicalReferent,
    protocol: Protocol,
    circumstances: ProtocolCircumstances,
) -> Decision:
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    if command.until is not None and command.until < command.on:
        return no.ENDS_BEFORE_START.about(until=command.until, on=command.on)
    seat = Seat.REPRESENTATIVE if isinstance(command, NominateRepresentative) else Seat.TECHNICAL_REFERENT
    if command.nominee_id in found.roll.seated_on(command.party, seat, command.on):
        return []
    event = RepresentativeNominated if isinstance(command, NominateRepresentative) else TechnicalReferentNominated
    return [
        event(
            protocol_id=found.roll.protocol_id,
            party=command.party,
            nominee_id=command.nominee_id,
            until=command.until,
            occurred_on=command.on,
        )
    ]


def end_nomination(command: EndNomination, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    key = (command.party, command.seat, command.nominee_id)
    held = [one for one in found.roll.nominations if (one.party, one.seat, one.nominee_id) == key]
    current = next((one for one in held if one.on(command.on)), None)
    if current is None:
        return no.NOT_NOMINATED.about(party=command.party, on=command.on)
    if current.until == command.on:
        return []
    return [
        NominationEnded(
            protocol_id=found.roll.protocol_id,
            party=command.party,
            seat=command.seat,
            nominee_id=command.nominee_id,
            occurred_on=command.on,
        )
    ]


def transfer(command: TransferOwnership, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    """From a later day than the last transfer, by its owner; before the first, any party may be the owner (P84)."""
    found = in_term(protocol, command.on)
    if isinstance(found, Refused):
        return found
    last: Owner | None = max(found.roll.owners, key=lambda one: one.since, default=None)
    if last == Owner(command.to_owner, command.effective_on, command.from_owner):
        return []
    owner = circumstances.owner_before if last is None else last.owner
    if owner is None and found.roll.member(command.from_owner) is None:
        return no.NOT_PARTY.about(party=command.from_owner, on=command.effective_on)
    if last is not None and last.since >= command.effective_on:
        return no.OWNED_LATER.about(since=last.since)
    if owner is not None and owner != command.from_owner:
        return no.OTHER_OWNER.about(owner=owner)
    return [
        OwnershipTransferred(
            protocol_id=found.roll.protocol_id,
            from_owner=command.from_owner,
            to_owner=command.to_owner,
            effective_on=command.effective_on,
            occurred_on=command.on,
        )
    ]
