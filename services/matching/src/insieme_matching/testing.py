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
    HoursClass,
    InternshipPurpose,
    NeedDeclared,
    PlacementExtended,
    PlacementStarted,
    TargetClass,
    VacancyOpened,
)
from insieme_events.contracts.vocabulary import CompanySize, ContractClass, Strand, WorkingTime
from insieme_events.decider import Circumstances
from insieme_events.gates import Interval
from insieme_events.testing.agreements import published, published_limits
from insieme_matching.candidacy import CandidacyCircumstances
from insieme_matching.employment import CorrectPlacement, EmploymentCircumstances, StartPlacement
from insieme_matching.internship import (
    ApproveInternship,
    ExtendInternship,
    InternshipCircumstances,
    Paper,
    RequestInternship,
)
from insieme_matching.job_profile import ProfileCircumstances, RegisterJobProfile
from insieme_matching.need import NeedCircumstances
from insieme_matching.reservations import ReservePositions
from insieme_matching.vacancy import VacancyCircumstances

ACTOR = Actor(party="fondazione", role="operator", purpose="matching")
PERSON, COMPANY_ID, NEED_ID, VACANCY_ID, CANDIDACY_ID, EMPLOYMENT_ID = (UUID(int=n) for n in range(1, 7))
LINK_1, LINK_2, LINK_3 = (UUID(int=100 + n) for n in (1, 2, 3))
INTERNSHIP_ID, RESERVATION_ID, COURSE_ID = (UUID(int=200 + n) for n in range(1, 4))
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
    in_charge: tuple[Interval, ...] | None = IN_CHARGE, vacancy_open: bool = True, restricted: bool = False
) -> CandidacyCircumstances:
    return CandidacyCircumstances(ACTOR, TODAY, AGREEMENT, in_charge, vacancy_open, restricted, published())


def profile_circumstances(in_charge: tuple[Interval, ...] | None = IN_CHARGE) -> ProfileCircumstances:
    return ProfileCircumstances(ACTOR, TODAY, AGREEMENT, in_charge)


def internship_circumstances(**changes: Any) -> InternshipCircumstances:
    """Nobody else anywhere, and the Comitato di gestione has decided."""
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "in_charge": IN_CHARGE,
        "company_known": True,
        "limits": published_limits(),
        "of_person": (),
        "of_host": (),
        "funding_known": True,
    }
    return InternshipCircumstances(**{**values, **changes})


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


def reserve_positions(**changes: Any) -> ReservePositions:
    """A course asks for one position of the vacancy."""
    values: dict[str, Any] = {
        "reservation_id": RESERVATION_ID,
        "course_id": COURSE_ID,
        "source_id": VACANCY_ID,
        "strand": Strand.TRAINING_TARGETED,
        "positions": 1,
        "on": date(2021, 3, 1),
    }
    return ReservePositions(**{**values, **changes})


def register_profile(**changes: Any) -> RegisterJobProfile:
    values: dict[str, Any] = {
        "person_id": PERSON,
        "profiles": ("8.1.4.3.0",),
        "comuni": ("037006",),
        "hours": (HoursClass.FULL_TIME,),
        "on": date(2021, 2, 1),
    }
    return RegisterJobProfile(**{**values, **changes})


def request_internship(**changes: Any) -> RequestInternship:
    """Six months from 1 March to 31 August 2021, the longest that the law gives an ordinary intern."""
    values: dict[str, Any] = {
        "internship_id": INTERNSHIP_ID,
        "person_id": PERSON,
        "company_id": COMPANY_ID,
        "starts_on": date(2021, 3, 1),
        "ends_on": date(2021, 8, 31),
        "target": TargetClass.ORDINARY,
        "purposes": (InternshipPurpose.TRAINING, InternshipPurpose.MUTUAL_KNOWLEDGE),
        "monthly_allowance": 60_000,
        "on": date(2021, 2, 1),
    }
    return RequestInternship(**{**values, **changes})


GROUNDS: dict[str, Any] = {
    "authorisation": "arl-2021-00042",
    "authorised_on": date(2021, 2, 10),
    "papers": tuple(Paper),
    "host_staff": 12,
    "host_declared_on": date(2021, 2, 5),
    "host_dismissed_nobody": True,
    "host_replaces_nobody": True,
    "on": date(2021, 2, 12),
}


def approve_internship(**changes: Any) -> ApproveInternship:
    return ApproveInternship(**{**GROUNDS, **changes})


def extend_internship(**changes: Any) -> ExtendInternship:
    values = {
        **GROUNDS,
        "authorised_on": date(2021, 8, 10),
        "host_declared_on": date(2021, 8, 5),
        "on": date(2021, 8, 12),
        "ends_on": date(2021, 10, 31),
    }
    return ExtendInternship(**{**values, **changes})
