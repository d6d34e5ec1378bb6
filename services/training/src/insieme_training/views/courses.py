"""The views of courses and of the positions that they asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.training_courses import CourseProposed, ModuleKind
from insieme_events.contracts.vocabulary import Strand
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_events.upserts import upsert
from insieme_training.course.state import (
    Activated,
    Cancelled,
    Course,
    Ended,
    Identified,
    NotThere,
    Offer,
    Planned,
    Proposed,
    Reservation,
    Started,
    Withdrawn,
)
from insieme_training.participation.circumstances import CourseFound

COURSES = sa.Table(
    "courses",
    sa.MetaData(schema="views"),
    sa.Column("course_id", sa.Uuid, primary_key=True),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("course_code", sa.Text, nullable=False),
    sa.Column("module_kind", sa.Text),
    sa.Column("delivery", sa.Text),
    sa.Column("profile", sa.Text),
    sa.Column("experimental", sa.Boolean, nullable=False),
    sa.Column("demand_evidence", sa.Text),
    sa.Column("hours", sa.Integer),
    sa.Column("seats", sa.Integer),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("waiting", sa.Integer, nullable=False),
    sa.Column("positions", sa.Integer, nullable=False),
    sa.Column("positions_lost", sa.Boolean, nullable=False),
    sa.Column("funded_by_programme", sa.Boolean, nullable=False),
    sa.Column("proposed_by", sa.Text),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("planned_on", sa.Date),
    sa.Column("activated_on", sa.Date),
    sa.Column("started_on", sa.Date),
    sa.Column("over_on", sa.Date),
    sa.Column("ranked_on", sa.Date),
    sa.Column("exclusive", sa.Boolean, nullable=False),
    sa.Column("agreement_version", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)

RESERVATIONS = sa.Table(
    "reservations",
    sa.MetaData(schema="views"),
    sa.Column("reservation_id", sa.Uuid, primary_key=True),
    sa.Column("course_id", sa.Uuid, nullable=False),
    sa.Column("source_kind", sa.Text, nullable=False),
    sa.Column("source_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("positions", sa.Integer, nullable=False),
    sa.Column("requested_on", sa.Date, nullable=False),
    sa.Column("identified_on", sa.Date),
    sa.Column("refusal", sa.Text),
)

PUT_COURSE = upsert(COURSES)
PUT_RESERVATION = upsert(RESERVATIONS)
FOUND = """
select course_id, strand, module_kind, status, planned_on, starts_on, ends_on, started_on from views.courses
where course_id = any(%s) and planned_on is not null
"""
SEATING = "select status, strand, seats, taken, ranked_on, exclusive from views.courses where course_id = %s"
OPEN = frozenset({"planned", "positions_identified", "activated", "started"})


@dataclass(frozen=True, slots=True)
class Seating:
    """How many seats of a course are free, and whether they may be given: in 2.c only once it is ranked (P42).

    With `exclusive` they are given to those alone who were ranked before the others.
    """

    free: int
    exclusive: bool


async def write(connection: Connection, changes: Sequence[Change[Course]]) -> None:
    rows, reservations = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        course = change.after
        match course:
            case NotThere():
                continue
            case Proposed(proposal=proposal):
                rows.append(proposed(proposal, "proposed", None, change.sequence))
            case Withdrawn(proposal=proposal, on=on):
                rows.append(proposed(proposal, "cancelled", on, change.sequence))
            case Planned() | Identified() | Activated() | Started() | Ended() | Cancelled():
                over_on = course.on if isinstance(course, Ended | Cancelled) else None
                rows.append(planned(course.offer, status(course), over_on, change.sequence))
                known = reservations_of(change.before)
                reservations.extend(
                    reserved(course.offer.course_id, one)
                    for key, one in course.offer.reservations.items()
                    if known.get(key) != one
                )
            case _:
                assert_never(course)
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT_COURSE, rows)
        await cursor.executemany(PUT_RESERVATION, reservations)


def reservations_of(course: Course) -> Mapping[UUID, Reservation]:
    return {} if isinstance(course, NotThere | Proposed | Withdrawn) else course.offer.reservations


def status(course: Course) -> str:
    match course:
        case NotThere() | Proposed():
            return "proposed"
        case Planned():
            return "planned"
        case Identified():
            return "positions_identified"
        case Activated():
            return "activated"
        case Started():
            return "started"
        case Ended():
            return "ended"
        case Withdrawn() | Cancelled():
            return "cancelled"
        case _:
            assert_never(course)


def proposed(proposal: CourseProposed, status: str, over_on: date | None, version: int) -> tuple[Any, ...]:
    return (
        *(proposal.course_id, proposal.strand, status, proposal.course_code, None, None, proposal.profile, False),
        *(None, None, None, 0, 0, 0, False, False, proposal.by_party, None, None, None, None, None, over_on),
        *(None, False, None, version),
    )


def planned(offer: Offer, status: str, over_on: date | None, version: int) -> tuple[Any, ...]:
    plan = offer.plan
    agreement = plan.agreement_version if offer.factor is None else offer.factor.version
    return (
        *(plan.course_id, plan.strand, status, plan.course_code, plan.module_kind, plan.delivery, plan.profile),
        *(plan.experimental, plan.demand_evidence, plan.hours, plan.seats, len(offer.taken), len(offer.waiting)),
        *(offer.positions, offer.lost, plan.funded_by_programme, plan.proposed_by, plan.starts_on, plan.ends_on),
        *(plan.occurred_on, offer.activated_on, offer.started_on, over_on, offer.ranked_on, offer.exclusive),
        *(agreement, version),
    )


def reserved(course_id: UUID, one: Reservation) -> tuple[Any, ...]:
    return (
        *(one.reservation_id, course_id, one.source_kind, one.source_id, one.company_id, reservation_status(one)),
        *(one.asked, one.left, one.requested_on, one.identified_on, one.refusal),
    )


def reservation_status(one: Reservation) -> str:
    if one.returned:
        return "returned"
    if one.refusal is not None:
        return "refused"
    if one.identified_on is None:
        return "requested"
    return "identified" if one.left else "withdrawn"


async def found(connection: Connection, courses: Collection[UUID]) -> dict[UUID, CourseFound]:
    """Those of these courses that were planned."""
    cursor = await connection.execute(FOUND, (list(courses),))
    return {
        course_id: CourseFound(
            course_id=course_id,
            strand=Strand(strand),
            module_kind=None if module_kind is None else ModuleKind(module_kind),
            open=status in OPEN,
            planned_on=planned_on,
            starts_on=starts_on,
            ends_on=ends_on,
            started_on=started_on,
        )
        for course_id, strand, module_kind, status, planned_on, starts_on, ends_on, started_on in (
            await cursor.fetchall()
        )
    }


async def seating(connection: Connection, course_id: UUID) -> Seating | None:
    """None where the course takes nobody: not planned yet, or over."""
    row = await (await connection.execute(SEATING, (course_id,))).fetchone()
    if row is None or row[0] not in OPEN:
        return None
    _, strand, seats, taken, ranked_on, exclusive = row
    given = strand != Strand.TRAINING_EXPERIMENTAL or ranked_on is not None
    return Seating(free=seats - taken if given else 0, exclusive=exclusive)
