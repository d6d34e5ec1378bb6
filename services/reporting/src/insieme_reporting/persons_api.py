"""Single persons in reporting: what its facts hold of one (GDPR art. 15, 20), whom it has yet to forget (art. 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from psycopg import sql
from pydantic import BaseModel, ConfigDict

from insieme_events import subject_access
from insieme_events.access import CurrentActor
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.projection import ProjectionDefinition, columns
from insieme_events.service import Running
from insieme_events.store import Connection
from insieme_events.subject_access import Held, Part, PersonId
from insieme_reporting import examples, forgetting, versions

router = APIRouter(prefix="/v1/persons", tags=["rights"], responses=RESPONSES)
erasures_router = APIRouter(prefix="/v1/operations/erasures", tags=["operations"], responses=RESPONSES)

SAME_PERSON = """
with root as (select coalesce((select root from views.aliases where person_id = %(id)s), %(id)s) as id)
select id from root union select a.person_id from views.aliases a join root on a.root = root.id
"""
NO_STREAMS = "select null::text where false and %(ids)s is not null"
"""Reporting records nothing of a person but that it has forgotten them."""


async def ids_of(connection: Connection, person_id: UUID) -> Sequence[UUID]:
    """Every id of this person that has been heard of, in order; the id itself in any case."""
    rows = await (await connection.execute(SAME_PERSON, {"id": person_id})).fetchall()
    return sorted({person_id, *(each for (each,) in rows)})


NO_COPIES = Held(forgetting.CONTEXT, NO_STREAMS, ids=ids_of)


def held(definition: ProjectionDefinition) -> Held:
    """Every fact about persons of one version; a fact table is a copy of what other services told."""
    of_persons = [fact.row for fact in definition.facts if "person_id" in columns(fact.row)]
    copies = {
        row.table: sql.SQL(
            "select {}, sequence, recorded_at from {} where person_id = any(%(ids)s) order by {}, sequence"
        )
        .format(
            sql.SQL(", ").join(map(sql.Identifier, columns(row))),
            sql.Identifier(definition.schema, row.table),
            sql.SQL(", ").join(map(sql.Identifier, row.key)),
        )
        .as_string()
        for row in of_persons
    }
    return replace(NO_COPIES, copies=copies)


@router.get("/{person_id}/data", responses=subject_access.shown(examples.PERSON_DATA))
async def data(person_id: PersonId, request: Request, actor: CurrentActor) -> Part:
    """Everything that reporting holds of a person, for the person (GDPR art. 15, 20): the rows of the facts.

    Of the version that is read; another version beside it is made from the same events. All ids of a merged person
    together. Each look is logged with party, role and purpose.
    """
    service: Running = request.app.state.service
    try:
        async with versions.active(service) as (connection, version):
            found = await subject_access.part(connection, service.keys, held(version.definition), person_id)
    except ProblemError:
        subject_access.looked(person_id, False, actor)
        raise
    subject_access.looked(person_id, True, actor)
    return found


class WaitingErasure(BaseModel):
    """An erasure that reporting has heard of and not answered, and what it waits for."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.WAITING_ERASURE]})

    person_id: UUID
    erased_on: date
    waits_for: list[str]


@erasures_router.get("")
async def erasures(request: Request) -> list[WaitingErasure]:
    """Erasures that reporting has not answered, the oldest first. Where it waits for nothing it answers in a moment."""
    service: Running = request.app.state.service
    assert service.keys is not None, "reporting reads keys"
    async with service.pool.connection() as connection:
        heard = await forgetting.open_erasures(connection)
        persons = [each.person_id for each in heard]
        found = await forgetting.readable_in(connection, versions.PROJECTION, versions.definitions(), persons)
    destroyed = await service.keys.destroyed_of(persons)
    return [
        WaitingErasure(
            person_id=each.person_id,
            erased_on=each.erased_on,
            waits_for=[
                *(["the key is not destroyed"] if each.person_id not in destroyed else []),
                *found.get(each.person_id, []),
            ],
        )
        for each in heard
    ]
