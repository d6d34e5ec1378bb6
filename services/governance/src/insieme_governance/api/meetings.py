"""HTTP of meetings: convening, holding, attendance, decisions (P49-P51, P55, P65, P70)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.governance_bodies import DecisionSubject
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.days import Day
from insieme_events.decider import Command
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows, today
from insieme_events.units import Step
from insieme_governance import steps
from insieme_governance.aggregates import MEETINGS
from insieme_governance.meeting import commands as m
from insieme_governance.meeting.refusals import MEETING_UNKNOWN
from insieme_governance.steps import REGISTER
from insieme_governance.views.meetings import DECISIONS, INVITATIONS, attendances
from insieme_governance.views.meetings import MEETINGS as VIEW

router = APIRouter(prefix="/v1", tags=["meetings"], responses=RESPONSES)

DecisionStatus = Literal["open", "overdue", "completed"]

MeetingStatus = Literal["convened", "held", "cancelled"]

CONVENE = {
    "body_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "meets_on": "2022-06-14",
    "invited": ["comune_bologna", "citta_metropolitana", "cgil"],
    "on": "2022-05-16",
}
ATTENDANCE = {"party": "cgil", "present": True, "representative_id": None}
INVITATION = {"invited": ["cna"], "on": "2022-05-20"}
CANCELLATION = {"reason": "postponed", "on": "2022-06-10"}
DECISION = {"subject": "work_plan", "owner": "citta_metropolitana", "deadline": "2022-12-31"}


class MeetingRow(BaseModel):
    meeting_id: UUID
    body_id: UUID
    kind: BodyKind
    status: MeetingStatus
    convened_on: date
    meets_on: date
    held_on: date | None
    decisions: int
    version: int


class MeetingPage(Page):
    items: list[MeetingRow]


class Invitation(BaseModel):
    """`lapsed`: the party was none any more on the day of the meeting; `present` is null until it is recorded."""

    party: str
    lapsed: bool
    present: bool | None
    representative_id: UUID | None


class MeetingDetail(MeetingRow):
    invitations: list[Invitation]


class DecisionRow(BaseModel):
    decision_id: UUID
    meeting_id: UUID
    decision_no: int
    subject: DecisionSubject
    owner: str | None
    deadline: date | None
    taken_on: date
    completed_on: date | None


class DecisionPage(Page):
    items: list[DecisionRow]


class AttendanceRow(BaseModel):
    """Of the held meetings to which the party was invited; `absences_in_a_row` counts back from the last one."""

    party: str
    kind: BodyKind
    meetings: int
    recorded: int
    present: int
    rate_percent: int | None
    absences_in_a_row: int


class Completion(Command):
    on: Day


@router.post("/meetings", status_code=201)
async def convene(request: Incoming, body: Annotated[m.NewMeeting, Body(examples=[CONVENE])]) -> CommandAnswer:
    """Convenes a meeting to which every party in force is invited; it answers the open requests (P50, P55, P65)."""
    return await request.send(*steps.convening(uuid4(), body), locks=REGISTER, first=True)


@router.post("/meetings/{meeting_id}/invitations", status_code=201)
async def invite(
    request: Incoming, meeting_id: UUID, body: Annotated[m.InviteParties, Body(examples=[INVITATION])]
) -> CommandAnswer:
    """Invites parties that joined after the convening (P50)."""
    return await request.send(Step(MEETINGS, meeting_id, body), locks=REGISTER)


@router.post("/meetings/{meeting_id}/holding")
async def hold(
    request: Incoming, meeting_id: UUID, body: Annotated[m.DeclareMeetingHeld, Body(examples=[{"on": "2022-06-14"}])]
) -> CommandAnswer:
    """Declares it held: only if every party in force on that day was invited (P50, P54)."""
    async with pool_of(request.http).connection() as connection:
        unit = await steps.holding(connection, meeting_id, body)
    return await request.send(*unit, locks=REGISTER, first=True)


@router.post("/meetings/{meeting_id}/cancellation")
async def cancel(
    request: Incoming, meeting_id: UUID, body: Annotated[m.CancelMeeting, Body(examples=[CANCELLATION])]
) -> CommandAnswer:
    """Cancels it; requests that it answered are open again (P55)."""
    async with pool_of(request.http).connection() as connection:
        unit = await steps.cancelling(connection, meeting_id, body)
    return await request.send(*unit, locks=REGISTER, first=True)


@router.post("/meetings/{meeting_id}/attendance", status_code=201)
async def attend(
    request: Incoming, meeting_id: UUID, body: Annotated[m.RecordMeetingAttendance, Body(examples=[ATTENDANCE])]
) -> CommandAnswer:
    """Whether a signatory was there, and by whom (P49, P70)."""
    return await request.send(Step(MEETINGS, meeting_id, body), locks=REGISTER)


@router.post("/meetings/{meeting_id}/decisions", status_code=201)
async def decide(
    request: Incoming, meeting_id: UUID, body: Annotated[m.NewDecision, Body(examples=[DECISION])]
) -> CommandAnswer:
    """A decision of the meeting, numbered, with who follows it up and by when (P51)."""
    command = m.RecordDecision(decision_id=uuid4(), **body.model_dump())
    return await request.send(Step(MEETINGS, meeting_id, command), locks=REGISTER)


@router.post("/meetings/{meeting_id}/decisions/{decision_no}/completion")
async def complete(
    request: Incoming,
    meeting_id: UUID,
    decision_no: Annotated[int, Path(ge=1, le=10_000)],
    body: Annotated[Completion, Body(examples=[{"on": "2022-09-30"}])],
) -> CommandAnswer:
    """What was decided is done (P51)."""
    command = m.CompleteDecision(decision_no=decision_no, on=body.on)
    return await request.send(Step(MEETINGS, meeting_id, command), locks=REGISTER)


@router.get("/meetings")
async def search(
    request: Request,
    body_id: UUID | None = None,
    kind: BodyKind | None = None,
    status: MeetingStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> MeetingPage:
    """Meetings by id, filtered (P50)."""
    filters = [equals(VIEW.c.body_id, body_id), equals(VIEW.c.kind, kind), equals(VIEW.c.status, status)]
    return MeetingPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.meeting_id, filters, limit, after))


@router.get("/meetings/{meeting_id}")
async def detail(request: Request, response: Response, meeting_id: UUID) -> MeetingDetail:
    """One meeting: who was invited against who was present (P49, P50, P70)."""
    row = await one(request, response, sa.select(VIEW).where(VIEW.c.meeting_id == meeting_id), MEETING_UNKNOWN)
    wanted = sa.select(INVITATIONS).where(INVITATIONS.c.meeting_id == meeting_id).order_by(INVITATIONS.c.party)
    async with pool_of(request).connection() as connection:
        invitations = await rows(connection, wanted)
    return MeetingDetail.model_validate({**row, "invitations": invitations})


@router.get("/decisions")
async def decisions(
    request: Request,
    meeting_id: UUID | None = None,
    owner: Code | None = None,
    status: DecisionStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> DecisionPage:
    """Decisions that are open, overdue or completed (P51)."""
    undone = DECISIONS.c.completed_on.is_(None)
    conditions: dict[str | None, sa.ColumnElement[bool] | None] = {
        None: None,
        "open": undone,
        "overdue": undone & (DECISIONS.c.deadline < today(request)),
        "completed": DECISIONS.c.completed_on.is_not(None),
    }
    filters = [equals(DECISIONS.c.meeting_id, meeting_id), equals(DECISIONS.c.owner, owner), conditions[status]]
    wanted = sa.select(DECISIONS)
    return DecisionPage.model_validate(await page(request, wanted, DECISIONS.c.decision_id, filters, limit, after))


@router.get("/attendance")
async def attendance(request: Request, kind: BodyKind | None = None, party: Code | None = None) -> list[AttendanceRow]:
    """Attendance of each signatory at each body: rate, absences in a row (P49, P70)."""
    wanted = attendances([equals(VIEW.c.kind, kind), equals(INVITATIONS.c.party, party)])
    async with pool_of(request).connection() as connection:
        return [AttendanceRow.model_validate(row) for row in await rows(connection, wanted)]
