"""The aggregates of matching with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from insieme_events import in_charge
from insieme_events.agreement import last_known
from insieme_events.decider import Circumstances
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked, Situation
from insieme_matching.candidacy import (
    CANDIDACY,
    Candidacy,
    CandidacyCircumstances,
    CandidacyCommand,
    ShortlistCandidate,
)
from insieme_matching.company import COMPANY, Company, CompanyCommand
from insieme_matching.employment import (
    EMPLOYMENT,
    CorrectPlacement,
    EmploymentCircumstances,
    EmploymentCommand,
    StartPlacement,
    VoidPlacement,
)
from insieme_matching.employment.state import Employment
from insieme_matching.need import NEED, DeclareNeed, Need, NeedCircumstances, NeedCommand
from insieme_matching.vacancy import VACANCY, OpenVacancy, VacancyCircumstances, VacancyCommand
from insieme_matching.vacancy_state import Vacancy
from insieme_matching.views import candidacies, companies, employments, needs, vacancies


async def of_companies(connection: Connection, asked: Sequence[Asked[CompanyCommand]]) -> list[Circumstances]:
    return [
        Circumstances(each.situation.actor, each.situation.today, each.situation.agreement_on(each.command.on))
        for each in asked
    ]


async def of_needs(connection: Connection, asked: Sequence[Asked[NeedCommand]]) -> list[NeedCircumstances]:
    commands = [each.command for each in asked]
    known = await companies.known(connection, {c.company_id for c in commands if isinstance(c, DeclareNeed)})
    return [
        NeedCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            company_known=isinstance(each.command, DeclareNeed) and each.command.company_id in known,
        )
        for each in asked
    ]


async def of_vacancies(connection: Connection, asked: Sequence[Asked[VacancyCommand]]) -> list[VacancyCircumstances]:
    commands = [each.command for each in asked]
    known = await companies.known(connection, {c.company_id for c in commands if isinstance(c, OpenVacancy)})
    return [
        VacancyCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            company_known=isinstance(each.command, OpenVacancy) and each.command.company_id in known,
        )
        for each in asked
    ]


async def of_candidacies(
    connection: Connection, asked: Sequence[Asked[CandidacyCommand]]
) -> list[CandidacyCircumstances]:
    shortlisting = [each.command for each in asked if isinstance(each.command, ShortlistCandidate)]
    charges = await in_charge.of_persons(connection, {command.person_id for command in shortlisting})
    still_open = await vacancies.open_ones(connection, {command.vacancy_id for command in shortlisting})
    return [
        CandidacyCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            in_charge=charges.get(each.command.person_id) if isinstance(each.command, ShortlistCandidate) else None,
            vacancy_open=isinstance(each.command, ShortlistCandidate) and each.command.vacancy_id in still_open,
        )
        for each in asked
    ]


async def of_employments(
    connection: Connection, asked: Sequence[Asked[EmploymentCommand]]
) -> list[EmploymentCircumstances]:
    starting = {each.stream_id: each.command for each in asked if isinstance(each.command, StartPlacement)}
    amended = {each.stream_id for each in asked if isinstance(each.command, CorrectPlacement | VoidPlacement)}
    chains = await employments.chains(connection, amended)
    persons = {stream_id: command.person_id for stream_id, command in starting.items()}
    persons.update({stream_id: person for stream_id, (person, _) in chains.items()})
    charges = await in_charge.of_persons(connection, set(persons.values()))
    known = await companies.known(connection, {command.company_id for command in starting.values()})
    found = []
    for each in asked:
        day = business_day(each.command, each.situation)
        person = persons.get(each.stream_id)
        found.append(
            EmploymentCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(day),
                in_charge=None if person is None else charges.get(person),
                company_known=isinstance(each.command, StartPlacement) and each.command.company_id in known,
                last_known=last_known(each.situation.agreements, day),
                link_events=chains[each.stream_id][1] if each.stream_id in chains else {},
            )
        )
    return found


def business_day(command: EmploymentCommand, situation: Situation) -> date:
    """The day by whose agreement the command is judged."""
    match command:
        case StartPlacement(starts_on=starts_on):
            return starts_on
        case _:
            return situation.today


COMPANIES: Aggregate[Company, CompanyCommand, Circumstances] = Aggregate(COMPANY, of_companies, companies.write)
NEEDS: Aggregate[Need, NeedCommand, NeedCircumstances] = Aggregate(NEED, of_needs, needs.write)
VACANCIES: Aggregate[Vacancy, VacancyCommand, VacancyCircumstances] = Aggregate(VACANCY, of_vacancies, vacancies.write)
CANDIDACIES: Aggregate[Candidacy, CandidacyCommand, CandidacyCircumstances] = Aggregate(
    CANDIDACY, of_candidacies, candidacies.write, candidacies.UNIQUE
)
EMPLOYMENTS: Aggregate[Employment, EmploymentCommand, EmploymentCircumstances] = Aggregate(
    EMPLOYMENT, of_employments, employments.write
)
