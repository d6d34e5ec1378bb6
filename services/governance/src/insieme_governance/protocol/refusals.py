"""Every refusal of a protocol, and what its decisions are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insieme_events.decider import Circumstances, RefusalKind, Refused
from insieme_governance.gates import AGREEMENT_UNKNOWN

__all__ = ["AGREEMENT_UNKNOWN"]

PROTOCOL_UNKNOWN = Refused(
    code="governance.protocol_unknown",
    sentence="There is no protocol with this id: register its parties first.",
    clause="P01",
    kind=RefusalKind.NOT_FOUND,
)
NOT_SIGNED = Refused(
    code="governance.protocol_not_signed",
    sentence="This protocol is not signed yet: sign it first.",
    clause="P79",
)
ALREADY_SIGNED = Refused(
    code="governance.protocol_signed",
    sentence="This protocol was signed on {signed_on}: prepare another one under an id of its own.",
    clause="P79",
)
OUT_OF_TERM = Refused(
    code="governance.out_of_term",
    sentence="The protocol is in force from {signed_on} to {ends_on}: {on} is not in its term.",
    clause="P79",
)
SUCCEEDED = Refused(
    code="governance.protocol_succeeded",
    sentence="Another protocol took the place of this one: use the one that is in force.",
    clause="P79",
)
WRONG_END = Refused(
    code="governance.wrong_end_of_term",
    sentence="A term lasts five years: from {since} it goes on to {due}.",
    clause="P80",
    kind=RefusalKind.INVALID,
)
NO_PROMOTER = Refused(
    code="governance.no_promoter",
    sentence="A protocol has promoters: register at least one of them before it is signed.",
    clause="P01",
)
PARTY_AFTER_SIGNATURE = Refused(
    code="governance.party_after_signature",
    sentence="{party} is registered from {since} on only: it cannot sign on {on}.",
    clause="P79",
)
PREDECESSOR_FIRST = Refused(
    code="governance.predecessor_first",
    sentence="The protocol {protocol_id} has no successor yet: name it as the predecessor, and no other.",
    clause="P79",
)
BEFORE_PREDECESSOR = Refused(
    code="governance.before_predecessor",
    sentence="The predecessor was signed on {signed_on}: its successor comes after it.",
    clause="P79",
)
MEETINGS_HELD = Refused(
    code="governance.meetings_held_since",
    sentence="A meeting was held on {held_on} with the parties as they were known: choose a later day than that.",
    clause="P50",
)
ALREADY_PARTY = Refused(
    code="governance.already_party",
    sentence="{party} is registered in another role: a party has one role in a protocol.",
    clause="P01",
)
HAS_WITHDRAWN = Refused(
    code="governance.party_has_withdrawn",
    sentence="{party} has withdrawn from {until} on: it joins again with the next protocol.",
    clause="P81",
)
NOT_PARTY = Refused(
    code="governance.not_a_party",
    sentence="{party} is no party in force of this protocol on {on}: check the code and the day.",
    clause="P81",
)
AFTER_RENEWAL = Refused(
    code="governance.before_renewal",
    sentence="The protocol was renewed on {renewed_on} by the parties as they were then: choose a later day.",
    clause="P80",
)
NOTICE_TOO_SHORT = Refused(
    code="governance.notice_too_short",
    sentence="Notice is given in time: it takes effect on {earliest} at the earliest.",
    clause="P81",
)
PARTY_WAS_INVITED = Refused(
    code="governance.party_was_invited",
    sentence="{party} was invited as a party to the meeting held on {held_on}: it leaves after that day.",
    clause="P81",
)
PARTY_COMMITTED = Refused(
    code="governance.party_committed",
    sentence="{party} committed resources to a plan on {committed_on}, as a party: it leaves after that day.",
    clause="P81",
)
INVITATIONS_MOVED = Refused(
    code="governance.invitations_moved",
    sentence="Meetings were convened or cancelled meanwhile. Send the withdrawal again.",
    clause="P81",
    kind=RefusalKind.RETRY,
)
NO_RENEWAL = Refused(
    code="governance.renewal_not_proposed",
    sentence="No renewal is proposed: propose one first.",
    clause="P80",
)
BEFORE_PROPOSAL = Refused(
    code="governance.before_proposal",
    sentence="The renewal was proposed on {proposed_on}: nobody can answer earlier.",
    clause="P80",
)
TERM_RUNS = Refused(
    code="governance.term_runs",
    sentence="The term runs to {ends_on}: it is not over yet.",
    clause="P80",
)
SAME_PARTY = Refused(
    code="governance.same_party",
    sentence="A party does not act for itself by a delegate: name two parties.",
    clause="P02",
    kind=RefusalKind.INVALID,
)
ROLE_TAKEN = Refused(
    code="governance.role_assigned_later",
    sentence="The role was assigned anew on {since}: what was before stays as it is.",
    clause="P65",
)
NOT_NOMINATED = Refused(
    code="governance.not_nominated",
    sentence="Nobody with this id sits for {party} on {on}.",
    clause="P50",
)
ENDS_BEFORE_START = Refused(
    code="governance.ends_before_start",
    sentence="The last day {until} is before the first day {on}.",
    kind=RefusalKind.INVALID,
)
OTHER_OWNER = Refused(
    code="governance.other_owner",
    sentence="The programme belongs to {owner} then: only its owner can hand it on.",
    clause="P84",
)
OWNED_LATER = Refused(
    code="governance.owned_later",
    sentence="It was handed on from {since} already: what was before stays as it is.",
    clause="P84",
)


@dataclass(frozen=True, slots=True)
class ProtocolCircumstances(Circumstances):
    """`agreement` is the last known on the command's day. `unsucceeded` are the other signed protocols without a
    successor, `last_held_on` the day of the last meeting of a table. Of the party of a withdrawal: `convened` are the
    meetings on or after its effective date to which it is invited, `held_with_it` the last such meeting that was held,
    `committed_on` the last day from then on on which it committed resources to a plan.
    `owner_before` is to whom other protocols say that the programme belonged last.
    """

    unsucceeded: frozenset[UUID] = frozenset()
    last_held_on: date | None = None
    convened: frozenset[UUID] = frozenset()
    held_with_it: date | None = None
    committed_on: date | None = None
    owner_before: str | None = None
