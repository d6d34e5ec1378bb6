"""Events of a course, from the proposal to its end: the three strands, positions and seats (P36, P38-P41; I1)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code
from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import CourseEvent, PositionCount, PositionSourceKind
from insieme_events.contracts.vocabulary import ProfileCode

Seats = Annotated[int, Field(ge=1, le=500)]
CourseHours = Annotated[int, Field(ge=1, le=2000)]
PositionsLeft = Annotated[int, Field(ge=0, le=500)]


class ModuleKind(StrEnum):
    """The five modules of strand 2.a (P38)."""

    SKILLS_ASSESSMENT = "skills_assessment"
    """Italian: bilancio di competenze."""
    ITALIAN = "italian"
    """Italian: lingua italiana."""
    SOFT_SKILLS = "soft_skills"
    """Italian: competenze trasversali (soft skills)."""
    SAFETY = "safety"
    """Italian: sicurezza."""
    DYNAMIC_CURRICULUM = "dynamic_curriculum"
    """Italian: curriculum dinamico."""


class Delivery(StrEnum):
    """Individual: for one person, as a bilancio di competenze is (P38)."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class CourseProposed(CourseEvent):
    """A party proposes a course: trade associations may, and so may the others (P41)."""

    by_party: Code
    course_code: Code
    profile: ProfileCode | None
    party_fields = ("course_id", "strand", "by_party", "course_code", "profile", "occurred_on")


class CoursePlanned(CourseEvent):
    """A course of exactly one strand (P36): 2.a with its module, 2.c experimental with its evidence (P38, P40).

    `agreement_version` is the one whose limit of hours was used; None where none was.
    """

    course_code: Code
    module_kind: ModuleKind | None
    delivery: Delivery
    profile: ProfileCode | None
    experimental: bool
    demand_evidence: Code | None
    hours: CourseHours
    seats: Seats
    starts_on: date
    ends_on: date
    funded_by_programme: bool
    proposed_by: Code | None
    agreement_version: Code | None
    party_fields = (
        "course_id",
        "strand",
        "course_code",
        "module_kind",
        "delivery",
        "profile",
        "experimental",
        "hours",
        "seats",
        "starts_on",
        "ends_on",
        "proposed_by",
        "occurred_on",
    )


class PositionsEvent(CourseEvent):
    """What is said of one reservation; restricted, since a company's needs are its own (privacy.md 3.6)."""

    reservation_id: UUID


class PositionsIdentified(PositionsEvent):
    """Positions kept for this course alone, identified on `occurred_on` (P39).

    Italian: posizioni di lavoro preventivamente individuate.
    """

    source_kind: PositionSourceKind
    source_id: UUID
    company_id: UUID
    positions: PositionCount


class PositionsRefused(PositionsEvent):
    """The vacancy or need cannot give what was asked for (P39)."""

    reason: ReservationRefusal


class PositionsWithdrawn(PositionsEvent):
    """Of the reservation only `positions` are left (P39)."""

    positions: PositionsLeft


class PositionsLost(CourseEvent):
    """The positions that are left do not carry the seats any more: the course is flagged, never deleted (P39, I1)."""

    positions: PositionsLeft
    seats: Seats
    agreement_version: Code
    party_fields = ("course_id", "strand", "positions", "seats", "agreement_version", "occurred_on")


class PositionsRecovered(CourseEvent):
    """Further positions carry the seats again: the flag is taken off (P39, I1)."""

    positions: PositionsLeft
    seats: Seats
    agreement_version: Code
    party_fields = ("course_id", "strand", "positions", "seats", "agreement_version", "occurred_on")


class CourseActivated(CourseEvent):
    """The course is on. A 2.b course had positions before that day, and the factor of the agreement (P39, I1).

    `positions` are those identified on an earlier day; 0 for the other strands, which need none.
    """

    course_code: Code
    positions: PositionsLeft
    seats: Seats
    seats_per_position_percent: Annotated[int, Field(ge=1, le=1000)]
    agreement_version: Code
    party_fields = (
        "course_id",
        "strand",
        "course_code",
        "positions",
        "seats",
        "seats_per_position_percent",
        "agreement_version",
        "occurred_on",
    )


class CourseStarted(CourseEvent):
    """The first lesson (P36)."""

    course_code: Code
    party_fields = ("course_id", "strand", "course_code", "occurred_on")


class CourseEnded(CourseEvent):
    """The last lesson (P36); what positions it kept are returned."""

    course_code: Code
    party_fields = ("course_id", "strand", "course_code", "occurred_on")


class CourseCancelReason(StrEnum):
    PROPOSAL_DECLINED = "proposal_declined"
    TOO_FEW_PARTICIPANTS = "too_few_participants"
    POSITIONS_LOST = "positions_lost"
    NOT_FUNDED = "not_funded"
    PROVIDER_WITHDREW = "provider_withdrew"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class CourseCancelled(CourseEvent):
    """The course is not held, or broken off (P36); what positions it kept are returned."""

    reason: CourseCancelReason
    party_fields = ("course_id", "strand", "reason", "occurred_on")


class SeatEvent(CourseEvent):
    """What a participation has of the course; the course alone decides, so that no seat is given twice (P37)."""

    participation_id: UUID


class SeatTaken(SeatEvent):
    """One of the seats is this participation's."""


class SeatAwaited(SeatEvent):
    """No seat to give yet: on the waiting list since `occurred_on`."""


class SeatGivenUp(SeatEvent):
    """The seat, or the place on the waiting list, is free again."""


class ApplicantsRanked(CourseEvent):
    """Those who waited for a 2.c course on that day, and were not ranked before, were ranked (P42).

    With `exclusive` the agreement admits only who has the priority.
    """

    participations: tuple[UUID, ...]
    exclusive: bool
    agreement_version: Code
