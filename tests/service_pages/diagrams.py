"""The states of an aggregate as text of Mermaid, drawn from the transitions on record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from tests.service_pages.telling import cell, code, first_sentence
from tests.transitions.record import recorded
from tests.transitions.services import aggregates
from tests.transitions.watching import Transition

from insieme_events.decider import Decider
from insieme_events.refusals import states_of

PARTS = ("state", "states", "decisions")
"""Modules that speak of a part of an aggregate; the package around them speaks of the aggregate."""


def of_service(service: str) -> Iterator[str]:
    for (owner, name), aggregate in aggregates().items():
        if owner == service:
            yield from section(service, name, aggregate.decider)


def section(service: str, name: str, decider: Decider[Any, Any, Any]) -> Iterator[str]:
    found = sorted(one for one in recorded() if (one.service, one.aggregate) == (service, name))
    yield f"### {name}\n"
    yield f"{told(decider)}\n"
    yield "```mermaid"
    yield from drawn(type(decider.initial).__name__, found)
    yield "```\n"
    if said := [(one.__name__, text) for one in sorted(states_of(decider), key=str) if (text := first_sentence(one))]:
        yield from (f"- {code(state)}: {text}" for state, text in said)
        yield ""
    staying: dict[str, list[str]] = {}
    for one in found:
        if one.before == one.after:
            staying.setdefault(one.before, []).append(code(one.event))
    if staying:
        yield "| state | events that leave it as it is |"
        yield "|---|---|"
        yield from (f"| {code(state)} | {cell(', '.join(events))} |" for state, events in staying.items())
        yield ""


def drawn(initial: str, found: list[Transition]) -> Iterator[str]:
    """One arrow for each event that leads from a state to another one."""
    yield "stateDiagram-v2"
    yield f"    [*] --> {initial}"
    for one in found:
        if one.before != one.after:
            yield f"    {one.before} --> {one.after}: {one.event}"


def told(decider: Decider[Any, Any, Any]) -> str:
    """What the module says of the aggregate."""
    module = decider.evolve.__module__
    package, _, last = module.rpartition(".")
    return first_sentence(sys.modules[package if last in PARTS else module])
