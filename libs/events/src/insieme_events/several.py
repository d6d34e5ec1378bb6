"""Several views, or several reactions, behind one subscription: each one more is a consumer of Kafka's more.

A stream that is parked holds back itself alone, so those that share a subscription do not wait for one another.
"""

from __future__ import annotations

from collections.abc import Sequence

from insieme_events.applying import BatchHandler
from insieme_events.contracts import DomainEvent
from insieme_events.envelope import Stored
from insieme_events.reactions import Reaction
from insieme_events.store import Connection
from insieme_events.units import Unit


class SeveralViews:
    """Each view gets the events that it wants; they may want the same ones."""

    def __init__(self, *views: BatchHandler) -> None:
        self._views = views
        self.types: frozenset[type[DomainEvent]] | None = frozenset().union(*(_wanted(view) for view in views))

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        for view in self._views:
            wanted = [stored for stored in events if type(stored.event) in _wanted(view)]
            if wanted:
                await view.apply(connection, wanted)


class SeveralReactions:
    """Each event has one reaction. Raises ValueError where two want the same one: an event has one unit of commands."""

    def __init__(self, *reactions: Reaction) -> None:
        self._of: dict[type[DomainEvent], Reaction] = {}
        for reaction in reactions:
            if twice := self._of.keys() & reaction.types:
                names = ", ".join(sorted(kind.__name__ for kind in twice))
                raise ValueError(f"reactions.twice: {names} would have two reactions in one subscription")
            self._of.update(dict.fromkeys(reaction.types, reaction))
        self.types: frozenset[type[DomainEvent]] = frozenset(self._of)

    async def react(self, stored: Stored) -> Unit | None:
        return await self._of[type(stored.event)].react(stored)


def _wanted(view: BatchHandler) -> frozenset[type[DomainEvent]]:
    """Raises ValueError for a view that wants everything: then the others would cost nothing more."""
    if view.types is None:
        raise ValueError("views.all: a view that wants every event has a subscription of its own")
    return view.types
