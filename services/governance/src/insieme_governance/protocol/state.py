"""The states of a protocol and how its events lead from one to the next (P79-P81)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.governance import (
    AmendmentNoticed,
    DelegateLinked,
    NominationEnded,
    OwnershipTransferred,
    PartyRegistered,
    PartyWithdrew,
    ProtocolExpired,
    ProtocolExpiryWarned,
    ProtocolRenewed,
    ProtocolSigned,
    ProtocolSucceeded,
    RenewalConsentGiven,
    RenewalConsentRefused,
    RenewalProposed,
    RepresentativeNominated,
    RoleAssigned,
    TechnicalReferentNominated,
)
from insieme_events.contracts.vocabulary import PartyRole, Seat
from insieme_governance.register import Holder, Link, Member, Nomination, Owner, Roll


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal that is proposed: who consented or refused, and on which day."""

    proposed_on: date
    ends_on: date
    consent_of: ConsentOf
    consents: Mapping[str, date] = field(default_factory=dict)
    refusals: Mapping[str, date] = field(default_factory=dict)

    def needed_on(self, roll: Roll, day: date) -> frozenset[str]:
        """Whose consent it takes on that day: a party that has withdrawn by then does not count (P80, P81)."""
        match self.consent_of:
            case ConsentOf.ALL_IN_FORCE:
                return frozenset(roll.parties_on(day))
            case ConsentOf.PROMOTERS:
                return frozenset(party for party, role in roll.parties_on(day).items() if role is PartyRole.PROMOTER)


@dataclass(frozen=True, slots=True)
class Term:
    """From the signature to `ends_on`, both included. `warned` are the months before `ends_on` warned of so far."""

    signed_on: date
    ends_on: date
    renewal: Renewal | None = None
    renewed_on: date | None = None
    warned: frozenset[int] = frozenset()
    notices: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class NotPrepared:
    pass


@dataclass(frozen=True, slots=True)
class Prepared:
    """It has parties and is not signed."""

    roll: Roll


@dataclass(frozen=True, slots=True)
class InForce:
    roll: Roll
    term: Term


