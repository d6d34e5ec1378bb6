"""Who is in charge and when: a service's own view of intake's cases (aggregates.md, the in-charge gate).

A case gives intervals from PersonTakenInCharge to CaseClosed, or to CaseMerged where another case of the person goes
on, both days included; a suspended case stays in charge. A
person is known from the application on, so "not heard of yet" differs from "never in charge". A closing that arrives
late flags what began after it; it never voids anything. Persons who were merged share their intervals: either id asks
for both, until the merge is reverted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
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
    MergeReverted,
    PersonEnrolled,
    PersonsMerged,
    PersonTakenInCharge,
    ReopeningReason,
)
from insieme_events.contracts.intake_following import CaseMerged, CaseUnmerged
from insieme_events.envelope import Stored
from insieme_events.gates import Interval
from insieme_events.store import Connection

REMEMBER = """
insert into events.persons (person_id, root) select p, p from unnest(%s::uuid[]) p on conflict do nothing
"""
MERGE = "update events.persons set root = %s where person_id = %s"
OF_CASES = "select case_id, person_id, since, until from events.in_charge where case_id = any(%s) order by number"
FORGET = "delete from events.in_charge where case_id = any(%s)"
PUT = """
insert into events.in_charge (case_id, number, person_id, since, until)
select * from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::date[], %s::date[])
"""
SAME_PERSON = """
select m.person_id from events.persons p join events.persons m using (root) where p.person_id = any(%s)
"""
OF_PERSONS = """
select p.person_id, i.since, i.until from events.persons p
left join (events.persons m join events.in_charge i on i.person_id = m.person_id) on m.root = p.root
where p.person_id = any(%s) order by p.person_id, i.since
"""

COPIES = {
    "persons": "select person_id, root from events.persons where person_id = any(%(ids)s) order by person_id",
    "in_charge": """
select case_id, person_id, since, until from events.in_charge where person_id = any(%(ids)s) order by case_id, number
""",
}
"""What this view holds of persons, for whoever asks what is held of them (GDPR art. 15)."""

Changed = Callable[[Connection, Collection[UUID]], Awaitable[None]]


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
        case CaseClosed(occurred_on=on) | CaseMerged(occurred_on=on) if intervals and intervals[-1].until is None:
            return replace(charge, intervals=(*intervals[:-1], Interval(intervals[-1].since, on)))
        case CaseReopened(reason=ReopeningReason.CLOSED_BY_MISTAKE) | CaseUnmerged() if intervals:
            return replace(charge, intervals=(*intervals[:-1], Interval(intervals[-1].since, None)))
        case CaseReopened(occurred_on=on) if intervals:
            return replace(charge, intervals=(*intervals, Interval(on, None)))
        case EnrolmentVoided():
            return replace(charge, intervals=())
        case _:
            return charge


class InChargeView:
    """Keeps the view, from intake's restricted topic; `changed` is told whose intervals are other ones now."""

    types: frozenset[type[DomainEvent]] | None = frozenset(
        {
            ApplicationSubmitted,
            PersonEnrolled,
            PersonTakenInCharge,
            CaseClosed,
            CaseMerged,
            CaseReopened,
            CaseUnmerged,
            EnrolmentVoided,
            PersonsMerged,
            MergeReverted,
        }
    )

    def __init__(self, changed: Changed | None = None) -> None:
        self._changed = changed

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        told = [stored.event for stored in events if isinstance(stored.event, CaseEvent)]
        merges = [stored.event for stored in events if isinstance(stored.event, PersonsMerged | MergeReverted)]
        persons = {event.person_id for event in told}
        persons |= {person for merge in merges for person in (merge.person_id, merge.merged_id)}
        await connection.execute(REMEMBER, (sorted(persons),))
        before = await _of_cases(connection, {event.case_id for event in told})
        charges = dict(before)
        for event in told:
            charge = charges.get(event.case_id, Charge(event.person_id))
            charges[event.case_id] = after(charge, event)
        changed = {case: now for case, now in charges.items() if now != before.get(case, Charge(now.person_id))}
        if changed:
            await _put(connection, changed)
        for merge in merges:
            root = merge.person_id if isinstance(merge, PersonsMerged) else merge.merged_id
            await connection.execute(MERGE, (root, merge.merged_id))
        touched = {charge.person_id for charge in changed.values()} | {merge.person_id for merge in merges}
        touched |= {merge.merged_id for merge in merges}
        if touched and self._changed is not None:
            alike = await connection.execute(SAME_PERSON, (list(touched),))
            await self._changed(connection, {person for (person,) in await alike.fetchall()})


async def ids_of(connection: Connection, person_id: UUID) -> tuple[UUID, ...]:
    """Every id of this person that has been heard of, in order; the id itself in any case."""
    rows = await (await connection.execute(SAME_PERSON, ([person_id],))).fetchall()
    return tuple(sorted({person_id, *(each for (each,) in rows)}))


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
