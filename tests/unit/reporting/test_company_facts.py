"""Companies, their sizes over time, vacancies, selections and candidacies as facts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from insieme_events.contracts import matching
from insieme_events.contracts.vocabulary import CompanySize, Strand
from insieme_reporting.v1.facts.candidacy import CandidacyVersion
from insieme_reporting.v1.facts.company import CompanyVersion
from insieme_reporting.v1.facts.company_size import CompanySizeVersion
from insieme_reporting.v1.facts.selection import SelectionVersion
from insieme_reporting.v1.facts.vacancy import VacancyVersion

COMPANY, VACANCY = uuid4(), uuid4()
CANDIDACY = {"candidacy_id": uuid4(), "vacancy_id": VACANCY, "person_id": uuid4()}
MARCH, APRIL, MAY = (date(2019, month, 4) for month in (3, 4, 5))


def registered(size: CompanySize = CompanySize.SMALL) -> matching.CompanyRegistered:
    return matching.CompanyRegistered(
        company_id=COMPANY,
        occurred_on=MARCH,
        size=size,
        ateco_version=matching.AtecoVersion.ATECO_2007,
        ateco_section="H",
        comune="037006",
    )


def resized(on: date, size: CompanySize) -> matching.CompanySizeChanged:
    return matching.CompanySizeChanged(company_id=COMPANY, occurred_on=on, size=size)


def contacted(on: date) -> matching.CompanyContacted:
    return matching.CompanyContacted(company_id=COMPANY, occurred_on=on, kind=matching.ContactKind.VISIT)


def opened() -> matching.VacancyOpened:
    return matching.VacancyOpened(
        vacancy_id=VACANCY, occurred_on=MARCH, company_id=COMPANY, profile="8.1.4", positions=3, comune="037032"
    )


def test_a_company_keeps_its_first_contact(versions: Any) -> None:
    rows = versions(CompanyVersion, registered(), contacted(MAY), contacted(APRIL), contacted(MAY))
    assert [row.first_contacted_on for row in rows] == [None, MAY, APRIL]
    assert (rows[0].registered_on, rows[0].ateco_version, rows[0].ateco_section) == (MARCH, "ateco_2007", "H")


def test_each_size_holds_from_its_day_and_the_same_day_is_a_correction(latest: Any) -> None:
    rows = latest(
        CompanySizeVersion,
        registered(),
        resized(MAY, CompanySize.LARGE),
        resized(APRIL, CompanySize.MEDIUM),
        resized(MAY, CompanySize.SMALL),
    )
    assert [(row.valid_from, row.size) for row in rows] == [(MARCH, "small"), (APRIL, "medium"), (MAY, "small")]


def test_a_vacancy_is_filled_and_open_again_when_a_position_is_freed(versions: Any) -> None:
    rows = versions(
        VacancyVersion,
        opened(),
        matching.PositionFilled(vacancy_id=VACANCY, occurred_on=APRIL, employment_id=uuid4()),
        matching.VacancyFilled(vacancy_id=VACANCY, occurred_on=APRIL),
        matching.PositionFreed(vacancy_id=VACANCY, occurred_on=MAY, employment_id=uuid4()),
    )
    assert [row.filled_on for row in rows] == [None, APRIL, None]
    assert (rows[0].positions, rows[0].profile, rows[0].comune) == (3, "8.1.4", "037032")
    assert rows[0].strand == Strand.MATCHING.value


def test_a_vacancy_ends_with_the_reason_of_its_end(latest: Any) -> None:
    closed = matching.VacancyClosed(
        vacancy_id=VACANCY, occurred_on=MAY, reason=matching.VacancyCloseReason.NO_SUITABLE_CANDIDATE
    )
    (row,) = latest(VacancyVersion, opened(), closed)
    assert (row.closed_on, row.close_reason) == (MAY, "no_suitable_candidate")
    withdrawn = matching.VacancyWithdrawn(
        vacancy_id=VACANCY, occurred_on=MAY, reason=matching.VacancyWithdrawReason.COMPANY_CRISIS
    )
    (row,) = latest(VacancyVersion, opened(), withdrawn)
    assert (row.withdrawn_on, row.withdraw_reason) == (MAY, "company_crisis")


def test_selections_are_facts_of_their_vacancy(latest: Any) -> None:
    rows = latest(
        SelectionVersion,
        opened(),
        matching.SelectionOpened(vacancy_id=VACANCY, occurred_on=MARCH, company_id=COMPANY, selection_no=1),
        matching.SelectionClosed(vacancy_id=VACANCY, occurred_on=APRIL, selection_no=1),
        matching.SelectionOpened(vacancy_id=VACANCY, occurred_on=MAY, company_id=COMPANY, selection_no=2),
    )
    assert [(row.selection_no, row.opened_on, row.closed_on) for row in rows] == [(1, MARCH, APRIL), (2, MAY, None)]


def test_a_candidacy_keeps_the_day_of_each_step(latest: Any) -> None:
    (row,) = latest(
        CandidacyVersion,
        matching.CandidateShortlisted(**CANDIDACY, occurred_on=MARCH),
        matching.CandidatePresented(**CANDIDACY, occurred_on=APRIL),
        matching.CandidateInterviewed(**CANDIDACY, occurred_on=APRIL),
        matching.CandidateAccepted(**CANDIDACY, occurred_on=MAY),
    )
    assert (row.shortlisted_on, row.presented_on, row.interviewed_on, row.accepted_on) == (MARCH, APRIL, APRIL, MAY)


def test_a_refusal_says_who_and_why_and_a_withdrawal_why(latest: Any) -> None:
    (row,) = latest(
        CandidacyVersion,
        matching.CandidateRefused(
            **CANDIDACY,
            occurred_on=MAY,
            refused_by=matching.RefusedBy.PERSON,
            reason=matching.RefusalReason.DISTANCE,
        ),
    )
    assert (row.refused_on, row.refused_by, row.refusal_reason) == (MAY, "person", "distance")
    (row,) = latest(
        CandidacyVersion,
        matching.CandidateWithdrawn(**CANDIDACY, occurred_on=MAY, reason=matching.WithdrawalReason.VACANCY_GONE),
    )
    assert (row.withdrawn_on, row.withdrawal_reason) == (MAY, "vacancy_gone")
