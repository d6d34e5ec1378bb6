"""What other services tell and matching keeps: Board companies, activities that are funded, persons not to be used.

Each event is written whole, so hearing it twice or late changes nothing; a table is made again from the first record.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from insieme_events import catalogue
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind
from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.envelope import Stored
from insieme_events.store import Connection

JOINED = """
insert into views.board_companies (company_id, joined_on) values (%s, %s)
on conflict (company_id) do update set joined_on = excluded.joined_on, left_on = null
"""
LEFT = "update views.board_companies set left_on = %s where company_id = %s"
FUNDED = """
insert into views.funded_activities (activity_id, decision_id, approved_on) values (%s, %s, %s)
on conflict (activity_id) do update set decision_id = excluded.decision_id, approved_on = excluded.approved_on
"""
RESTRICTED = """
insert into views.restricted_persons (person_id, since) values (%s, %s)
on conflict (person_id) do update set since = excluded.since, until = null
"""
LIFTED = "update views.restricted_persons set until = %s where person_id = %s"
RESTRICTED_NOW = """
select p.person_id from events.persons p join events.persons m using (root)
    join views.restricted_persons r on r.person_id = m.person_id and r.until is null
where p.person_id = any(%s)
"""


class BoardView:
    """Which companies are in the Board (P59, P60)."""

    types: frozenset[type[DomainEvent]] | None = frozenset({CompanyJoinedBoard, CompanyLeftBoard})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        for event in [stored.event for stored in events]:
            match event:
                case CompanyJoinedBoard(company_id=company_id):
                    await connection.execute(JOINED, (company_id, event.occurred_on))
                case CompanyLeftBoard(company_id=company_id):
                    await connection.execute(LEFT, (event.occurred_on, company_id))
                case _:
                    raise TypeError(f"{type(event).__name__} says nothing of the Board")


class FundingView:
    """Which internships' allowances the Comitato di gestione decided to fund (P64)."""

    types: frozenset[type[DomainEvent]] | None = frozenset({ActivityFundingApproved})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                FUNDED,
                [
                    (event.activity_id, event.decision_id, event.occurred_on)
                    for event in (stored.event for stored in events)
                    if isinstance(event, ActivityFundingApproved)
                    and event.activity_kind is ActivityKind.INTERNSHIP_ALLOWANCE
                ],
            )


def _of_intake(*names: str) -> frozenset[type[DomainEvent]]:
    """Intake's events of these names, as far as this build's contracts have them."""
    return frozenset(
        contract.event
        for contract in catalogue.CONTRACTS
        if contract.event.context == "intake" and contract.name in names
    )


RESTRICTING = _of_intake("ProcessingRestricted")
LIFTING = _of_intake("ProcessingRestrictionLifted", "RestrictionLifted", "ProcessingResumed")


class RestrictionView:
    """Whose data may be kept but not used (GDPR art. 18): nobody is put forward meanwhile."""

    types: frozenset[type[DomainEvent]] | None = RESTRICTING | LIFTING

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        for event in [stored.event for stored in events]:
            person_id: UUID = getattr(event, "person_id")  # noqa: B009 - the contracts are intake's to name
            if type(event) in RESTRICTING:
                await connection.execute(RESTRICTED, (person_id, event.occurred_on))
            else:
                await connection.execute(LIFTED, (event.occurred_on, person_id))


async def restricted(connection: Connection, persons: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons whose data may not be used now."""
    cursor = await connection.execute(RESTRICTED_NOW, (list(persons),))
    return frozenset(person_id for (person_id,) in await cursor.fetchall())
