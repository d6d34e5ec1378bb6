"""Watches decisions: from which state to which each event of an accepted command leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from tests.transitions.services import aggregates

from insieme_events.decider import Decider, Decision, Refused


class Transition(NamedTuple):
    """States and events by the names of their classes."""

    service: str
    aggregate: str
    before: str
    event: str
    after: str


@contextmanager
def watched() -> Iterator[set[Transition]]:
    """What the deciders of all services decide meanwhile; only what a command was answered counts, not what a test
    says that happened."""
    seen: set[Transition] = set()
    plain: dict[tuple[str, str], Callable[..., Decision]] = {}
    for key, aggregate in aggregates().items():
        plain[key] = aggregate.decider.decide
        _put(aggregate.decider, _noting(key, aggregate.decider, seen))
    try:
        yield seen
    finally:
        for key, decide in plain.items():
            _put(aggregates()[key].decider, decide)


def _noting(key: tuple[str, str], decider: Decider[Any, Any, Any], seen: set[Transition]) -> Callable[..., Decision]:
    decide = decider.decide

    @wraps(decide)
    def noting(command: Any, state: Any, circumstances: Any) -> Decision:
        decision = decide(command, state, circumstances)
        if not isinstance(decision, Refused):
            for event in decision:
                after = decider.evolve(state, event)
                seen.add(Transition(*key, type(state).__name__, type(event).__name__, type(after).__name__))
                state = after
        return decision

    return noting


def _put(decider: Decider[Any, Any, Any], decide: Callable[..., Decision]) -> None:
    # A decider is frozen for everybody else.
    object.__setattr__(decider, "decide", decide)
