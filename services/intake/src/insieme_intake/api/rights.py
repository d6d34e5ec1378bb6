"""What a person may ask for: erasure, restriction, the document of all that is held; and how long data are kept.

GDPR art. 5, 15, 17, 18, 20.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from insieme_events import reading
from insieme_events.clock import business_date
from insieme_events.commands import Step
from insieme_events.contracts.intake import ErasureGround
from insieme_events.contracts.intake_persons import ExtensionGround, RefusalGround, RestrictionGround
from insieme_events.days import Day
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals
from insieme_events.service import Running
from insieme_intake import deadlines, erasure, vault, views
from insieme_intake.aggregates import PERSONS
from insieme_intake.person import (
    AnswerAccess,
    ExtendRetention,
    LiftRestriction,
    RefuseErasure,
    RequestAccess,
    RestrictProcessing,
)

router = APIRouter(prefix="/v1/persons", tags=["rights"], responses=RESPONSES)
erasures_router = APIRouter(prefix="/v1/erasures", tags=["rights"], responses=RESPONSES)
retention_router = APIRouter(prefix="/v1/retention-ended", tags=["rights"], responses=RESPONSES)
requests_router = APIRouter(prefix="/v1/access-requests", tags=["rights"], responses=RESPONSES)


def example(**values: Any) -> ConfigDict:
    shown: JsonDict = values
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [shown]})


class Erasure(BaseModel):
    """Why the data are erased (GDPR art. 17 (1)), and from which day."""

    model_config = example(ground="request", on="2024-11-04")

    ground: ErasureGround
    on: date


class ErasureRefusal(BaseModel):
    """What the data are still necessary for (GDPR art. 17 (3))."""

    model_config = example(ground="public_task", on="2024-11-04")

    ground: RefusalGround
    on: date


class Restriction(BaseModel):
    """Why the data are kept and not used (GDPR art. 18 (1))."""

    model_config = example(ground="accuracy_contested", on="2024-11-04")

    ground: RestrictionGround
    on: date


class Extension(BaseModel):
    """What the data are kept for beyond the months of the agreement, and through which day (GDPR art. 5, 17 (3))."""

    model_config = example(ground="funding_evidence", until="2029-12-31", on="2026-11-04")

    ground: ExtensionGround
    until: Day
    on: date


class Dated(BaseModel):
    model_config = example(on="2024-11-04")

    on: date


class AccessAnswer(BaseModel):
    """Which request is answered, and on which day."""

    model_config = example(request_id="8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c006", on="2024-11-20")

    request_id: UUID
    on: date


class AccessRequested(BaseModel):
    """The id of the request, to answer it by."""

    request_id: UUID
    stream: str
    sequence: int


@router.post("/{person_id}/erasure")
async def erase(person_id: UUID, request: Erasure, incoming: Incoming) -> CommandAnswer:
    """Erase the person's data everywhere. Figures keep their totals; breakdowns show "unknown".

    Whoever was merged is erased under every id. The ground retention_ended is for data whose retention is over.
    """
    service: Running = incoming.http.app.state.service
    # A case that begins right now waits behind the lock or is marked by the erasure's process.
    async with service.pool.connection() as connection:
        ids = await erasure.ids_to_erase(connection, person_id)
        steps = await erasure.steps(connection, ids, request.ground, request.on)
    return await incoming.send(*steps, also=(vault.delete(*ids),), locks=tuple(erasure.lock(each) for each in ids))


@router.post("/{person_id}/refuse-erasure")
async def refuse_erasure(person_id: UUID, request: ErasureRefusal, incoming: Incoming) -> CommandAnswer:
    """The erasure that was asked for is refused, with its ground on record."""
    return await incoming.send(Step(PERSONS, person_id, RefuseErasure(ground=request.ground, on=request.on)))


@router.post("/{person_id}/restrict")
async def restrict(person_id: UUID, request: Restriction, incoming: Incoming) -> CommandAnswer:
    """Keep the person's data and do not use them: every service refuses new decisions on them."""
    command = RestrictProcessing(ground=request.ground, on=request.on)
    return await incoming.send(Step(PERSONS, person_id, command), locks=(erasure.lock(person_id),))


@router.post("/{person_id}/lift-restriction")
async def lift_restriction(person_id: UUID, request: Dated, incoming: Incoming) -> CommandAnswer:
    """The data may be used again; the person was told before."""
    return await incoming.send(Step(PERSONS, person_id, LiftRestriction(on=request.on)))


@router.post("/{person_id}/extend-retention")
async def extend_retention(person_id: UUID, request: Extension, incoming: Incoming) -> CommandAnswer:
    """Keep the data through a later day, with the ground on record; the last such decision stands."""
    command = ExtendRetention(ground=request.ground, until=request.until, on=request.on)
    return await incoming.send(Step(PERSONS, person_id, command))


@router.post("/{person_id}/request-access", status_code=201)
async def request_access(person_id: UUID, request: Dated, incoming: Incoming) -> AccessRequested:
    """The person asks what is held of them; the legal limit says by when to answer."""
    request_id = uuid4()
    told = await incoming.send(Step(PERSONS, person_id, RequestAccess(request_id=request_id, on=request.on)))
    return AccessRequested(request_id=request_id, stream=told.stream, sequence=told.sequence)


@router.post("/{person_id}/answer-access")
async def answer_access(person_id: UUID, request: AccessAnswer, incoming: Incoming) -> CommandAnswer:
    """The document of all services (`insieme subject-access`) was handed over."""
    command = AnswerAccess(request_id=request.request_id, on=request.on)
    return await incoming.send(Step(PERSONS, person_id, command))


@requests_router.get("")
async def access_requests(
    request: Request,
    person_id: UUID | None = None,
    due_before: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Requests for access by id; `due_before` lists those that are not answered and were due before that day."""
    table = views.ACCESS_REQUESTS
    due = None if due_before is None else sa.and_(table.c.answered_on.is_(None), table.c.due_on < due_before)
    filters = [equals(table.c.person_id, person_id), due]
    return await reading.page(request, sa.select(table), table.c.request_id, filters, limit, after)


@retention_router.get("")
async def retention_ended(
    request: Request,
    kept_until_before: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Persons by id whose retention ended and of whom nobody decided yet: they are erased, or kept longer.

    Whoever came back since, or is erased, or kept longer, is not listed.
    """
    table = views.RETENTION
    columns = (
        table.c.person_id,
        table.c.left_on,
        table.c.noted_kept_until.label("kept_until"),
        table.c.restricted_on,
    )
    before = None if kept_until_before is None else table.c.noted_kept_until < kept_until_before
    filters = [
        table.c.left_on == table.c.noted_left_on,
        sa.func.coalesce(table.c.extended_to <= table.c.noted_kept_until, True),
        before,
    ]
    return await reading.page(request, sa.select(*columns), table.c.person_id, filters, limit, after)


class OpenErasure(BaseModel):
    """An erasure that waits for the answer of the services in `missing`; `late`: its deadline is over."""

    person_id: UUID
    erased_on: date
    due_on: date | None
    missing: tuple[str, ...]
    late: bool


@erasures_router.get("/open")
async def erasures_open(request: Request) -> list[OpenErasure]:
    """Erasures that some services have not answered, the oldest first."""
    service: Running = request.app.state.service
    today = business_date(service.clock())
    async with service.pool.connection() as connection:
        found = await deadlines.erasures_open(connection)
    return [
        OpenErasure(
            person_id=each.person_id,
            erased_on=each.erased_on,
            due_on=each.due_on,
            missing=each.missing,
            late=each.late(today),
        )
        for each in found
    ]
