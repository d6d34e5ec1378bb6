"""The states of a person: known → restricted → merged / erased (aggregates.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    ErasureCompleted,
    IdentityKind,
    MergeReverted,
    NoticeGiven,
    PersonErased,
    PersonRegistered,
    PersonsMerged,
)
from insieme_events.contracts.intake_persons import (
    DuplicateDismissed,
    ErasureOverdue,
    ErasureRefused,
    ExtensionGround,
    PersonAliased,
    PersonSetApart,
    ProcessingRestricted,
    RefusalGround,
    RestrictionLifted,
    RetentionEnded,
    RetentionExtended,
    SubjectAccessAnswered,
    SubjectAccessRequested,
)
from insieme_events.decider import RefusalKind, Refused
from insieme_intake.circumstances import ERASED_PERSON, RESTRICTED


@dataclass(frozen=True, slots=True)
class Unknown:
    pass


@dataclass(frozen=True, slots=True)
class Known:
    """`aliases`: ids that were given up for this one. `asked`: per request for access its day, None once answered.

    `extended`: through which day the data are kept longer, and why. `retention_ended`: the last end on
    record: when the last of theirs had ended, and through which day the data were kept.
    """

    person_id: UUID
    identity_kind: IdentityKind
    since: date
    notices: frozenset[str] = frozenset()
    aliases: frozenset[UUID] = frozenset()
    asked: tuple[tuple[UUID, date | None], ...] = ()
    refusals: frozenset[tuple[date, RefusalGround]] = frozenset()
    extended: tuple[date, ExtensionGround] | None = None
    retention_ended: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """Kept and not used since that day."""

    known: Known
    on: date


@dataclass(frozen=True, slots=True)
class Merged:
    """The id was given up: `into` stands for the person since that day."""

    known: Known
    into: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Erased:
    """`completed`: the services that answered. `overdue`: that one was late is on record."""

    person_id: UUID
    on: date
    completed: frozenset[str] = frozenset()
    overdue: bool = False


PersonState = Unknown | Known | Restricted | Merged | Erased

PERSON_UNKNOWN = Refused(
    "intake.person_unknown", "There is no person with this id: look the person up again.", kind=RefusalKind.NOT_FOUND
)
IS_ALIAS = Refused(
    "intake.person_merged",
    "This id was given up on {on}: the person is {into} since. Send the command for that id.",
    clause="P25",
)


def not_plainly_known(state: Unknown | Restricted | Merged | Erased) -> Refused:
    """What a person in that state answers to a command that uses the data."""
    match state:
        case Unknown():
            return PERSON_UNKNOWN
        case Restricted(on=on):
            return RESTRICTED.about(on=on)
        case Merged(into=into, on=on):
            return IS_ALIAS.about(into=into, on=on)
        case Erased():
            return ERASED_PERSON
        case _:
            assert_never(state)


def evolve(state: PersonState, event: DomainEvent) -> PersonState:
    match state, event:
        case Unknown(), PersonRegistered(person_id=person_id, identity_kind=kind, occurred_on=day):
            return Known(person_id, kind, day)
        case ((Known() | Restricted() | Merged()), PersonErased(person_id=person_id, occurred_on=day)):
            return Erased(person_id, day)
        case Known(), ProcessingRestricted(occurred_on=day):
            return Restricted(state, day)
        case Restricted(known=known), RestrictionLifted():
            return known
        case Known(), PersonAliased(alias_of=into, occurred_on=day):
            return Merged(state, into, day)
        case Merged(known=known), PersonSetApart():
            return known
        case Known(), _:
            return learn(state, event)
        case Restricted(known=known), _:
            return replace(state, known=learn(known, event))
        case Erased(completed=completed), ErasureCompleted(service=service):
            return replace(state, completed=completed | {service})
        case Erased(), ErasureOverdue():
            return replace(state, overdue=True)
        case _:
            raise TypeError(f"a person in state {type(state).__name__} has no {type(event).__name__}")


def learn(known: Known, event: DomainEvent) -> Known:
    """What changes about somebody who stays known."""
    match event:
        case NoticeGiven(notice_version=version):
            return replace(known, notices=known.notices | {version})
        case PersonsMerged(merged_id=merged):
            return replace(known, aliases=known.aliases | {merged})
        case MergeReverted(merged_id=merged):
            return replace(known, aliases=known.aliases - {merged})
        case DuplicateDismissed():
            return known
        case ErasureRefused(ground=ground, occurred_on=day):
            return replace(known, refusals=known.refusals | {(day, ground)})
        case RetentionExtended(until=until, ground=ground):
            return replace(known, extended=(until, ground))
        case RetentionEnded(left_on=left_on, kept_until=until):
            return replace(known, retention_ended=(left_on, until))
        case SubjectAccessRequested(request_id=request_id, occurred_on=day):
            return replace(known, asked=(*known.asked, (request_id, day)))
        case SubjectAccessAnswered(request_id=request_id):
            asked = tuple((one, None if one == request_id else day) for one, day in known.asked)
            return replace(known, asked=asked)
        case _:
            raise TypeError(f"a known person has no {type(event).__name__}")
