"""The registers, one path per kind (P19, P23, P26, P46, P47, P48, P71, P73, P76, P77, P78).

Every kind has the same routes under /v1/register/<kind>; what differs is the body, and the row that a list shows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, create_model

from insieme_events.http import CommandAnswer, Incoming, Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page
from insieme_events.units import Step
from insieme_governance.aggregates import ENTRIES
from insieme_governance.register import (
    AdoptPractice,
    ChangeInstrumentStatus,
    ChangeIntegrationStatus,
    CloseDesk,
    CorrectEntry,
    RecordEntry,
    SharePractice,
    VoidEntry,
)
from insieme_governance.register.entry import ENTRY_UNKNOWN
from insieme_governance.register.kinds import KINDS, VOIDED, Kind
from insieme_governance.views.register import REGISTER

router = APIRouter(prefix="/v1/register", tags=["register"], responses=RESPONSES)

ENTRY = "0d1c7a52-3d0e-4e11-9a57-0c6f4f2b8a10"


class EntryRow(BaseModel):
    """`event_id` is what a correction names; `ended_on` the day on which a desk was closed."""

    entry_id: UUID
    status: str
    recorded_on: date
    parties: list[str]
    adopted_by: list[str]
    shared_with: list[str]
    ended_on: date | None
    corrected: bool
    event_id: UUID
    version: int


def routes_of(kind: Kind) -> APIRouter:
    """The routes that every kind has."""
    routes = APIRouter(prefix=f"/{kind.name}")
    clauses = ", ".join(kind.clauses)
    title = kind.fact.__name__
    fields: Any = {name: (info.annotation, ...) for name, info in kind.fact.model_fields.items() if name != "on"}
    holds = create_model(f"{kind.event.__name__}Facts", **fields)
    row = create_model(f"{kind.event.__name__}Row", __base__=EntryRow, facts=(holds, ...))
    listed = create_model(f"{kind.event.__name__}Page", __base__=Page, items=(list[row], ...))
    correction = create_model(f"Correct{title}", corrects=(UUID, ...), fact=(kind.fact, ...))
    bodies: dict[str, Any] = {
        "record": Annotated[kind.fact, Body(examples=[kind.example])],
        "void": Annotated[VoidEntry, Body(examples=[{"voids": ENTRY, "on": "2024-04-01"}])],
        "correct": Annotated[correction, Body(examples=[{"corrects": ENTRY, "fact": kind.example}])],
    }

    async def record(request: Incoming, body: Any) -> CommandAnswer:
        entry_id = uuid4()
        return await request.send(Step(ENTRIES, entry_id, RecordEntry(entry_id=entry_id, fact=body)))

    async def correct(request: Incoming, entry_id: UUID, body: Any) -> CommandAnswer:
        return await request.send(Step(ENTRIES, entry_id, CorrectEntry(corrects=body.corrects, fact=body.fact)))

    async def void(request: Incoming, entry_id: UUID, body: Any) -> CommandAnswer:
        return await request.send(Step(ENTRIES, entry_id, body))

    async def search(
        request: Request,
        party: Annotated[str | None, Query(examples=["comune_bologna"])] = None,
        status: Annotated[str | None, Query(description="As in the rows; voided entries only when asked for")] = None,
        since: date | None = None,
        until: date | None = None,
        limit: Limit = 50,
        after: UUID | None = None,
    ) -> Any:
        filters = [
            REGISTER.c.kind == kind.name,
            None if party is None else REGISTER.c.parties.contains([party]),
            REGISTER.c.status != VOIDED if status is None else equals(REGISTER.c.status, status),
            None if since is None else REGISTER.c.recorded_on >= since,
            None if until is None else REGISTER.c.recorded_on <= until,
        ]
        return await page(request, sa.select(REGISTER), REGISTER.c.entry_id, filters, limit, after)

    async def detail(request: Request, response: Response, entry_id: UUID) -> Any:
        wanted = sa.select(REGISTER).where(REGISTER.c.entry_id == entry_id, REGISTER.c.kind == kind.name)
        return await one(request, response, wanted, ENTRY_UNKNOWN)

    added: list[tuple[str, str, Callable[..., Awaitable[Any]], int, Any, str]] = [
        ("POST", "", record, 201, CommandAnswer, f"{kind.fact.__doc__}"),
        ("GET", "", search, 200, listed, f"The entries that stand, by party, status and day ({clauses})."),
        ("GET", "/{entry_id}", detail, 200, row, f"One entry; the ETag is what If-Match takes ({clauses})."),
        (
            "POST",
            "/{entry_id}/corrections",
            correct,
            200,
            CommandAnswer,
            f"Says the whole entry again, in the place of the event that it names ({clauses}).",
        ),
        ("POST", "/{entry_id}/void", void, 200, CommandAnswer, f"The entry should never have been made ({clauses})."),
    ]
    for method, path, endpoint, status, model, text in added:
        if endpoint.__name__ in bodies:
            endpoint.__annotations__["body"] = bodies[endpoint.__name__]
        routes.add_api_route(
            path,
            endpoint,
            methods=[method],
            status_code=status,
            response_model=model,
            description=text,
            name=f"{endpoint.__name__} {kind.name}",
        )
    return routes


for each in KINDS:
    router.include_router(routes_of(each))


@router.post("/instruments/{entry_id}/status")
async def change_instrument(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[ChangeInstrumentStatus, Body(examples=[{"status": "active", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """An instrument is being activated, active, or closed for good (P19)."""
    return await request.send(Step(ENTRIES, entry_id, body))


@router.post("/integrations/{entry_id}/status")
async def change_integration(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[ChangeIntegrationStatus, Body(examples=[{"status": "live", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """How far an integration is (P46)."""
    return await request.send(Step(ENTRIES, entry_id, body))


@router.post("/practices/{entry_id}/adoptions")
async def adopt(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[AdoptPractice, Body(examples=[{"adopted_by": "cna_bologna", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """A party works by the practice from now on (P23)."""
    return await request.send(Step(ENTRIES, entry_id, body))


@router.post("/practices/{entry_id}/sharings")
async def share(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[SharePractice, Body(examples=[{"shared_with": "regione_emilia_romagna", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """The practice was shared with a party, or with somebody outside (P23, P47)."""
    return await request.send(Step(ENTRIES, entry_id, body))


@router.post("/desks/{entry_id}/closing")
async def close_desk(
    request: Incoming, entry_id: UUID, body: Annotated[CloseDesk, Body(examples=[{"on": "2024-09-01"}])]
) -> CommandAnswer:
    """The desk is closed from that day on (P71)."""
    return await request.send(Step(ENTRIES, entry_id, body))
