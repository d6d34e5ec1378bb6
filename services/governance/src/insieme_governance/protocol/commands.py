"""What may be asked of a protocol."""

from __future__ import annotations

from uuid import UUID

from insieme_events.contracts import Code
from insieme_events.contracts.vocabulary import DelegateScope, GovernanceRole, NoticeKind, PartyRole, Seat
from insieme_events.days import Day
from insieme_events.decider import Command


class NewParty(Command):
    party: Code
    role: PartyRole
    on: Day


class RegisterParty(NewParty):
    """A party in its role, before the signature or joining later; `on` is its first day (P01-P05).

    `preparing`: the protocol is prepared with it, so that nobody needs to know it before.
    """

    protocol_id: UUID
    preparing: bool = False


class LinkDelegate(Command):
    """From `on` the delegate acts for the party in the scope (P02, P74)."""

    party: Code
    delegate: Code
    scope: DelegateScope
    on: Day


class Signature(Command):
    """`predecessor_id` is the protocol whose place this one takes: it ends the day before (P79)."""

    ends_on: Day
    predecessor_id: UUID | None = None
    on: Day


class SignProtocol(Signature):
    """In the same unit as SucceedProtocol on the predecessor."""


class SucceedProtocol(Command):
    """A successor is signed on `on`: part of the same unit as its SignProtocol (P79)."""

    successor_id: UUID
    on: Day


class NoticeAmendment(Command):
    """Notice that the text needs an amendment or an update (P81)."""

    notice_id: UUID
    party: Code
    kind: NoticeKind
    effective_on: Day
    on: Day


class Withdrawal(Command):
    """`effective_on` is the first day on which the party is no party any more (P81)."""

    party: Code
    effective_on: Day
    on: Day


class NoticeWithdrawal(Withdrawal):
    """`lapsing` are the convened meetings whose invitation lapses by it, each a step of the same unit (P50, P81)."""

    lapsing: frozenset[UUID] = frozenset()


class ProposeRenewal(Command):
    """A party proposes that the term go on to `ends_on` (P80)."""

    party: Code
    ends_on: Day
    on: Day


class ConsentToRenewal(Command):
    """With the last consent that it takes the protocol is renewed (P80)."""

    party: Code
    on: Day


class RefuseConsent(Command):
    """A refusal holds until the party consents after all (P80)."""

    party: Code
    on: Day


class CompleteRenewal(Command):
    """The day has come on which nobody's consent is missing any more: who refused has left (P80, P81)."""

    on: Day


class WarnExpiry(Command):
    """The end of the term comes near (P80)."""

    on: Day


class ExpireProtocol(Command):
    """The term is over (P80)."""

    on: Day


class TransferOwnership(Command):
    """To whom the programme belongs from `effective_on` on, such as a new legal entity (P84)."""

    from_owner: Code
    to_owner: Code
    effective_on: Day
    on: Day


class AssignRole(Command):
    """From `on` a party, within it a unit, holds the role (P65)."""

    role: GovernanceRole
    party: Code
    unit: Code | None = None
    on: Day


class Nominate(Command):
    """Who sits for a party from `on` to `until` (P50, P57)."""

    party: Code
    nominee_id: UUID
    until: Day | None = None
    on: Day


class NominateRepresentative(Nominate):
    """For the Tavolo di coordinamento (P50)."""


class NominateTechnicalReferent(Nominate):
    """For the Tavolo tecnico (P57)."""


class EndNomination(Command):
    """`on` is the last day on which the nominee sits for the party (P50, P57)."""

    party: Code
    seat: Seat
    nominee_id: UUID
    on: Day


ProtocolCommand = (
    RegisterParty
    | LinkDelegate
    | SignProtocol
    | SucceedProtocol
    | NoticeAmendment
    | NoticeWithdrawal
    | ProposeRenewal
    | ConsentToRenewal
    | RefuseConsent
    | CompleteRenewal
    | WarnExpiry
    | ExpireProtocol
    | TransferOwnership
    | AssignRole
    | NominateRepresentative
    | NominateTechnicalReferent
    | EndNomination
)
