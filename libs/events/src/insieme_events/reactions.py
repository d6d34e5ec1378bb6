"""A subscription whose effect is a command: one source event, one transaction of the own store (decision 1).

Load, decide, append, views, then the cursor. A lost fence or a version conflict rolls everything back. A refusal
that the decider did not turn into an event of its own is parked, never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from aiokafka import TopicPartition
from psycopg import errors

from insieme_events import cursors, deadletters, decisions, metrics, releasing, telemetry
from insieme_events.applying import open_keys, sort
from insieme_events.commands import Commands, Unit, Write
from insieme_events.contracts import DomainEvent
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance, Claim, Fenced, Last
from insieme_events.deadletters import DeadLetter, Reason, of_event
from insieme_events.decider import RefusalKind, Refused
from insieme_events.decisions import read
from insieme_events.envelope import KafkaRecord, Received, Stored, Unreadable
from insieme_events.isolating import describe, stack
from insieme_events.passing import Passing, passing
from insieme_events.releasing import Turn
from insieme_events.store import Connection, VersionConflict
from insieme_events.subscription import Subscription, standing, step_over

if TYPE_CHECKING:
    from insieme_events.service import Running


class Reaction(Protocol):
    """Turns an event into a unit of commands of the own service; None where there is nothing to do.

    May be called again for the same event (a crash before the commit): what it does beside the unit is idempotent.
    """

    types: frozenset[type[DomainEvent]]

    async def react(self, stored: Stored) -> Unit | None: ...


class _Nothing:
    """Wants no event: sequences and cursors move, nothing else."""

    types: frozenset[type[DomainEvent]] | None = frozenset()

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        raise AssertionError("nothing is wanted")


class Reactions(Subscription):
    """One consumer group whose handled events become commands."""

    def __init__(self, commands: Commands, reaction: Reaction, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.commands = commands
        self.reaction = reaction
        # An event that is wanted and waits may not be released by passing over the one before it.
        self.transaction.releasing = False

    @classmethod
    def to(cls, service: Running, name: str, contexts: Sequence[str], reaction: Reaction) -> Reactions:
        settings = service.settings
        return cls(
            service.commands,
            reaction,
            name,
            contexts,
            _Nothing(),
            service.pool,
            service.keys,
            settings.kafka_bootstrap_servers,
            settings.topic_prefix,
            service.clock,
        )

    async def _work(self, mine: dict[TopicPartition, list[KafkaRecord]], claims: dict[TopicPartition, Claim]) -> None:
        for partition, records in mine.items():
            claim = await self._handle_due(partition, claims[partition])
            for run, wanted in _runs(records, self.reaction.types):
                step = step_over(partition, claim, run)
                self.transaction.patient = self._patience.left(partition)
                await (self._react(run[0], step) if wanted else self._pass_over(run, step))
                claim = self._moved(partition, claim, step)
                claim = await self._handle_due(partition, claim)

    def _moved(self, partition: TopicPartition, claim: Claim, step: Advance) -> Claim:
        """The claim after a committed step. Raises Fenced where this process has lost or renewed it meanwhile."""
        if self.assignments.claims.get(partition) is not claim:
            raise Fenced(f"{partition.topic}[{partition.partition}]")
        self._patience.met(partition)
        self.progress.turned()
        if step.next_offset == claim.next_offset:
            return claim
        moved = self.assignments.claims[partition] = Claim(step.next_offset, claim.epoch)
        self.progress.applied(partition, step.last_recorded_at)
        return moved

    async def _pass_over(self, run: Sequence[KafkaRecord], step: Advance) -> None:
        async with self.pool.connection() as connection:
            applied = await self.transaction.run(connection, run, [step])
        self._count_outcomes(applied)

    async def _react(self, record: KafkaRecord, step: Advance) -> None:
        """One event that is wanted. Where it is not its turn, only the cursor and the dead letters know of it."""
        async with self.pool.connection() as connection:
            decided = await decisions.of_consumer(connection, self.transaction.consumer)
            incoming = read([record], False, decided)
            sequenced = await sort(connection, self.name, incoming, releasing=False)
        if sequenced.ready and self._wants(sequenced.ready[0]):
            # A letter of another event under the same sequence stays where it is.
            letters = [] if sequenced.letters else sequenced.released
            await self._handle_event(sequenced.ready[0], step, Turn(self.transaction, decided, letters))
        else:
            await self._pass_over([record], step)

    def _wants(self, event: Received) -> bool:
        return event.contract is not None and event.contract.event in self.reaction.types

    async def _handle_event(self, event: Received, step: Advance, turn: Turn) -> None:
        """Reacts to an event whose turn has come."""
        try:
            await self._run(event, step, turn)
        except errors.DatabaseError as error:
            if cursors.is_fence(error):
                raise Fenced(event.stream) from error
            raise

    async def _run(self, event: Received, step: Advance, turn: Turn) -> None:
        """Runs the reaction's unit with the event's sequence and the partition's cursor as its last writes."""

        async def mark(connection: Connection) -> None:
            await cursors.save_sequences(connection, self.name, {event.stream: Last(event.sequence, event.event_id)})
            await turn.done(connection)
            reached("reaction.before_cursor")
            await cursors.advance_last(connection, self.name, step)
            reached("reaction.after_cursor")

        keys = await open_keys(self.keys, [event])
        try:
            unit = await self.reaction.react(event.opened(keys))
            reached("reaction.before_command")
            answer = None if unit is None else await self.commands.run(_caused(unit, event, mark))
        except Unreadable as broken:
            await self._park(of_event(event, Reason.UNREADABLE, describe(broken), stack(broken)), step, turn)
            return
        except Exception as error:
            if _awaited(error, self.transaction.patient):
                raise
            await self._park(of_event(event, Reason.FAILED, describe(error), stack(error)), step, turn)
            return
        if answer is None:
            async with self.pool.connection() as connection:
                await mark(connection)
                reached("reaction.nothing_before_commit")
            reached("reaction.nothing_after_commit")
        elif isinstance(answer, Refused):
            if answer.kind is RefusalKind.RETRY and self.transaction.patient:
                raise VersionConflict(answer.code)
            await self._park(of_event(event, Reason.REFUSED, answer.code), step, turn)
            return
        reached("reaction.after_commit")
        metrics.CONSUMED.labels(self.name, "handled").inc()
        if turn.record is not None:
            metrics.CONSUMED.labels(self.name, "released").inc()

    async def _park(self, letter: DeadLetter, step: Advance, turn: Turn) -> None:
        telemetry.log.error("event_parked", subscription=self.name, event_id=str(letter.event_id), detail=letter.detail)
        async with self.pool.connection() as connection, connection.transaction():
            await turn.parked(connection, letter)
            await cursors.advance_last(connection, self.name, step)
            reached("reaction.parking_before_commit")
        reached("reaction.parking_after_commit")
        metrics.CONSUMED.labels(self.name, "parked").inc()

    async def _handle_due(self, partition: TopicPartition, claim: Claim) -> Claim:
        """Handles what was parked as out of order on this partition and whose turn has come."""
        while True:
            async with self.pool.connection() as connection:
                stream = await deadletters.waiting_stream(connection, self.name, *partition)
            if stream is None:
                return claim
            await self._go_on(partition, claim, stream)

    async def _release(self, partition: TopicPartition, streams: Sequence[str]) -> None:
        for stream in streams:
            claim = self.assignments.claims.get(partition)
            if claim is None:
                raise Fenced(f"{partition.topic}[{partition.partition}]")
            await self._go_on(partition, claim, stream)

    async def _go_on(self, partition: TopicPartition, claim: Claim, stream: str) -> None:
        """Handles a stream's parked events, each in its own transaction, until one of them has to wait.

        The cursor stays where it is, and is the fence all the same: nobody else handles the same letter.
        """
        step = standing(partition, claim)
        async with self.pool.connection() as connection:
            await releasing.clear_void(self.transaction, connection, step, stream)
        while True:
            async with self.pool.connection() as connection:
                found = await releasing.next_turn(self.transaction, connection, stream)
            if found is None:
                return
            turn, sequenced = found
            if sequenced.ready and self._wants(sequenced.ready[0]):
                await self._handle_event(sequenced.ready[0], step, turn)
            elif sequenced.letters:
                await self._park(sequenced.letters[0], step, turn)
            else:
                await self._mark_passed(sequenced.ready, step, turn)
            self._moved(partition, claim, step)

    async def _mark_passed(self, passed: Sequence[Received], step: Advance, turn: Turn) -> None:
        """The letter goes without an effect; its event keeps its place in the stream, where it has one."""
        async with self.pool.connection() as connection, connection.transaction():
            await cursors.advance(connection, self.name, [step])
            last = {event.stream: Last(event.sequence, event.event_id) for event in passed}
            await cursors.save_sequences(connection, self.name, last)
            await turn.done(connection)
            reached("reaction.passing_before_commit")
        reached("reaction.passing_after_commit")
        metrics.CONSUMED.labels(self.name, "released").inc()


def _caused(unit: Unit, event: Received, mark: Write) -> Unit:
    """The unit with what it goes back to, and with the cursor as its last write."""
    return replace(
        unit,
        also=(*unit.also, mark),
        causation_id=str(event.event_id),
        correlation_id=event.correlation_id or None,
    )


def _awaited(error: Exception, patient: bool) -> bool:
    """Errors of the surroundings, and the fence: the event is handled again, not parked."""
    if isinstance(error, errors.DatabaseError) and cursors.is_fence(error):
        return True
    return passing(error) in ((Passing.SURELY, Passing.PERHAPS) if patient else (Passing.SURELY,))


def _runs(records: Sequence[KafkaRecord], types: frozenset[type[DomainEvent]]) -> list[tuple[list[KafkaRecord], bool]]:
    """Records in order: every wanted one alone, the others in runs."""
    runs: list[tuple[list[KafkaRecord], bool]] = []
    for record in records:
        item = read([record], False)[0]
        if isinstance(item, Received) and item.contract is not None and item.contract.event in types:
            runs.append(([record], True))
        elif runs and not runs[-1][1]:
            runs[-1][0].append(record)
        else:
            runs.append(([record], False))
    return runs
