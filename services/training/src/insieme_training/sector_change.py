"""SectorChange: a person's dated declaration to be ready to leave the sector of the last work (P42)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent, Erased
from insieme_events.contracts.training import SealedFieldsErased
from insieme_events.contracts.training_participations import SectorChangeDeclared, SectorChangeRevoked
from insieme_events.contracts.vocabulary import AtecoSection, AtecoVersion
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_events.gates import gate
from insieme_training.gates import ERASED_PERSON, not_after

NOT_DECLARED = Refused(
    code="training.sector_change_unknown",
    sentence="The person has not declared to be ready to change sector: declare it first.",
    clause="P42",
    kind=RefusalKind.NOT_FOUND,
)
SAME_SECTOR = Refused(
    code="training.same_sector",
    sentence="A change leads to another sector: name another one, or leave it open.",
    clause="P42",
    kind=RefusalKind.INVALID,
)
BEFORE_DECLARATION = Refused(
    code="training.before_sector_change",
    sentence="The last declaration is of {on}: this one cannot be dated earlier.",
    clause="P42",
)
PERSON_UNKNOWN = gate("training", "P42").unknown


class NewSectorChange(Command):
    """`from_section` is the sector of the last work; `to_section` None: any other."""

    ateco_version: AtecoVersion
    from_section: AtecoSection
    to_section: AtecoSection | None = None
    on: Day


class DeclareSectorChange(NewSectorChange):
    person_id: UUID


class RevokeSectorChange(Command):
    on: Day


class EraseDeclaration(Command):
    """The person's data are erased: the stream takes no sealed field any more (GDPR art. 17)."""

    on: date


SectorChangeCommand = DeclareSectorChange | RevokeSectorChange | EraseDeclaration


@dataclass(frozen=True, slots=True)
class SectorChangeCircumstances(Circumstances):
    """`person_known`: whether training has heard of the person of a DeclareSectorChange; `erased`: the data were."""

    person_known: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class NoDeclaration:
    pass


@dataclass(frozen=True, slots=True)
class Declared:
    person_id: UUID
    on: date
    ateco_version: AtecoVersion
    from_section: str | Erased
    to_section: str | Erased | None


@dataclass(frozen=True, slots=True)
class Revoked:
    declared: Declared
    on: date


@dataclass(frozen=True, slots=True)
class Blanked:
    """The data of the person were erased; when the last declaration was made is left."""

    person_id: UUID
    declared_on: date


SectorChange = NoDeclaration | Declared | Revoked | Blanked


def decide(command: SectorChangeCommand, state: SectorChange, found: SectorChangeCircumstances) -> Decision:
    match command:
        case EraseDeclaration(on=on):
            return erase(state, on)
        case _ if future := not_after(found.today, command.on):
            return future
        case DeclareSectorChange():
            return declare(command, state, found)
        case RevokeSectorChange(on=on):
            return revoke(state, on)
        case _:
            assert_never(command)


def declare(command: DeclareSectorChange, state: SectorChange, found: SectorChangeCircumstances) -> Decision:
    declared = SectorChangeDeclared(
        person_id=command.person_id,
        ateco_version=command.ateco_version,
        from_section=command.from_section,
        to_section=command.to_section,
        occurred_on=command.on,
    )
    match state:
        case Blanked():
            return ERASED_PERSON
        case NoDeclaration() | Declared() | Revoked() if found.erased:
            return ERASED_PERSON
        case NoDeclaration() | Declared() | Revoked() if not found.person_known:
            return PERSON_UNKNOWN
        case NoDeclaration() | Declared() | Revoked() if command.to_section == command.from_section:
            return SAME_SECTOR
        case Declared(on=on) | Revoked(on=on) if command.on < on:
            return BEFORE_DECLARATION.about(on=on)
        case Declared() if evolve(state, declared) == state:
            return []
        case NoDeclaration() | Declared() | Revoked():
            return [declared]
        case _:
            assert_never(state)


def revoke(state: SectorChange, on: date) -> Decision:
    match state:
        case NoDeclaration():
            return NOT_DECLARED
        case Declared(on=declared_on) if on < declared_on:
            return BEFORE_DECLARATION.about(on=declared_on)
        case Declared(person_id=person_id):
            return [SectorChangeRevoked(person_id=person_id, occurred_on=on)]
        case Revoked():
            return []
        case Blanked():
            return ERASED_PERSON
        case _:
            assert_never(state)


def erase(state: SectorChange, on: date) -> Decision:
    match state:
        case NoDeclaration():
            return NOT_DECLARED
        case Declared(person_id=person_id) | Revoked(declared=Declared(person_id=person_id)):
            return [SealedFieldsErased(person_id=person_id, occurred_on=on)]
        case Blanked():
            return []
        case _:
            assert_never(state)


def evolve(state: SectorChange, event: DomainEvent) -> SectorChange:
    match state, event:
        case NoDeclaration() | Declared() | Revoked(), SectorChangeDeclared():
            return Declared(
                event.person_id, event.occurred_on, event.ateco_version, event.from_section, event.to_section
            )
        case Declared(), SectorChangeRevoked():
            return Revoked(state, event.occurred_on)
        case Declared(person_id=person_id, on=on) | Revoked(declared=Declared(person_id=person_id, on=on)), _ if (
            isinstance(event, SealedFieldsErased)
        ):
            return Blanked(person_id, on)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on this stream")


SECTOR_CHANGE: Decider[SectorChange, SectorChangeCommand, SectorChangeCircumstances] = Decider(
    context="training", name="sector_change", initial=NoDeclaration(), decide=decide, evolve=evolve
)
