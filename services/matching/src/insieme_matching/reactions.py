"""What matching does when another service tells of something: training's courses, intake's ledger, an erasure.

Each may be told twice or late. What comes before its cause is tried again: a return before its request, or an
intervention before matching's own internship is known, cannot be told apart from somebody else's.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from insieme_events.clock import Clock
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.intake import PersonErased
from insieme_events.contracts.intake_interventions import (
    InterventionEvent,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
)
from insieme_events.contracts.training import PositionSourceKind, PositionsRequested, PositionsReturned
from insieme_events.envelope import Stored
from insieme_events.erasing import Acknowledging
from insieme_events.store import Connection
from insieme_events.units import Step, Unit
from insieme_matching.aggregates import ERASURES, INTERNSHIPS, NEEDS, PROFILES, VACANCIES
from insieme_matching.internship import BlockInternship, ConfirmInternship
from insieme_matching.job_profile import EraseProfile
from insieme_matching.reservations import ReservePositions, ReturnPositions
from insieme_matching.views import internships, reservations

RESERVING = Actor(party="platform", role="process", purpose="reservations")
LEDGER = Actor(party="platform", role="process", purpose="interventions")


class Reserving:
    """A course asks for positions or returns them: the vacancy or the need answers (P39)."""

    types: frozenset[type[DomainEvent]] = frozenset({PositionsRequested, PositionsReturned})

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        match event:
            case PositionsRequested():
                asked = ReservePositions(
                    reservation_id=event.reservation_id,
                    course_id=event.course_id,
                    source_id=event.source_id,
                    strand=event.strand,
                    positions=event.positions,
                    on=event.occurred_on,
                )
                return Unit((step(event.source_kind, event.source_id, asked),), RESERVING)
            case PositionsReturned():
                async with self._pool.connection() as connection:
                    found = await reservations.holder(connection, event.reservation_id)
                # Not kept any more, or not asked for yet: the source that is named knows which.
                kind, source_id = found or (event.source_kind, event.source_id)
                back = ReturnPositions(reservation_id=event.reservation_id, on=event.occurred_on)
                return Unit((step(kind, source_id, back),), RESERVING)
            case _:
                raise TypeError(f"{type(event).__name__} asks for no positions")


def step(kind: PositionSourceKind, source_id: UUID, command: ReservePositions | ReturnPositions) -> Step:
    return Step(VACANCIES if kind is PositionSourceKind.VACANCY else NEEDS, source_id, command)


class LedgerAnswers:
    """Intake's ledger confirms an internship or finds it doubled; somebody may override that (P25)."""

    types: frozenset[type[DomainEvent]] = frozenset(
        {InterventionRegistered, InterventionOverlapDetected, OverlapOverridden}
    )

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, InterventionEvent)
        async with self._pool.connection() as connection:
            ours = await internships.who(connection, {event.intervention_id})
        # Courses have interventions, too. Intake only ever answers what matching has committed before.
        if not ours:
            return None
        blocked = isinstance(event, InterventionOverlapDetected)
        command = BlockInternship(on=event.occurred_on) if blocked else ConfirmInternship(on=event.occurred_on)
        return Unit((Step(INTERNSHIPS, event.intervention_id, command),), LEDGER)


class Erasing(Acknowledging):
    """A person is erased: the job profile is blanked in the transaction that says so (GDPR art. 17).

    What else matching holds of a person are opaque ids, dates and codes; an intern's target class stands nowhere but
    under the person's key.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(ERASURES, clock, lambda _: ())

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, PersonErased)
        unit = await super().react(stored)
        assert unit is not None
        (acknowledge,) = unit.steps
        blank = EraseProfile(person_id=event.person_id, on=acknowledge.command.on)
        return replace(unit, steps=(Step(PROFILES, event.person_id, blank), acknowledge))
