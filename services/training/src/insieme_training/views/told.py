"""What training keeps of other services' events: job losses by the pandemic, funded courses, whose data were erased.

An event may come twice, late or in any order. What is told of a person who is erased is not kept: whoever writes it
takes the person's lock first, as the erasure does, and looks whether the person is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from insieme_events import locks
from insieme_events.contracts import DomainEvent, Erased
from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind
from insieme_events.contracts.intake import JobLossCause, JobLossRecorded
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_training.participation.circumstances import PriorityFacts

PUT_LOSS = """
insert into views.job_losses (case_id, person_id, told_on, sequence, pandemic)
select %(case)s, %(person)s, %(on)s, %(sequence)s,
    case when exists (select from views.erased where person_id = %(person)s) then null else %(pandemic)s end
on conflict (case_id) do update set person_id = excluded.person_id, told_on = excluded.told_on,
    sequence = excluded.sequence, pandemic = excluded.pandemic
where (job_losses.told_on, job_losses.sequence) < (excluded.told_on, excluded.sequence)
"""
# Of two decisions about the same course the earlier one counts.
PUT_FUNDING = """
insert into views.fundings (activity_id, decision_id, funded_on) values (%s, %s, %s)
on conflict (activity_id) do update set decision_id = excluded.decision_id, funded_on = excluded.funded_on
where excluded.funded_on < fundings.funded_on
"""
FUNDED = "select activity_id, funded_on from views.fundings where activity_id = any(%s)"
ERASED = "select person_id from views.erased where person_id = any(%s)"
# Persons who were merged share what is known of them. The last that was told by that day counts.
PRIORITY = """
with asked as (select person_id, asked_on from unnest(%s::uuid[], %s::date[]) a (person_id, asked_on)),
alike as (
    select a.person_id, a.asked_on, a.person_id as same from asked a
    union
    select a.person_id, a.asked_on, m.person_id from asked a
    join events.persons p on p.person_id = a.person_id join events.persons m on m.root = p.root
)
select a.person_id, a.asked_on,
    coalesce((select l.pandemic from views.job_losses l join alike s on s.same = l.person_id
     where s.person_id = a.person_id and s.asked_on = a.asked_on and l.told_on <= a.asked_on
     order by l.told_on desc, l.sequence desc limit 1), false),
    (select max(c.declared_on) from views.sector_changes c join alike s on s.same = c.person_id
     where s.person_id = a.person_id and s.asked_on = a.asked_on and c.status = 'declared'
         and c.declared_on <= a.asked_on)
from asked a
"""


def lock(person_id: UUID) -> str:
    """Taken by an erasure and by whoever records something sealed of the person."""
    return f"training.person/{person_id}"


class JobLossView:
    """Who lost work by the pandemic, as intake records it (P06, P42)."""

    types: frozenset[type[DomainEvent]] | None = frozenset({JobLossRecorded})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        told = [(stored, stored.event) for stored in events if isinstance(stored.event, JobLossRecorded)]
        await locks.lock(connection, *(lock(event.person_id) for _, event in told))
        async with connection.cursor() as cursor:
            await cursor.executemany(
                PUT_LOSS,
                [
                    {
                        "case": event.case_id,
                        "person": event.person_id,
                        "on": event.occurred_on,
                        "sequence": stored.sequence,
                        "pandemic": pandemic(event),
                    }
                    for stored, event in told
                ],
            )


def pandemic(event: JobLossRecorded) -> bool | None:
    """None once the person is erased."""
    return None if isinstance(event.cause, Erased) else event.cause is JobLossCause.PANDEMIC


class FundingView:
    """Which courses the Comitato di gestione decided to fund (P64)."""

    types: frozenset[type[DomainEvent]] | None = frozenset({ActivityFundingApproved})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                PUT_FUNDING,
                [
                    (event.activity_id, event.decision_id, event.occurred_on)
                    for stored in events
                    if isinstance(event := stored.event, ActivityFundingApproved)
                    and event.activity_kind is ActivityKind.COURSE
                ],
            )


async def funded(connection: Connection, courses: Collection[UUID]) -> dict[UUID, date]:
    """Since when each of these courses is funded, those that are."""
    return dict(await (await connection.execute(FUNDED, (list(courses),))).fetchall())


async def erased(connection: Connection, persons: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons whose data were erased."""
    cursor = await connection.execute(ERASED, (list(persons),))
    return frozenset(person_id for (person_id,) in await cursor.fetchall())


async def priorities(
    connection: Connection, asked: Collection[tuple[UUID, date]]
) -> Mapping[tuple[UUID, date], PriorityFacts]:
    """The facts of P42 about each of these persons as of that day."""
    if not asked:
        return {}
    columns = [list(column) for column in zip(*asked, strict=True)]
    cursor = await connection.execute(PRIORITY, columns)
    return {(person, day): PriorityFacts(lost, changes) for person, day, lost, changes in await cursor.fetchall()}
