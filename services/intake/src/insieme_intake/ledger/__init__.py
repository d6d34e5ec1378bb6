"""InterventionLedger: who does what for one person and when; one stream, so one writer per person (P25, P48; I8).

A line is confirmed, or blocked where another party does the same in the same days. One that its service extends into
such days goes on and stands as doubled. What counts as the same stands in the agreement. A different kind at the same
time is no duplicate: it completes (P48).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import ERASED, Erased
from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionExtended,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.decider import Decider, Decision, RefusalKind, Refused
from insieme_intake.circumstances import (
    AGREEMENT_UNKNOWN,
    ERASED_PERSON,
    RESTRICTED,
    IntakeCircumstances,
    LineFound,
    misdated,
)
from insieme_intake.ledger.commands import (
    EndIntervention,
    EraseInterventions,
    FollowEnd,
    FollowExtension,
    LedgerCommand,
    OverrideOverlap,
    RegisterIntervention,
)
from insieme_intake.ledger.states import Ledger, LedgerState, Line, NoLedger, Standing, evolve

__all__ = [
    "INTERVENTION_ELSEWHERE",
    "INTERVENTION_UNKNOWN",
    "LEDGER",
    "EndIntervention",
    "EraseInterventions",
    "FollowEnd",
    "FollowExtension",
    "Ledger",
    "LedgerCommand",
    "LedgerState",
    "Line",
    "NoLedger",
    "OverrideOverlap",
    "RegisterIntervention",
    "Standing",
]

ONE_DAY = timedelta(days=1)

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
    "The end or the extension of an intervention came that nobody asked for so far: it is tried again once the request "
    "is here.",
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
        case FollowExtension():
            return extend(command, state, found)
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
    asked = LineFound(command.intervention_id, command.kind, command.party, command.starts_on, command.ends_on)
    overlaps = first_overlap(asked, (*taken(state), *found.lines), agreement)
    if overlaps is not None:
        return [InterventionOverlapDetected(**line, overlaps=overlaps)]
    return [InterventionRegistered(**line)]


def repeats(command: RegisterIntervention, line: Line) -> bool:
    """Whether it is the line over again; what an erasure made unreadable is taken as the same."""
    same_kind = line.kind is ERASED or line.kind is command.kind
    return same_kind and (line.party, line.starts_on, line.asked_until) == (
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


def first_overlap(asked: LineFound, lines: tuple[LineFound, ...], agreement: Agreement) -> UUID | None:
    """The earliest line of another party that does the same on one of the days that are asked for (P25)."""
    doubled = [
        line
        for line in lines
        if line.party != asked.party
        and same_kind(line.kind, asked.kind, agreement)
        and (line.ends_on is None or asked.starts_on <= line.ends_on)
        and (asked.ends_on is None or line.starts_on <= asked.ends_on)
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


def extend(command: FollowExtension, state: LedgerState, found: IntakeCircumstances) -> Decision:
    """The added days are taken, whoever else does the same on them: what goes on is seen, not stopped (P25).

    An end that is no later than the one on record, told twice or late, changes nothing.
    """
    if isinstance(state, NoLedger) or (line := state.line(command.intervention_id)) is None:
        return INTERVENTION_NOT_YET
    if line.ended_on is not None or line.ends_on is None or command.ends_on <= line.ends_on:
        return []
    agreement = found.last_agreement(command.on)
    if agreement is None:
        return AGREEMENT_UNKNOWN
    overlaps = None
    if line.effective and not isinstance(line.kind, Erased):
        added = LineFound(line.intervention_id, line.kind, line.party, line.ends_on + ONE_DAY, command.ends_on)
        overlaps = first_overlap(added, (*taken(state), *found.lines), agreement)
    return [
        InterventionExtended(
            occurred_on=command.on,
            person_id=state.person_id,
            intervention_id=command.intervention_id,
            ends_on=command.ends_on,
            overlaps=overlaps,
            agreement_version=agreement.version,
        )
    ]


def erase(command: EraseInterventions, state: LedgerState) -> Decision:
    if isinstance(state, NoLedger) or state.erased:
        return []
    return [SealedFieldsErased(occurred_on=command.on, person_id=state.person_id)]


LEDGER: Decider[LedgerState, LedgerCommand, IntakeCircumstances] = Decider(
    context="intake", name="ledger", initial=NoLedger(), decide=decide, evolve=evolve
)
