"""The aggregates of matching with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from insieme_events import in_charge
from insieme_events.agreement import last_known
from insieme_events.contracts.matching import ErasureCompleted
from insieme_events.decider import Circumstances
from insieme_events.erasing import acknowledgements
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked, Situation
from insieme_matching.candidacy import (
    CANDIDACY,
    Candidacy,
    CandidacyCircumstances,
    CandidacyCommand,
    EndWithVacancy,
    MarkReplyOverdue,
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
from insieme_matching.internship import (
    INTERNSHIP,
    Internship,
    InternshipCircumstances,
    InternshipCommand,
    RequestInternship,
    Stay,
)
from insieme_matching.job_profile import JOB_PROFILE, JobProfile, ProfileCircumstances, ProfileCommand
from insieme_matching.need import NEED, DeclareNeed, Need, NeedCircumstances, NeedCommand
from insieme_matching.vacancy import VACANCY, FillPosition, OpenVacancy, VacancyCircumstances, VacancyCommand
from insieme_matching.vacancy_state import Vacancy
from insieme_matching.views import (
    candidacies,
    companies,
    employments,
    internships,
    needs,
    profiles,
    reservations,
    told,
    vacancies,
)


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
            last_known=last_known(each.situation.agreements, each.command.on),
        )
        for each in asked
    ]


async def of_vacancies(connection: Connection, asked: Sequence[Asked[VacancyCommand]]) -> list[VacancyCircumstances]:
    commands = [each.command for each in asked]
    known = await companies.known(connection, {c.company_id for c in commands if isinstance(c, OpenVacancy)})
    needs_of = {c.need_id for c in commands if isinstance(c, OpenVacancy) and c.need_id is not None}
    kept = await reservations.of_needs(connection, needs_of) if needs_of else {}
    filling = {c.company_id for c in commands if isinstance(c, FillPosition)}
    alike = await companies.alike(connection, filling) if filling else {}
    found = []
    for each in asked:
        command = each.command
        opening = command if isinstance(command, OpenVacancy) else None
        found.append(
            VacancyCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(command.on),
                company_known=opening is not None and opening.company_id in known,
                kept_by_need=() if opening is None or opening.need_id is None else kept.get(opening.need_id, ()),
                alike=alike.get(command.company_id, frozenset()) if isinstance(command, FillPosition) else frozenset(),
                last_known=last_known(each.situation.agreements, command.on),
            )
        )
    return found


async def of_candidacies(
    connection: Connection, asked: Sequence[Asked[CandidacyCommand]]
) -> list[CandidacyCircumstances]:
    shortlisting = [each.command for each in asked if isinstance(each.command, ShortlistCandidate)]
    persons = {command.person_id for command in shortlisting}
    charges = await in_charge.of_persons(connection, persons)
    still_open = await vacancies.open_ones(connection, {command.vacancy_id for command in shortlisting})
    restricted = await told.restricted(connection, persons)
    timed = {each.stream_id for each in asked if isinstance(each.command, MarkReplyOverdue | EndWithVacancy)}
    standing = await candidacies.standing(connection, timed) if timed else {}
    found = []
    for each in asked:
        shortlist = each.command if isinstance(each.command, ShortlistCandidate) else None
        not_to_be_used, vacancy_end = standing.get(each.stream_id, (False, None))
        found.append(
            CandidacyCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(each.command.on),
                in_charge=None if shortlist is None else charges.get(shortlist.person_id),
                vacancy_open=shortlist is not None and shortlist.vacancy_id in still_open,
                restricted=not_to_be_used or (shortlist is not None and shortlist.person_id in restricted),
                agreements=each.situation.agreements,
                vacancy_end=vacancy_end,
            )
        )
    return found


async def of_profiles(connection: Connection, asked: Sequence[Asked[ProfileCommand]]) -> list[ProfileCircumstances]:
    charges = await in_charge.of_persons(connection, {each.stream_id for each in asked})
    return [
        ProfileCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            in_charge=charges.get(each.stream_id),
        )
        for each in asked
    ]


async def of_internships(
    connection: Connection, asked: Sequence[Asked[InternshipCommand]]
) -> list[InternshipCircumstances]:
    parties = await internships.who(connection, {each.stream_id for each in asked})
    requested = {each.stream_id: each.command for each in asked if isinstance(each.command, RequestInternship)}
    parties.update({stream_id: (command.person_id, command.company_id) for stream_id, command in requested.items()})
    persons = {person for person, _ in parties.values()}
    hosts = {company for _, company in parties.values()}
    charges = await in_charge.of_persons(connection, persons)
    known = await companies.known(connection, {command.company_id for command in requested.values()})
    of_persons = await internships.of_persons(connection, persons)
    of_hosts = await internships.of_hosts(connection, hosts)
    funded = await internships.funded(connection, parties.keys())
    restricted = await told.restricted(connection, persons)
    found = []
    for each in asked:
        person, company = parties.get(each.stream_id, (None, None))
        own = of_persons.get(person, []) if person is not None else []
        stays = [Stay(one, host == company, since, until) for one, host, since, until in own]
        at_host = of_hosts.get(company, []) if company is not None else []
        found.append(
            InternshipCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(each.command.on),
                in_charge=None if person is None else charges.get(person),
                company_known=company in known,
                limits=each.situation.limits,
                of_person=tuple(stay for stay in stays if stay.internship_id != each.stream_id),
                of_host=tuple(stay for stay in at_host if stay.internship_id != each.stream_id),
                funding_known=each.stream_id in funded,
                restricted=person in restricted,
            )
        )
    return found


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
                limits=each.situation.limits,
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
PROFILES: Aggregate[JobProfile, ProfileCommand, ProfileCircumstances] = Aggregate(
    JOB_PROFILE, of_profiles, profiles.write
)
INTERNSHIPS: Aggregate[Internship, InternshipCommand, InternshipCircumstances] = Aggregate(
    INTERNSHIP, of_internships, internships.write
)
ERASURES = acknowledgements("matching", ErasureCompleted)
EMPLOYMENTS: Aggregate[Employment, EmploymentCommand, EmploymentCircumstances] = Aggregate(
    EMPLOYMENT, of_employments, employments.write
)
