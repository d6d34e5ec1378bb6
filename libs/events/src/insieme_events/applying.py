"""One batch in one transaction: fence, sort, effect, sequences, dead letters (decisions 5 and 7)."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from insieme_events import cursors, deadletters, telemetry
from insieme_events.contracts import DomainEvent
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance, Last
from insieme_events.deadletters import DeadLetter, Reason, of_event, of_record
from insieme_events.envelope import KafkaRecord, Received, Stored, Unreadable, received
from insieme_events.sequencing import Sequenced, sequence
from insieme_events.store import Connection, VersionConflict
from insieme_events.vault import Keys, KeysUnavailable, KeyVault

MAY_PASS = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, KeysUnavailable, VersionConflict, OSError)
"""Errors of the surroundings: nothing is parked for them, the batch is tried again."""


BEHIND = "an earlier event of the stream is parked"
UNKNOWN = "this build does not know the type"


class BatchHandler(Protocol):
    """A local view or a projection. `types` are the ones it wants, None for all.

    `apply` gets events in order per stream, each exactly once, and writes its effect on the open transaction.
    """

    types: frozenset[type[DomainEvent]] | None

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None: ...


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch, for metrics."""

    handled: int
    passed_over: int
    ignored: int
    parked: int
    released: int


def read(records: Sequence[KafkaRecord], park_unknown: bool) -> list[Received | DeadLetter]:
    """Reads attributes; never raises. Unknown types are parked where a later build may want them, and passed over
    elsewhere."""
    found: list[Received | DeadLetter] = []
    for record in records:
        try:
            event = received(record)
        except Unreadable as broken:
            found.append(of_record(record, Reason.UNREADABLE, str(broken)))
            continue
        unknown = park_unknown and event.contract is None
        found.append(of_event(event, Reason.UNKNOWN_TYPE, UNKNOWN) if unknown else event)
    return found


async def sort(
    connection: Connection, subscription: str, incoming: Sequence[Received | DeadLetter], releasing: bool = True
) -> Sequenced:
    """Sorts against what this subscription has handled and parked so far."""
    streams = {item.stream for item in incoming}
    last = await cursors.last_sequences(connection, subscription, streams)
    parked = await deadletters.parked(connection, subscription, streams)
    return sequence(incoming, last, parked, releasing)


async def open_keys(keys: KeyVault | None, events: Sequence[Received]) -> Keys:
    """The keys of everybody in the batch, by one query."""
    persons: set[UUID] = {person for event in events if (person := event.person()) is not None}
    if not persons:
        return {}
    if keys is None:
        raise RuntimeError("events.no_vault: the subscription wants sealed events, but this service may not read keys")
    return await keys.read(persons)


class BatchTransaction:
    """Applies batches of one subscription. The order of its steps is the promise; tests take single steps out.

    With `releasing`, what waited for an event of the batch is handled with it; without, it stays parked.
    """

    releasing = True

    def __init__(
        self,
        subscription: str,
        handler: BatchHandler,
        keys: KeyVault | None,
        now: Callable[[], datetime],
        park_unknown: bool = False,
    ) -> None:
        self.subscription = subscription
        self.handler = handler
        self.keys = keys
        self.now = now
        self.park_unknown = park_unknown

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        """Writes the batch and commits. Raises Fenced, or an error of MAY_PASS, with nothing written."""
        reached("batch.before_fence")
        async with connection.transaction():
            await self.fence(connection, steps)
            reached("batch.after_fence")
            incoming = read(records, self.park_unknown)
            sequenced = await sort(connection, self.subscription, incoming, self.releasing)
            wanted = [e for e in sequenced.ready if self.wants(e)]
            failed = await self._apply(connection, wanted)
            reached("batch.after_effect")
            last, behind = _before_failures(sequenced, failed)
            letters = [*sequenced.letters, *failed, *behind]
            await deadletters.release(connection, sequenced.released)
            await deadletters.park(connection, self.subscription, letters, self.now())
            reached("batch.after_letters")
            await cursors.save_sequences(connection, self.subscription, last)
            reached("batch.before_commit")
        reached("batch.after_commit")
        passed = len(sequenced.ready) - len(wanted)
        handled = len(wanted) - len(failed)
        return Applied(handled, passed, sequenced.ignored, len(letters), len(sequenced.released))

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        await cursors.advance(connection, self.subscription, steps)

    def wants(self, event: Received) -> bool:
        if event.contract is None:
            return False
        return self.handler.types is None or event.contract.event in self.handler.types

    async def _apply(self, connection: Connection, wanted: Sequence[Received]) -> list[DeadLetter]:
        """Applies what can be applied and answers letters for the rest, the streams behind a failure included."""
        keys = await open_keys(self.keys, wanted)
        letters: list[DeadLetter] = []
        await self._bisect(connection, wanted, keys, letters, set())
        return letters

    async def _bisect(
        self,
        connection: Connection,
        events: Sequence[Received],
        keys: Keys,
        letters: list[DeadLetter],
        blocked: set[str],
    ) -> None:
        """Tries all at once; where that fails, each half, from left to right, down to the one that fails."""
        letters.extend(of_event(event, Reason.BEHIND, BEHIND) for event in events if event.stream in blocked)
        events = [event for event in events if event.stream not in blocked]
        if not events:
            return
        try:
            async with connection.transaction():
                reached("effect.before")
                await self.handler.apply(connection, [event.opened(keys) for event in events])
            reached("effect.after")
        except MAY_PASS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the handler raises, the event is kept and named
            if len(events) > 1:
                middle = len(events) // 2
                await self._bisect(connection, events[:middle], keys, letters, blocked)
                await self._bisect(connection, events[middle:], keys, letters, blocked)
                return
            telemetry.log.error("event_parked", subscription=self.subscription, event_id=str(events[0].event_id))
            letters.append(of_event(events[0], Reason.FAILED, describe(error)))
            blocked.add(events[0].stream)


def describe(error: BaseException) -> str:
    """Type and place of an error; a message of ours too, any other may quote somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    sentence = f": {error}" if isinstance(error, Unreadable) else ""
    return f"{type(error).__name__}{place}{sentence}"


def _before_failures(sequenced: Sequenced, failed: Sequence[DeadLetter]) -> tuple[dict[str, Last], list[DeadLetter]]:
    """Where the streams stand, a stream with a failure before its first failed event; and letters for the events
    that nobody wanted but that come after one, so that the stream stays whole.
    """
    first = {letter.stream: letter.sequence for letter in reversed(failed)}
    if not first:
        return sequenced.last, []
    parked = {letter.event_id for letter in failed}
    last = {stream: at for stream, at in sequenced.last.items() if stream not in first}
    behind: list[DeadLetter] = []
    for event in sequenced.ready:
        if event.sequence < first.get(event.stream, 0):
            last[event.stream] = Last(event.sequence, event.event_id)
        elif event.stream in first and event.event_id not in parked:
            behind.append(of_event(event, Reason.BEHIND, BEHIND))
    return last, behind
