"""given these events, when this command comes, then these events or that refusal.

given = scenario(CASE, circumstances)
given(enrolled()).when(take_in_charge(on=MAY_2)).then_refused("intake.not_eligible")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from insieme_events.contracts import DomainEvent
from insieme_events.decider import Circumstances, Decider, Decision, Refused

S = TypeVar("S")
C = TypeVar("C")
A = TypeVar("A", bound=Circumstances)


@dataclass(frozen=True)
class Outcome:
    decision: Decision

    def then(self, *expected: DomainEvent) -> None:
        """Exactly these events, in this order."""
        assert not isinstance(self.decision, Refused), f"refused: {self.decision}"
        assert list(self.decision) == list(expected)

    def then_nothing(self) -> None:
        """Neither an event nor a refusal: the command's effect was there already."""
        self.then()

    def then_types(self, *expected: type[DomainEvent]) -> Sequence[DomainEvent]:
        """Events of these types, in this order; answers them for a closer look."""
        assert not isinstance(self.decision, Refused), f"refused: {self.decision}"
        assert [type(event) for event in self.decision] == list(expected)
        return self.decision

    def then_refused(self, code: str, clause: str | None = None) -> Refused:
        """Refused with that code; with `clause`, also that the refusal names it."""
        assert isinstance(self.decision, Refused), f"not refused, but {self.decision}"
        assert self.decision.code == code
        if clause is not None:
            assert self.decision.clause == clause
        return self.decision


@dataclass(frozen=True)
class Scenario(Generic[S, C, A]):
    decider: Decider[S, C, A]
    history: tuple[DomainEvent, ...]
    circumstances: A

    def given(self, *events: DomainEvent) -> Scenario[S, C, A]:
        return Scenario(self.decider, (*self.history, *events), self.circumstances)

    def under(self, circumstances: A) -> Scenario[S, C, A]:
        return Scenario(self.decider, self.history, circumstances)

    def when(self, command: C) -> Outcome:
        """Decides; where events come back, folds them too: evolve must take whatever decide returns."""
        state = self.decider.fold(self.history)
        decision = self.decider.decide(command, state, self.circumstances)
        if not isinstance(decision, Refused):
            self.decider.fold(decision, state)
        return Outcome(decision)


def scenario(decider: Decider[S, C, A], circumstances: A) -> Callable[..., Scenario[S, C, A]]:
    def given(*events: Any) -> Scenario[S, C, A]:
        return Scenario(decider, tuple(events), circumstances)

    return given
