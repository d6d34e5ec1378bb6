"""Reaction to what matching answers about positions: identified, refused, withdrawn (P39, I1).

The course's decider takes the answers twice, late and in any order; one about a course or a reservation that training
does not know is tried again.
"""

from __future__ import annotations

from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.matching import PositionsReleased, PositionsReserved, ReservationEvent, ReservationRefused
from insieme_events.envelope import Stored
from insieme_events.units import Step, Unit
from insieme_training.aggregates import COURSES
from insieme_training.course.commands import IdentifyPositions, NoteRefusal, WithdrawPositions

PROCESS = Actor(party="fondazione_san_petronio", role="process", purpose="reservations")


class ReservationAnswers:
    types: frozenset[type[DomainEvent]] = frozenset({PositionsReserved, ReservationRefused, PositionsReleased})

    async def react(self, stored: Stored) -> Unit | None:
        event = stored.event
        assert isinstance(event, ReservationEvent)
        return Unit((Step(COURSES, event.course_id, command_of(event)),), PROCESS)


def command_of(event: ReservationEvent) -> IdentifyPositions | NoteRefusal | WithdrawPositions:
    match event:
        case PositionsReserved():
            return IdentifyPositions(
                reservation_id=event.reservation_id,
                company_id=event.company_id,
                positions=event.positions,
                on=event.occurred_on,
            )
        case ReservationRefused():
            return NoteRefusal(reservation_id=event.reservation_id, reason=event.reason, on=event.occurred_on)
        case PositionsReleased():
            return WithdrawPositions(
                reservation_id=event.reservation_id, positions=event.positions, on=event.occurred_on
            )
        case _:
            raise TypeError(f"{type(event).__name__} is none that the reaction wants")
