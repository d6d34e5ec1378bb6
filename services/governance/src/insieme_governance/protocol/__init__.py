"""The protocol: its parties, its term and its renewal (P01-P05, P50, P57, P65, P79-P81, P84)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.decider import Decider, Decision, Refused
from insieme_governance.gates import not_after
from insieme_governance.protocol import parties, renewal, term
from insieme_governance.protocol.commands import (
    AssignRole,
    CompleteRenewal,
    ConsentToRenewal,
    EndNomination,
    ExpireProtocol,
    LinkDelegate,
    NominateRepresentative,
    NominateTechnicalReferent,
    NoticeAmendment,
    NoticeWithdrawal,
    ProposeRenewal,
    ProtocolCommand,
    RefuseConsent,
    RegisterParty,
    SignProtocol,
    SucceedProtocol,
    TransferOwnership,
    WarnExpiry,
)
from insieme_governance.protocol.refusals import PROTOCOL_UNKNOWN, ProtocolCircumstances
from insieme_governance.protocol.state import NotPrepared, Protocol, evolve

__all__ = ["PROTOCOL", "PROTOCOL_UNKNOWN", "Protocol", "ProtocolCircumstances", "ProtocolCommand", "decide"]


def decide(command: ProtocolCommand, state: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    """A renewal that the command makes whole is part of its answer, whichever command it is (I11)."""
    if refused := not_after(circumstances.today, command.on):
        return refused
    decision = answer(command, state, circumstances)
    if isinstance(decision, Refused) or not decision:
        return decision
    after = PROTOCOL.fold(decision, state)
    return [*decision, *renewal.completed(after, circumstances.today)]


def answer(command: ProtocolCommand, state: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    match command:
        case RegisterParty():
            return parties.register(command, state, circumstances)
        case LinkDelegate():
            return parties.link(command, state)
        case SignProtocol():
            return term.sign(command, state, circumstances)
        case SucceedProtocol():
            return term.succeed(command, state)
        case NoticeAmendment():
            return parties.amend(command, state, circumstances)
        case NoticeWithdrawal():
            return parties.withdraw(command, state, circumstances)
        case ProposeRenewal():
            return renewal.propose(command, state, circumstances)
        case ConsentToRenewal() | RefuseConsent():
            return renewal.answer(command, state, circumstances)
        case CompleteRenewal(on=on):
            found = term.signed(state)
            return found if isinstance(found, Refused) else renewal.completed(state, on)
        case WarnExpiry(on=on):
            return term.warn(state, on, circumstances.agreement)
        case ExpireProtocol(on=on):
            # A party that had not consented may have left within the term, before anybody looked.
            return renewal.completed(state, on) or term.expire(state, on)
        case TransferOwnership():
            return parties.transfer(command, state, circumstances)
        case AssignRole():
            return parties.assign(command, state)
        case NominateRepresentative() | NominateTechnicalReferent():
            return parties.nominate(command, state, circumstances)
        case EndNomination():
            return parties.end_nomination(command, state, circumstances)
        case _:
            assert_never(command)


PROTOCOL: Decider[Protocol, ProtocolCommand, ProtocolCircumstances] = Decider(
    context="governance", name="protocol", initial=NotPrepared(), decide=decide, evolve=evolve
)
