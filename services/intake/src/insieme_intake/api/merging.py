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
from insieme_events.contracts.intake_persons import DismissReason
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.service import Running
from insieme_events.units import Write
from insieme_intake import duplicates, erasure, merging, vault
from insieme_intake.duplicates import Suggestion
from insieme_intake.person import PERSON_UNKNOWN

router = APIRouter(prefix="/v1/persons", tags=["duplicates"], responses=RESPONSES)
suggestions_router = APIRouter(prefix="/v1/duplicates", tags=["duplicates"], responses=RESPONSES)

APART: JsonDict = {
    "person_id": "3f6c1d5e-8f0a-4e0e-9f0b-3f2f7a9d2c11",
    "other_id": "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c005",
    "reason": "documents_seen",
    "on": "2024-11-04",
}
EXAMPLE: JsonDict = {"merged_id": "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c005", "on": "2024-11-04"}


class Merge(BaseModel):
    """`merged_id` is given up: the person of the path stands for both from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    merged_id: UUID
    on: date


class ToldApart(BaseModel):
    """Two persons that somebody looked at, and `reason`: how it came out that they are two."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [APART]})

    person_id: UUID
    other_id: UUID
    reason: DismissReason
    on: date


@suggestions_router.get("")
async def duplicates_suggested(
    request: Request,
    actor: CurrentActor,
    likeness: Annotated[int, Query(ge=50, le=100, description="The least likeness of the names, per cent")] = 85,
    dismissed: Annotated[
        bool, Query(description="Only the pairs that were told apart, with who did, when and why")
    ] = False,
    limit: Limit = 50,
) -> list[Suggestion]:
    """Pairs of persons who may be one, the likeliest first (P25): alike names and the same or a like date of birth.

    Ids only; somebody looks at both identities and merges them, or tells them apart. A pair that was told apart is
    suggested again only once a name or a date of birth has changed. Each look is logged.
    """
    service: Running = request.app.state.service
    assert service.keys is not None
    found = await duplicates.suggested(
        service.pool, service.keys, service.master_key, likeness, limit, dismissed=dismissed
    )
    telemetry.log.info("duplicates_looked_for", found=len(found), **actor.model_dump())
    return found


@suggestions_router.post("/dismissals")
async def dismiss(request: ToldApart, incoming: Incoming) -> CommandAnswer:
    """Somebody looked and it is two persons (P25): the pair is not suggested again as long as both look as they did."""
    one, other = sorted((request.person_id, request.other_id))
    return await incoming.send(
        merging.dismissal(one, other, request.reason, request.on),
        also=await _compared(incoming, one, other),
        locks=(erasure.lock(one), erasure.lock(other)),
    )


async def _compared(incoming: Incoming, *both: UUID) -> tuple[Write, ...]:
    """Keeps what the two look like now. Raises ProblemError where one of them has no identity."""
    service: Running = incoming.http.app.state.service
    assert service.keys is not None
    one, other = sorted(both)
    async with service.pool.connection() as connection:
        of_one, of_other = [await vault.read(connection, service.keys, each) for each in (one, other)]
    if of_one is None or of_other is None:
        raise ProblemError(PERSON_UNKNOWN)
    return (vault.put_compared(one, other, duplicates.seen(service.master_key, of_one, of_other)),)


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
    """The merge was a mistake (P25): the other id is a person of its own again, and its case stands where it stood.

    The two are told apart with it, and not suggested again.
    """
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        steps = await merging.revert_steps(connection, person_id, request.merged_id, request.on)
    return await incoming.send(
        *steps,
        also=await _compared(incoming, person_id, request.merged_id),
        locks=(erasure.lock(person_id), erasure.lock(request.merged_id)),
    )
