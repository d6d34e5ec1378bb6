"""The term: signature, succession, warnings, the end (P79, P80)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import assert_never

from insieme_events.agreement import Agreement, last_known
from insieme_events.contracts.governance import (
    ProtocolExpired,
    ProtocolExpiryWarned,
    ProtocolSigned,
    ProtocolSucceeded,
)
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.days import add_months
from insieme_events.decider import Decision, Refused
from insieme_governance.protocol.commands import SignProtocol, SucceedProtocol
from insieme_governance.protocol.refusals import (
    ALREADY_SIGNED,
    BEFORE_PREDECESSOR,
    MEETINGS_HELD,
    NO_PROMOTER,
    NOT_SIGNED,
    OUT_OF_TERM,
    PARTY_AFTER_SIGNATURE,
    PREDECESSOR_FIRST,
    PROTOCOL_UNKNOWN,
    SUCCEEDED,
    TERM_RUNS,
    WRONG_END,
    ProtocolCircumstances,
)
from insieme_governance.protocol.state import (
    Expired,
    InForce,
    NotPrepared,
    Prepared,
    Protocol,
    Succeeded,
    WasSigned,
)

DAY = timedelta(days=1)
TERM_MONTHS = 60
"""«per la durata di cinque anni»: set by the text itself, so no parameter of the agreement (P80)."""


def end_of_term(since: date) -> date:
    """The last day of a term that is counted from that day: 2021-03-03 to 2026-03-03 (P80)."""
    return add_months(since, TERM_MONTHS)


def signed(protocol: Protocol) -> WasSigned | Refused:
    match protocol:
        case NotPrepared():
            return PROTOCOL_UNKNOWN
        case Prepared():
            return NOT_SIGNED
        case InForce() | Expired() | Succeeded():
            return protocol
        case _:
            assert_never(protocol)


def in_term(protocol: Protocol, on: date) -> WasSigned | Refused:
    """The protocol where that day is within its term, also when it is recorded after the term."""
    found = signed(protocol)
    if isinstance(found, Refused):
        return found
    term = found.term
    if not term.signed_on <= on <= term.ends_on:
        return OUT_OF_TERM.about(signed_on=term.signed_on, ends_on=term.ends_on, on=on)
    return found


def sign(command: SignProtocol, protocol: Protocol, circumstances: ProtocolCircumstances) -> Decision:
    """In force from the signature on; a predecessor that still ran is ended in the same unit (P79)."""
    match protocol:
        case NotPrepared():
            return PROTOCOL_UNKNOWN
        case Prepared(roll=roll):
            due = end_of_term(command.on)
            late = next((one for one in roll.members if one.since > command.on), None)
            others = circumstances.unsucceeded - {command.predecessor_id}
            if command.ends_on != due:
                return WRONG_END.about(since=command.on, due=due)
            if late is not None:
                return PARTY_AFTER_SIGNATURE.about(party=late.party, since=late.since, on=command.on)
            if PartyRole.PROMOTER not in roll.parties_on(command.on).values():
                return NO_PROMOTER
            if others:
                return PREDECESSOR_FIRST.about(protocol_id=min(others))
            if circumstances.last_held_on is not None and command.on <= circumstances.last_held_on:
                return MEETINGS_HELD.about(held_on=circumstances.last_held_on)
            return [
                ProtocolSigned(
                    protocol_id=roll.protocol_id,
                    ends_on=command.ends_on,
                    predecessor_id=command.predecessor_id,
                    occurred_on=command.on,
                )
            ]
        case InForce(term=term) | Expired(term=term) | Succeeded(term=term):
            same = (term.signed_on, end_of_term(term.signed_on)) == (command.on, command.ends_on)
            return [] if same else ALREADY_SIGNED.about(signed_on=term.signed_on)
        case _:
            assert_never(protocol)


def succeed(command: SucceedProtocol, protocol: Protocol) -> Decision:
    """It ends the day before its successor's signature, or when its own term ended (P79)."""
    match protocol:
        case NotPrepared():
            return PROTOCOL_UNKNOWN
        case Prepared():
            return NOT_SIGNED
        case Succeeded(successor_id=successor_id):
            return [] if successor_id == command.successor_id else SUCCEEDED
        case InForce(roll=roll, term=term) | Expired(roll=roll, term=term):
            if command.on <= term.signed_on:
                return BEFORE_PREDECESSOR.about(signed_on=term.signed_on)
            return [
                ProtocolSucceeded(
                    protocol_id=roll.protocol_id,
                    successor_id=command.successor_id,
                    ends_on=min(term.ends_on, command.on - DAY),
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(protocol)


def warn(protocol: Protocol, on: date, agreement: Agreement | None) -> Decision:
    """One warning for each number of months of the agreement whose day has come (P80)."""
    match protocol:
        case NotPrepared():
            return PROTOCOL_UNKNOWN
        case Prepared():
            return NOT_SIGNED
        case Expired() | Succeeded():
            return []
        case InForce(roll=roll, term=term):
            if agreement is None or on > term.ends_on:
                return []
            return [
                ProtocolExpiryWarned(
                    protocol_id=roll.protocol_id,
                    months=months,
                    ends_on=term.ends_on,
                    agreement_version=agreement.version,
                    occurred_on=on,
                )
                for months in sorted(set(agreement.expiry_warning_months) - term.warned, reverse=True)
                if add_months(term.ends_on, -months) <= on
            ]
        case _:
            assert_never(protocol)


def warning_days(protocol: InForce, agreements: Sequence[Agreement], until: date) -> Iterator[date]:
    """The days up to `until` on which a warning fell due that was not given yet, in order (P80)."""
    ends_on = protocol.term.ends_on
    days = {add_months(ends_on, -months) for one in agreements for months in one.expiry_warning_months}
    days |= {one.valid_from for one in agreements}
    for day in sorted(days):
        given = [] if day > until else warn(protocol, day, last_known(agreements, day))
        if given and not isinstance(given, Refused):
            yield day
            warned = protocol.term.warned | {one.months for one in given if isinstance(one, ProtocolExpiryWarned)}
            protocol = replace(protocol, term=replace(protocol.term, warned=warned))


def expire(protocol: Protocol, on: date) -> Decision:
    match protocol:
        case NotPrepared():
            return PROTOCOL_UNKNOWN
        case Prepared():
            return NOT_SIGNED
        case Expired() | Succeeded():
            return []
        case InForce(term=term) if on <= term.ends_on:
            return TERM_RUNS.about(ends_on=term.ends_on)
        case InForce(roll=roll, term=term):
            return [ProtocolExpired(protocol_id=roll.protocol_id, occurred_on=term.ends_on + DAY)]
        case _:
            assert_never(protocol)
