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
    CompaniesMerged,
    CompanyActivated,
    CompanyContacted,
    CompanyIntroduced,
    CompanyMergedInto,
    CompanyRegistered,
    CompanySizeChanged,
    ContactKind,
)
from insieme_events.contracts.vocabulary import AtecoSection, CompanySize, Comune
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
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


COMPANY_MERGED = Refused(
    code="matching.company_merged",
    sentence="This company is one with {into_id}: go on with that id.",
    clause="P21",
)
MERGED_WITH_ITSELF = Refused(
    code="matching.company_merged_with_itself",
    sentence="These are two times the same id: give the id that is to be given up.",
    clause="P21",
    kind=RefusalKind.INVALID,
)
INTRODUCED_ALREADY = Refused(
    code="matching.company_introduced_already",
    sentence="It is recorded already that {by_party} brought this company.",
    clause="P76",
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


class RecordIntroduction(Command):
    """A trade association or a union brought the company: said after it had been registered (P76)."""

    by_party: Code
    on: Day


class MergeCompanies(Command):
    """`merged_id` is this company, too: the unit also holds NoteMerged on that one (P21)."""

    merged_id: UUID
    on: Day


class NoteMerged(Command):
    """This company's id is given up: part of the same unit as MergeCompanies on `into_id`."""

    into_id: UUID
    on: Day


CompanyCommand = (
    RegisterCompany
    | ChangeCompanySize
    | RecordCompanyContact
    | NoteVacancy
    | RecordIntroduction
    | MergeCompanies
    | NoteMerged
)


@dataclass(frozen=True, slots=True)
class NotRegistered:
    pass


@dataclass(frozen=True, slots=True)
class Registered:
    """Known, but neither met nor asked for anybody yet."""

    company_id: UUID
    registered_on: date
    size: CompanySize
    introduced_by: str | None = None
    merged: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Active:
    """Met at least once, or with a first vacancy."""

    company_id: UUID
    registered_on: date
    size: CompanySize
    introduced_by: str | None = None
    merged: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Merged:
    """Another company all along."""

    company_id: UUID
    into_id: UUID


Company = NotRegistered | Registered | Active | Merged


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
        case RecordIntroduction(by_party=by_party, on=on):
            return introduce(state, by_party, on)
        case MergeCompanies(merged_id=merged_id, on=on):
            return merge(state, merged_id, on)
        case NoteMerged(into_id=into_id, on=on):
            return note_merged(state, into_id, on)
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
        case Registered() | Active() | Merged():
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
        case Merged(into_id=into_id):
            return COMPANY_MERGED.about(into_id=into_id)
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
        case Merged(into_id=into_id):
            return COMPANY_MERGED.about(into_id=into_id)
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
        case Merged(into_id=into_id):
            return COMPANY_MERGED.about(into_id=into_id)
        case _:
            assert_never(company)


def introduce(company: Company, by_party: str, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() | Active() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(introduced_by=str(known)) | Active(introduced_by=str(known)):
            return [] if known == by_party else INTRODUCED_ALREADY.about(by_party=known)
        case Registered(company_id=company_id) | Active(company_id=company_id):
            return [CompanyIntroduced(company_id=company_id, by_party=by_party, occurred_on=on)]
        case Merged(into_id=into_id):
            return COMPANY_MERGED.about(into_id=into_id)
        case _:
            assert_never(company)


def merge(company: Company, merged_id: UUID, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() | Active() if company.company_id == merged_id:
            return MERGED_WITH_ITSELF
        case Registered(merged=merged) | Active(merged=merged) if merged_id in merged:
            return []
        case Registered() | Active() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(company_id=company_id) | Active(company_id=company_id):
            return [CompaniesMerged(company_id=company_id, merged_id=merged_id, occurred_on=on)]
        case Merged(into_id=into_id):
            return COMPANY_MERGED.about(into_id=into_id)
        case _:
            assert_never(company)


def note_merged(company: Company, into_id: UUID, on: date) -> Decision:
    match company:
        case NotRegistered():
            return COMPANY_UNKNOWN
        case Registered() | Active() if company.company_id == into_id:
            return MERGED_WITH_ITSELF
        case Registered() | Active() if on < company.registered_on:
            return BEFORE_REGISTRATION.about(registered_on=company.registered_on)
        case Registered(company_id=company_id) | Active(company_id=company_id):
            return [CompanyMergedInto(company_id=company_id, into_id=into_id, occurred_on=on)]
        case Merged(into_id=into) if into == into_id:
            return []
        case Merged(into_id=into):
            return COMPANY_MERGED.about(into_id=into)
        case _:
            assert_never(company)


def evolve(state: Company, event: DomainEvent) -> Company:
    match state, event:
        case _, CompanyRegistered():
            return Registered(
                company_id=event.company_id,
                registered_on=event.occurred_on,
                size=event.size,
                introduced_by=event.introduced_by,
            )
        case Registered() | Active(), CompanySizeChanged(size=size):
            return replace(state, size=size)
        case Registered() | Active(), CompanyContacted() | CompanyActivated():
            return Active(state.company_id, state.registered_on, state.size, state.introduced_by, state.merged)
        case Registered() | Active(), CompanyIntroduced(by_party=by_party):
            return replace(state, introduced_by=by_party)
        case Registered() | Active(), CompaniesMerged(merged_id=merged_id):
            return replace(state, merged=state.merged | {merged_id})
        case Registered() | Active(), CompanyMergedInto(into_id=into_id):
            return Merged(state.company_id, into_id)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a company's stream")


COMPANY: Decider[Company, CompanyCommand, Circumstances] = Decider(
    context="matching", name="company", initial=NotRegistered(), decide=decide, evolve=evolve
)
