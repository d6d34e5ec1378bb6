"""Builders for tests of training: one of everything, each value replaceable by name."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import in_force
from insieme_events.contracts import Actor
from insieme_events.contracts.training import ParticipationRequested, PositionSourceKind, PositionsRequested
from insieme_events.contracts.training_courses import (
    CourseActivated,
    CourseEnded,
    CoursePlanned,
    CourseStarted,
    PositionsIdentified,
    SeatAwaited,
    SeatTaken,
)
from insieme_events.contracts.training_participations import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantStarted,
    PersonReferredToCourse,
)
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind, Strand
from insieme_events.gates import Interval
from insieme_events.testing.agreements import published
from insieme_training.course import CourseCircumstances
from insieme_training.course.commands import PlanCourse
from insieme_training.participation import ParticipationCircumstances
from insieme_training.participation.circumstances import CourseFound, PriorityFacts
from insieme_training.sector_change import SectorChangeCircumstances

ACTOR = Actor(party="cna_bologna", role="operator", purpose="training")
PERSON, COURSE_ID, PARTICIPATION_ID, RESERVATION_ID, VACANCY_ID, COMPANY_ID = (UUID(int=n) for n in range(1, 7))
OTHERS = tuple(UUID(int=100 + n) for n in range(10))
TODAY = date(2021, 12, 31)
AGREEMENT = in_force(published(), date(2021, 5, 1))
IN_CHARGE = (Interval(date(2021, 1, 10), date(2021, 11, 30)),)
PLANNED_ON, IDENTIFIED_ON, ACTIVATED_ON = date(2021, 3, 1), date(2021, 3, 10), date(2021, 3, 15)
STARTED_ON, ENDED_ON = date(2021, 4, 1), date(2021, 6, 30)

PLANS: dict[Strand, dict[str, Any]] = {
    Strand.TRAINING_BASIC: {"module_kind": "italian", "profile": None},
    Strand.TRAINING_TARGETED: {},
    Strand.TRAINING_EXPERIMENTAL: {"demand_evidence": "needs-2021", "hours": 60},
}


def course_circumstances(**changes: Any) -> CourseCircumstances:
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "last_known": AGREEMENT,
        "party_in_force": True,
        "funded_on": None,
        "order": (),
        "nameless": frozenset(),
    }
    return CourseCircumstances(**{**values, **changes})


def participation_circumstances(**changes: Any) -> ParticipationCircumstances:
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "last_known": AGREEMENT,
        "in_charge": IN_CHARGE,
        "course": course_found(),
        "association_known": True,
        "erased": False,
        "priority": PriorityFacts(pandemic=False, sector_change_on=None),
    }
    return ParticipationCircumstances(**{**values, **changes})


def sector_change_circumstances(**changes: Any) -> SectorChangeCircumstances:
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "person_known": True,
        "erased": False,
    }
    return SectorChangeCircumstances(**{**values, **changes})


def course_found(**changes: Any) -> CourseFound:
    """A course that started."""
    values: dict[str, Any] = {
        "course_id": COURSE_ID,
        "strand": Strand.TRAINING_TARGETED,
        "module_kind": None,
        "open": True,
        "planned_on": PLANNED_ON,
        "starts_on": STARTED_ON,
        "ends_on": ENDED_ON,
        "started_on": STARTED_ON,
    }
    return CourseFound(**{**values, **changes})


def plan_course(strand: Strand = Strand.TRAINING_TARGETED, **changes: Any) -> PlanCourse:
    values: dict[str, Any] = {
        "course_id": COURSE_ID,
        "strand": strand,
        "course_code": "oss",
        "profile": "5.3.1",
        "hours": 300,
        "seats": 3,
        "starts_on": STARTED_ON,
        "ends_on": ENDED_ON,
        "on": PLANNED_ON,
        **PLANS[strand],
    }
    return PlanCourse(**{**values, **changes})


def planned(strand: Strand = Strand.TRAINING_TARGETED, **changes: Any) -> CoursePlanned:
    """What `plan_course` leads to."""
    command = plan_course(strand, **changes)
    experimental = strand is Strand.TRAINING_EXPERIMENTAL
    return CoursePlanned(
        **command.model_dump(exclude={"on"}),
        experimental=experimental,
        proposed_by=None,
        agreement_version="2021.1" if experimental else None,
        occurred_on=command.on,
    )


def requested(reservation_id: UUID = RESERVATION_ID, **changes: Any) -> PositionsRequested:
    values: dict[str, Any] = {
        "source_kind": PositionSourceKind.VACANCY,
        "source_id": VACANCY_ID,
        "positions": 2,
        "occurred_on": date(2021, 3, 2),
    }
    return PositionsRequested(**{**of_course(), "reservation_id": reservation_id, **values, **changes})


def identified(reservation_id: UUID = RESERVATION_ID, **changes: Any) -> PositionsIdentified:
    values: dict[str, Any] = {
        "source_kind": PositionSourceKind.VACANCY,
        "source_id": VACANCY_ID,
        "company_id": COMPANY_ID,
        "positions": 2,
        "occurred_on": IDENTIFIED_ON,
    }
    return PositionsIdentified(**{**of_course(), "reservation_id": reservation_id, **values, **changes})


def activated(**changes: Any) -> CourseActivated:
    values: dict[str, Any] = {
        "course_code": "oss",
        "positions": 2,
        "seats": 3,
        "seats_per_position_percent": 150,
        "agreement_version": "2021.1",
        "occurred_on": ACTIVATED_ON,
    }
    return CourseActivated(**{**of_course(), **values, **changes})


def started(**changes: Any) -> CourseStarted:
    return CourseStarted(**{**of_course(), "course_code": "oss", "occurred_on": STARTED_ON, **changes})


def ended(**changes: Any) -> CourseEnded:
    return CourseEnded(**{**of_course(), "course_code": "oss", "occurred_on": ENDED_ON, **changes})


def seat_taken(participation_id: UUID = PARTICIPATION_ID, **changes: Any) -> SeatTaken:
    values = {**of_course(), "participation_id": participation_id, "occurred_on": PLANNED_ON}
    return SeatTaken(**{**values, **changes})


def seat_awaited(participation_id: UUID = PARTICIPATION_ID, **changes: Any) -> SeatAwaited:
    values = {**of_course(), "participation_id": participation_id, "occurred_on": PLANNED_ON}
    return SeatAwaited(**{**values, **changes})


def asked(**changes: Any) -> ParticipationRequested:
    values: dict[str, Any] = {
        "kind": InterventionKind.VOCATIONAL_TRAINING,
        "starts_on": STARTED_ON,
        "ends_on": ENDED_ON,
        "occurred_on": date(2021, 3, 20),
    }
    return ParticipationRequested(**{**of_participation(), **values, **changes})


def referred(**changes: Any) -> PersonReferredToCourse:
    values = {"channel_class": ChannelClass.SELF, "association": None, "occurred_on": date(2021, 3, 20)}
    return PersonReferredToCourse(**{**of_participation(), **values, **changes})


def enrolled(**changes: Any) -> ParticipantEnrolled:
    return ParticipantEnrolled(**{**of_participation(), "occurred_on": date(2021, 3, 22), **changes})


def began(**changes: Any) -> ParticipantStarted:
    return ParticipantStarted(**{**of_participation(), "occurred_on": STARTED_ON, **changes})


def completed(**changes: Any) -> ParticipantCompleted:
    values = {"minutes_present": 0, "minutes_recorded": 0, "occurred_on": ENDED_ON}
    return ParticipantCompleted(**{**of_participation(), **values, **changes})


def of_course() -> dict[str, Any]:
    return {"course_id": COURSE_ID, "strand": Strand.TRAINING_TARGETED}


def of_participation() -> dict[str, Any]:
    return {**of_course(), "participation_id": PARTICIPATION_ID, "person_id": PERSON}
