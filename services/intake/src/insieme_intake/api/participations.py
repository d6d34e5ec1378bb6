"""Participations in funded operations, and the follow-ups that are due after an exit (P18; ESF+)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from insieme_events import parameters, reading
from insieme_events.agreement import limits_on
from insieme_events.commands import Step
from insieme_events.contracts import Code
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import Row, equals
from insieme_intake import views
from insieme_intake.aggregates import PARTICIPATIONS
from insieme_intake.circumstances import LIMITS_UNKNOWN
from insieme_intake.follow_ups import Recorded, answered, due_days
from insieme_intake.participation import (
    PARTICIPATION_UNKNOWN,
    CloseParticipation,
    OpenParticipation,
    RecordParticipationFollowUp,
    participation_id,
)

router = APIRouter(prefix="/v1/participations", tags=["participations"], responses=RESPONSES)
follow_ups_router = APIRouter(prefix="/v1/follow-ups", tags=["participations"], responses=RESPONSES)

OPEN = {
    "person_id": "3f6c1d5e-8f0a-4e0e-9f0b-3f2f7a9d2c11",
    "case_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "operation": "po_esf_2024.0417",
    "on": "2024-11-04",
}

FOLLOW_UP = {"months_after_exit": 6, "outcome": "employed", "on": "2025-10-02"}

EXITS = """
select c.case_id, c.person_id, c.closed_on, null::uuid as participation_id, null::text as operation from views.cases c
    join views.persons o on o.person_id = c.person_id and o.erased_on is null
where c.status = 'closed' and c.closed_on <= %(on)s
union all
select p.case_id, p.person_id, p.closed_on, p.participation_id, p.operation from views.participations p
    join views.persons o on o.person_id = p.person_id and o.erased_on is null
where p.closed_on <= %(on)s
order by closed_on, case_id
"""
RECORDED = """
select case_id, months, recorded_on from views.follow_ups where case_id = any(%(cases)s)
union all
select participation_id, months, recorded_on from views.participation_follow_ups
where participation_id = any(%(participations)s)
"""


@router.post("", status_code=201)
async def open_participation(
    command: Annotated[OpenParticipation, Body(examples=[OPEN])], incoming: Incoming
) -> CommandAnswer:
    """A funded operation begins to pay for the person: one record per person and operation (P18; ESF+)."""
    stream_id = participation_id(command.person_id, command.operation)
    return await incoming.send(Step(PARTICIPATIONS, stream_id, command))


@router.post("/{participation}/close")
async def close(
    participation: UUID,
    command: Annotated[CloseParticipation, Body(examples=[{"on": "2025-03-31"}])],
    incoming: Incoming,
) -> CommandAnswer:
    """The person left the operation (P18)."""
    return await incoming.send(Step(PARTICIPATIONS, participation, command))


@router.post("/{participation}/record-follow-up")
async def record_follow_up(
    participation: UUID,
    command: Annotated[RecordParticipationFollowUp, Body(examples=[FOLLOW_UP])],
    incoming: Incoming,
) -> CommandAnswer:
    """What became of the person that many months after they left the operation, also while their case goes on (P18)."""
    return await incoming.send(Step(PARTICIPATIONS, participation, command))


@router.get("")
async def participations(
    request: Request,
    person_id: UUID | None = None,
    operation: Code | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Participations by id (P18)."""
    table = views.PARTICIPATIONS
    filters = [equals(table.c.person_id, person_id), equals(table.c.operation, operation)]
    return await reading.page(request, sa.select(table), table.c.participation_id, filters, limit, after)


@router.get("/{participation}")
async def one_participation(participation: UUID, request: Request, response: Response) -> Row:
    """One participation with the follow-ups on record for it; its version is the ETag (P18)."""
    table, recorded = views.PARTICIPATIONS, views.PARTICIPATION_FOLLOW_UPS
    statement = sa.select(table).where(table.c.participation_id == participation)
    found = await reading.one(request, response, statement, PARTICIPATION_UNKNOWN)
    of_it = sa.select(recorded).where(recorded.c.participation_id == participation)
    async with reading.pool_of(request).connection() as connection:
        follow_ups = await reading.rows(connection, of_it.order_by(recorded.c.recorded_on, recorded.c.months))
    return {**found, "follow_ups": follow_ups}


class FollowUpDue(BaseModel):
    """What became of the person is to be asked: `months_after_exit` 0 is the exit itself, within its four weeks.

    `participation_id` and `operation` are set where the exit is that from a funded operation: the answer is recorded
    there, also while the case goes on. They are None where it is that from the case.
    """

    case_id: UUID
    person_id: UUID
    participation_id: UUID | None
    operation: str | None
    left_on: date
    months_after_exit: int
    due_on: date


@follow_ups_router.get("/due")
async def follow_ups_due(request: Request, on: date) -> list[FollowUpDue]:
    """Exits whose follow-up was due by that day and is not on record: at the exit and after six months (P18; EECR05).

    The days and months are the legal limits in force on the day of the exit. That from an operation is answered with
    the participation, or by one of the case since; that from the case by the case alone. Nobody is asked of somebody
    who is erased.
    """
    async with reading.pool_of(request).connection() as connection:
        exits = await (await connection.execute(EXITS, {"on": on})).fetchall()
        left = {"cases": [case_id for case_id, *_ in exits], "participations": [one for *_, one, _ in exits if one]}
        recorded: dict[UUID | None, list[Recorded]] = {}
        for of, months, day in await (await connection.execute(RECORDED, left)).fetchall():
            recorded.setdefault(of, []).append(Recorded(day, months))
        known = await parameters.limits(connection)
    found = []
    for case_id, person_id, left_on, participation, operation in exits:
        limits = limits_on(known, left_on)
        if limits is None:
            raise ProblemError(LIMITS_UNKNOWN.about(day=left_on))
        on_record = (*recorded.get(case_id, ()), *recorded.get(participation, ()))
        for months, due in due_days(left_on, limits).items():
            if due <= on and not answered(on_record, left_on, months, limits):
                found.append(
                    FollowUpDue(
                        case_id=case_id,
                        person_id=person_id,
                        participation_id=participation,
                        operation=operation,
                        left_on=left_on,
                        months_after_exit=months,
                        due_on=due,
                    )
                )
    return sorted(found, key=lambda due: (due.due_on, due.case_id))
