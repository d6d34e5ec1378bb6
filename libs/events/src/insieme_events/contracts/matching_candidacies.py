"""Events of matching about job profiles and candidacies (P31, P32)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.base import Code, Sealed
from insieme_events.contracts.matching_companies import MatchingEvent
from insieme_events.contracts.matching_vacancies import HoursClass, LanguageSkill, LicenceClass
from insieme_events.contracts.vocabulary import (
    Comune,
    ProfileCode,
    Strand,
)


class JobProfileRegistered(MatchingEvent):
    """What a person looks for and can do (domanda di lavoro); the latest one counts (P31).

    All of it characterises the person, so all of it is sealed: `profiles` are occupations by CP2021, `comuni` those in
    which the person would work.

    Italian: profilo professionale.
    """

    person_id: UUID
    strand: Strand = Strand.MATCHING
    profiles: Sealed[tuple[ProfileCode, ...]]
    comuni: Sealed[tuple[Comune, ...]]
    hours: Sealed[tuple[HoursClass, ...]]
    licences: Sealed[tuple[LicenceClass, ...]]
    languages: Sealed[tuple[LanguageSkill, ...]]


class ProfileWithdrawalReason(StrEnum):
    PERSON_ASKED = "person_asked"
    NOT_LOOKING = "not_looking"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class JobProfileWithdrawn(MatchingEvent):
    """The person is not looked for work with this profile any more (P31)."""

    person_id: UUID
    strand: Strand = Strand.MATCHING
    reason: ProfileWithdrawalReason


class CandidacyEvent(MatchingEvent):
    """A person for a vacancy, from the shortlist to the answer (P32). Italian: candidatura."""

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
    POSITION_TAKEN = "position_taken"
    NO_ANSWER = "no_answer"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class CandidateWithdrawn(CandidacyEvent):
    reason: WithdrawalReason


class CandidateReplyOverdue(CandidacyEvent):
    """The company has not answered to a presentation by `due_on`, as the agreement says (P32)."""

    due_on: date
    agreement_version: Code


class RankReason(StrEnum):
    """Why a person was given points for a vacancy, or none: one of each kind, always told (GDPR art. 22; P32)."""

    PROFILE_SAME = "profile_same"
    PROFILE_NARROW = "profile_narrow"
    PROFILE_NEAR = "profile_near"
    PROFILE_WIDE = "profile_wide"
    PROFILE_OTHER = "profile_other"
    COMUNE_SAME = "comune_same"
    COMUNE_NEAR = "comune_near"
    COMUNE_OTHER = "comune_other"
    HOURS_FIT = "hours_fit"
    HOURS_OTHER = "hours_other"
    LICENCE_FITS = "licence_fits"
    LICENCE_MISSING = "licence_missing"
    LANGUAGE_FITS = "language_fits"
    LANGUAGE_BELOW = "language_below"
    LANGUAGE_MISSING = "language_missing"


class ChoiceReason(StrEnum):
    """Why somebody chose the person: what a human being says, beside what the ranking said (GDPR art. 22)."""

    RANKED_FIRST = "ranked_first"
    FITS_PROFILE = "fits_profile"
    LIVES_NEAR = "lives_near"
    KNOWS_COMPANY = "knows_company"
    TRAINED_FOR_IT = "trained_for_it"
    WISH_OF_PERSON = "wish_of_person"
    WISH_OF_COMPANY = "wish_of_company"
    OTHER = "other"


class SelectionReasonsRecorded(CandidacyEvent):
    """A person decided to put this one forward: for which reasons, and what the ranking had said (P32; GDPR art. 22).

    `rules` is the version of the ranking's rules; None, with no place and no points, where nobody had asked for one.
    """

    chosen_for: Sealed[tuple[ChoiceReason, ...]]
    rules: Code | None
    place: Sealed[int | None]
    points: Sealed[int | None]
    ranked_for: Sealed[tuple[RankReason, ...]]
