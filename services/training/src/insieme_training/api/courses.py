"""Courses: proposed and planned, looked up with their positions and seats (P36-P42)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.matching import ReservationRefusal
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.training_courses import Delivery, ModuleKind
from insieme_events.contracts.vocabulary import ProfileCode, Strand
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_training.aggregates import COURSES
from insieme_training.course.commands import CoursePlan, NewProposal, PlanCourse, PlanProposed, ProposeCourse
from insieme_training.gates import COURSE_UNKNOWN
from insieme_training.views.courses import COURSES as VIEW
from insieme_training.views.courses import RESERVATIONS
from insieme_training.views.participations import ATTENDANCE, PARTICIPATIONS

router = APIRouter(prefix="/v1/courses", tags=["courses"], responses=RESPONSES)

PROPOSAL_EXAMPLE = {"strand": "2c", "course_code": "logistics-basics", "profile": "8.1.4", "on": "2024-01-15"}
TARGETED_EXAMPLE = {
    "strand": "2b",
    "course_code": "oss",
    "profile": "5.3.1",
    "hours": 600,
    "seats": 18,
    "starts_on": "2024-04-08",
    "ends_on": "2024-12-13",
    "funded_by_programme": True,
    "on": "2024-02-01",
}
BASIC_EXAMPLE = {
    "strand": "2a",
    "course_code": "italian-a2",
    "module_kind": "italian",
    "hours": 60,
    "seats": 12,
    "starts_on": "2024-03-04",
    "ends_on": "2024-06-28",
    "on": "2024-02-01",
}
EXPERIMENTAL_EXAMPLE = {
    "strand": "2c",
    "course_code": "logistics-basics",
    "profile": "8.1.4",
    "demand_evidence": "needs-2024-q1",
    "hours": 60,
    "seats": 15,
    "starts_on": "2024-03-11",
    "ends_on": "2024-04-19",
    "on": "2024-02-01",
}
PLANS = [TARGETED_EXAMPLE, BASIC_EXAMPLE, EXPERIMENTAL_EXAMPLE]
ReservationStatus = Literal["requested", "identified", "refused", "withdrawn", "returned"]
CourseStatus = Literal["proposed", "planned", "positions_identified", "activated", "started", "ended", "cancelled"]


class CourseRow(BaseModel):
    course_id: UUID
    strand: Strand
    status: CourseStatus
    course_code: str
    module_kind: ModuleKind | None
    delivery: Delivery | None
    profile: ProfileCode | None
    experimental: bool
    demand_evidence: str | None
    hours: int | None
    seats: int | None
    taken: int
    waiting: int
    positions: int
    positions_lost: bool
    funded_by_programme: bool
    proposed_by: str | None
    starts_on: date | None
    ends_on: date | None
    planned_on: date | None
    activated_on: date | None
    started_on: date | None
    over_on: date | None
    ranked_on: date | None
    exclusive: bool
    agreement_version: str | None
    version: int


class CoursePage(Page):
    items: list[CourseRow]


class ReservationRow(BaseModel):
    reservation_id: UUID
    source_kind: PositionSourceKind
    source_id: UUID
    company_id: UUID | None
    status: ReservationStatus
    asked: int
    positions: int
    requested_on: date
    identified_on: date | None
    refusal: ReservationRefusal | None


class CourseDetail(CourseRow):
    """`positions` are those kept now, all reservations together."""

    reservations: list[ReservationRow]


class WaitingRow(BaseModel):
    """`place` 1 is next; with an exclusive priority, who has none has no place."""

    participation_id: UUID
    person_id: UUID
    requested_on: date
    ranked: bool
    score: int | None
    place: int | None


class WaitingList(BaseModel):
    items: list[WaitingRow]


class LessonRow(BaseModel):
    lesson_no: int
    held_on: date
    minutes: int
    present: int
    excused: int
    absent: int


class AttendanceSummary(BaseModel):
    items: list[LessonRow]


@router.post("/proposals", status_code=201)
async def propose(request: Incoming, body: Annotated[NewProposal, Body(examples=[PROPOSAL_EXAMPLE])]) -> CommandAnswer:
    """A party of the protocol proposes a course: trade associations may, and so may the others (P41)."""
    course_id = uuid4()
    return await request.send(Step(COURSES, course_id, ProposeCourse(course_id=course_id, **body.model_dump())))


@router.post("", status_code=201)
async def plan(request: Incoming, body: Annotated[CoursePlan, Body(examples=PLANS)]) -> CommandAnswer:
    """Plans a course of exactly one of the strands 2.a, 2.b and 2.c, by the rules of that strand (P36, P38, P40)."""
    course_id = uuid4()
    return await request.send(Step(COURSES, course_id, PlanCourse(course_id=course_id, **body.model_dump())))


@router.post("/{course_id}/plan")
async def plan_proposed(
    request: Incoming, course_id: UUID, body: Annotated[CoursePlan, Body(examples=[EXPERIMENTAL_EXAMPLE])]
) -> CommandAnswer:
    """Plans a course that a party proposed (P36, P41)."""
    return await request.send(Step(COURSES, course_id, PlanProposed(course_id=course_id, **body.model_dump())))


@router.get("")
async def search(
    request: Request,
    strand: Strand | None = None,
    status: CourseStatus | None = None,
    module: ModuleKind | None = None,
    course_code: Code | None = None,
    proposed_by: Code | None = None,
    flagged: bool | None = None,
    starts_from: date | None = None,
    starts_to: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CoursePage:
    """Courses by id, filtered; both ends of the days of start are included, `flagged`: positions were lost (I1)."""
    filters = [
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.status, status),
        equals(VIEW.c.module_kind, module),
        equals(VIEW.c.course_code, course_code),
        equals(VIEW.c.proposed_by, proposed_by),
        equals(VIEW.c.positions_lost, flagged),
        None if starts_from is None else VIEW.c.starts_on >= starts_from,
        None if starts_to is None else VIEW.c.starts_on <= starts_to,
    ]
    return CoursePage.model_validate(await page(request, sa.select(VIEW), VIEW.c.course_id, filters, limit, after))


@router.get("/{course_id}")
async def detail(request: Request, response: Response, course_id: UUID) -> CourseDetail:
    """One course with the positions it asked for and its seats; the ETag is what If-Match of its commands takes."""
    course = await one(request, response, sa.select(VIEW).where(VIEW.c.course_id == course_id), COURSE_UNKNOWN)
    asked = sa.select(RESERVATIONS).where(RESERVATIONS.c.course_id == course_id)
    async with pool_of(request).connection() as connection:
        found = await rows(connection, asked.order_by(RESERVATIONS.c.requested_on, RESERVATIONS.c.reservation_id))
    return CourseDetail.model_validate({**course, "reservations": found})


@router.get("/{course_id}/waiting-list")
async def waiting_list(request: Request, response: Response, course_id: UUID) -> WaitingList:
    """Who waits for a seat, the next one first: by priority, then by the day of the request (P37, P42)."""
    course = await one(request, response, sa.select(VIEW).where(VIEW.c.course_id == course_id), COURSE_UNKNOWN)
    of = PARTICIPATIONS.c
    waiting = (
        sa.select(of.participation_id, of.person_id, of.requested_on, of.ranked, of.score)
        .where(of.course_id == course_id, of.status == "waitlisted")
        .order_by(sa.func.coalesce(of.score, 0).desc(), of.requested_on, of.requested_at, of.participation_id)
    )
    async with pool_of(request).connection() as connection:
        found = await rows(connection, waiting)
    places = iter(range(1, len(found) + 1))
    return WaitingList.model_validate(
        {
            "items": [
                {**row, "place": next(places) if not course["exclusive"] or row["score"] else None} for row in found
            ]
        }
    )


@router.get("/{course_id}/attendance")
async def attendance(request: Request, response: Response, course_id: UUID) -> AttendanceSummary:
    """Per lesson how many were present, excused and absent (P37)."""
    await one(request, response, sa.select(VIEW).where(VIEW.c.course_id == course_id), COURSE_UNKNOWN)
    of = ATTENDANCE.c

    def told(kind: str) -> sa.Label[int]:
        return sa.func.count().filter(of.attendance == kind).label(kind)

    lessons = (
        sa.select(
            of.lesson_no,
            sa.func.min(of.held_on).label("held_on"),
            sa.func.max(of.minutes).label("minutes"),
            *(told(kind) for kind in ("present", "excused", "absent")),
        )
        .select_from(ATTENDANCE.join(PARTICIPATIONS, of.participation_id == PARTICIPATIONS.c.participation_id))
        .where(PARTICIPATIONS.c.course_id == course_id)
        .group_by(of.lesson_no)
        .order_by(of.lesson_no)
    )
    async with pool_of(request).connection() as connection:
        return AttendanceSummary.model_validate({"items": await rows(connection, lessons)})
