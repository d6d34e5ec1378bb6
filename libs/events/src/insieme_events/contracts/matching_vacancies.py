"""Events of matching about needs, vacancies and the positions kept for courses (P31, P32, P39, P60)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.agreement import Part
from insieme_events.contracts.matching_companies import MatchingEvent
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import (
    Comune,
    ProfileCode,
    Strand,
)

Positions = Annotated[int, Field(ge=1, le=500)]


class NeedDeclared(MatchingEvent):
    """A company expects to look for so many persons of a profile by a day, before a vacancy exists (P60).

    Italian: fabbisogno.
    """

    need_id: UUID
    company_id: UUID
    profile: ProfileCode
    positions: Positions
    horizon: date


class NeedSigned(MatchingEvent):
    """The company signed that it needs these persons: only then may a course count on the positions (P39, P60)."""

    need_id: UUID


class NeedConverted(MatchingEvent):
    need_id: UUID
    vacancy_id: UUID


class NeedExpired(MatchingEvent):
    need_id: UUID


class VacancyEvent(MatchingEvent):
    vacancy_id: UUID
    strand: Strand = Strand.MATCHING


class VacancyOpened(VacancyEvent):
    """A company looks for persons (offerta; P31). Italian: offerta di lavoro; posizione di lavoro."""

    company_id: UUID
    need_id: UUID | None = None
    profile: ProfileCode
    positions: Positions
    comune: Comune
    party_fields = ("vacancy_id", "company_id", "occurred_on", "profile", "positions", "comune", "strand")


class HoursClass(StrEnum):
    """How much of a week somebody works, or is wanted for."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class LicenceClass(StrEnum):
    """Classes of driving licence (patente); a higher one holds the lower ones that `ranking` lists."""

    AM = "am"
    A = "a"
    B = "b"
    BE = "be"
    C = "c"
    CE = "ce"
    D = "d"
    DE = "de"


class CefrLevel(StrEnum):
    """Common European Framework of Reference for languages, lowest first."""

    PRE_A1 = "pre_a1"
    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"
    C2 = "c2"


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code of a language."""


class LanguageSkill(Part):
    language: Language
    level: CefrLevel


class VacancyRequirementsStated(VacancyEvent):
    """What the company asks for beside the profile; it takes the place of what was stated before (P31, P32)."""

    hours: HoursClass | None
    licence: LicenceClass | None
    languages: tuple[LanguageSkill, ...]


class SelectionOpened(VacancyEvent):
    """The company's request is worked on: the unit of the measure `selections` (P32). Italian: selezione."""

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
    strand: Strand = Strand.TRAINING_TARGETED


class PositionsReserved(ReservationEvent):
    """The positions are kept free for that course and for no other.

    A need that becomes a vacancy takes its reservations along: then this event comes again, with the vacancy as source.
    """

    company_id: UUID
    positions: Positions


class ReservationRefusal(StrEnum):
    UNKNOWN_SOURCE = "unknown_source"
    NOT_ADMITTED = "not_admitted"
    NOT_OPEN = "not_open"
    NOT_ENOUGH_FREE = "not_enough_free"
    NOT_SIGNED = "not_signed"


class ReservationRefused(ReservationEvent):
    reason: ReservationRefusal


class PositionsReleased(ReservationEvent):
    """The positions are not kept any more: returned, withdrawn, closed, expired, filled otherwise.

    `positions` is how many of the reservation the course still has: those that placements out of it took already.
    """

    positions: Annotated[int, Field(ge=0, le=500)]


class ReservedPositionUsed(ReservationEvent):
    """A placement of somebody from the course took one of the positions that were kept for it (P39).

    `positions` is how many are still kept; it stands behind the PositionFilled of the same placement.
    """

    employment_id: UUID
    positions: Annotated[int, Field(ge=0, le=500)]
