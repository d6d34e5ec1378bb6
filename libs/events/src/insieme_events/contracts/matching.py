"""Events of matching: companies, needs, vacancies, candidacies, employments (P21, P31-P33, P60; standards 2.2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import base
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import (
    AtecoSection,
    CompanySize,
    Comune,
    ContractClass,
    ContractType,
    InterventionKind,
    ProfileCode,
    Strand,
    WorkingTime,
)

Positions = Annotated[int, Field(ge=1, le=500)]


class MatchingEvent(DomainEvent):
    context = "matching"


class ErasureCompleted(base.ErasureCompleted):
    """Matching holds nothing readable of the person any more (GDPR art. 17)."""

    context = "matching"


class AtecoVersion(StrEnum):
    """Never a section letter without it: from K on the letters shifted by one."""

    ATECO_2007 = "ateco_2007"
    ATECO_2025 = "ateco_2025"


class ContactKind(StrEnum):
    VISIT = "visit"
    CALL = "call"
    EVENT = "event"


class CompanyRegistered(MatchingEvent):
    """A company became known; its name and tax id stand in matching's directory only (P09, P21)."""

    company_id: UUID
    size: CompanySize
    ateco_version: AtecoVersion
    ateco_section: AtecoSection
    comune: Comune
    introduced_by: Code | None = None
    party_fields = ("company_id", "occurred_on", "size", "ateco_version", "ateco_section", "comune")


class CompanySizeChanged(MatchingEvent):
    company_id: UUID
    size: CompanySize


class CompanyContacted(MatchingEvent):
    company_id: UUID
    kind: ContactKind


class CompanyActivated(MatchingEvent):
    """A company that had only been registered opened its first vacancy; a first contact activates by itself (P21)."""

    company_id: UUID
    vacancy_id: UUID


class NeedDeclared(MatchingEvent):
    """A company expects to look for so many persons of a profile by a day, before a vacancy exists (P60)."""

    need_id: UUID
    company_id: UUID
    profile: ProfileCode
    positions: Positions
    horizon: date


class NeedConverted(MatchingEvent):
    need_id: UUID
    vacancy_id: UUID


class NeedExpired(MatchingEvent):
    need_id: UUID


class VacancyEvent(MatchingEvent):
    vacancy_id: UUID
    strand: Strand = Strand.MATCHING


class VacancyOpened(VacancyEvent):
    """A company looks for persons (offerta; P31)."""

    company_id: UUID
    need_id: UUID | None = None
    profile: ProfileCode
    positions: Positions
    comune: Comune
    party_fields = ("vacancy_id", "company_id", "occurred_on", "profile", "positions", "comune", "strand")


class SelectionOpened(VacancyEvent):
    """The company's request is worked on: the unit of the measure `selections` (P32)."""

    company_id: UUID
    selection_no: Annotated[int, Field(ge=1)]


class SelectionClosed(VacancyEvent):
    selection_no: Annotated[int, Field(ge=1)]


class PositionFilled(VacancyEvent):
    employment_id: UUID


class PositionFreed(VacancyEvent):
    """A placement was voided, so its position is open again."""

    employment_id: UUID


class VacancyFilled(VacancyEvent):
    """Every position is taken."""

    party_fields = ("vacancy_id", "occurred_on", "strand")


class VacancyCloseReason(StrEnum):
    FILLED_OTHERWISE = "filled_otherwise"
    NO_SUITABLE_CANDIDATE = "no_suitable_candidate"
    EXPIRED = "expired"


class VacancyClosed(VacancyEvent):
    reason: VacancyCloseReason
    party_fields = ("vacancy_id", "occurred_on", "strand")


class VacancyWithdrawReason(StrEnum):
    NEED_CEASED = "need_ceased"
    COMPANY_CRISIS = "company_crisis"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class VacancyWithdrawn(VacancyEvent):
    reason: VacancyWithdrawReason
    party_fields = ("vacancy_id", "occurred_on", "strand")


class ReservationEvent(MatchingEvent):
    """An answer about positions that a course asked for; `source_id` is a vacancy or a need (P39)."""

    reservation_id: UUID
    course_id: UUID
    source_kind: PositionSourceKind
    source_id: UUID


class PositionsReserved(ReservationEvent):
    """The positions are kept free for that course and for no other."""

    company_id: UUID
    positions: Positions


class ReservationRefusal(StrEnum):
    UNKNOWN_SOURCE = "unknown_source"
    NOT_OPEN = "not_open"
    NOT_ENOUGH_FREE = "not_enough_free"
    NOT_SIGNED = "not_signed"


class ReservationRefused(ReservationEvent):
    reason: ReservationRefusal


class PositionsReleased(ReservationEvent):
    """Some of the reserved positions are not kept any more: returned, withdrawn, closed, expired, filled otherwise.

    `positions` is how many of the reservation are left.
    """

    positions: Annotated[int, Field(ge=0, le=500)]


class InternshipEvent(MatchingEvent):
    internship_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand = Strand.MATCHING


class InternshipRequested(InternshipEvent):
    """An internship (tirocinio) is asked for. Intake's ledger confirms the intervention or finds it doubled (P25, P34).

    The intervention has the id of the internship.
    """

    kind: InterventionKind
    starts_on: date
    ends_on: date


class CompaniesMerged(MatchingEvent):
    """Two ids were one company all along: from now on `merged_id` stands for `company_id` (P21)."""

    company_id: UUID
    merged_id: UUID
    party_fields = ("company_id", "merged_id", "occurred_on")


