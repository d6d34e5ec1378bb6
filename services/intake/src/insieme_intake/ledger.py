"""InterventionLedger: who does what for one person and when; one stream, so one writer per person (P25, P48; I8).

A line is confirmed, or blocked where another party does the same in the same days. What counts as the same stands in
the agreement. A different kind at the same time is no duplicate: it completes (P48).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import ERASED, Code, DomainEvent, Erased
from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionLine,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
    RegionalMeasure,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.days import Day
from insieme_events.decider import Command, Decider, Decision, RefusalKind, Refused
from insieme_intake.circumstances import (
    AGREEMENT_UNKNOWN,
    ERASED_PERSON,
    RESTRICTED,
    IntakeCircumstances,
    LineFound,
    misdated,
)


class RegisterIntervention(Command):
    """A party does something for the person, or asks to (P25, P48). `ends_on` None: until it ends."""

    person_id: UUID
    intervention_id: UUID
    kind: InterventionKind
    party: Code
    starts_on: Day
    ends_on: Day | None
    measure: RegionalMeasure | None = None
    on: Day


class OverrideOverlap(Command):
    """A blocked intervention may go on all the same; only a role that the agreement names may say so (P25)."""

    intervention_id: UUID
    reason: OverrideReason
    on: Day


class EndIntervention(Command):
    """It is over, or never began: from the day after `on` its days are free (P25)."""

    intervention_id: UUID
    on: Day


class FollowEnd(EndIntervention):
    """As EndIntervention, told by the event of the service that the intervention belongs to (P25)."""


class EraseInterventions(Command):
    """This ledger takes and shows no sealed value of its person any more (GDPR art. 17)."""

    on: Day


LedgerCommand = RegisterIntervention | OverrideOverlap | EndIntervention | FollowEnd | EraseInterventions


class Standing(StrEnum):
    """How the ledger took a line in; that it has ended is a date beside it."""

    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Line:
    intervention_id: UUID
    kind: InterventionKind | Erased
    party: str
    starts_on: date
    ends_on: date | None
    measure: RegionalMeasure | Erased | None
    standing: Standing
    registered_on: date
    overlaps: UUID | None = None
    overridden_on: date | None = None
    reason: OverrideReason | None = None
    ended_on: date | None = None

    @property
    def effective(self) -> bool:
        """Whether its days are taken."""
        return self.standing is not Standing.BLOCKED

    @property
    def until(self) -> date | None:
        """Its last day; None as long as nobody knows it."""
        return self.ended_on if self.ended_on is not None else self.ends_on


@dataclass(frozen=True, slots=True)
class NoLedger:
    pass


@dataclass(frozen=True, slots=True)
class Ledger:
    """`erased`: no sealed value can be read or recorded any more."""

    person_id: UUID
    lines: tuple[Line, ...] = ()
    erased: bool = False

    def line(self, intervention_id: UUID) -> Line | None:
        return next((each for each in self.lines if each.intervention_id == intervention_id), None)


LedgerState = NoLedger | Ledger

PERSON_NOT_YET = Refused(
    "intake.person_not_yet_known",
    "Intake does not know this person: check the person's id, or send the same again in a moment.",
    clause="P25",
    kind=RefusalKind.RETRY,
)
INTERVENTION_UNKNOWN = Refused(
    "intake.intervention_unknown",
    "There is no intervention with this id: look it up again.",
    clause="P25",
    kind=RefusalKind.NOT_FOUND,
)
INTERVENTION_NOT_YET = Refused(
    "intake.intervention_not_yet_known",
    "The end of an intervention came that nobody asked for so far: it is tried again once the request is here.",
    clause="P25",
    kind=RefusalKind.RETRY,
)
INTERVENTION_EXISTS = Refused(
    "intake.intervention_exists",
    "This id belongs to an intervention of another kind, party or time: use a new id.",
    clause="P25",
)
INTERVENTION_ELSEWHERE = Refused(
    "intake.intervention_elsewhere",
    "This intervention id belongs to another person: use a new id.",
    clause="P25",
    kind=RefusalKind.INVALID,
)
ENDS_BEFORE_IT_STARTS = Refused(
    "intake.intervention_dates",
    "The intervention would end on {ends_on}, before it starts on {starts_on}: correct one of the two.",
    clause="P25",
    kind=RefusalKind.INVALID,
)
INTERVENTION_OVER = Refused(
    "intake.intervention_over", "This intervention ended on {on}: register a new one for later days.", clause="P25"
)
NOT_BLOCKED = Refused(
    "intake.intervention_not_blocked", "This intervention is confirmed: there is no overlap to override.", clause="P25"
)
ROLE_MAY_NOT = Refused(
    "intake.override_role",
    "A doubled intervention is let through only by one of these roles: {roles}. Ask somebody who has it.",
    clause="P25",
    kind=RefusalKind.FORBIDDEN,
)


def decide(command: LedgerCommand, state: LedgerState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    match command:
        case RegisterIntervention():
            return register(command, state, found)
        case OverrideOverlap():
            return override(command, state, found)
        case FollowEnd() | EndIntervention():
            return end(command, state)
        case EraseInterventions():
            return erase(command, state)
        case _:
            assert_never(command)


def register(command: RegisterIntervention, state: LedgerState, found: IntakeCircumstances) -> Decision:
    """Confirmed or blocked (P25); a repeated request is nothing to do."""
    known = None if isinstance(state, NoLedger) else state.line(command.intervention_id)
    if known is not None:
        return [] if repeats(command, known) else INTERVENTION_EXISTS
    if refused := unusable(state, found):
        return refused
    if command.ends_on is not None and command.ends_on < command.starts_on:
        return ENDS_BEFORE_IT_STARTS.about(ends_on=command.ends_on, starts_on=command.starts_on)
    agreement = found.last_agreement(command.on)
    if agreement is None:
        return AGREEMENT_UNKNOWN
    line = {
        "occurred_on": command.on,
        "agreement_version": agreement.version,
        **{name: getattr(command, name) for name in ("person_id", "intervention_id", "kind", "party")},
        **{name: getattr(command, name) for name in ("starts_on", "ends_on", "measure")},
    }
    overlaps = first_overlap(command, (*taken(state), *found.lines), agreement)
    if overlaps is not None:
        return [InterventionOverlapDetected(**line, overlaps=overlaps)]
    return [InterventionRegistered(**line)]


def repeats(command: RegisterIntervention, line: Line) -> bool:
    """Whether it is the line over again; what an erasure made unreadable is taken as the same."""
    same_kind = line.kind is ERASED or line.kind is command.kind
    return same_kind and (line.party, line.starts_on, line.ends_on) == (
        command.party,
        command.starts_on,
        command.ends_on,
    )


def unusable(state: LedgerState, found: IntakeCircumstances) -> Refused | None:
    """Why nothing may be decided on the data of this person."""
    if found.person is None:
        return PERSON_NOT_YET
    if found.person.erased or (isinstance(state, Ledger) and state.erased):
        return ERASED_PERSON
    if found.person.restricted_on is not None:
        return RESTRICTED.about(on=found.person.restricted_on)
    return None


def taken(state: LedgerState) -> Iterator[LineFound]:
    """The days that this ledger's confirmed and overridden lines take."""
    if isinstance(state, NoLedger):
        return
    for line in state.lines:
        if line.effective and not isinstance(line.kind, Erased):
            yield LineFound(line.intervention_id, line.kind, line.party, line.starts_on, line.until)


