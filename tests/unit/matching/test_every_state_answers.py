"""Every state of every aggregate answers every command, and takes its own answer in.

Each status is reached by a history of accepted commands; from there random commands are run one after the other: a
decision never raises, an answer with events folds, and a refusal is of the closed form. Against vacuity the histories
must reach every status of the union.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from insieme_events.contracts.matching import (
    AtecoVersion,
    ContactKind,
    EndReason,
    HoursClass,
    InternshipOutcome,
    InternshipWithdrawalReason,
    PauseReason,
    PlacementVoidReason,
    ProfileWithdrawalReason,
    RefusalReason,
    RefusedBy,
    TargetClass,
    VacancyCloseReason,
    VacancyWithdrawReason,
    WithdrawalReason,
)
from insieme_events.contracts.vocabulary import CompanySize
from insieme_events.decider import Command
from insieme_events.testing.answering import Answering, Drawing
from insieme_matching import candidacy, company, employment, internship, job_profile, need, testing, vacancy
from insieme_matching.employment.state import Employment
from insieme_matching.testing import CANDIDACY_ID, COMPANY_ID, EMPLOYMENT_ID, LINK_1, NEED_ID, PERSON, VACANCY_ID
from insieme_matching.vacancy_state import Vacancy

ON = date(2021, 3, 1)
IDS = st.sampled_from([UUID(int=n) for n in (*range(1, 7), 101, 102, 103)])
DAYS = st.integers(0, 420).map(lambda n: date(2021, 1, 1) + timedelta(days=n))
CODES = st.sampled_from(["A.01.00", "A.02.00", "A.03.09", "A.05.02", "B.03.00", "C.01.00", "F.01.00", "Z.09.09"])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "on": DAYS,
    "starts_on": DAYS,
    "ends_on": st.one_of(st.none(), DAYS),
    "horizon": DAYS,
    "contract_type": st.one_of(st.none(), CODES),
    "comune": st.just("037006"),
    "profile": st.just("8.1.4"),
    "ateco_section": st.just("C"),
    "introduced_by": st.none(),
    "positions": st.integers(1, 3),
    "link_no": st.integers(0, 4),
    "from_link": st.integers(0, 4),
    "by_party": st.just("cna_bologna"),
    "authorisation": st.just("arl-2021-00042"),
    "authorised_on": DAYS,
    "communicated_on": st.one_of(st.none(), DAYS),
    "host_declared_on": DAYS,
    "host_staff": st.integers(0, 30),
    "month": st.sampled_from(["2021-03", "2021-08", "0000-01", "9999-12"]),
    "minutes_due": st.integers(1, 45_000),
    "minutes_present": st.integers(0, 45_000),
    "host_dismissed_on": st.one_of(st.none(), DAYS),
    "host_hired_percent": st.integers(0, 100),
    "monthly_allowance": st.sampled_from([None, 40_000, 60_000]),
    "signed_on": st.one_of(st.none(), DAYS),
    "profiles": st.just(("8.1.4",)),
    "comuni": st.just(("037006",)),
    "languages": st.just(()),
    "licences": st.just(()),
    "hours": st.sampled_from([None, HoursClass.FULL_TIME]),
    "ranked": st.none(),
}
SPECIAL: dict[tuple[type[Command], str], st.SearchStrategy[Any]] = {
    (job_profile.RegisterJobProfile, "hours"): st.just((HoursClass.FULL_TIME,)),
    (internship.StartInternship, "communicated_on"): DAYS,
}


DRAWING = Drawing(FIELDS, IDS, DAYS, SPECIAL)
REGISTER = company.RegisterCompany(
    company_id=COMPANY_ID,
    size=CompanySize.SMALL,
    ateco_version=AtecoVersion.ATECO_2025,
    ateco_section="C",
    comune="037006",
    on=ON,
)
DECLARE = need.DeclareNeed(
    need_id=NEED_ID, company_id=COMPANY_ID, profile="8.1.4", positions=2, horizon=date(2021, 9, 30), on=ON
)
OPEN = vacancy.OpenVacancy(
    vacancy_id=VACANCY_ID, company_id=COMPANY_ID, profile="8.1.4", positions=1, comune="037006", on=ON
)
SHORTLIST = candidacy.ShortlistCandidate(candidacy_id=CANDIDACY_ID, vacancy_id=VACANCY_ID, person_id=PERSON, on=ON)
PRESENT, INTERVIEW = candidacy.PresentCandidate(on=ON), candidacy.RecordInterview(on=ON)
PROFILE = testing.register_profile(on=ON)
REQUEST = testing.request_internship(ends_on=date(2021, 8, 31), target=TargetClass.DISABLED)
CONFIRM, APPROVE = internship.ConfirmInternship(on=date(2021, 2, 2)), testing.approve_internship()
BEGIN = internship.StartInternship(communicated_on=date(2021, 2, 20), on=ON)
PAUSE = internship.SuspendInternship(reason=PauseReason.HOST_CLOSED, on=ON)
FINISH = internship.EndInternship(outcome=InternshipOutcome.FOUND_OTHER_JOB, on=date(2021, 8, 20))
START, EXTEND = testing.start_placement(), employment.ExtendPlacement(ends_on=date(2021, 8, 31))

AGGREGATES = [
    Answering(
        company.COMPANY,
        company.Company,
        company.CompanyCommand,
        testing.company_circumstances(),
        (
            (),
            (REGISTER,),
            (REGISTER, company.RecordCompanyContact(kind=ContactKind.CALL, on=ON)),
            (REGISTER, company.NoteMerged(into_id=UUID(int=99), on=ON)),
        ),
    ),
    Answering(
        need.NEED,
        need.Need,
        need.NeedCommand,
        testing.need_circumstances(),
        (
            (),
            (DECLARE,),
            (DECLARE, need.ConvertNeed(vacancy_id=VACANCY_ID, on=ON)),
            (DECLARE, need.ExpireNeed(on=date(2021, 10, 1))),
        ),
    ),
    Answering(
        vacancy.VACANCY,
        Vacancy,
        vacancy.VacancyCommand,
        testing.vacancy_circumstances(),
        (
            (),
            (OPEN,),
            (OPEN, vacancy.OpenSelection(on=ON)),
            (OPEN, vacancy.FillPosition(employment_id=EMPLOYMENT_ID, company_id=COMPANY_ID, on=ON)),
            (OPEN, vacancy.CloseVacancy(reason=VacancyCloseReason.EXPIRED, on=ON)),
            (OPEN, vacancy.WithdrawVacancy(reason=VacancyWithdrawReason.NEED_CEASED, on=ON)),
        ),
    ),
    Answering(
        candidacy.CANDIDACY,
        candidacy.Candidacy,
        candidacy.CandidacyCommand,
        testing.candidacy_circumstances(),
        (
            (),
            (SHORTLIST,),
            (SHORTLIST, PRESENT),
            (SHORTLIST, PRESENT, INTERVIEW),
            (SHORTLIST, PRESENT, INTERVIEW, candidacy.AcceptCandidate(on=ON)),
            (
                SHORTLIST,
                candidacy.RefuseCandidate(refused_by=RefusedBy.COMPANY, reason=RefusalReason.PROFILE, on=ON),
            ),
            (SHORTLIST, candidacy.WithdrawCandidate(reason=WithdrawalReason.CASE_CLOSED, on=ON)),
        ),
    ),
    Answering(
        job_profile.JOB_PROFILE,
        job_profile.JobProfile,
        job_profile.ProfileCommand,
        testing.profile_circumstances(),
        (
            (),
            (PROFILE,),
            (PROFILE, job_profile.WithdrawJobProfile(reason=ProfileWithdrawalReason.NOT_LOOKING, on=ON)),
            (PROFILE, job_profile.EraseProfile(person_id=PERSON, on=ON)),
        ),
    ),
    Answering(
        internship.INTERNSHIP,
        internship.Internship,
        internship.InternshipCommand,
        testing.internship_circumstances(),
        (
            (),
            (REQUEST,),
            (REQUEST, CONFIRM),
            (REQUEST, internship.BlockInternship(on=ON)),
            (REQUEST, CONFIRM, APPROVE),
            (REQUEST, CONFIRM, APPROVE, BEGIN),
            (REQUEST, CONFIRM, APPROVE, BEGIN, PAUSE),
            (REQUEST, CONFIRM, APPROVE, BEGIN, testing.extend_internship(ends_on=date(2021, 10, 31)), FINISH),
            (REQUEST, internship.WithdrawInternship(reason=InternshipWithdrawalReason.HOST_DECLINED, on=ON)),
        ),
    ),
    Answering(
        employment.EMPLOYMENT,
        Employment,
        employment.EmploymentCommand,
        testing.employment_circumstances(),
        (
            (),
            (START,),
            (START, EXTEND),
            (START, EXTEND, employment.EndPlacement(reason=EndReason.RESIGNATION, on=date(2021, 7, 1))),
            (START, employment.VoidPlacement(voids=LINK_1, reason=PlacementVoidReason.KEYED_TWICE, on=ON)),
        ),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 150)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 12)
