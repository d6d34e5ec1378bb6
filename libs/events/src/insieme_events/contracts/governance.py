"""Events of governance: the protocol and its parties, the agreement, the legal limits (P01-P05, P62, P67, P79-P81)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts.agreement import LegalLimits, Parameters
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.vocabulary import PartyRole


class GovernanceEvent(DomainEvent):
    context = "governance"


class ProtocolEvent(GovernanceEvent):
    protocol_id: UUID


class PartyRegistered(ProtocolEvent):
    """A party of the protocol in its role; before the signature, or one that joins later (P01-P05)."""

    party: Code
    role: PartyRole
    party_fields = ("protocol_id", "party", "role", "occurred_on")


class ProtocolSigned(ProtocolEvent):
    """In force from `occurred_on`, the day of the signature, to `ends_on`, both included (P79, P80)."""

    ends_on: date
    predecessor_id: UUID | None = None
    party_fields = ("protocol_id", "ends_on", "predecessor_id", "occurred_on")


class ProtocolRenewed(ProtocolEvent):
    """Every party whose consent is needed gave it: the term goes on to `ends_on` (P80)."""

    ends_on: date
    party_fields = ("protocol_id", "ends_on", "occurred_on")


class PartyWithdrew(ProtocolEvent):
    """Notice of withdrawal (recesso): `effective_on` is the first day on which the party is no party any more (P81)."""

    party: Code
    effective_on: date
    party_fields = ("protocol_id", "party", "effective_on", "occurred_on")


class AgreementAdopted(GovernanceEvent):
    """A version of the implementing agreement (convenzione attuativa), in force from `valid_from` on (P62, P67).

    It takes the place of the version before from that day; `valid_to` is the last day of the protocol's term, with
    the transition that the version grants.
    """

    agreement_id: UUID
    version: Code
    valid_from: date
    valid_to: date
    parameters: Parameters
    party_fields = ("agreement_id", "version", "valid_from", "valid_to", "parameters", "occurred_on")


class LegalLimitsPublished(GovernanceEvent):
    """What the law sets from `valid_from` on; until the next version begins."""

    limits_id: UUID
    version: Code
    valid_from: date
    limits: LegalLimits
    party_fields = ("limits_id", "version", "valid_from", "limits", "occurred_on")