def first_overlap(command: RegisterIntervention, lines: tuple[LineFound, ...], agreement: Agreement) -> UUID | None:
    """The earliest line of another party that does the same on one of the same days (P25)."""
    doubled = [
        line
        for line in lines
        if line.party != command.party
        and same_kind(line.kind, command.kind, agreement)
        and (line.ends_on is None or command.starts_on <= line.ends_on)
        and (command.ends_on is None or line.starts_on <= command.ends_on)
        and (line.ends_on is None or line.starts_on <= line.ends_on)
    ]
    return min(doubled, key=lambda line: (line.starts_on, line.intervention_id)).intervention_id if doubled else None


def same_kind(one: InterventionKind, other: InterventionKind, agreement: Agreement) -> bool:
    """Whether the agreement counts the two as the same initiative («stesse iniziative», P25)."""
    return any((each.one, each.other) in ((one, other), (other, one)) for each in agreement.same_kinds)


def override(command: OverrideOverlap, state: LedgerState, found: IntakeCircumstances) -> Decision:
    if isinstance(state, NoLedger) or (line := state.line(command.intervention_id)) is None:
        return INTERVENTION_UNKNOWN
    if line.standing is Standing.OVERRIDDEN:
        return []
    if line.standing is Standing.CONFIRMED:
        return NOT_BLOCKED
    if line.ended_on is not None:
        return INTERVENTION_OVER.about(on=line.ended_on)
    if refused := unusable(state, found):
        return refused
    if wrong := misdated(command.on, command.on, line.registered_on, "the request"):
        return wrong
    agreement = found.last_agreement(command.on)
    if agreement is None:
        return AGREEMENT_UNKNOWN
    if found.actor.role not in agreement.override_roles:
        return ROLE_MAY_NOT.about(roles=", ".join(agreement.override_roles))
    return [
        OverlapOverridden(
            occurred_on=command.on,
            person_id=state.person_id,
            intervention_id=command.intervention_id,
            reason=command.reason,
        )
    ]


