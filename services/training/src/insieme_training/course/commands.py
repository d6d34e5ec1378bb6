"""What may be asked of a course (P36-P42)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts import Code
from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import PositionCount, PositionSourceKind
from insieme_events.contracts.training_courses import (
    CourseCancelReason,
    CourseHours,
    Delivery,
    ModuleKind,
    PositionsLeft,
    Seats,
)
from insieme_events.contracts.vocabulary import ProfileCode, Strand
from insieme_events.days import Day
from insieme_events.decider import Command


class NewProposal(Command):
    """A course that a party would like to see; the party is the one that acts (P41)."""

    strand: Strand
    course_code: Code
    profile: ProfileCode | None = None
    on: Day


class ProposeCourse(NewProposal):
    course_id: UUID


class CoursePlan(Command):
    """What is planned. 2.a names its module, 2.b and 2.c a profile, 2.c the evidence that the market asks for it."""

    strand: Strand
    course_code: Code
    module_kind: ModuleKind | None = None
    delivery: Delivery = Delivery.GROUP
    profile: ProfileCode | None = None
    demand_evidence: Code | None = None
    hours: CourseHours
    seats: Seats
    starts_on: Day
    ends_on: Day
    funded_by_programme: bool = False
    on: Day


class PlanCourse(CoursePlan):
    course_id: UUID


class PlanProposed(PlanCourse):
    """The course was proposed, so it has to be there (P41)."""


class NewRequest(Command):
    """So many positions of a vacancy or need are to be kept for a 2.b course (P39)."""

    source_kind: PositionSourceKind
    source_id: UUID
    positions: PositionCount
    on: Day


class RequestPositions(NewRequest):
    reservation_id: UUID


class IdentifyPositions(Command):
    """Matching keeps the positions since `on` (P39)."""

    reservation_id: UUID
    company_id: UUID
    positions: PositionCount
    on: date


class NoteRefusal(Command):
    """Matching cannot keep the positions (P39)."""

    reservation_id: UUID
    reason: ReservationRefusal
    on: date


class WithdrawPositions(Command):
    """Of the reservation only so many positions are left (P39)."""

    reservation_id: UUID
    positions: PositionsLeft
    on: date


class ActivateCourse(Command):
    on: Day


class StartCourse(Command):
    on: Day


class EndCourse(Command):
    on: Day


class CancelCourse(Command):
    reason: CourseCancelReason
    on: Day


class TakeSeat(Command):
    """Part of the unit that enrols a participant."""

    participation_id: UUID
    on: date


class AwaitSeat(Command):
    """Part of the unit that puts a participant on the waiting list."""

    participation_id: UUID
    on: date


class GiveUpSeat(Command):
    """Part of the unit that drops a participant."""

    participation_id: UUID
    on: date


class RankApplicants(Command):
    """Ranks those who wait and were not ranked yet; part of the unit that applies the priority to each (P42)."""

    participations: tuple[UUID, ...]
    on: Day


PlanningCommand = ProposeCourse | PlanCourse | PlanProposed
PositionsCommand = RequestPositions | IdentifyPositions | NoteRefusal | WithdrawPositions
RunningCommand = ActivateCourse | StartCourse | EndCourse | CancelCourse
SeatCommand = TakeSeat | AwaitSeat | GiveUpSeat | RankApplicants
CourseCommand = PlanningCommand | PositionsCommand | RunningCommand | SeatCommand
