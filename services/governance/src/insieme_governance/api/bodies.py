"""HTTP of the bodies: requests of signatories, and the clock of the Tavolo (P54, P55, P57)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events import parameters
from insieme_events.contracts import Code
from insieme_events.contracts.governance_bodies import CadenceMeasure
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, rows, today
from insieme_events.units import Step
from insieme_governance import aggregates, cadence
from insieme_governance.body import BODY_UNKNOWN, EstablishBody, NewBody, NewRequest, RequestMeeting
from insieme_governance.steps import REGISTER
from insieme_governance.views.bodies import BODIES, CADENCE, REQUESTS

router = APIRouter(prefix="/v1", tags=["bodies"], responses=RESPONSES)

RequestStatus = Literal["open", "overdue", "answered"]

NEW = {"kind": "coordination_table", "on": "2021-03-03"}
REQUEST = {"party": "cgil", "on": "2022-05-02"}


class BodyRow(BaseModel):
    body_id: UUID
    kind: BodyKind
    established_on: date
    last_held_on: date | None
    version: int


class BodyPage(Page):
    items: list[BodyRow]


class Said(BaseModel):
    """What the clock said of the gap since `since`; `lifted_by` is a meeting that was recorded late."""

    since: date
    said: str
    due_on: date
    said_on: date
    agreement_version: str
    lifted_by: UUID | None


class Compliance(BaseModel):
    """`next_due_on` is the last day in time for the next meeting, by the version that holds then."""

    body_id: UUID
    last_held_on: date | None
    days_since: int
    warned_from: date | None
    next_due_on: date | None
    longest_gap_to: date | None
    overdue: bool
    said: list[Said]


class RequestRow(BaseModel):
    """`days` from the request to its convening, or to today while it is open."""

    request_id: UUID
    body_id: UUID
    party: str
    requested_on: date
    due_on: date
    overdue_on: date | None
    meeting_id: UUID | None
    answered_on: date | None
    days: int


class RequestPage(Page):
    items: list[RequestRow]


@router.post("/bodies", status_code=201)
async def establish(request: Incoming, body: Annotated[NewBody, Body(examples=[NEW])]) -> CommandAnswer:
    """Establishes a body; each kind once (P50, P57, P59)."""
    body_id = uuid4()
    step = Step(aggregates.BODIES, body_id, EstablishBody(body_id=body_id, **body.model_dump()))
    return await request.send(step, locks=REGISTER)


@router.get("/bodies")
async def search(
    request: Request, kind: BodyKind | None = None, limit: Limit = 50, after: UUID | None = None
) -> BodyPage:
    """Bodies by id (P50, P57)."""
    filters = [equals(BODIES.c.kind, kind)]
    return BodyPage.model_validate(await page(request, sa.select(BODIES), BODIES.c.body_id, filters, limit, after))


@router.get("/bodies/{body_id}")
async def detail(request: Request, response: Response, body_id: UUID) -> BodyRow:
    """One body (P50, P57)."""
    statement = sa.select(BODIES).where(BODIES.c.body_id == body_id)
    return BodyRow.model_validate(await one(request, response, statement, BODY_UNKNOWN))


@router.get("/bodies/{body_id}/compliance")
async def compliance(request: Request, response: Response, body_id: UUID) -> Compliance:
    """Days since the last meeting, when the next one is due, and every gap that was too long (P54)."""
    body = await one(request, response, sa.select(BODIES).where(BODIES.c.body_id == body_id), BODY_UNKNOWN)
    async with pool_of(request).connection() as connection:
        versions = await parameters.agreements(connection)
        said = await rows(connection, sa.select(CADENCE).where(CADENCE.c.body_id == body_id).order_by(CADENCE.c.since))
    day, since = today(request), body["last_held_on"] or body["established_on"]
    clocked = body["kind"] == BodyKind.COORDINATION_TABLE
    late = [cadence.late(versions, measure, since) if clocked else None for measure in CadenceMeasure]
    months, gap = [None if one is None else one.day - cadence.DAY for one in late]
    warned = cadence.warning(versions, since) if clocked else None
    return Compliance(
        body_id=body_id,
        last_held_on=body["last_held_on"],
        days_since=(day - since).days,
        warned_from=None if warned is None else warned.day,
        next_due_on=months,
        longest_gap_to=gap,
        overdue=months is not None and day > months,
        said=[Said.model_validate({name: row[name] for name in Said.model_fields}) for row in said],
    )


@router.post("/bodies/{body_id}/requests", status_code=201)
async def ask(request: Incoming, body_id: UUID, body: Annotated[NewRequest, Body(examples=[REQUEST])]) -> CommandAnswer:
    """One signatory asks for a meeting (P55)."""
    command = RequestMeeting(request_id=uuid4(), **body.model_dump())
    return await request.send(Step(aggregates.BODIES, body_id, command), locks=REGISTER)


@router.get("/meeting-requests")
async def requests(
    request: Request,
    body_id: UUID | None = None,
    party: Code | None = None,
    status: RequestStatus | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> RequestPage:
    """Requests with their days: open, overdue, answered by a convening (P55)."""
    day = today(request)
    conditions: dict[str | None, sa.ColumnElement[bool] | None] = {
        None: None,
        "open": REQUESTS.c.meeting_id.is_(None),
        "overdue": REQUESTS.c.meeting_id.is_(None) & (REQUESTS.c.due_on < day),
        "answered": REQUESTS.c.meeting_id.is_not(None),
    }
    filters = [equals(REQUESTS.c.body_id, body_id), equals(REQUESTS.c.party, party), conditions[status]]
    found: dict[str, Any] = await page(request, sa.select(REQUESTS), REQUESTS.c.request_id, filters, limit, after)
    items = [{**row, "days": ((row["answered_on"] or day) - row["requested_on"]).days} for row in found["items"]]
    return RequestPage.model_validate({**found, "items": items})