def end(command: EndIntervention, state: LedgerState) -> Decision:
    told = isinstance(command, FollowEnd)
    if isinstance(state, NoLedger) or (line := state.line(command.intervention_id)) is None:
        return INTERVENTION_NOT_YET if told else INTERVENTION_UNKNOWN
    if line.ended_on is not None:
        return [] if told or line.ended_on == command.on else INTERVENTION_OVER.about(on=line.ended_on)
    return [
        InterventionEnded(occurred_on=command.on, person_id=state.person_id, intervention_id=command.intervention_id)
    ]


def erase(command: EraseInterventions, state: LedgerState) -> Decision:
    if isinstance(state, NoLedger) or state.erased:
        return []
    return [SealedFieldsErased(occurred_on=command.on, person_id=state.person_id)]


def evolve(state: LedgerState, event: DomainEvent) -> LedgerState:
    match state, event:
        case _, InterventionRegistered():
            return with_line(state, event, opened(event, Standing.CONFIRMED))
        case _, InterventionOverlapDetected(overlaps=overlaps):
            return with_line(state, event, replace(opened(event, Standing.BLOCKED), overlaps=overlaps))
        case Ledger(), OverlapOverridden(intervention_id=intervention_id, reason=reason, occurred_on=day):
            line = known_line(state, intervention_id)
            return changed(state, replace(line, standing=Standing.OVERRIDDEN, overridden_on=day, reason=reason))
        case Ledger(), InterventionEnded(intervention_id=intervention_id, occurred_on=day):
            return changed(state, replace(known_line(state, intervention_id), ended_on=day))
        case Ledger(lines=lines), SealedFieldsErased():
            blanked = tuple(replace(line, kind=ERASED, measure=ERASED) for line in lines)
            return replace(state, lines=blanked, erased=True)
        case _:
            raise TypeError(f"a ledger in state {type(state).__name__} has no {type(event).__name__}")


def opened(event: InterventionLine, standing: Standing) -> Line:
    return Line(
        event.intervention_id,
        event.kind,
        event.party,
        event.starts_on,
        event.ends_on,
        event.measure,
        standing,
        event.occurred_on,
    )


def with_line(state: LedgerState, event: InterventionLine, line: Line) -> Ledger:
    ledger = Ledger(event.person_id) if isinstance(state, NoLedger) else state
    return replace(ledger, lines=(*ledger.lines, line))


def known_line(state: Ledger, intervention_id: UUID) -> Line:
    line = state.line(intervention_id)
    if line is None:
        raise TypeError(f"the ledger has no line {intervention_id}")
    return line


def changed(state: Ledger, line: Line) -> Ledger:
    lines = tuple(line if each.intervention_id == line.intervention_id else each for each in state.lines)
    return replace(state, lines=lines)


LEDGER: Decider[LedgerState, LedgerCommand, IntakeCircumstances] = Decider(
    context="intake", name="ledger", initial=NoLedger(), decide=decide, evolve=evolve
)
