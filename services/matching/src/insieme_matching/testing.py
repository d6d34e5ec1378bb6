"""Builders for tests of matching: one of everything, each value replaceable by name."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import in_force
from insieme_events.contracts import Actor
from insieme_events.contracts.matching import (
    AtecoVersion,
    CandidateShortlisted,
    CompanyRegistered,
    EntryKind,
    NeedDeclared,
    PlacementExtended,
    PlacementStarted,
    VacancyOpened,
)
from insieme_events.contracts.vocabulary import CompanySize, ContractClass, WorkingTime
from insieme_events.decider import Circumstances
from insieme_events.gates import Interval
from insieme_events.testing.agreements import published
from insieme_matching.candidacy import CandidacyCircumstances
from insieme_matching.employment import CorrectPlacement, EmploymentCircumstances, StartPlacement
from insieme_matching.need import NeedCircumstances
from insieme_matching.vacancy import VacancyCircumstances

ACTOR = Actor(party="fondazione", role="operator", purpose="matching")
PERSON, COMPANY_ID, NEED_ID, VACANCY_ID, CANDIDACY_ID, EMPLOYMENT_ID = (UUID(int=n) for n in range(1, 7))
LINK_1, LINK_2, LINK_3 = (UUID(int=100 + n) for n in (1, 2, 3))
TODAY = date(2021, 12, 31)
AGREEMENT = in_force(published(), date(2021, 5, 1))
IN_CHARGE = (Interval(date(2021, 1, 10), date(2021, 11, 30)),)


def company_circumstances() -> Circumstances:
    return Circumstances(actor=ACTOR, today=TODAY, agreement=AGREEMENT)


def need_circumstances(company_known: bool = True) -> NeedCircumstances:
    return NeedCircumstances(ACTOR, TODAY, AGREEMENT, company_known)


def vacancy_circumstances(company_known: bool = True) -> VacancyCircumstances:
    return VacancyCircumstances(ACTOR, TODAY, AGREEMENT, company_known)


def candidacy_circumstances(
    in_charge: tuple[Interval, ...] | None = IN_CHARGE, vacancy_open: bool = True
) -> CandidacyCircumstances:
    return CandidacyCircumstances(ACTOR, TODAY, AGREEMENT, in_charge, vacancy_open)


def employment_circumstances(**changes: Any) -> EmploymentCircumstances:
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "in_charge": IN_CHARGE,
        "company_known": True,
        "last_known": AGREEMENT,
        "link_events": {1: LINK_1, 2: LINK_2, 3: LINK_3},
    }
    return EmploymentCircumstances(**{**values, **changes})


def registered(**changes: Any) -> CompanyRegistered:
    values: dict[str, Any] = {
        "company_id": COMPANY_ID,
        "size": CompanySize.SMALL,
        "ateco_version": AtecoVersion.ATECO_2007,
        "ateco_section": "C",
        "comune": "037006",
        "occurred_on": date(2021, 1, 4),
    }
    return CompanyRegistered(**{**values, **changes})


def declared(**changes: Any) -> NeedDeclared:
    values: dict[str, Any] = {
        "need_id": NEED_ID,
        "company_id": COMPANY_ID,
        "profile": "8.1.4",
        "positions": 2,
        "horizon": date(2021, 9, 30),
        "occurred_on": date(2021, 2, 1),
    }
    return NeedDeclared(**{**values, **changes})


def opened(**changes: Any) -> VacancyOpened:
    values: dict[str, Any] = {
        "vacancy_id": VACANCY_ID,
        "company_id": COMPANY_ID,
        "profile": "8.1.4",
        "positions": 2,
        "comune": "037006",
        "occurred_on": date(2021, 2, 1),
    }
    return VacancyOpened(**{**values, **changes})


def shortlisted(**changes: Any) -> CandidateShortlisted:
    values: dict[str, Any] = {
        "candidacy_id": CANDIDACY_ID,
        "vacancy_id": VACANCY_ID,
        "person_id": PERSON,
        "occurred_on": date(2021, 2, 10),
    }
    return CandidateShortlisted(**{**values, **changes})


def start_placement(**changes: Any) -> StartPlacement:
    """A fixed-term full-time placement from 1 March to 31 May 2021."""
    values: dict[str, Any] = {
        "employment_id": EMPLOYMENT_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "starts_on": date(2021, 3, 1),
        "ends_on": date(2021, 5, 31),
        "contract_type": "A.02.00",
        "working_time": WorkingTime.FULL,
        "comune": "037006",
        "entry_kind": EntryKind.RE_ENTRY,
    }
    return StartPlacement(**{**values, **changes})


def placed(**changes: Any) -> PlacementStarted:
    """What `start_placement` leads to."""
    values: dict[str, Any] = {
        "employment_id": EMPLOYMENT_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "contract_type": "A.02.00",
        "contract_class": ContractClass.FIXED_TERM,
        "ends_on": date(2021, 5, 31),
        "working_time": WorkingTime.FULL,
        "comune": "037006",
        "entry_kind": EntryKind.RE_ENTRY,
        "agreement_version": "2021.1",
        "occurred_on": date(2021, 3, 1),
    }
    return PlacementStarted(**{**values, **changes})


def extended(**changes: Any) -> PlacementExtended:
    """Link 2 of `placed`, from 1 June to 31 August 2021."""
    values: dict[str, Any] = {
        "employment_id": EMPLOYMENT_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "link_no": 2,
        "ends_on": date(2021, 8, 31),
        "occurred_on": date(2021, 6, 1),
    }
    return PlacementExtended(**{**values, **changes})


def correct_placement(**changes: Any) -> CorrectPlacement:
    """A correction of link 1 of `placed` that says what it says already."""
    values: dict[str, Any] = {
        "corrects": LINK_1,
        "link_no": 1,
        "starts_on": date(2021, 3, 1),
        "ends_on": date(2021, 5, 31),
        "contract_type": "A.02.00",
        "working_time": WorkingTime.FULL,
        "comune": "037006",
        "on": date(2021, 10, 1),
    }
    return CorrectPlacement(**{**values, **changes})
