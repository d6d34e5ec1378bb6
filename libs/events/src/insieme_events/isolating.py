"""Finds the events of a batch that their handler cannot take, and applies all the others (decision 7).

A handler that knows which event it was says so, and the rest is applied again at once. Where it does not, the batch
is cut into eight, and each piece that fails again: the events that are tried in vain are n + n/8 + n/64 …, a seventh
more than the batch itself; with halves it would be twice the batch, for as many calls.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from insieme_events import telemetry
from insieme_events.crash_points import reached
from insieme_events.deadletters import DeadLetter, Reason, of_event
from insieme_events.envelope import Received, Stored, Unreadable
from insieme_events.store import Connection
from insieme_events.vault import Keys

BEHIND = "an earlier event of the stream is parked"
WAYS = 8

Item = tuple[Received, Stored]
Apply = Callable[[Connection, Sequence[Stored]], Awaitable[None]]


class Spoiled(Exception):
    """A handler names the events that it cannot take, by id, and what each of them raised."""

    def __init__(self, errors: Mapping[UUID, Exception]) -> None:
        super().__init__(f"{len(errors)} events")
        self.errors = errors


class Isolation:
    """One search. `letters` are what cannot be applied, each stream's first one before those behind it.

    `passes` says for which errors the batch is given up as it is, to be tried again whole.
    """

    def __init__(
        self, subscription: str, connection: Connection, apply: Apply, passes: Callable[[Exception], bool]
    ) -> None:
        self.letters: list[DeadLetter] = []
        self._subscription = subscription
        self._connection = connection
        self._apply = apply
        self._passes = passes
        self._blocked: set[str] = set()

    async def run(self, events: Sequence[Received], keys: Keys) -> None:
        """Applies the events, in order per stream, but for those of which `letters` speak afterwards."""
        items: list[Item] = []
        broken: dict[UUID, Exception] = {}
        held: list[Received] = []
        streams: set[str] = set()
        for event in events:
            if event.stream not in streams:
                try:
                    items.append((event, event.opened(keys)))
                    continue
                except Exception as error:  # noqa: BLE001 - whatever its data raise, the event is kept and named
                    broken[event.event_id] = error
                    streams.add(event.stream)
            held.append(event)
        await self._try(items)
        self._hold(held, broken)

    async def _try(self, items: Sequence[Item]) -> None:
        for event, _ in items:
            if event.stream in self._blocked:
                self.letters.append(of_event(event, Reason.BEHIND, BEHIND))
        items = [item for item in items if item[0].stream not in self._blocked]
        if not items:
            return
        try:
            async with self._connection.transaction():
                reached("effect.before")
                await self._apply(self._connection, [stored for _, stored in items])
            reached("effect.after")
        except Exception as error:
            if self._passes(error):
                raise
            await self._without(items, error)

    async def _without(self, items: Sequence[Item], error: Exception) -> None:
        """Goes on without what cannot be applied: named by the handler, found alone, or still to be found."""
        spoiled = error.errors if isinstance(error, Spoiled) else {}
        streams: set[str] = set()
        rest: list[Item] = []
        held: list[Received] = []
        for item in items:
            event = item[0]
            if event.event_id in spoiled:
                streams.add(event.stream)
            (held.append(event) if event.stream in streams else rest.append(item))
        if held:
            await self._try(rest)
            self._hold(held, spoiled)
        elif len(items) == 1:
            self._hold([items[0][0]], {items[0][0].event_id: error})
        else:
            size = -(-len(items) // WAYS)
            for start in range(0, len(items), size):
                await self._try(items[start : start + size])

    def _hold(self, held: Sequence[Received], errors: Mapping[UUID, Exception]) -> None:
        """Letters for events that were held back, each stream's culprit first."""
        for event in held:
            if event.stream in self._blocked:
                self.letters.append(of_event(event, Reason.BEHIND, BEHIND))
                continue
            error = errors[event.event_id]
            telemetry.log.error("event_parked", subscription=self._subscription, event_id=str(event.event_id))
            self.letters.append(of_event(event, Reason.FAILED, describe(error), stack(error)))
            self._blocked.add(event.stream)


def describe(error: BaseException) -> str:
    """Type and place of an error; a message of ours too, any other may quote somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    sentence = f": {error}" if isinstance(error, Unreadable) else ""
    return f"{type(error).__name__}{place}{sentence}"


def stack(error: BaseException) -> str:
    """The places that the error came through, outermost first, one a line; names of code only."""
    return "\n".join(
        f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
