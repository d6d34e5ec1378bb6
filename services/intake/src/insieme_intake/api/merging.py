"""Duplicates: who may be the same person, and what somebody decided on it (P25)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from insieme_events import telemetry
from insieme_events.access import CurrentActor
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES
from insieme_events.service import Running
from insieme_intake import duplicates, erasure, merging
from insieme_intake.duplicates import Suggestion

router = APIRouter(prefix="/v1/persons", tags=["duplicates"], responses=RESPONSES)
suggestions_router = APIRouter(prefix="/v1/duplicates", tags=["duplicates"], responses=RESPONSES)

EXAMPLE: JsonDict = {"merged_id": "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c005", "on": "2024-11-04"}


class Merge(BaseModel):
    """`merged_id` is given up: the person of the path stands for both from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    merged_id: UUID
    on: date


@suggestions_router.get("")
async def duplicates_suggested(
    request: Request,
    actor: CurrentActor,
    likeness: Annotated[int, Query(ge=50, le=100, description="The least likeness of the names, per cent")] = 85,
    limit: Limit = 50,
) -> list[Suggestion]:
    """Pairs of persons who may be one, the likeliest first (P25): alike names and the same or a like date of birth.

    Ids only; somebody looks at both identities and merges them, or not. Each look is logged.
    """
    service: Running = request.app.state.service
    assert service.keys is not None
    found = await duplicates.suggested(service.pool, service.keys, likeness, limit)
    telemetry.log.info("duplicates_looked_for", found=len(found), **actor.model_dump())
    return found


@router.post("/{person_id}/merge")
async def merge(person_id: UUID, request: Merge, incoming: Incoming) -> CommandAnswer:
    """Somebody looked and it is one person (P25): the other id is given up, and of two open cases one is closed.

    The case that is further on its way stays. Afterwards either codice fiscale finds this person.
    """
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        steps = await merging.merge_steps(connection, person_id, request.merged_id, request.on)
    return await incoming.send(
        *steps,
        unique={"one_open_case": merging.CASE_MEANWHILE},
        locks=(erasure.lock(person_id), erasure.lock(request.merged_id)),
    )


@router.post("/{person_id}/revert-merge")
async def revert_merge(person_id: UUID, request: Merge, incoming: Incoming) -> CommandAnswer:
    """The merge was a mistake (P25): the other id is a person of its own again, and its case stands where it stood."""
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        steps = await merging.revert_steps(connection, person_id, request.merged_id, request.on)
    return await incoming.send(*steps, locks=(erasure.lock(person_id), erasure.lock(request.merged_id)))
