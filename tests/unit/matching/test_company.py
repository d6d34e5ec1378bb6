"""A company is registered, then active from its first contact or vacancy (P21)."""

from __future__ import annotations

from datetime import date

from insieme_events.contracts.matching import (
    AtecoVersion,
    CompanyActivated,
    CompanyContacted,
    CompanySizeChanged,
    ContactKind,
)
from insieme_events.contracts.vocabulary import CompanySize
from insieme_events.testing import scenario
from insieme_matching.company import (
    COMPANY,
    Active,
    ChangeCompanySize,
    NoteVacancy,
    RecordCompanyContact,
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


def test_a_company_is_registered_once() -> None:
    given().when(register()).then(registered())
    given(registered()).when(register()).then_refused("matching.company_already_registered", clause="P21")


def test_a_registration_carries_the_party_that_introduced_the_company() -> None:
    introduced = register().model_copy(update={"introduced_by": "unindustria"})
    given().when(introduced).then(registered(introduced_by="unindustria"))


def test_a_first_contact_or_a_first_vacancy_makes_it_active() -> None:
    assert isinstance(COMPANY.fold([registered()]), Registered)
    given(registered()).when(VISIT).then(VISITED)
    assert isinstance(COMPANY.fold([registered(), VISITED]), Active)
    given(registered()).when(NoteVacancy(vacancy_id=VACANCY_ID, on=date(2021, 2, 1))).then(ACTIVATED)
    assert isinstance(COMPANY.fold([registered(), ACTIVATED]), Active)


def test_a_vacancy_of_an_active_company_is_nothing_new() -> None:
    given(registered(), VISITED).when(NoteVacancy(vacancy_id=VACANCY_ID, on=date(2021, 3, 1))).then_nothing()


def test_every_contact_is_recorded() -> None:
    given(registered(), VISITED).when(VISIT).then(VISITED)


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
