"""Summaries for operators: training by strand, 2.a by module, 2.b with its positions, 2.c by proposer (P36-P42)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.vocabulary import ProfileCode, Strand
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, page, pool_of
from insieme_training.api.courses import CourseStatus
from insieme_training.views import summaries
from insieme_training.views.courses import COURSES

router = APIRouter(prefix="/v1/summaries", tags=["summaries"], responses=RESPONSES)


class OfStrand(BaseModel):
    """Courses planned, and of them activated, started, cancelled; who started, completed, left after the start."""

    strand: Strand
    planned: int
    activated: int
    started: int
    cancelled: int
    hours: int
    seats: int
    participants_started: int
    participants_completed: int
    participants_dropped: int
    minutes_present: int


class ByStrand(BaseModel):
    items: list[OfStrand]


class OfModule(BaseModel):
    """`levels_better` of `levels_compared` left with a better level in one skill and no worse one in another."""

    module_kind: ModuleKind
    courses: int
    enrolled: int
    started: int
    completed: int
    minutes_present: int
    safety_certificates: int
    levels_compared: int
    levels_better: int


class ByModule(BaseModel):
    items: list[OfModule]


class TargetedCourse(BaseModel):
    """The fill rate is `seats_taken` of `seats`; `positions` are those that are kept now, of so many `sources`."""

    course_id: UUID
    course_code: str
    status: CourseStatus
    profile: ProfileCode
    seats: int
    seats_taken: int
    positions: int
    sources: int
    positions_lost: bool
    first_identified_on: date | None
    activated_on: date | None


class Targeted(Page):
    items: list[TargetedCourse]


class OfProposer(BaseModel):
    """`proposed_by` null: planned without a proposal. The share of the priority is `with_priority` of `ranked`."""

    proposed_by: str | None
    courses: int
    courses_started: int
    profiles: int
    started: int
    ranked: int
    with_priority: int
    sent_by_associations: int


class ByProposer(BaseModel):
    items: list[OfProposer]


@router.get("/training-by-strand")
async def by_strand(request: Request) -> ByStrand:
    """Courses and participants of each strand (P36)."""
    async with pool_of(request).connection() as connection:
        return ByStrand.model_validate({"items": await summaries.ask(connection, summaries.BY_STRAND)})


@router.get("/training-2a-by-module")
async def by_module(request: Request) -> ByModule:
    """Each of the five modules of 2.a: enrolled, completed, hours, certificates, what Italian gave (P37, P38)."""
    async with pool_of(request).connection() as connection:
        return ByModule.model_validate({"items": await summaries.ask(connection, summaries.BY_MODULE)})


@router.get("/training-2b")
async def targeted(
    request: Request,
    status: CourseStatus | None = None,
    course_code: Code | None = None,
    flagged: bool | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> Targeted:
    """The courses of 2.b by id, with the positions linked to them and their seats (P39)."""
    filters = [
        equals(COURSES.c.status, status),
        equals(COURSES.c.course_code, course_code),
        equals(COURSES.c.positions_lost, flagged),
    ]
    return Targeted.model_validate(
        await page(request, summaries.targeted(), COURSES.c.course_id, filters, limit, after)
    )


@router.get("/training-2c-by-proposer")
async def by_proposer(request: Request) -> ByProposer:
    """The courses of 2.c by who proposed them, and how many of their applicants had the priority (P40, P41, P42)."""
    async with pool_of(request).connection() as connection:
        return ByProposer.model_validate({"items": await summaries.ask(connection, summaries.EXPERIMENTAL)})
