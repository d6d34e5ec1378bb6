"""One batch in one transaction: fence, sort, effect, sequences, dead letters (decisions 5 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from insieme_events import cursors, deadletters, decisions
from insieme_events.contracts import DomainEvent
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance, Last
from insieme_events.deadletters import DeadLetter, Reason, of_event
from insieme_events.decisions import read
from insieme_events.envelope import KafkaRecord, Received, Stored
from insieme_events.isolating import BEHIND, Isolation
from insieme_events.passing import Passing, passing
from insieme_events.sequencing import Sequenced, sequence
from insieme_events.store import Connection
from insieme_events.vault import Keys, KeyVault


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


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of sorted events: how many were handled, where the streams stand, what is to be parked."""

    handled: int
    passed_over: int
    last: dict[str, Last]
    letters: list[DeadLetter]


class BatchTransaction:
    """Applies batches of one subscription. The order of its steps is the promise; tests take single steps out.

    With `releasing`, what waited for an event of the batch is handled with it; without, it stays parked. `consumer`
    is whom decisions are made for: one name for every version of a projection.
    """

    releasing = True
    patient = True
    """Without it an error that only perhaps passes counts as a failure, and the event is parked."""

    def __init__(
        self,
        subscription: str,
        handler: BatchHandler,
        keys: KeyVault | None,
        now: Callable[[], datetime],
        park_unknown: bool = False,
        consumer: str | None = None,
    ) -> None:
        self.subscription = subscription
        self.handler = handler
        self.keys = keys
        self.now = now
        self.park_unknown = park_unknown
        self.consumer = consumer or subscription

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        """Writes the batch and commits. Raises Fenced, or an error that passes, with nothing written."""
        reached("batch.before_fence")
        async with connection.transaction():
            await self.fence(connection, steps)
            reached("batch.after_fence")
            decided = await decisions.of_consumer(connection, self.consumer)
            incoming = read(records, self.park_unknown, decided)
            sequenced = await sort(connection, self.subscription, incoming, self.releasing)
            settled = await self.settle(connection, sequenced)
            reached("batch.after_effect")
            letters = decisions.marked(settled.letters, decided)
            await deadletters.release(connection, sequenced.released)
            await deadletters.park(connection, self.subscription, letters, self.now())
            reached("batch.after_letters")
            await cursors.save_sequences(connection, self.subscription, settled.last)
            reached("batch.before_commit")
        reached("batch.after_commit")
        ignored = sequenced.ignored + len(records) - len(incoming)
        return Applied(settled.handled, settled.passed_over, ignored, len(letters), len(sequenced.released))

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        await cursors.advance(connection, self.subscription, steps)

    def wants(self, event: Received) -> bool:
        if event.contract is None:
            return False
        return self.handler.types is None or event.contract.event in self.handler.types

    async def settle(self, connection: Connection, sequenced: Sequenced) -> Settled:
        """Applies the events that are ready and wanted; what fails holds its stream back."""
        wanted = [event for event in sequenced.ready if self.wants(event)]
        failed = await self._apply(connection, wanted)
        last, behind = _before_failures(sequenced, failed)
        passed = len(sequenced.ready) - len(wanted)
        return Settled(len(wanted) - len(failed), passed, last, [*sequenced.letters, *failed, *behind])

    async def _apply(self, connection: Connection, wanted: Sequence[Received]) -> list[DeadLetter]:
        """Applies what can be applied and answers letters for the rest, the streams behind a failure included."""
        if not wanted:
            return []
        keys = await open_keys(self.keys, wanted)
        awaited = (Passing.SURELY, Passing.PERHAPS) if self.patient else (Passing.SURELY,)
        isolation = Isolation(
            self.subscription, connection, self.handler.apply, lambda error: passing(error) in awaited
        )
        await isolation.run(wanted, keys)
        return isolation.letters


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
