"""The erasure as the person's stream tells it: refused with its ground, asked for, answered, late (GDPR art. 17)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import ErasureCompleted, ErasureGround, PersonErased
from insieme_events.contracts.intake_persons import ErasureOverdue, ErasureRefused
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.circumstances import IntakeCircumstances, misdated
from insieme_intake.person.commands import (
    CompleteErasure,
    ErasePerson,
    ErasureCommand,
    NoteErasureOverdue,
    RefuseErasure,
)
from insieme_intake.person.retaining import ended
from insieme_intake.person.states import (
    PERSON_UNKNOWN,
    Erased,
    Known,
    Merged,
    PersonState,
    Restricted,
    Unknown,
    not_plainly_known,
)

NOT_ERASED = Refused(
    "intake.not_erased",
    "The erasure of this person was not asked for, so no service can have completed it.",
    kind=RefusalKind.RETRY,
)
"""To be tried again: a store that was restored may hear the answer before it has got back its own question."""

ERASURE_NOT_DUE = Refused(
    "intake.erasure_not_due", "The services may still answer until {due}: an erasure is late on the day after."
)


def decide_erasure(command: ErasureCommand, state: PersonState, found: IntakeCircumstances) -> Decision:
    match command:
        case RefuseErasure():
            return refuse(command, state)
        case ErasePerson():
            return erase(command, state, found)
        case CompleteErasure():
            return complete(command, state)
        case NoteErasureOverdue():
            return note_overdue(command, state)
        case _:
            assert_never(command)


def refuse(command: RefuseErasure, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case (Known() as known) | Restricted(known=known):
            if wrong := misdated(command.on, command.on, known.since, "the registration"):
                return wrong
            if (command.on, command.ground) in known.refusals:
                return []
            return [ErasureRefused(occurred_on=command.on, person_id=known.person_id, ground=command.ground)]
        case Merged() | Erased():
            return not_plainly_known(state)
        case _:
            assert_never(state)


def erase(command: ErasePerson, state: PersonState, found: IntakeCircumstances) -> Decision:
    """Also of an id that was given up: an erasure covers every id of the person."""
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case (Known() as known) | Restricted(known=known) | Merged(known=known):
            if wrong := misdated(command.on, command.on, known.since, "the registration"):
                return wrong
            over = ended(command.on, found) if command.ground is ErasureGround.RETENTION_ENDED else None
            if isinstance(over, Refused):
                return over
            return [PersonErased(occurred_on=command.on, person_id=known.person_id, ground=command.ground)]
        case Erased():
            return []
        case _:
            assert_never(state)


def complete(command: CompleteErasure, state: PersonState) -> Decision:
    match state:
        case Unknown() | Known() | Restricted() | Merged():
            return NOT_ERASED
        case Erased(completed=completed) if command.service in completed:
            return []
        case Erased(person_id=person_id, on=erased_on):
            if wrong := misdated(command.on, command.on, erased_on, "the erasure"):
                return wrong
            return [ErasureCompleted(occurred_on=command.on, person_id=person_id, service=command.service)]
        case _:
            assert_never(state)


def note_overdue(command: NoteErasureOverdue, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case Known() | Restricted() | Merged():
            return NOT_ERASED
        case Erased(overdue=True):
            return []
        case Erased(person_id=person_id, completed=completed):
            missing = tuple(sorted(set(command.services) - completed))
            if not missing:
                return []
            if command.on <= command.due_on:
                return ERASURE_NOT_DUE.about(due=command.due_on)
            return [ErasureOverdue(occurred_on=command.on, person_id=person_id, due_on=command.due_on, missing=missing)]
        case _:
            assert_never(state)
