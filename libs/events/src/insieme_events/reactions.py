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

from insieme_events import cursors, deadletters, telemetry
from insieme_events.applying import BatchTransaction, describe, open_keys, read, sort
from insieme_events.commands import Commands, Unit
from insieme_events.contracts import DomainEvent
from insieme_events.cursors import Advance, Claim, Fenced, Last
from insieme_events.deadletters import Reason, of_event
from insieme_events.decider import Refused
from insieme_events.envelope import KafkaRecord, Received, Stored, Unreadable
from insieme_events.store import Connection
from insieme_events.subscription import Subscription, step_over

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
        await self._handle_released()
        for partition, records in mine.items():
            for run, wanted in _runs(records, self.reaction.types):
                claim = self.assignments.claims.get(partition)
                if claim is None:
                    return
                step = step_over(partition, claim, run)
                await (self._react(run[0], step) if wanted else self._pass_over(run, step))
                self.assignments.claims[partition] = Claim(step.next_offset, claim.epoch)
        await self._handle_released()

    async def _pass_over(self, run: Sequence[KafkaRecord], step: Advance | None) -> None:
        transaction: BatchTransaction = self.transaction
        async with self.pool.connection() as connection:
            applied = await transaction.run(connection, run, [step] if step is not None else [])
        telemetry.CONSUMED.labels(self.name, "passed_over").inc(applied.passed_over)

    async def _react(self, record: KafkaRecord, step: Advance) -> None:
        """One event that is wanted. Where it is not its turn, only the cursor and the dead letters know of it."""
        event = read([record], False).events[0]
        async with self.pool.connection() as connection:
            sequenced = await sort(connection, self.name, [event])
        if not sequenced.ready:
            await self._pass_over([record], step)
            return
        await self._run(event, step, None)

    async def _run(self, event: Received, step: Advance | None, letter_id: int | None) -> None:
        """Runs the reaction's unit with the event's sequence and the partition's cursor as its last writes."""

        async def mark(connection: Connection) -> None:
            await cursors.save_sequences(connection, self.name, {event.stream: Last(event.sequence, event.event_id)})
            if letter_id is not None:
                await deadletters.release(connection, [letter_id])
            if step is not None:
                await cursors.advance_last(connection, self.name, step)

        try:
            stored = event.opened(await open_keys(self.keys, [event]))
            unit = await self.reaction.react(stored)
        except Unreadable as broken:
            await self._park(event, Reason.UNREADABLE, describe(broken), step, letter_id)
            return
        if unit is None:
            await self._write_alone(mark)
            return
        caused = replace(
            unit,
            also=(*unit.also, mark),
            causation_id=str(event.event_id),
            correlation_id=event.correlation_id or None,
        )
        try:
            answer = await self.commands.run(caused)
        except errors.DatabaseError as error:
            if cursors.is_fence(error):
                raise Fenced(event.stream) from error
            raise
        if isinstance(answer, Refused):
            await self._park(event, Reason.REFUSED, answer.code, step, letter_id)
        else:
            telemetry.CONSUMED.labels(self.name, "handled").inc()

    async def _write_alone(self, mark: Any) -> None:
        async with self.pool.connection() as connection, connection.transaction():
            await mark(connection)

    async def _park(
        self, event: Received, reason: Reason, detail: str, step: Advance | None, letter_id: int | None
    ) -> None:
        telemetry.log.error("event_parked", subscription=self.name, event_id=str(event.event_id), detail=detail)
        async with self.pool.connection() as connection, connection.transaction():
            if letter_id is not None:
                await deadletters.release(connection, [letter_id])
            await deadletters.park(connection, self.name, [of_event(event, reason, detail)], self.transaction.now())
            if step is not None:
                await cursors.advance_last(connection, self.name, step)

    async def _handle_released(self) -> None:
        """Handles what was parked only as out of order and whose turn has come."""
        while True:
            async with self.pool.connection() as connection:
                due = await deadletters.due(connection, self.name)
            if due is None:
                return
            event, letter_id = due
            if event.contract.event in self.reaction.types:
                await self._run(event, None, letter_id)
                continue

            async def mark(connection: Connection, event: Received = event, letter_id: int = letter_id) -> None:
                await cursors.save_sequences(
                    connection, self.name, {event.stream: Last(event.sequence, event.event_id)}
                )
                await deadletters.release(connection, [letter_id])

            await self._write_alone(mark)


def _runs(records: Sequence[KafkaRecord], types: frozenset[type[DomainEvent]]) -> list[tuple[list[KafkaRecord], bool]]:
    """Records in order: every wanted one alone, the others in runs."""
    runs: list[tuple[list[KafkaRecord], bool]] = []
    for record in records:
        found = read([record], False).events
        if found and found[0].contract.event in types:
            runs.append(([record], True))
        elif runs and not runs[-1][1]:
            runs[-1][0].append(record)
        else:
            runs.append(([record], False))
    return runs
