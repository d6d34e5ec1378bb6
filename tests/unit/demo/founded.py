"""What the founding data come to on paper: the protocols as their own stream tells them, the register, the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from insieme_events.agreement import Agreement, Limits
from insieme_events.clock import business_date
from insieme_events.contracts import DomainEvent
from insieme_events.days import add_months
from insieme_events.decider import Refused
from insieme_governance.aggregates import PROTOCOLS
from insieme_governance.founding import ACTOR, given, units
from insieme_governance.protocol import PROTOCOL
from insieme_governance.protocol.refusals import ProtocolCircumstances
from insieme_governance.protocol.state import Expired, InForce, Succeeded
from insieme_governance.register import Register, Signed


def protocols() -> Iterator[tuple[UUID, DomainEvent]]:
    """Every event of the protocols in the order in which it was entered, with the protocol's id."""
    states: dict[UUID, Any] = {}
    for unit in units(given()):
        assert isinstance(unit.recorded_at, datetime)
        on = business_date(unit.recorded_at)
        for step in unit.steps:
            if step.aggregate is not PROTOCOLS:
                continue
            state = states.get(step.stream_id, PROTOCOL.initial)
            decided = PROTOCOL.decide(step.command, state, ProtocolCircumstances(ACTOR, on, AGREEMENTS[0]))
            assert not isinstance(decided, Refused), decided
            for event in decided:
                state = PROTOCOL.evolve(state, event)
                yield step.stream_id, event.model_copy(update={"by": ACTOR})
            states[step.stream_id] = state


def register_of(states: Mapping[str, Any]) -> Register:
    """The register of the signed protocols among these states, by stream."""
    signed = [one for one in states.values() if isinstance(one, InForce | Expired | Succeeded)]
    return Register(tuple(Signed(one.roll, one.term.signed_on, one.term.ends_on) for one in signed))


def founded_limits() -> tuple[Limits, ...]:
    """The legal limits as the founding data give them: each version changes the one before it."""
    found: list[Limits] = []
    says: dict[str, Any] = {}
    for one in given().legal_limits:
        says |= one.limits
        found.append(Limits.model_validate({**says, "version": one.version, "valid_from": one.valid_from}))
    return tuple(found)


def founded_agreements() -> tuple[Agreement, ...]:
    """The same of the agreement; a version is in force to the end of the term and of the transition after it."""
    found: list[Agreement] = []
    says: dict[str, Any] = {}
    signed = [protocol.signature for protocol in given().protocols]
    for one in given().agreements:
        says |= one.parameters
        ends_on = max((s.on, s.ends_on) for s in signed if s.on <= one.valid_from)[1]
        until = add_months(ends_on, says["transitional_months"])
        dated = {"version": one.version, "valid_from": one.valid_from, "valid_to": until}
        found.append(Agreement.model_validate({**says, **dated}))
    return tuple(found)


LIMITS = founded_limits()
AGREEMENTS = founded_agreements()