class CandidacyEvent(MatchingEvent):
    candidacy_id: UUID
    vacancy_id: UUID
    person_id: UUID


class CandidateShortlisted(CandidacyEvent):
    pass


class CandidatePresented(CandidacyEvent):
    pass


class CandidateInterviewed(CandidacyEvent):
    pass


class CandidateAccepted(CandidacyEvent):
    pass


class RefusedBy(StrEnum):
    COMPANY = "company"
    PERSON = "person"


class RefusalReason(StrEnum):
    """Closed; nothing that tells of health, family or belief."""

    PROFILE = "profile"
    EXPERIENCE = "experience"
    LANGUAGE = "language"
    LICENCE = "licence"
    HOURS = "hours"
    DISTANCE = "distance"
    PAY = "pay"
    CONTRACT = "contract"
    FOUND_OTHER_JOB = "found_other_job"
    NO_SHOW = "no_show"
    POSITION_TAKEN = "position_taken"


class CandidateRefused(CandidacyEvent):
    """Restricted: a refusal speaks of a person (privacy.md 3.6)."""

    refused_by: RefusedBy
    reason: RefusalReason


class WithdrawalReason(StrEnum):
    CASE_CLOSED = "case_closed"
    VACANCY_GONE = "vacancy_gone"
    PERSON_PLACED = "person_placed"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class CandidateWithdrawn(CandidacyEvent):
    reason: WithdrawalReason


class EmploymentEvent(MatchingEvent):
    """One employment is a chain of links: link 1 is the start, every extension adds one (standards 2.2)."""

    employment_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand = Strand.MATCHING


class EntryKind(StrEnum):
    """P33: inserimento or reinserimento."""

    FIRST_JOB = "first_job"
    RE_ENTRY = "re_entry"


class PlacementStarted(EmploymentEvent):
    """Avviamento: `occurred_on` is the first day of the contract (inserimento; P33).

    `out_of_term` flags a start on a day on which no agreement was in force; `agreement_version` is then the last
    one known on that day.
    """

    vacancy_id: UUID | None = None
    contract_type: ContractType
    contract_class: ContractClass
    ends_on: date | None
    working_time: WorkingTime
    comune: Comune
    entry_kind: EntryKind
    agreement_version: Code
    out_of_term: bool = False
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "vacancy_id",
        "occurred_on",
        "ends_on",
        "contract_type",
        "contract_class",
        "working_time",
        "strand",
        "agreement_version",
    )


class PlacementExtended(EmploymentEvent):
    """Proroga: a new link of the chain from `occurred_on`, the day after the old end, to the new end.

    The link has the contract type, working time and comune that the chain has by then. Numbers are never used
    twice: after links from 2 on were voided, the next one is not 2 again.
    """

    link_no: Annotated[int, Field(ge=2)]
    ends_on: date
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "link_no", "ends_on", "strand")


class TransformationCode(StrEnum):
    """Trasformazione: codes of the regional information system (standards 2.2)."""

    FIXED_TO_PERMANENT = "DI"
    APPRENTICE_TO_PERMANENT = "AI"
    TRAINING_TO_PERMANENT = "FI"
    INSERTION_TO_PERMANENT = "II"
    END_OF_TRAINING = "FF"
    PART_TO_FULL_TIME = "PP"


class PlacementTransformed(EmploymentEvent):
    """From `occurred_on` on the contract is of that type; not a link of its own."""

    code: TransformationCode
    contract_type: ContractType
    contract_class: ContractClass
    ends_on: date | None
    working_time: WorkingTime
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "occurred_on",
        "code",
        "contract_type",
        "contract_class",
        "ends_on",
        "strand",
    )


class EndReason(StrEnum):
    TERM_REACHED = "term_reached"
    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    TRIAL_NOT_PASSED = "trial_not_passed"
    COMPANY_CLOSED = "company_closed"
    AGREED = "agreed"
    OTHER = "other"


class PlacementEnded(EmploymentEvent):
    """Cessazione; the reason stays restricted."""

    reason: EndReason
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "strand")


class PlacementCorrected(EmploymentEvent):
    """Rettifica: the link reads as here from its beginning; the event that it corrects stays.

    `corrects` is the event that began the link; `occurred_on` the day of the correction. A correction that moves a
    boundary between links, or the contract type of a chain, comes as one event for every link that it changes.
    """

    corrects: UUID
    link_no: Annotated[int, Field(ge=1)]
    starts_on: date
    ends_on: date | None
    contract_type: ContractType
    contract_class: ContractClass
    working_time: WorkingTime
    comune: Comune
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "occurred_on",
        "corrects",
        "link_no",
        "starts_on",
        "ends_on",
        "contract_type",
        "contract_class",
        "strand",
    )


class PlacementVoidReason(StrEnum):
    NEVER_STARTED = "never_started"
    KEYED_TWICE = "keyed_twice"
    WRONG_PERSON = "wrong_person"


class PlacementVoided(EmploymentEvent):
    """Annullamento: the whole chain, or from link `from_link` on, counts nowhere; nothing is deleted.

    `voids` is the event that began the link. Transformations and an end that fell into voided links fall with them.
    """

    voids: UUID
    from_link: Annotated[int, Field(ge=1)]
    reason: PlacementVoidReason
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "voids", "from_link", "strand")
