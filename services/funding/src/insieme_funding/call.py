"""Call (bando): from when to when projects of a kind may be submitted (P43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_projects import CallClosed, CallOpened
from insieme_events.contracts.vocabulary import ProjectKind, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_funding.gates import not_after

CALL_UNKNOWN = Refused(
    code="funding.call_unknown",
    sentence="There is no call with this id: open it first.",
    clause="P43",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_OPENED = Refused(
    code="funding.call_already_opened",
    sentence="This call is open already: open another one under an id of its own.",
    clause="P43",
)
ENDS_BEFORE_IT_BEGINS = Refused(
    code="funding.call_ends_before_it_begins",
    sentence="A call is open for a day at least: give a last day on or after the first.",
    clause="P43",
    kind=RefusalKind.INVALID,
)
BEFORE_CALL = Refused(
    code="funding.before_call",
    sentence="The call was opened on {opened_on}: it cannot be closed earlier.",
    clause="P43",
)


class NewCall(Command):
    """What is told of a call that is to be opened; `closes_on` is the last day on which projects are taken."""

    kind: ProjectKind
    closes_on: Day
    on: Day


class OpenCall(NewCall):
    call_id: UUID


class CloseCall(Command):
    """No project is taken from this day on."""

    on: Day


CallCommand = OpenCall | CloseCall


@dataclass(frozen=True, slots=True)
class NotOpened:
    pass


@dataclass(frozen=True, slots=True)
class Open:
    call_id: UUID
    strand: Strand
    opened_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Closed:
    call_id: UUID
    strand: Strand
    closed_on: date


Call = NotOpened | Open | Closed


def decide(command: CallCommand, state: Call, circumstances: Circumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case OpenCall():
            return open_call(command, state)
        case CloseCall(on=on):
            return close(state, on)
        case _:
            assert_never(command)


def open_call(command: OpenCall, call: Call) -> Decision:
    match call:
        case NotOpened() if command.closes_on < command.on:
            return ENDS_BEFORE_IT_BEGINS
        case NotOpened():
            return [
                CallOpened(
                    call_id=command.call_id,
                    strand=Strand(command.kind.value),
                    closes_on=command.closes_on,
                    occurred_on=command.on,
                )
            ]
        case Open() | Closed():
            return ALREADY_OPENED
        case _:
            assert_never(call)


def close(call: Call, on: date) -> Decision:
    match call:
        case NotOpened():
            return CALL_UNKNOWN
        case Open(opened_on=opened_on) if on < opened_on:
            return BEFORE_CALL.about(opened_on=opened_on)
        case Open(call_id=call_id, strand=strand):
            return [CallClosed(call_id=call_id, strand=strand, occurred_on=on)]
        case Closed():
            return []
        case _:
            assert_never(call)


def evolve(state: Call, event: DomainEvent) -> Call:
    match event:
        case CallOpened():
            return Open(event.call_id, event.strand, event.occurred_on, event.closes_on)
        case CallClosed():
            return Closed(event.call_id, event.strand, event.occurred_on)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a call's stream")


CALL: Decider[Call, CallCommand, Circumstances] = Decider(
    context="funding", name="call", initial=NotOpened(), decide=decide, evolve=evolve
)
