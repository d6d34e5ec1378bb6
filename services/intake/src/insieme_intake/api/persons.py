"""Persons: the identity, for who may see it, and the erasure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from insieme_events import reading, telemetry
from insieme_events.access import CurrentActor
from insieme_events.contracts.intake import ErasureGround
from insieme_events.http import CommandAnswer, Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import Row
from insieme_events.service import Running
from insieme_intake import erasure, vault, views
from insieme_intake.person import PERSON_UNKNOWN
from insieme_intake.vault import Identity

router = APIRouter(prefix="/v1/persons", tags=["persons"], responses=RESPONSES)


class Erasure(BaseModel):
    """Why the data are erased (GDPR art. 17 (1)), and from which day."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"ground": "request", "on": "2024-11-04"}]}
    )

    ground: ErasureGround
    on: date


@router.get("/{person_id}")
async def person(person_id: UUID, request: Request, response: Response) -> Row:
    """What is known of a person outside the vault: ids and dates."""
    statement = sa.select(views.PERSONS).where(views.PERSONS.c.person_id == person_id)
    return await reading.one(request, response, statement, PERSON_UNKNOWN)


@router.get("/{person_id}/identity")
async def identity(person_id: UUID, request: Request, actor: CurrentActor) -> Identity:
    """Who the person is, from the vault. Each look is logged with party, role and purpose."""
    service: Running = request.app.state.service
    assert service.keys is not None
    async with service.pool.connection() as connection:
        found = await vault.read(connection, service.keys, person_id)
    telemetry.log.info("identity_read", person_id=str(person_id), found=found is not None, **actor.model_dump())
    if found is None:
        raise ProblemError(PERSON_UNKNOWN)
    return found


@router.post("/{person_id}/erasure")
async def erase(person_id: UUID, request: Erasure, incoming: Incoming) -> CommandAnswer:
    """Erase the person's data everywhere. Figures keep their totals; breakdowns show "unknown"."""
    service: Running = incoming.http.app.state.service
    # A case that begins right now waits behind the lock or is marked by the erasure's process.
    async with service.pool.connection() as connection:
        steps = await erasure.steps(connection, person_id, request.ground, request.on)
    return await incoming.send(*steps, also=(vault.delete(person_id),), locks=(erasure.lock(person_id),))
