"""Committees: appointed, conflicts of their members, ended (P63, P64)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts.funding_committees import CommitteeKind
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_funding import steps
from insieme_funding.aggregates import COMMITTEES
from insieme_funding.api.sending import send
from insieme_funding.committee import (
    COMMITTEE_UNKNOWN,
    AppointCommittee,
    DeclareConflict,
    EndCommittee,
    NewCommittee,
)
from insieme_funding.gates import committees_lock
from insieme_funding.views.committees import COMMITTEES as VIEW
from insieme_funding.views.committees import CONFLICTS, MEMBERS

router = APIRouter(prefix="/v1/committees", tags=["committees"], responses=RESPONSES)

CommitteeStatus = Literal["appointed", "ended"]

COMMITTEE_EXAMPLE = {
    "kind": "evaluation",
    "members": [
        {"member_id": "4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d01", "party": "comune_bologna"},
        {"member_id": "4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d02", "party": "citta_metropolitana"},
    ],
    "mandate_to": "2025-12-31",
    "on": "2024-01-15",
}
CONFLICT_EXAMPLE = {
    "member_id": "4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d02",
    "project_id": "9a1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d77",
    "on": "2024-05-02",
}


class CommitteeRow(BaseModel):
    """`until` is the last day of the mandate, also where it was ended early."""

    committee_id: UUID
    kind: CommitteeKind
    status: CommitteeStatus
    since: date
    until: date
    version: int


class MemberRow(BaseModel):
    member_id: UUID
    party: str


class ConflictRow(BaseModel):
    member_id: UUID
    project_id: UUID
    declared_on: date


class CommitteeDetail(CommitteeRow):
    members: list[MemberRow]
    conflicts: list[ConflictRow]


class CommitteePage(Page):
    items: list[CommitteeRow]


@router.post("", status_code=201)
async def appoint(
    request: Incoming, body: Annotated[NewCommittee, Body(examples=[COMMITTEE_EXAMPLE])]
) -> CommandAnswer:
    """Appoints a Comitato di valutazione or di gestione for a mandate (P63, P64)."""
    committee_id = uuid4()
    command = AppointCommittee(committee_id=committee_id, **body.model_dump())
    return await request.send(Step(COMMITTEES, committee_id, command), locks=(committees_lock(body.kind.value),))


@router.get("")
async def search(
    request: Request,
    kind: CommitteeKind | None = None,
    status: CommitteeStatus | None = None,
    in_mandate_on: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> CommitteePage:
    """Committees by id, filtered (P63, P64)."""
    filters = [
        equals(VIEW.c.kind, kind),
        equals(VIEW.c.status, status),
        None if in_mandate_on is None else (VIEW.c.since <= in_mandate_on) & (in_mandate_on <= VIEW.c.until),
    ]
    found = await page(request, sa.select(VIEW), VIEW.c.committee_id, filters, limit, after)
    return CommitteePage.model_validate(found)


@router.get("/{committee_id}")
async def detail(request: Request, response: Response, committee_id: UUID) -> CommitteeDetail:
    """One committee with its members and their conflicts; the ETag is what If-Match takes (P63, P64)."""
    found = await one(request, response, sa.select(VIEW).where(VIEW.c.committee_id == committee_id), COMMITTEE_UNKNOWN)
    members = sa.select(MEMBERS).where(MEMBERS.c.committee_id == committee_id).order_by(MEMBERS.c.member_id)
    conflicts = sa.select(CONFLICTS).where(CONFLICTS.c.committee_id == committee_id)
    async with pool_of(request).connection() as connection:
        found["members"] = await rows(connection, members)
        found["conflicts"] = await rows(connection, conflicts.order_by(CONFLICTS.c.project_id, CONFLICTS.c.member_id))
    return CommitteeDetail.model_validate(found)


@router.post("/{committee_id}/conflicts", status_code=201)
async def declare_conflict(
    request: Incoming, committee_id: UUID, body: Annotated[DeclareConflict, Body(examples=[CONFLICT_EXAMPLE])]
) -> CommandAnswer:
    """A member declares an interest of its own in a project, and abstains from then on (P63)."""
    return await send(request, steps.declare_conflict(committee_id, body))


@router.post("/{committee_id}/end")
async def end(
    request: Incoming, committee_id: UUID, body: Annotated[EndCommittee, Body(examples=[{"on": "2025-06-30"}])]
) -> CommandAnswer:
    """Ends a mandate before its last day (P63, P64)."""
    return await send(request, steps.end_committee(committee_id, body))
