"""Decisions of the Comitato di gestione on courses, allowances and other activities (P64, P69)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.funding import ActivityKind, Year
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import CommandAnswer, CommandRequest, Incoming, Limit, Page
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import equals, one, page, pool_of, rows
from insieme_events.units import Step
from insieme_funding import steps
from insieme_funding.aggregates import DECISIONS
from insieme_funding.api.sending import send
from insieme_funding.decision import (
    DECISION_UNKNOWN,
    ApproveActivityFunding,
    EndActivityFunding,
    NewActivityFunding,
    ProposeActivityFunding,
    RefuseActivityFunding,
)
from insieme_funding.steps import Granted
from insieme_funding.views.decisions import DECISIONS as VIEW

router = APIRouter(prefix="/v1/funding-decisions", tags=["funding decisions"], responses=RESPONSES)

DecisionStatus = Literal["proposed", "approved", "refused", "ended"]

ACTIVITY_EXAMPLE = {
    "activity_kind": "course",
    "activity_id": "5b7a1f7e-2f0e-4c13-8a47-d7c1f7d40c11",
    "strand": "2b",
    "year": 2024,
    "source": "comune_bologna",
    "amount": 1200000,
    "on": "2024-03-04",
}
APPROVAL_EXAMPLE = {
    "committee_id": "2f0e4c13-8a47-4d7c-91f7-d40c115b7a1f",
    "vote": {
        "in_favour": ["4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d01", "4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d02"],
        "meeting_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
        "decision_no": 3,
    },
    "on": "2024-03-11",
}
REFUSAL_EXAMPLE = {
    "committee_id": "2f0e4c13-8a47-4d7c-91f7-d40c115b7a1f",
    "members_present": ["4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d01"],
    "ground": "not_in_plan",
    "on": "2024-03-11",
}


class DecisionRow(BaseModel):
    decision_id: UUID
    status: DecisionStatus
    activity_kind: ActivityKind
    activity_id: UUID
    strand: Strand
    year: int
    source: str
    amount: int
    proposed_on: date
    decided_on: date | None
    version: int


class DecisionPage(Page):
    items: list[DecisionRow]


async def asked(request: CommandRequest, decision_id: UUID) -> dict[str, Any]:
    """What the decision is about, which never changes. Raises ProblemError where nothing was proposed."""
    async with pool_of(request.http).connection() as connection:
        found = await rows(connection, sa.select(VIEW).where(VIEW.c.decision_id == decision_id))
    if not found:
        raise ProblemError(DECISION_UNKNOWN)
    return found[0]


def granted(row: dict[str, Any]) -> Granted:
    return Granted(Strand(row["strand"]), row["year"], row["source"])


@router.post("", status_code=201)
async def propose(
    request: Incoming, body: Annotated[NewActivityFunding, Body(examples=[ACTIVITY_EXAMPLE])]
) -> CommandAnswer:
    """Asks the Comitato di gestione to fund an activity out of a budget (P64)."""
    decision_id = uuid4()
    command = ProposeActivityFunding(decision_id=decision_id, **body.model_dump())
    return await request.send(Step(DECISIONS, decision_id, command))


@router.get("")
async def search(
    request: Request,
    status: DecisionStatus | None = None,
    activity_kind: ActivityKind | None = None,
    activity_id: UUID | None = None,
    strand: Strand | None = None,
    year: Year | None = None,
    source: Code | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> DecisionPage:
    """Decisions on activities by id, filtered (P64)."""
    filters = [
        equals(VIEW.c.status, status),
        equals(VIEW.c.activity_kind, activity_kind),
        equals(VIEW.c.activity_id, activity_id),
        equals(VIEW.c.strand, strand),
        equals(VIEW.c.year, year),
        equals(VIEW.c.source, source),
    ]
    return DecisionPage.model_validate(await page(request, sa.select(VIEW), VIEW.c.decision_id, filters, limit, after))


@router.get("/{decision_id}")
async def detail(request: Request, response: Response, decision_id: UUID) -> DecisionRow:
    """One decision; the ETag is what If-Match of its commands takes (P64)."""
    return DecisionRow.model_validate(
        await one(request, response, sa.select(VIEW).where(VIEW.c.decision_id == decision_id), DECISION_UNKNOWN)
    )


@router.post("/{decision_id}/approval")
async def approve(
    request: Incoming, decision_id: UUID, body: Annotated[ApproveActivityFunding, Body(examples=[APPROVAL_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di gestione funds the activity, and the budget commits the money in the same moment (P64, P69)."""
    row = await asked(request, decision_id)
    kind = ActivityKind(row["activity_kind"])
    return await send(request, steps.approve_activity(decision_id, granted(row), row["amount"], kind, body))


@router.post("/{decision_id}/refusal")
async def refuse(
    request: Incoming, decision_id: UUID, body: Annotated[RefuseActivityFunding, Body(examples=[REFUSAL_EXAMPLE])]
) -> CommandAnswer:
    """The Comitato di gestione does not fund the activity (P64)."""
    return await send(request, steps.refuse_activity(decision_id, body))


@router.post("/{decision_id}/end")
async def end(
    request: Incoming, decision_id: UUID, body: Annotated[EndActivityFunding, Body(examples=[{"on": "2024-09-30"}])]
) -> CommandAnswer:
    """The activity is over: what was not paid is released (P64)."""
    return await send(request, steps.end_activity(decision_id, granted(await asked(request, decision_id)), body))
