"""The lines of a ledger of interventions, and how its events change them (P25)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts import ERASED, DomainEvent, Erased
from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionExtended,
    InterventionLine,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
    RegionalMeasure,
)
from insieme_events.contracts.vocabulary import InterventionKind


class Standing(StrEnum):
    """How the ledger took a line in; that it has ended is a date beside it. Doubled: it goes on, extended into days
    on which another party does the same.
    """

    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    DOUBLED = "doubled"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Line:
    """`asked_until`: the last day as it was asked for first, `ends_on` as it was extended last. `found_on`: the day on
    which it was found to overlap with `overlaps`.
    """

    intervention_id: UUID
    kind: InterventionKind | Erased
    party: str
    starts_on: date
    ends_on: date | None
    measure: RegionalMeasure | Erased | None
    standing: Standing
    registered_on: date
    asked_until: date | None
    overlaps: UUID | None = None
    found_on: date | None = None
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


def evolve(state: LedgerState, event: DomainEvent) -> LedgerState:
    match state, event:
        case _, InterventionRegistered():
            return with_line(state, event, opened(event, Standing.CONFIRMED))
        case _, InterventionOverlapDetected(overlaps=overlaps, occurred_on=day):
            line = replace(opened(event, Standing.BLOCKED), overlaps=overlaps, found_on=day)
            return with_line(state, event, line)
        case Ledger(), InterventionExtended(intervention_id=intervention_id):
            return changed(state, extended(known_line(state, intervention_id), event))
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
        event.ends_on,
    )


def extended(line: Line, event: InterventionExtended) -> Line:
    """A new overlap counts like the first one: it is open until somebody overrides it."""
    longer = replace(line, ends_on=event.ends_on)
    if event.overlaps is None:
        return longer
    return replace(
        longer,
        standing=Standing.DOUBLED,
        overlaps=event.overlaps,
        found_on=event.occurred_on,
        overridden_on=None,
        reason=None,
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
