"""Company (azienda): who may offer work, as far as the programme deals with it (P21).

Name and partita IVA are directory data and never part of a command or an event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.matching import (
    AtecoVersion,
    CompanyActivated,
    CompanyContacted,
    CompanyRegistered,
    CompanySizeChanged,
    ContactKind,
)
from insieme_events.contracts.vocabulary import AtecoSection, CompanySize, Comune
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, Refused
from insieme_matching.gates import COMPANY_UNKNOWN, not_after

ALREADY_REGISTERED = Refused(
    code="matching.company_already_registered",
    sentence="This company is registered already: change its size or its directory entry instead.",
    clause="P21",
)
BEFORE_REGISTRATION = Refused(
    code="matching.before_registration",
    sentence="The company was registered on {registered_on}: nothing of it can be dated earlier.",
    clause="P21",
)


class NewCompany(Command):
    """What is told of a company that is to be registered; `introduced_by` is the party that brought it (P09)."""

    size: CompanySize
    ateco_version: AtecoVersion
    ateco_section: AtecoSection
    comune: Comune
    introduced_by: Code | None = None
    on: Day


class RegisterCompany(NewCompany):
    company_id: UUID


class ChangeCompanySize(Command):
    size: CompanySize
    on: Day


class RecordCompanyContact(Command):
    kind: ContactKind
    on: Day


class NoteVacancy(Command):
    """The company opened a vacancy: part of the same unit as OpenVacancy."""

    vacancy_id: UUID
    on: Day


CompanyCommand = RegisterCompany | ChangeCompanySize | RecordCompanyContact | NoteVacancy


@dataclass(frozen=True, slots=True)
class NotRegistered:
    pass


@dataclass(frozen=True, slots=True)
class Registered:
    """Known, but neither met nor asked for anybody yet."""

    company_id: UUID
    registered_on: date
    size: CompanySize


@dataclass(frozen=True, slots=True)
class Active:
    """Met at least once, or with a first vacancy."""

    company_id: UUID
    registered_on: date
    size: CompanySize


Company = NotRegistered | Registered | Active


def decide(command: CompanyCommand, state: Company, circumstances: Circumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case RegisterCompany():
            return register(command, state)
        case ChangeCompanySize(size=size, on=on):
            return change_size(state, size, on)
        case RecordCompanyContact(kind=kind, on=on):
            return contact(state, kind, on)
        case NoteVacancy(vacancy_id=vacancy_id, on=on):
            return note_vacancy(state, vacancy_id, on)
        case _:
            assert_never(command)


def register(command: RegisterCompany, company: Company) -> Decision:
    match company:
        case NotRegistered():
            return [
                CompanyRegistered(
                    company_id=command.company_id,
                    size=command.size,
                    ateco_version=command.ateco_version,
                    ateco_section=command.ateco_section,
                    comune=command.comune,
                    introduced_by=command.introduced_by,
                    occurred_on=command.on,
                )
            ]
        case Registered() | Active():
            return ALREADY_REGISTERED
        case _:
            assert_never(company)


def change_size(company: Company, size: CompanySize, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() | Active() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(size=current) | Active(size=current) if size is current:
            return []
        case Registered(company_id=company_id) | Active(company_id=company_id):
            return [CompanySizeChanged(company_id=company_id, size=size, occurred_on=on)]
        case _:
            assert_never(company)


def contact(company: Company, kind: ContactKind, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() | Active() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(company_id=company_id) | Active(company_id=company_id):
            return [CompanyContacted(company_id=company_id, kind=kind, occurred_on=on)]
        case _:
            assert_never(company)


def note_vacancy(company: Company, vacancy_id: UUID, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(company_id=company_id):
            return [CompanyActivated(company_id=company_id, vacancy_id=vacancy_id, occurred_on=on)]
        case Active():
            return []
        case _:
            assert_never(company)


def evolve(state: Company, event: DomainEvent) -> Company:
    match state, event:
        case _, CompanyRegistered():
            return Registered(company_id=event.company_id, registered_on=event.occurred_on, size=event.size)
        case Registered() | Active(), CompanySizeChanged(size=size):
            return replace(state, size=size)
        case Registered() | Active(), CompanyContacted() | CompanyActivated():
            return Active(company_id=state.company_id, registered_on=state.registered_on, size=state.size)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a company's stream")


COMPANY: Decider[Company, CompanyCommand, Circumstances] = Decider(
    context="matching", name="company", initial=NotRegistered(), decide=decide, evolve=evolve
)
