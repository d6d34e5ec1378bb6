"""How funding follows matching's placements: those that projects may count, and those that were voided (P45)."""

from __future__ import annotations

from psycopg_pool import AsyncConnectionPool

from insieme_events.clock import Clock, business_date
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.funding_projects import UnlinkReason
from insieme_events.contracts.matching import PlacementCorrected, PlacementStarted, PlacementVoided
from insieme_events.envelope import Stored
from insieme_events.locks import lock
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_funding.aggregates import PROJECTS
from insieme_funding.gates import placement_lock
from insieme_funding.project import UnlinkPlacement
from insieme_funding.views import projects, told

PROCESS = Actor(party="platform", role="process", purpose="placements")

FIRST_LINK = 1


class FollowingPlacements:
    """Notes placements, and unlinks those that were voided as a whole; repeating it changes nothing.

    A voided placement is marked first, under the lock that a linking holds too: a linking that comes later is refused,
    and one that came earlier is found.
    """

    types: frozenset[type[DomainEvent]] = frozenset({PlacementStarted, PlacementCorrected, PlacementVoided})

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def react(self, stored: Stored) -> Unit | None:
        async with self._pool.connection() as connection:
            match stored.event:
                case PlacementStarted(employment_id=employment_id, person_id=person_id, occurred_on=on):
                    await told.placement_started(connection, employment_id, person_id, on)
                case PlacementCorrected(employment_id=employment_id, link_no=1, starts_on=on):
                    await told.placement_moved(connection, employment_id, on)
                case PlacementVoided(employment_id=employment_id, person_id=person_id, from_link=1, occurred_on=on):
                    await lock(connection, placement_lock(employment_id))
                    await told.placement_voided(connection, employment_id, person_id, on)
                case _:
                    pass
        if not isinstance(stored.event, PlacementVoided) or stored.event.from_link != FIRST_LINK:
            return None
        employment_id = stored.event.employment_id
        async with self._pool.connection() as connection:
            project_id = await projects.linked_to(connection, employment_id)
        if project_id is None:
            return None
        on = max(business_date(self._clock()), stored.event.occurred_on)
        unlink = UnlinkPlacement(employment_id=employment_id, reason=UnlinkReason.PLACEMENT_VOIDED, on=on)
        return Unit((Step(PROJECTS, project_id, unlink),), PROCESS)
