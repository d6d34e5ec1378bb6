"""Interventions: who does what for a person, what was doubled, and what completes (P25, P48)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.sql import func

from insieme_events import reading
from insieme_events.commands import Step
from insieme_events.contracts import Code
from insieme_events.contracts.intake_interventions import OverrideReason, RegionalMeasure
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.days import Day
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import Row, equals
from insieme_events.service import Running
from insieme_events.store import Connection
from insieme_intake import erasure, lookups, views
from insieme_intake.aggregates import LEDGERS
from insieme_intake.api.rights import example
from insieme_intake.ledger import INTERVENTION_UNKNOWN, EndIntervention, OverrideOverlap, RegisterIntervention

router = APIRouter(prefix="/v1/interventions", tags=["interventions"], responses=RESPONSES)

LINE = "select person_id, status from views.interventions where intervention_id = %s"
Status = Literal["confirmed", "blocked", "doubled", "overridden", "ended"]


class NewIntervention(BaseModel):
    """`party` is the one that does it, the asking one where it is left out. `measure` where it is a regional one."""

    model_config = example(
        person_id="3f6c1d5e-8f0a-4e0e-9f0b-3f2f7a9d2c11",
        kind="vocational_training",
        party="regione_emilia_romagna",
        starts_on="2024-11-11",
        ends_on="2025-02-28",
        measure="gol",
        on="2024-11-04",
    )

    person_id: UUID
    kind: InterventionKind
    party: Code | None = None
    starts_on: Day
    ends_on: Day | None = None
    measure: RegionalMeasure | None = None
    on: Day


class Override(BaseModel):
    model_config = example(reason="different_goal", on="2024-11-06")

    reason: OverrideReason
    on: Day


class End(BaseModel):
    model_config = example(on="2025-01-31")

    on: Day


class InterventionAnswer(BaseModel):
    """`status`: confirmed, or blocked by `overlaps`, which is another party's and does the same (P25)."""

    intervention_id: UUID
    person_id: UUID
    status: Status
    overlaps: UUID | None
    stream: str
    sequence: int


class Doubled(BaseModel):
    """How many interventions were found doubled in a period: not begun, let through, or extended into an overlap that
    nobody has let through.
    """

    detected: int
    avoided: int
    extended: int
    overridden: int


class Complementarity(BaseModel):
    """On one day: persons helped by several parties with different kinds, and with the same kind all the same (P48)."""

    combined: int
    doubled: int
    regional: int


def ledger_of(person_id: UUID) -> UUID:
    """The one stream of a person's interventions: whoever registers there, registers after everybody else (I8)."""
    return person_id


async def person_of(connection: Connection, intervention_id: UUID) -> UUID:
    """Whose ledger the line stands on. Raises ProblemError where there is none."""
    row = await (await connection.execute(LINE, (intervention_id,))).fetchone()
    if row is None:
        raise ProblemError(INTERVENTION_UNKNOWN)
    person_id: UUID = row[0]
    return person_id


@router.post("", status_code=201)
async def register(intervention: NewIntervention, incoming: Incoming) -> InterventionAnswer:
    """A party does something for a person, or tells of a regional measure: confirmed, or blocked as doubled (P25, P48).

    A blocked one does not start unless a role that the agreement names overrides the overlap.
    """
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        person_id = await lookups.root_of(connection, intervention.person_id)
    intervention_id = uuid4()
    command = RegisterIntervention(
        person_id=person_id,
        intervention_id=intervention_id,
        kind=intervention.kind,
        party=intervention.party or incoming.actor.party,
        starts_on=intervention.starts_on,
        ends_on=intervention.ends_on,
        measure=intervention.measure,
        on=intervention.on,
    )
    told = await incoming.send(Step(LEDGERS, ledger_of(person_id), command), locks=(erasure.lock(person_id),))
    async with service.pool.connection() as connection:
        # By the event that was stored: with a repeated Idempotency-Key it is not the id made above.
        query = """
            select i.intervention_id, i.person_id, i.status, i.overlaps_id from events.events e
            join views.interventions i on i.intervention_id = (e.data::json ->> 'intervention_id')::uuid
            where e.event_id = %s
        """
        row = await (await connection.execute(query, (told.event_ids[0],))).fetchone()
    assert row is not None, "the view is written with the event"
    found, person_id, status, overlaps = row
    return InterventionAnswer(
        intervention_id=found,
        person_id=person_id,
        status=status,
        overlaps=overlaps,
        stream=told.stream,
        sequence=told.sequence,
    )


