"""What is recorded in the registers: each kind has the same routes under /v1/registers/<kind>; the body differs.

Their lists stand in `register_lists`, what they come to in `register_views`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Body
from pydantic import create_model

from insieme_events.http import CommandAnswer, Incoming
from insieme_events.problems import RESPONSES
from insieme_events.units import Step
from insieme_governance.aggregates import ENTRIES
from insieme_governance.registers import (
    AdoptPractice,
    ChangeInstrumentStatus,
    ChangeIntegrationStatus,
    CloseDesk,
    CorrectEntry,
    RecordEntry,
    SharePractice,
    VoidEntry,
)
from insieme_governance.registers.kinds import KINDS, Kind
from insieme_governance.steps import REGISTER

router = APIRouter(prefix="/v1/registers", tags=["registers"], responses=RESPONSES)

EVENT = "0d1c7a52-3d0e-4e11-9a57-0c6f4f2b8a10"


def routes_of(kind: Kind) -> APIRouter:
    """Record, correct and void: the commands that every kind has."""
    routes = APIRouter(prefix=f"/{kind.name}")
    clauses = ", ".join(kind.clauses)
    correction = create_model(f"Correct{kind.event.__name__}", corrects=(UUID, ...), fact=(kind.fact, ...))

    async def record(request: Incoming, body: Any) -> CommandAnswer:
        entry_id = uuid4()
        return await request.send(Step(ENTRIES, entry_id, RecordEntry(entry_id=entry_id, fact=body)), locks=REGISTER)

    async def correct(request: Incoming, entry_id: UUID, body: Any) -> CommandAnswer:
        return await request.send(
            Step(ENTRIES, entry_id, CorrectEntry(corrects=body.corrects, fact=body.fact)), locks=REGISTER
        )

    async def void(request: Incoming, entry_id: UUID, body: Any) -> CommandAnswer:
        return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)

    def add(path: str, endpoint: Callable[..., Awaitable[Any]], status: int, body: Any, text: str) -> None:
        # FastAPI reads what a body is from here; each kind has its own.
        endpoint.__annotations__["body"] = body
        name = f"{endpoint.__name__} {kind.name}"
        routes.add_api_route(path, endpoint, methods=["POST"], status_code=status, description=text, name=name)

    again = f"Says the whole entry again, in the place of the event that it names ({clauses})."
    never = f"The entry should never have been made; `voids` is the event that recorded it last ({clauses})."
    add("", record, 201, Annotated[kind.fact, Body(examples=[kind.example])], str(kind.fact.__doc__))
    corrected = {"corrects": EVENT, "fact": kind.example}
    add("/{entry_id}/corrections", correct, 200, Annotated[correction, Body(examples=[corrected])], again)
    voided = {"voids": EVENT, "on": "2024-04-01"}
    add("/{entry_id}/void", void, 200, Annotated[VoidEntry, Body(examples=[voided])], never)
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
    return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)


@router.post("/integrations/{entry_id}/status")
async def change_integration(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[ChangeIntegrationStatus, Body(examples=[{"status": "live", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """How far an integration is (P46)."""
    return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)


@router.post("/practices/{entry_id}/adoptions")
async def adopt(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[AdoptPractice, Body(examples=[{"adopted_by": "cna", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """A party works by the practice from now on (P23)."""
    return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)


@router.post("/practices/{entry_id}/sharings")
async def share(
    request: Incoming,
    entry_id: UUID,
    body: Annotated[SharePractice, Body(examples=[{"shared_with": "regione_emilia_romagna", "on": "2024-09-01"}])],
) -> CommandAnswer:
    """The practice was shared with a party, or with somebody outside (P23, P47)."""
    return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)


@router.post("/desks/{entry_id}/closing")
async def close_desk(
    request: Incoming, entry_id: UUID, body: Annotated[CloseDesk, Body(examples=[{"on": "2024-09-01"}])]
) -> CommandAnswer:
    """The desk is closed from that day on (P71)."""
    return await request.send(Step(ENTRIES, entry_id, body), locks=REGISTER)
