"""The register of the signatories: who is a party, in what role, held by whom, on any day (P01-P05, P81, P84).

Plain records without input or output: the protocol's own state is made of them, and the other aggregates are told of
every signed protocol in this form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts.vocabulary import DelegateScope, GovernanceRole, PartyRole, Seat


@dataclass(frozen=True, slots=True)
class Member:
    """`until` is the first day on which the party is no party any more."""

    party: str
    role: PartyRole
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Link:
    """`delegate` acts for `party` in `scope` (P02, P74)."""

    party: str
    delegate: str
    scope: DelegateScope
    since: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role from a day on, until the next holder (P65)."""

    role: GovernanceRole
    party: str
    unit: str | None
    since: date


@dataclass(frozen=True, slots=True)
class Nomination:
    """Who sits for a party, first and last day included (P50, P57)."""

    party: str
    seat: Seat
    nominee_id: UUID
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom the programme belongs from a day on, and who handed it on (P84)."""

    owner: str
    since: date
    handed_on_by: str


@dataclass(frozen=True, slots=True)
class Roll:
    """What a protocol says of its parties, with its history; nothing is taken out of it."""

    protocol_id: UUID
    members: tuple[Member, ...] = ()
    links: tuple[Link, ...] = ()
    holders: tuple[Holder, ...] = ()
    nominations: tuple[Nomination, ...] = ()
    owners: tuple[Owner, ...] = ()

    def member(self, party: str) -> Member | None:
        return next((one for one in self.members if one.party == party), None)

    def parties_on(self, day: date) -> dict[str, PartyRole]:
        """The parties that are in on that day, without regard to the term."""
        return {one.party: one.role for one in self.members if one.on(day)}

    def holder_on(self, role: GovernanceRole, day: date) -> Holder | None:
        """Who holds the role on that day; nobody where its party has left."""
        held = [one for one in self.holders if one.role is role and one.since <= day]
        last = max(held, key=lambda one: one.since, default=None)
        return last if last is not None and last.party in self.parties_on(day) else None

    def seated_on(self, party: str, seat: Seat, day: date) -> frozenset[UUID]:
        """Who sits for the party on that day (P50, P57)."""
        return frozenset(
            one.nominee_id for one in self.nominations if one.party == party and one.seat is seat and one.on(day)
        )

    def acts_for(self, delegate: str, scope: DelegateScope, day: date) -> frozenset[str]:
        """For whom a party acts within the scope on that day, itself not counted (P02, P74)."""
        parties = self.parties_on(day)
        if delegate not in parties:
            return frozenset()
        links = [one for one in self.links if one.scope is scope and one.since <= day]
        return frozenset(one.party for one in links if one.delegate == delegate and one.party in parties)

    def coordinator_on(self, day: date) -> str | None:
        """The party that holds the operational coordination on that day (P65)."""
        holder = self.holder_on(GovernanceRole.OPERATIONAL_COORDINATOR, day)
        return None if holder is None else holder.party

    def owner_on(self, day: date) -> str | None:
        """To whom the programme belonged on that day; None where no transfer tells of it (P84)."""
        return owner_on(self.owners, day)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed protocol in the register: in force from `signed_on` to `ends_on`, both included."""

    roll: Roll
    signed_on: date
    ends_on: date

    def in_force(self, day: date) -> bool:
        return self.signed_on <= day <= self.ends_on


def owner_on(owners: Sequence[Owner], day: date) -> str | None:
    """Before the first transfer it belonged to whoever handed it on then (P84)."""
    ordered = sorted(owners, key=lambda one: one.since)
    owner = ordered[0].handed_on_by if ordered else None
    for one in ordered:
        owner = one.owner if one.since <= day else owner
    return owner


NO_PARTIES: Mapping[str, PartyRole] = {}


@dataclass(frozen=True, slots=True)
class Register:
    """Every signed protocol; at most one of them is in force on a day."""

    protocols: tuple[Signed, ...] = ()

    def on(self, day: date) -> Signed | None:
        return next((one for one in self.protocols if one.in_force(day)), None)

    def parties_on(self, day: date) -> Mapping[str, PartyRole]:
        """The parties in force of the protocol in force; none outside every term (P79, P81)."""
        signed = self.on(day)
        return NO_PARTIES if signed is None else signed.roll.parties_on(day)

    def owner_on(self, day: date) -> str | None:
        """To whom the programme belonged on that day, whichever protocol was in force (P84)."""
        return owner_on([owner for one in self.protocols for owner in one.roll.owners], day)

    def holder_on(self, role: GovernanceRole, day: date) -> Holder | None:
        signed = self.on(day)
        return None if signed is None else signed.roll.holder_on(role, day)

    def coordinator_on(self, day: date) -> str | None:
        """The party that holds the operational coordination on that day; nobody outside every term (P65)."""
        signed = self.on(day)
        return None if signed is None else signed.roll.coordinator_on(day)


def to_be_invited(parties: Mapping[str, PartyRole], agreement: Agreement) -> frozenset[str]:
    """The parties that the matrix of the agreement has at the tables (P50, P70)."""
    return frozenset(party for party, role in parties.items() if agreement.rights_of(role).invited)
