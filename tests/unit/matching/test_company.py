"""A company is registered, then active from its first contact or vacancy (P21)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.matching import (
    AtecoVersion,
    CompaniesMerged,
    CompanyActivated,
    CompanyContacted,
    CompanyIntroduced,
    CompanyMergedInto,
    CompanySizeChanged,
    ContactKind,
)
from insieme_events.contracts.vocabulary import CompanySize
from insieme_events.testing import scenario
from insieme_matching.company import (
    COMPANY,
    Active,
    ChangeCompanySize,
    MergeCompanies,
    NoteMerged,
    NoteVacancy,
    RecordCompanyContact,
    RecordIntroduction,
    RegisterCompany,
    Registered,
)
from insieme_matching.testing import COMPANY_ID, VACANCY_ID, company_circumstances, registered

given = scenario(COMPANY, company_circumstances())
VISIT = RecordCompanyContact(kind=ContactKind.VISIT, on=date(2021, 2, 1))
VISITED = CompanyContacted(company_id=COMPANY_ID, kind=ContactKind.VISIT, occurred_on=date(2021, 2, 1))
ACTIVATED = CompanyActivated(company_id=COMPANY_ID, vacancy_id=VACANCY_ID, occurred_on=date(2021, 2, 1))


def register() -> RegisterCompany:
    return RegisterCompany(
        company_id=COMPANY_ID,
        size=CompanySize.SMALL,
        ateco_version=AtecoVersion.ATECO_2007,
        ateco_section="C",
        comune="037006",
        on=date(2021, 1, 4),
    )


@pytest.mark.clause("P09", "P21")
def test_a_company_is_registered_once() -> None:
    given().when(register()).then(registered())
    given(registered()).when(register()).then_refused("matching.company_already_registered", clause="P21")


@pytest.mark.clause("P76")
def test_a_registration_carries_the_party_that_introduced_the_company() -> None:
    introduced = register().model_copy(update={"introduced_by": "unindustria"})
    given().when(introduced).then(registered(introduced_by="unindustria"))


@pytest.mark.clause("P21")
def test_a_first_contact_or_a_first_vacancy_makes_it_active() -> None:
    assert isinstance(COMPANY.fold([registered()]), Registered)
    given(registered()).when(VISIT).then(VISITED)
    assert isinstance(COMPANY.fold([registered(), VISITED]), Active)
    given(registered()).when(NoteVacancy(vacancy_id=VACANCY_ID, on=date(2021, 2, 1))).then(ACTIVATED)
    assert isinstance(COMPANY.fold([registered(), ACTIVATED]), Active)


def test_a_vacancy_of_an_active_company_is_nothing_new() -> None:
    given(registered(), VISITED).when(NoteVacancy(vacancy_id=VACANCY_ID, on=date(2021, 3, 1))).then_nothing()


@pytest.mark.clause("P21")
def test_every_contact_is_recorded() -> None:
    given(registered(), VISITED).when(VISIT).then(VISITED)


@pytest.mark.clause("P09")
def test_its_size_changes() -> None:
    change = ChangeCompanySize(size=CompanySize.MEDIUM, on=date(2021, 6, 1))
    changed = CompanySizeChanged(company_id=COMPANY_ID, size=CompanySize.MEDIUM, occurred_on=date(2021, 6, 1))
    given(registered()).when(change).then(changed)
    given(registered(), changed).when(change).then_nothing()


def test_nothing_happens_to_a_company_before_it_is_registered_or_in_the_future() -> None:
    given().when(VISIT).then_refused("matching.company_unknown", clause="P21")
    early = RecordCompanyContact(kind=ContactKind.CALL, on=date(2021, 1, 3))
    given(registered()).when(early).then_refused("matching.before_registration")
    late = RecordCompanyContact(kind=ContactKind.CALL, on=date(2022, 1, 1))
    given(registered()).when(late).then_refused("matching.date_in_future")


@pytest.mark.clause("P76")
def test_that_an_association_brought_it_may_be_said_later_and_once() -> None:
    told = RecordIntroduction(by_party="cna_bologna", on=date(2021, 3, 1))
    introduced = CompanyIntroduced(company_id=COMPANY_ID, by_party="cna_bologna", occurred_on=date(2021, 3, 1))
    given(registered()).when(told).then(introduced)
    given(registered(), introduced).when(told).then_nothing()
    given(registered(introduced_by="cna_bologna")).when(told).then_nothing()
    other = RecordIntroduction(by_party="uil", on=date(2021, 3, 2))
    given(registered(), introduced).when(other).then_refused("matching.company_introduced_already", clause="P76")


KEPT_ID = UUID(int=77)
MERGE = MergeCompanies(merged_id=UUID(int=78), on=date(2021, 3, 1))
MERGED = CompaniesMerged(company_id=COMPANY_ID, merged_id=UUID(int=78), occurred_on=date(2021, 3, 1))
NOTE = NoteMerged(into_id=KEPT_ID, on=date(2021, 3, 1))
NOTED = CompanyMergedInto(company_id=COMPANY_ID, into_id=KEPT_ID, occurred_on=date(2021, 3, 1))


@pytest.mark.clause("P21")
def test_two_companies_that_are_one_keep_one_id() -> None:
    given(registered()).when(MERGE).then(MERGED)
    given(registered(), MERGED).when(MERGE).then_nothing()
    given(registered()).when(NOTE).then(NOTED)
    given(registered(), VISITED).when(NOTE).then(NOTED)
    given(registered(), NOTED).when(NOTE).then_nothing()
    itself = MergeCompanies(merged_id=COMPANY_ID, on=date(2021, 3, 1))
    given(registered()).when(itself).then_refused("matching.company_merged_with_itself", clause="P21")
    given().when(MERGE).then_refused("matching.company_unknown")
    given().when(NOTE).then_refused("matching.company_unknown")


@pytest.mark.clause("P21")
def test_an_id_that_was_given_up_takes_nothing_more() -> None:
    given(registered(), NOTED).when(register()).then_refused("matching.company_already_registered")
    for command in (
        VISIT,
        ChangeCompanySize(size=CompanySize.LARGE, on=date(2021, 4, 1)),
        NoteVacancy(vacancy_id=VACANCY_ID, on=date(2021, 4, 1)),
        MERGE,
        NoteMerged(into_id=UUID(int=79), on=date(2021, 4, 1)),
        RecordIntroduction(by_party="uil", on=date(2021, 4, 1)),
    ):
        given(registered(), NOTED).when(command).then_refused("matching.company_merged", clause="P21")
