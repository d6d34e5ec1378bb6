"""given a reaction, when this event comes, then these commands.

(await when(reaction, stored)).then((CASE, case_id, CloseCase(...)))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from insieme_events.commands import Aggregate, Unit
from insieme_events.contracts import Actor
from insieme_events.envelope import Stored
from insieme_events.reactions import Reaction

Expected = tuple[Aggregate[Any, Any, Any], UUID, Any]


@dataclass(frozen=True)
class Reacted:
    unit: Unit | None

    def then(self, *expected: Expected, by: Actor | None = None) -> Unit:
        """Exactly these commands, in this order; with `by`, also in that actor's name."""
        assert self.unit is not None, "the reaction had nothing to do"
        assert [(step.stream, step.command) for step in self.unit.steps] == [
            (aggregate.stream(stream_id), command) for aggregate, stream_id, command in expected
        ]
        if by is not None:
            assert self.unit.actor == by
        return self.unit

    def then_nothing(self) -> None:
        assert self.unit is None, f"not nothing, but {[step.command for step in self.unit.steps]}"


async def when(reaction: Reaction, stored: Stored) -> Reacted:
    """Lets the reaction see an event that it wants."""
    assert type(stored.event) in reaction.types, f"{type(stored.event).__name__} is none that the reaction wants"
    return Reacted(await reaction.react(stored))