@dataclass(frozen=True, slots=True)
class Expired:
    """The day after the term was seen to pass. What is dated within the term may still be recorded."""

    roll: Roll
    term: Term


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Another protocol took its place."""

    roll: Roll
    term: Term
    successor_id: UUID


WasSigned = InForce | Expired | Succeeded
Protocol = NotPrepared | Prepared | InForce | Expired | Succeeded


def evolve(state: Protocol, event: DomainEvent) -> Protocol:
    match state, event:
        case NotPrepared(), PartyRegistered(protocol_id=protocol_id):
            return Prepared(rolled(Roll(protocol_id), event))
        case Prepared(), PartyRegistered():
            return replace(state, roll=rolled(state.roll, event))
        case Prepared(roll=roll), ProtocolSigned(ends_on=ends_on):
            return InForce(roll, Term(event.occurred_on, ends_on))
        case InForce() | Expired() | Succeeded(), _ if isinstance(event, ON_THE_ROLL):
            return replace(state, roll=rolled(state.roll, event))
        case ((InForce() | Expired() | Succeeded()), AmendmentNoticed(notice_id=notice_id)):
            return replace(state, term=replace(state.term, notices=state.term.notices | {notice_id}))
        case (
            (InForce(roll=roll, term=term) | Expired(roll=roll, term=term)),
            ProtocolSucceeded(ends_on=ends_on, successor_id=by),
        ):
            return Succeeded(roll, replace(term, ends_on=ends_on, renewal=None), by)
        case ((InForce(roll=roll, term=term) | Expired(roll=roll, term=term)), ProtocolRenewed(ends_on=ends_on)):
            renewed = replace(term, ends_on=ends_on, renewal=None, renewed_on=event.occurred_on, warned=frozenset())
            return InForce(roll, renewed)
        case InForce(roll=roll, term=term), ProtocolExpired():
            return Expired(roll, term)
        case ((InForce() | Expired()), _):
            return replace(state, term=termed(state.term, event))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a protocol's stream")


ON_THE_ROLL = (
    PartyRegistered,
    PartyWithdrew,
    DelegateLinked,
    RoleAssigned,
    RepresentativeNominated,
    TechnicalReferentNominated,
    NominationEnded,
    OwnershipTransferred,
)


def rolled(roll: Roll, event: DomainEvent) -> Roll:
    """What an event changes on the roll."""
    day = event.occurred_on
    match event:
        case PartyRegistered(party=party, role=role):
            return replace(roll, members=(*roll.members, Member(party, role, day)))
        case PartyWithdrew(party=party, effective_on=until):
            left = [replace(one, until=until) if one.party == party else one for one in roll.members]
            return replace(roll, members=tuple(left))
        case DelegateLinked(party=party, delegate=delegate, scope=scope):
            return replace(roll, links=(*roll.links, Link(party, delegate, scope, day)))
        case RoleAssigned(role=held, party=party, unit=unit):
            return replace(roll, holders=(*roll.holders, Holder(held, party, unit, day)))
        case RepresentativeNominated(party=party, nominee_id=nominee, until=end):
            seated = Nomination(party, Seat.REPRESENTATIVE, nominee, day, end)
            return replace(roll, nominations=(*roll.nominations, seated))
        case TechnicalReferentNominated(party=party, nominee_id=nominee, until=end):
            seated = Nomination(party, Seat.TECHNICAL_REFERENT, nominee, day, end)
            return replace(roll, nominations=(*roll.nominations, seated))
        case NominationEnded(party=party, seat=seat, nominee_id=nominee):
            ended = [
                replace(one, until=day)
                if (one.party, one.seat, one.nominee_id) == (party, seat, nominee) and one.on(day)
                else one
                for one in roll.nominations
            ]
            return replace(roll, nominations=tuple(ended))
        case OwnershipTransferred(to_owner=owner, from_owner=before, effective_on=since):
            return replace(roll, owners=(*roll.owners, Owner(owner, since, before)))
        case _:
            raise TypeError(f"{type(event).__name__} says nothing of the parties")


def termed(term: Term, event: DomainEvent) -> Term:
    """What an event changes about the term and its renewal."""
    match event, term.renewal:
        case ProtocolExpiryWarned(months=months), _:
            return replace(term, warned=term.warned | {months})
        case RenewalProposed(ends_on=ends_on, consent_of=consent_of), _:
            return replace(term, renewal=Renewal(event.occurred_on, ends_on, consent_of))
        case RenewalConsentGiven(party=party), Renewal() as renewal:
            refusals = {one: day for one, day in renewal.refusals.items() if one != party}
            consents = {**renewal.consents, party: event.occurred_on}
            return replace(term, renewal=replace(renewal, consents=consents, refusals=refusals))
        case RenewalConsentRefused(party=party), Renewal() as renewal:
            consents = {one: day for one, day in renewal.consents.items() if one != party}
            refusals = {**renewal.refusals, party: event.occurred_on}
            return replace(term, renewal=replace(renewal, consents=consents, refusals=refusals))
        case _:
            raise TypeError(f"{type(event).__name__} says nothing of the term as it is")


def completed_on(roll: Roll, term: Term, until: date) -> date | None:
    """The first day, up to `until`, on which every party whose consent it takes had consented (I11).

    It can only be the day of a consent, or the first day without a party that had not consented.
    """
    renewal = term.renewal
    if renewal is None:
        return None
    leavings = [one.until for one in roll.members if one.until is not None]
    for day in sorted({*renewal.consents.values(), *leavings}):
        if not renewal.proposed_on <= day <= min(until, term.ends_on):
            continue
        needed = renewal.needed_on(roll, day)
        if needed and all(party in renewal.consents and renewal.consents[party] <= day for party in needed):
            return day
    return None