@router.post("/{intervention_id}/override")
async def override(intervention_id: UUID, request: Override, incoming: Incoming) -> CommandAnswer:
    """Let a doubled intervention through, for a reason; only in a role that the agreement names (P25)."""
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        person_id = await person_of(connection, intervention_id)
    command = OverrideOverlap(intervention_id=intervention_id, reason=request.reason, on=request.on)
    return await incoming.send(Step(LEDGERS, person_id, command))


@router.post("/{intervention_id}/end")
async def end(intervention_id: UUID, request: End, incoming: Incoming) -> CommandAnswer:
    """It is over, or never began: from the day after, another party may do the same (P25)."""
    service: Running = incoming.http.app.state.service
    async with service.pool.connection() as connection:
        person_id = await person_of(connection, intervention_id)
    return await incoming.send(
        Step(LEDGERS, person_id, EndIntervention(intervention_id=intervention_id, on=request.on))
    )


@router.get("")
async def interventions(
    request: Request,
    person_id: UUID | None = None,
    status: Status | None = None,
    party: Code | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Interventions by id; those of a person under every id of theirs (P25)."""
    table, persons = views.INTERVENTIONS, views.PERSONS
    mine = None
    if person_id is not None:
        aliases = sa.select(persons.c.person_id).where(persons.c.merged_into == person_id)
        mine = sa.or_(table.c.person_id == person_id, table.c.person_id.in_(aliases))
    filters = [mine, equals(table.c.status, status), equals(table.c.party, party)]
    return await reading.page(request, sa.select(table), table.c.intervention_id, filters, limit, after)


@router.get("/duplicates")
async def duplicates(request: Request, since: date, until: date) -> Doubled:
    """Doubled interventions found in a period: detected, avoided, extended, overridden (P25)."""
    table = views.INTERVENTIONS
    counts: tuple[sa.ColumnElement[Any], ...] = (
        func.count().label("detected"),
        func.count().filter(table.c.overridden_on.is_(None), ~table.c.effective).label("avoided"),
        func.count().filter(table.c.overridden_on.is_(None), table.c.effective).label("extended"),
        func.count().filter(table.c.overridden_on.is_not(None)).label("overridden"),
    )
    found = sa.select(*counts).where(table.c.overlap_found_on.between(since, until))
    async with reading.pool_of(request).connection() as connection:
        (row,) = await reading.rows(connection, found)
    return Doubled(**row)


COMPLEMENTARITY = """
with live as (
    select coalesce(p.merged_into, i.person_id) as person_id, i.kind, i.party, i.measure
    from views.interventions i join views.persons p using (person_id)
    where i.effective and i.starts_on <= %(on)s and coalesce(i.ended_on, i.ends_on, %(on)s) >= %(on)s
        and i.kind <> 'unknown'
)
select
    (select count(distinct a.person_id) from live a join live b using (person_id)
        where a.party <> b.party and a.kind <> b.kind),
    (select count(distinct a.person_id) from live a join live b using (person_id)
        where a.party <> b.party and a.kind = b.kind),
    (select count(distinct person_id) from live where measure is not null)
"""


@router.get("/complementarity")
async def complementarity(request: Request, on: date) -> Complementarity:
    """Persons with combined paths, with doubled ones, and in a regional measure on a day (complementarity; P48)."""
    async with reading.pool_of(request).connection() as connection:
        row = await (await connection.execute(COMPLEMENTARITY, {"on": on})).fetchone()
    assert row is not None, "counts always answer"
    return Complementarity(combined=row[0], doubled=row[1], regional=row[2])


@router.get("/{intervention_id}")
async def intervention(intervention_id: UUID, request: Request, response: Response) -> Row:
    """One intervention; the version of its ledger is the ETag (P25)."""
    table = views.INTERVENTIONS
    statement = sa.select(table).where(table.c.intervention_id == intervention_id)
    return await reading.one(request, response, statement, INTERVENTION_UNKNOWN)
