"""Who is in charge and when: matching's own view of intake's cases (aggregates.md, the in-charge gate).

A case gives intervals from PersonTakenInCharge to CaseClosed, both days included; a suspended case stays in charge. A
person is known from the application on, so "not heard of yet" differs from "never in charge". A closing that arrives
late flags the placements that began after it; it never voids them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    ApplicationSubmitted,
    CaseClosed,
    CaseEvent,
    CaseReopened,
    EnrolmentVoided,
    PersonEnrolled,
    PersonTakenInCharge,
    ReopeningReason,
)
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_matching.gates import Interval
from insieme_matching.views import employments

SUBSCRIPTION = "matching.in_charge"

REMEMBER = "insert into views.persons (person_id) select * from unnest(%s::uuid[]) on conflict do nothing"
OF_CASES = "select case_id, person_id, since, until from views.in_charge where case_id = any(%s) order by number"
FORGET = "delete from views.in_charge where case_id = any(%s)"
PUT = """
insert into views.in_charge (case_id, number, person_id, since, until)
select * from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::date[], %s::date[])
"""
OF_PERSONS = """
select p.person_id, i.since, i.until from views.persons p left join views.in_charge i using (person_id)
where p.person_id = any(%s) order by p.person_id, i.since
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """The intervals of one case, in the order in which they were opened."""

    person_id: UUID
    intervals: tuple[Interval, ...] = ()


def after(charge: Charge, event: CaseEvent) -> Charge:
    """What one more event of the case makes of it."""
    intervals = charge.intervals
    match event:
        case PersonTakenInCharge(occurred_on=on):
            return replace(charge, intervals=(*intervals, Interval(on, None)))
        case CaseClosed(occurred_on=on) if intervals and intervals[-1].until is None:
            return replace(charge, intervals=(*intervals[:-1], Interval(intervals[-1].since, on)))
        case CaseReopened(reason=ReopeningReason.CLOSED_BY_MISTAKE) if intervals:
            return replace(charge, intervals=(*intervals[:-1], Interval(intervals[-1].since, None)))
        case CaseReopened(occurred_on=on) if intervals:
            return replace(charge, intervals=(*intervals, Interval(on, None)))
        case EnrolmentVoided():
            return replace(charge, intervals=())
        case _:
            return charge


class InChargeView:
    """Keeps the view, from intake's restricted topic."""

    types: frozenset[type[DomainEvent]] | None = frozenset(
        {ApplicationSubmitted, PersonEnrolled, PersonTakenInCharge, CaseClosed, CaseReopened, EnrolmentVoided}
    )

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        told = [stored.event for stored in events if isinstance(stored.event, CaseEvent)]
        await connection.execute(REMEMBER, (sorted({event.person_id for event in told}),))
        before = await _of_cases(connection, {event.case_id for event in told})
        charges = dict(before)
        for event in told:
            charge = charges.get(event.case_id, Charge(event.person_id))
            charges[event.case_id] = after(charge, event)
        changed = {case: now for case, now in charges.items() if now != before.get(case, Charge(now.person_id))}
        if changed:
            await _put(connection, changed)
            await employments.flag(connection, {charge.person_id for charge in changed.values()})


async def of_persons(connection: Connection, persons: Collection[UUID]) -> dict[UUID, tuple[Interval, ...]]:
    """When each of these persons was in charge; those not heard of yet are left out."""
    found: dict[UUID, tuple[Interval, ...]] = {}
    cursor = await connection.execute(OF_PERSONS, (list(persons),))
    for person_id, since, until in await cursor.fetchall():
        found[person_id] = (*found.get(person_id, ()), *([Interval(since, until)] if since is not None else []))
    return found


async def _of_cases(connection: Connection, cases: Collection[UUID]) -> dict[UUID, Charge]:
    found: dict[UUID, Charge] = {}
    cursor = await connection.execute(OF_CASES, (list(cases),))
    for case_id, person_id, since, until in await cursor.fetchall():
        charge = found.get(case_id, Charge(person_id))
        found[case_id] = replace(charge, intervals=(*charge.intervals, Interval(since, until)))
    return found


async def _put(connection: Connection, changed: dict[UUID, Charge]) -> None:
    await connection.execute(FORGET, (list(changed),))
    rows = [
        (case_id, number, charge.person_id, interval.since, interval.until)
        for case_id, charge in changed.items()
        for number, interval in enumerate(charge.intervals, start=1)
    ]
    if rows:
        await connection.execute(PUT, _columns(rows))


def _columns(rows: Iterable[tuple[UUID, int, UUID, date, date | None]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
