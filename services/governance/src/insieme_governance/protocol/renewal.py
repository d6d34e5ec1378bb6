"""Renewal: proposed, consented to, and done with the last consent that it takes (P80, I11)."""

from __future__ import annotations

from datetime import date

from insieme_events.contracts.governance import (
    ProtocolRenewed,
    RenewalConsentGiven,
    RenewalConsentRefused,
    RenewalProposed,
)
from insieme_events.decider import Decision, Refused
from insieme_governance.protocol.commands import ConsentToRenewal, ProposeRenewal, RefuseConsent
from insieme_governance.protocol.parties import said_by
from insieme_governance.protocol.refusals import (
    AGREEMENT_UNKNOWN,
    BEFORE_PROPOSAL,
    NO_RENEWAL,
    SUCCEEDED,
    WRONG_END,
    ProtocolCircumstances,
)
from insieme_governance.protocol.state import Expired, InForce, Protocol, Succeeded, completed_on
from insieme_governance.protocol.term import end_of_term, in_term


def running(protocol: Protocol, on: date) -> InForce | Expired | Refused:
    """The protocol where it may still be renewed on that day."""
    match in_term(protocol, on):
        case Succeeded():
            return SUCCEEDED
        case found:
            return found


def propose(command: ProposeRenewal, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    found = running(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    due = end_of_term(found.term.ends_on)
    if command.ends_on != due:
        return WRONG_END.about(since=found.term.ends_on, due=due)
    if found.term.renewal is not None:
        return []
    if circumstances.agreement is None:
        return AGREEMENT_UNKNOWN
    return [
        RenewalProposed(
            protocol_id=found.roll.protocol_id,
            party=command.party,
            ends_on=command.ends_on,
            consent_of=circumstances.agreement.consent_of,
            agreement_version=circumstances.agreement.version,
            occurred_on=command.on,
        )
    ]


def answer(
    command: ConsentToRenewal | RefuseConsent, protocol: Protocol, circumstances: ProtocolCircumstances
) -> Decision:
    """A party in force consents or refuses; who has withdrawn has no part in it any more (P80, P81)."""
    found = running(protocol, command.on)
    if isinstance(found, Refused):
        return found
    if refused := said_by(found.roll, command.party, command.on, circumstances):
        return refused
    renewal = found.term.renewal
    if renewal is None:
        # The last consent, sent again, finds the protocol renewed.
        return [] if found.term.renewed_on is not None and command.on <= found.term.renewed_on else NO_RENEWAL
    if command.on < renewal.proposed_on:
        return BEFORE_PROPOSAL.about(proposed_on=renewal.proposed_on)
    said = {"protocol_id": found.roll.protocol_id, "party": command.party, "occurred_on": command.on}
    match command:
        case ConsentToRenewal():
            return [] if command.party in renewal.consents else [RenewalConsentGiven(**said)]
        case RefuseConsent():
            return [] if command.party in renewal.refusals else [RenewalConsentRefused(**said)]


def completed(protocol: Protocol, until: date) -> list[ProtocolRenewed]:
    """The renewal itself, once nobody's consent is missing on a day up to `until` (I11)."""
    match protocol:
        case InForce(roll=roll, term=term) | Expired(roll=roll, term=term):
            day = completed_on(roll, term, until)
            if day is None or term.renewal is None:
                return []
            needed = term.renewal.needed_on(roll, day)
            return [
                ProtocolRenewed(
                    protocol_id=roll.protocol_id,
                    ends_on=term.renewal.ends_on,
                    consents=tuple(sorted(needed)),
                    occurred_on=day,
                )
            ]
        case _:
            return []
