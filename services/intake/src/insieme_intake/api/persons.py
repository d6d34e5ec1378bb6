"""Persons: who there are, and the identity, for who may see it (P13, P25)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from insieme_events import reading, subject_access, telemetry
from insieme_events.access import CurrentActor
from insieme_events.http import Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import Row, equals
from insieme_events.service import Running
from insieme_events.subject_access import PersonId
from insieme_intake import vault, views
from insieme_intake.api.examples import PERSON_DATA
from insieme_intake.person import PERSON_UNKNOWN
from insieme_intake.subject_access import IntakePart, document
from insieme_intake.vault import Identity

router = APIRouter(prefix="/v1/persons", tags=["persons"], responses=RESPONSES)


class PersonStatus(StrEnum):
    KNOWN = "known"
    RESTRICTED = "restricted"
    MERGED = "merged"
    ERASED = "erased"


def standing(status: PersonStatus) -> sa.ColumnElement[bool]:
    """The condition that a row of that status fulfils."""
    columns = views.PERSONS.c
    match status:
        case PersonStatus.ERASED:
            return columns.erased_on.is_not(None)
        case PersonStatus.MERGED:
            return columns.merged_into.is_not(None)
        case PersonStatus.RESTRICTED:
            return columns.restricted_on.is_not(None)
        case PersonStatus.KNOWN:
            return sa.and_(columns.erased_on.is_(None), columns.merged_into.is_(None), columns.restricted_on.is_(None))


@router.get("")
async def persons(
    request: Request,
    status: PersonStatus | None = None,
    merged_into: UUID | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Persons by id. `merged_into` lists the ids that were given up for one person (P25)."""
    table = views.PERSONS
    filters = [None if status is None else standing(status), equals(table.c.merged_into, merged_into)]
    return await reading.page(request, sa.select(table), table.c.person_id, filters, limit, after)


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


@router.get("/{person_id}/data", responses=subject_access.shown(PERSON_DATA))
async def data(person_id: PersonId, request: Request, actor: CurrentActor) -> IntakePart:
    """Everything that intake holds of a person, for the person (GDPR art. 15, 20): intake's part of the one document.

    All ids of a merged person together. Each look is logged with party, role and purpose.
    """
    service: Running = request.app.state.service
    assert service.keys is not None
    try:
        async with service.pool.connection() as connection:
            found = await document(connection, service.keys, person_id)
    except ProblemError:
        subject_access.looked(person_id, False, actor)
        raise
    subject_access.looked(person_id, True, actor)
    return found
