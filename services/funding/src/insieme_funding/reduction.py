"""PlanReduction: funding's answer to lower ceilings that governance proposes (I3; P52, P66)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused, Year
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision


class AnswerReduction(Command):
    """Says whether every budget of the year fits; part of the same unit as ReserveReduction on each of them (P66)."""

    amendment_id: UUID
    year: Year
    fits: bool
    on: Day


@dataclass(frozen=True, slots=True)
class NotAnswered:
    pass


@dataclass(frozen=True, slots=True)
class Accepted:
    pass


@dataclass(frozen=True, slots=True)
class Declined:
    pass


Reduction = NotAnswered | Accepted | Declined


def decide(command: AnswerReduction, state: Reduction, circumstances: Circumstances) -> Decision:
    """One answer per proposal, whatever is known later."""
    match state:
        case NotAnswered():
            kind = PlanReductionAccepted if command.fits else PlanReductionRefused
            return [kind(year=command.year, amendment_id=command.amendment_id, occurred_on=command.on)]
        case Accepted() | Declined():
            return []
        case _:
            assert_never(state)


def evolve(state: Reduction, event: DomainEvent) -> Reduction:
    match event:
        case PlanReductionAccepted():
            return Accepted()
        case PlanReductionRefused():
            return Declined()
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a plan reduction's stream")


REDUCTION: Decider[Reduction, AnswerReduction, Circumstances] = Decider(
    context="funding", name="plan_reduction", initial=NotAnswered(), decide=decide, evolve=evolve
)
