"""Cases: every command of a case, and the lists that a case worker looks at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response

from insieme_events import reading
from insieme_events.commands import Step
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES
from insieme_events.reading import Row, equals
from insieme_intake import views
from insieme_intake.aggregates import CASES
from insieme_intake.api.examples import CASE_COMMANDS
from insieme_intake.case import commands
from insieme_intake.case.states import CASE_UNKNOWN
from insieme_intake.views import STATUS

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=RESPONSES)

COMMANDS: dict[str, type[commands.DatedCommand]] = {
    "enrol": commands.Enrol,
    "reject-application": commands.RejectApplication,
    "withdraw-application": commands.WithdrawApplication,
    "void-enrolment": commands.VoidEnrolment,
    "correct-characteristics": commands.CorrectCharacteristics,
    "record-employment-status": commands.RecordEmploymentStatus,
    "record-residence": commands.RecordResidence,
    "declare-other-measure": commands.DeclareOtherMeasure,
    "record-job-loss": commands.RecordJobLoss,
    "record-work-history": commands.RecordWorkHistory,
    "assess-fragility": commands.AssessFragility,
    "assess-autonomy": commands.AssessAutonomy,
    "schedule-interview": commands.ScheduleInterview,
    "hold-interview": commands.HoldInterview,
    "miss-interview": commands.MissInterview,
    "assess-eligibility": commands.AssessEligibility,
    "assess-suitability": commands.AssessSuitability,
    "take-in-charge": commands.TakeInCharge,
    "assign-referent": commands.AssignReferent,
    "agree-plan": commands.AgreePlan,
    "add-to-follow-up-group": commands.AddToFollowUpGroup,
    "leave-follow-up-group": commands.LeaveFollowUpGroup,
    "offer-family-support": commands.OfferFamilySupport,
    "start-family-support": commands.StartFamilySupport,
    "suspend": commands.SuspendCase,
    "resume": commands.ResumeCase,
    "close": commands.CloseCase,
    "reopen": commands.ReopenCase,
    "record-follow-up": commands.RecordFollowUp,
}
"""Path of every command that speaks of one case, below /v1/cases/{case_id}."""

PARTS: dict[str, tuple[sa.Table, tuple[str, ...]]] = {
    "interviews": (views.INTERVIEWS, ("day", "interview_id")),
    "referents": (views.REFERENTS, ("since",)),
    "follow_up_group": (views.CASE_GROUP, ("joined_on", "operator_id")),
    "family_supports": (views.FAMILY_SUPPORTS, ("offered_on", "support_id")),
    "follow_ups": (views.FOLLOW_UPS, ("recorded_on", "months")),
}
"""What the detail of a case shows beside its row, and in which order."""

CaseStatus = StrEnum("CaseStatus", {name: name for name, _ in STATUS.values()})  # type: ignore[misc]


def _route(path: str, kind: type[commands.DatedCommand]) -> Callable[..., Awaitable[CommandAnswer]]:
    async def send(case_id: UUID, command: Any, incoming: Incoming) -> CommandAnswer:
        return await incoming.send(Step(CASES, case_id, command))

    send.__annotations__["command"] = Annotated[kind, Body(examples=[CASE_COMMANDS[path]])]
    send.__doc__ = kind.__doc__
    send.__name__ = kind.__name__
    return send


def summary(path: str) -> str:
    """`take-in-charge` as people read it."""
    return path.replace("-", " ").capitalize()


for path, command in COMMANDS.items():
    router.add_api_route(f"/{{case_id}}/{path}", _route(path, command), methods=["POST"], summary=summary(path))


@router.get("")
async def cases(
    request: Request,
    status: CaseStatus | None = None,
    person_id: UUID | None = None,
    referent_id: UUID | None = None,
    plan_overdue_on: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Cases by id. `plan_overdue_on` lists those in charge without a plan on that day (P24)."""
    table = views.CASES
    overdue = None
    if plan_overdue_on is not None:
        overdue = sa.and_(table.c.plan_due_on < plan_overdue_on, table.c.plan_version == 0, table.c.is_open)
    filters = [
        equals(table.c.status, status),
        equals(table.c.person_id, person_id),
        equals(table.c.referent_id, referent_id),
        overdue,
    ]
    return await reading.page(request, sa.select(table), table.c.case_id, filters, limit, after)


@router.get("/{case_id}")
async def case(case_id: UUID, request: Request, response: Response) -> Row:
    """One case with what belongs to it: interviews, referents with their dates, the group, family support (P24, P75).

    Its version is the ETag.
    """
    found = await reading.one(
        request, response, sa.select(views.CASES).where(views.CASES.c.case_id == case_id), CASE_UNKNOWN
    )
    async with reading.pool_of(request).connection() as connection:
        parts = {
            name: await reading.rows(
                connection, sa.select(table).where(table.c.case_id == case_id).order_by(*[table.c[by] for by in order])
            )
            for name, (table, order) in PARTS.items()
        }
    return {**found, **parts}
