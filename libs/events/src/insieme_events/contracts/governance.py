"""Events of governance: the protocol and its parties, the agreement, the legal limits (P01-P05, P62, P67, P79-P81)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts.agreement import ConsentOf, LegalLimits, Parameters
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.vocabulary import (
    DelegateScope,
    GovernanceRole,
    NoticeKind,
    PartyRole,
    Seat,
)


class GovernanceEvent(DomainEvent):
    context = "governance"


class ProtocolEvent(GovernanceEvent):
    """What becomes of a protocol and of its parties (P01-P05, P79-P81). Italian: protocollo di intesa."""

    protocol_id: UUID


class PartyRegistered(ProtocolEvent):
    """A party of the protocol in its role; before the signature, or one that joins later (P01-P05)."""

    party: Code
    role: PartyRole
    party_fields = ("protocol_id", "party", "role", "occurred_on")


class ProtocolSigned(ProtocolEvent):
    """In force from `occurred_on`, the day of the signature, to `ends_on`, both included (P79, P80).

    Italian: sottoscrizione; entrata in vigore.
    """

    ends_on: date
    predecessor_id: UUID | None = None
    party_fields = ("protocol_id", "ends_on", "predecessor_id", "occurred_on")


class ProtocolSucceeded(ProtocolEvent):
    """A successor was signed: this protocol's last day is `ends_on`, the day before at the latest (P79)."""

    successor_id: UUID
    ends_on: date
    party_fields = ("protocol_id", "successor_id", "ends_on", "occurred_on")


class RenewalProposed(ProtocolEvent):
    """A party in force proposed that the term go on to `ends_on`; `consent_of` says whose consent it takes (P80).

    Italian: rinnovo.
    """

    party: Code
    ends_on: date
    consent_of: ConsentOf
    agreement_version: Code
    party_fields = ("protocol_id", "party", "ends_on", "consent_of", "agreement_version", "occurred_on")


class RenewalConsentGiven(ProtocolEvent):
    """A party consents to the renewal that is proposed (P80). Italian: consenso delle parti."""

    party: Code
    party_fields = ("protocol_id", "party", "occurred_on")


class RenewalConsentRefused(ProtocolEvent):
    """A party refuses its consent to the renewal; it may still give it before the term ends (P80)."""

    party: Code
    party_fields = ("protocol_id", "party", "occurred_on")


class ProtocolRenewed(ProtocolEvent):
    """Every party whose consent is needed gave it: the term goes on to `ends_on` (P80).

    `occurred_on` is the day on which the consent was whole, `consents` the parties whose consent it took then.
    """

    ends_on: date
    consents: tuple[Code, ...]
    party_fields = ("protocol_id", "ends_on", "consents", "occurred_on")


class ProtocolExpiryWarned(ProtocolEvent):
    """The term ends in `months` and is not renewed (P80)."""

    months: int
    ends_on: date
    agreement_version: Code
    party_fields = ("protocol_id", "months", "ends_on", "agreement_version", "occurred_on")


class ProtocolExpired(ProtocolEvent):
    """The term ended without a renewal; `occurred_on` is the first day without a protocol (P80)."""

    party_fields = ("protocol_id", "occurred_on")


class AmendmentNoticed(ProtocolEvent):
    """A party gave notice that the text needs an amendment or an update from `effective_on` on (P81)."""

    notice_id: UUID
    party: Code
    kind: NoticeKind
    effective_on: date
    agreement_version: Code
    party_fields = ("protocol_id", "notice_id", "party", "kind", "effective_on", "agreement_version", "occurred_on")


class PartyWithdrew(ProtocolEvent):
    """Notice of withdrawal (recesso): `effective_on` is the first day on which the party is no party any more (P81).

    Italian: recesso.
    """

    party: Code
    effective_on: date
    agreement_version: Code
    party_fields = ("protocol_id", "party", "effective_on", "agreement_version", "occurred_on")


class DelegateLinked(ProtocolEvent):
    """From this day `delegate` acts for `party` within `scope`; seat and consent stay with the party (P02, P74)."""

    party: Code
    delegate: Code
    scope: DelegateScope
    party_fields = ("protocol_id", "party", "delegate", "scope", "occurred_on")


class RoleAssigned(ProtocolEvent):
    """From this day a role of the governance is held by a party, within it by `unit` (P65)."""

    role: GovernanceRole
    party: Code
    unit: Code | None = None
    party_fields = ("protocol_id", "role", "party", "unit", "occurred_on")


class RepresentativeNominated(ProtocolEvent):
    """Who represents a party at the Tavolo di coordinamento, from `occurred_on` to `until` (P50)."""

    party: Code
    nominee_id: UUID
    until: date | None = None
    party_fields = ("protocol_id", "party", "nominee_id", "until", "occurred_on")


class TechnicalReferentNominated(ProtocolEvent):
    """A party's technical referent (referente tecnico), from `occurred_on` to `until` (P57)."""

    party: Code
    nominee_id: UUID
    until: date | None = None
    party_fields = ("protocol_id", "party", "nominee_id", "until", "occurred_on")


class NominationEnded(ProtocolEvent):
    """`occurred_on` is the last day on which the nominee holds the seat (P50, P57)."""

    party: Code
    seat: Seat
    nominee_id: UUID
    party_fields = ("protocol_id", "party", "seat", "nominee_id", "occurred_on")


class OwnershipTransferred(ProtocolEvent):
    """The programme belongs to `to_owner` from `effective_on` on; what was before keeps its owner (P84).

    Italian: titolarità.
    """

    from_owner: Code
    to_owner: Code
    effective_on: date
    party_fields = ("protocol_id", "from_owner", "to_owner", "effective_on", "occurred_on")


class AgreementAdopted(GovernanceEvent):
    """A version of the implementing agreement (convenzione attuativa), in force from `valid_from` on (P62, P67).

    It takes the place of the version before from that day; `valid_to` is the last day of the protocol's term, with
    the transition that the version grants. `signed_by` are the promoters that adopted it, each for itself and for whom
    it acts.

    Italian: convenzione attuativa.
    """

    agreement_id: UUID
    protocol_id: UUID
    version: Code
    signed_by: tuple[Code, ...]
    valid_from: date
    valid_to: date
    parameters: Parameters
    party_fields = (
        "agreement_id",
        "protocol_id",
        "version",
        "signed_by",
        "valid_from",
        "valid_to",
        "parameters",
        "occurred_on",
    )


class LegalLimitsPublished(GovernanceEvent):
    """What the law sets from `valid_from` on; until the next version begins."""

    limits_id: UUID
    version: Code
    valid_from: date
    limits: LegalLimits
    party_fields = ("limits_id", "version", "valid_from", "limits", "occurred_on")
