"""given these events of one stream, then these version rows: the folding of facts, without a database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.projection import FactRow, columns, fold
from insieme_events.testing.projections import history
from insieme_reporting.v2.facts import DEFINITION

Versions = Callable[..., list[Any]]


@pytest.fixture
def versions() -> Versions:
    """The version rows that these events make of a fact, in order of recording."""

    def made(kind: type[FactRow], *events: DomainEvent) -> list[Any]:
        (fact,) = [fact for fact in DEFINITION.facts if fact.row is kind]
        rows, _ = fold(fact, {}, history(f"{kind.stream_name}-of-the-test", *events))
        return [kind(*row[: len(columns(kind))]) for row in rows]

    return made


@pytest.fixture
def latest(versions: Versions) -> Versions:
    """The last version of each key, in order of the key."""

    def last(kind: type[FactRow], *events: DomainEvent) -> list[Any]:
        found = {tuple(getattr(row, name) for name in kind.key): row for row in versions(kind, *events)}
        return [found[key] for key in sorted(found)]

    return last
