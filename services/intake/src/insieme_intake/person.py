"""Person: known under one id from the first contact, until the data are erased (P25; GDPR art. 13, 17).

Who it is stands in the vault only; that one codice fiscale has one id is an index there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.intake import (
    ErasureCompleted,
    ErasureGround,
    IdentityKind,
    NoticeGiven,
    PersonErased,
    PersonRegistered,
)
from insieme_events.decider import Command, Decider, Decision, RefusalKind, Refused
from insieme_intake.circumstances import ERASED_PERSON, IntakeCircumstances, misdated


class RegisterPerson(Command):
    """A person becomes known; again for a known one is nothing to do."""

    person_id: UUID
    identity_kind: IdentityKind
    on: date


class GiveNotice(Command):
    """The privacy notice of that version was handed over; the same version again is nothing to do."""

    notice_version: Code
    on: date


class ErasePerson(Command):
    """The data of the person are to be erased in every service."""

    ground: ErasureGround
    on: date


class CompleteErasure(Command):
    """A service answers that it holds nothing readable of the person any more."""

    service: Code
    on: date


PersonCommand = RegisterPerson | GiveNotice | ErasePerson | CompleteErasure


@dataclass(frozen=True, slots=True)
class Unknown:
    pass


@dataclass(frozen=True, slots=True)
class Known:
    person_id: UUID
    identity_kind: IdentityKind
    since: date
    notices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Erased:
    """`completed`: the services that answered."""

    person_id: UUID
    on: date
    completed: frozenset[str] = frozenset()


PersonState = Unknown | Known | Erased

PERSON_UNKNOWN = Refused(
    "intake.person_unknown", "There is no person with this id: look the person up again.", kind=RefusalKind.NOT_FOUND
)
OTHER_PERSON = Refused("intake.person_exists", "This id belongs to a person registered otherwise: use a new id.", "P25")
NOT_ERASED = Refused(
    "intake.not_erased", "The erasure of this person was not asked for, so no service can have completed it."
)


def decide(command: PersonCommand, state: PersonState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    match command:
        case RegisterPerson():
            return register(command, state)
        case GiveNotice():
            return give_notice(command, state)
        case ErasePerson():
            return erase(command, state)
        case CompleteErasure():
            return complete_erasure(command, state)
        case _:
            assert_never(command)


def register(command: RegisterPerson, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return [
                PersonRegistered(
                    occurred_on=command.on, person_id=command.person_id, identity_kind=command.identity_kind
                )
            ]
        case Known(person_id=command.person_id, identity_kind=command.identity_kind):
            return []
        case Known():
            return OTHER_PERSON
        case Erased():
            return ERASED_PERSON
        case _:
            assert_never(state)


def give_notice(command: GiveNotice, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case Known(notices=given) if command.notice_version in given:
            return []
        case Known(person_id=person_id):
            return [NoticeGiven(occurred_on=command.on, person_id=person_id, notice_version=command.notice_version)]
        case Erased():
            return ERASED_PERSON
        case _:
            assert_never(state)


def erase(command: ErasePerson, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case Known(person_id=person_id, since=since):
            if wrong := misdated(command.on, command.on, since, "the registration"):
                return wrong
            return [PersonErased(occurred_on=command.on, person_id=person_id, ground=command.ground)]
        case Erased():
            return []
        case _:
            assert_never(state)


def complete_erasure(command: CompleteErasure, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case Known():
            return NOT_ERASED
        case Erased(completed=completed) if command.service in completed:
            return []
        case Erased(person_id=person_id, on=erased_on):
            if wrong := misdated(command.on, command.on, erased_on, "the erasure"):
                return wrong
            return [ErasureCompleted(occurred_on=command.on, person_id=person_id, service=command.service)]
        case _:
            assert_never(state)


def evolve(state: PersonState, event: DomainEvent) -> PersonState:
    match state, event:
        case Unknown(), PersonRegistered(person_id=person_id, identity_kind=kind, occurred_on=day):
            return Known(person_id, kind, day)
        case Known(notices=given), NoticeGiven(notice_version=version):
            return replace(state, notices=given | {version})
        case Known(person_id=person_id), PersonErased(occurred_on=day):
            return Erased(person_id, day)
        case Erased(completed=completed), ErasureCompleted(service=service):
            return replace(state, completed=completed | {service})
        case _:
            raise TypeError(f"a person in state {type(state).__name__} has no {type(event).__name__}")


PERSON: Decider[PersonState, PersonCommand, IntakeCircumstances] = Decider(
    context="intake", name="person", initial=Unknown(), decide=decide, evolve=evolve
)
