"""A history in which every fact of version 2 has rows: each service tells of what it has, some of it erased."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from tests.integration.reporting import test_figures_of_internships as market
from tests.integration.reporting import test_figures_of_persons as people
from tests.integration.reporting.telling_money import Budget, Plan, Project, action, activity, call
from tests.integration.reporting.telling_parties import Meeting, Register, overdue, presented
from tests.integration.reporting.test_measures_of_version_2 import course, joined, left, took_part
from tests.integration.reporting.test_merged import aliased, case_merged

from insieme_events.contracts import funding_projects as projects
from insieme_events.contracts import governance_registers as registers
from insieme_events.contracts import intake, matching_vacancies, training, training_participations
from insieme_events.contracts import intake_following as following
from insieme_events.contracts.funding import ActivityKind, money
from insieme_events.contracts.governance_bodies import DecisionSubject
from insieme_events.contracts.matching_companies import CompanyIntroduced, CompanyMergedInto
from insieme_events.contracts.matching_internships import EvaluatedBy
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.training_courses import PositionsIdentified
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind, Strand
from insieme_reporting.testing import History

MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)


def story() -> History:
    history = History()
    of_persons(history)
    of_the_market(history)
    of_training(history)
    of_money(history)
    of_parties(history)
    return history


def of_persons(history: History) -> None:
    first, second = (people.closed(history, MAY, intake.ExitState.STABLE_WORK) for _ in range(2))
    for who in (first, second):
        people.asked(history, who, date(2019, 11, 6), intake.FollowUpOutcome.EMPLOYED)
        operation = people.Operation(history, who, "po.1", MAY)
        operation.said(6, intake.FollowUpOutcome.EMPLOYED)
        if who == first:
            operation.record(intake.SealedFieldsErased(person_id=first[0], occurred_on=date(2020, 1, 7)))
        support: dict[str, Any] = {"case_id": who[1], "person_id": who[0], "support_id": uuid4()}
        kind, strand = following.FamilySupportKind.CARE, Strand.TRANSVERSAL
        history.of_case(following.FamilySupportOffered(**support, kind=kind, strand=strand, occurred_on=MAY))
    history.of_case(
        intake.CaseReopened(
            case_id=second[1],
            person_id=second[0],
            reason=intake.ReopeningReason.CAME_BACK,
            agreement_version="2017.1",
            occurred_on=MAY,
        )
    )
    erased = intake.SealedFieldsErased(person_id=first[0], occurred_on=date(2020, 1, 7))
    history.record(f"case-{first[1]}", erased)
    third, third_case = history.enrolled(APRIL)
    case_merged(history, third, third_case, second[1], MAY)
    aliased(history, third, second[0], MAY)
    people.referred(history, MARCH, ChannelClass.THIRD_SECTOR, after=3)
    ledger = people.Ledger(history)
    ledger.said(InterventionKind.JOB_SEARCH, "regione", MARCH, MAY)
    ledger.said(InterventionKind.JOB_SEARCH, "cgil", APRIL, blocked=True)
    ledger.record(intake.SealedFieldsErased(person_id=ledger.person_id, occurred_on=MAY))


def of_the_market(history: History) -> None:
    company, other = history.company(MARCH), history.company(MARCH)
    introduced = CompanyIntroduced(company_id=company, by_party="cna", occurred_on=APRIL)
    history.record(f"company-{company}", introduced)
    merged = CompanyMergedInto(company_id=other, into_id=company, occurred_on=MAY)
    history.record(f"company-{other}", merged)
    joined(history, company, MARCH)
    left(history, company, MAY)
    history.candidate(history.vacancy(company, MARCH), uuid4(), APRIL, presented=APRIL)
    chain = history.placed(uuid4(), company, MAY, date(2019, 12, 31))
    chain.made_permanent(date(2019, 6, 3))
    need_id = uuid4()
    need = matching_vacancies.NeedDeclared(
        need_id=need_id, company_id=company, profile="5.4.4", positions=2, horizon=MAY, occurred_on=MARCH
    )
    history.record(f"need-{need_id}", need)
    market.Internship(history, company).started().ended().evaluated(*EvaluatedBy)


def of_training(history: History) -> None:
    oss, vacancy, reservation = course(history, "oss", MAY), uuid4(), uuid4()
    took_part(history, oss, uuid4(), completed=True, qualified=True)
    company = history.company(MARCH)
    source: dict[str, Any] = {"source_kind": PositionSourceKind.VACANCY, "reservation_id": reservation}
    opened = matching_vacancies.VacancyOpened(
        vacancy_id=vacancy, company_id=company, profile="5.4.4", positions=1, comune="037006", occurred_on=MARCH
    )
    history.record(f"vacancy-{vacancy}", opened)
    source |= {"source_id": vacancy, "course_id": oss, "occurred_on": MAY}
    identified = PositionsIdentified(**source, strand=Strand.TRAINING_TARGETED, company_id=company, positions=1)
    history.record(f"course-{oss}", identified)
    used = matching_vacancies.ReservedPositionUsed(**source, employment_id=uuid4(), positions=0)
    history.record(f"vacancy-{vacancy}", used)
    participation, person = uuid4(), uuid4()
    ids: dict[str, Any] = {"participation_id": participation, "course_id": oss, "person_id": person}
    ids["strand"] = Strand.TRAINING_TARGETED
    stream, kind = f"participation-{participation}", InterventionKind.VOCATIONAL_TRAINING
    asked: dict[str, Any] = {"kind": kind, "starts_on": MAY, "ends_on": None}
    level: dict[str, Any] = {
        "skill": training_participations.LanguageSkill.READING,
        "assessed_at": training_participations.AssessedAt.ENTRY,
        "method": training_participations.AssessmentMethod.TEST,
        "level": training_participations.LanguageLevel.A1,
    }
    for event in (
        training.ParticipationRequested(**ids, **asked, occurred_on=APRIL),
        training_participations.LanguageLevelAssessed(**ids, **level, occurred_on=MAY),
        training.SealedFieldsErased(person_id=person, occurred_on=MAY),
        training_participations.ParticipantStarted(**ids, occurred_on=MAY),
    ):
        history.record(stream, event)


def of_money(history: History) -> None:
    social = Strand.SOCIAL_INNOVATION
    budget = Budget(history, 2019, "comune", {social: 4_000_000_000})
    budget.amended({Strand.MATCHING: 3_000_000_000}, MARCH)
    bound = budget.commit(social, 500_000, APRIL)
    budget.spend(social, 400_000, MAY, bound)
    budget.returned(bound, social, 100_000, MAY)
    project = Project(history, social, call(history, social, MARCH, APRIL), MARCH)
    project.accompanied(MARCH, APRIL)
    project.evaluated(APRIL)
    project.approved(APRIL)
    project.funded(MAY, 500_000, jobs=2)
    project.paid(MAY, 250_000)
    project.linked(uuid4(), MAY)
    project.record(projects.ProjectSurvivalRecorded(**project.ids, months=12, alive=True, occurred_on=MAY))
    acted = {**project.ids, "action_id": uuid4(), "company_id": uuid4()}
    mentoring = projects.ConsolidationKind.MENTORING
    project.record(projects.ConsolidationActionRecorded(**acted, kind=mentoring, occurred_on=MAY))
    lent = {**project.ids, **money(social, 9_000), "report_id": uuid4()}
    project.record(projects.MicrocreditReported(**lent, occurred_on=MAY))
    activity(history, ActivityKind.COURSE, MAY, 100_000)
    plan = Plan(history, 2019)
    plan.committed(MARCH, "comune_bologna", "comune", 9_000_000_000)
    plan.drafted(MARCH, {("comune", social): 8_000_000_000}, action(social), action(Strand.MATCHING))
    plan.approved(APRIL, {("comune", social): 8_000_000_000})
    plan.amended(MAY, {("comune", Strand.MATCHING): 7_000_000_000}, action(Strand.MATCHING))


def of_parties(history: History) -> None:
    meeting = Meeting(history, MARCH, "comune_bologna", "cgil")
    meeting.held(MARCH, "comune_bologna")
    meeting.attended(MARCH, comune_bologna=True)
    meeting.completed(meeting.decided(MARCH, DecisionSubject.OTHER), MAY)
    stream = uuid4()
    overdue(history, stream, 2018)
    presented(history, stream, 2018, MAY, late=True)
    register, strand = Register(history), Strand.MATCHING
    given: dict[str, Any] = {"strand": strand, "action_id": None, "hours": 8, "value": 10**11}
    competence = registers.ContributionKind.COMPETENCE
    entry = register.says(registers.ContributionRecorded, MARCH, **given, party="cgil", kind=competence)
    register.says(registers.ContributionRecorded, MARCH, entry, **given, party="cna", kind=competence)
    register.says(registers.PracticeProposed, MARCH, practice="buddy", strand=strand, proposed_by="cna")
    sides: dict[str, Any] = {"from_party": "cgil", "to_party": "regione", "level": registers.ExchangeLevel.AGGREGATE}
    register.says(
        registers.InformationExchanged, MARCH, **sides, what="outcomes", purpose="monitoring", legal_basis=None
    )
    place: dict[str, Any] = {"territory_kind": registers.TerritoryKind.QUARTIERE, "territory": "navile"}
    talk = registers.OutreachKind.MEETING
    gone = register.says(registers.OutreachHeld, MARCH, **place, party="comune_bologna", kind=talk)
    register.voided(gone, MAY)
    register.says(registers.AssociationOutreachHeld, MARCH, party="cna", kind=talk, companies_reached=3)
    scope, theme = registers.Scope.REGIONAL, registers.Theme.FRAGILITY
    register.says(registers.VisibilityEventHeld, MARCH, promoters=("cgil",), themes=(theme,), scope=scope)
    tutor = registers.StaffProfile.TUTOR
    register.says(registers.StaffCommitted, MARCH, party="cgil", year=2019, profile=tutor, fte_hundredths=50)
    register.says(registers.DeskRegistered, MARCH, party="cgil", desk="one", comune="037006")
