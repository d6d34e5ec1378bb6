"""The guards of the road, each taken out by a subclass or a function of the test: what control runs run without.

`WITHOUT_GUARDS` in the environment of a forked service names them, with commas. Production code has no such switch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, cast
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from insieme_events import applying, position, reactions, relay, service, store, subscription, transaction
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.contracts import DomainEvent
from insieme_events.cursors import Advance, Last
from insieme_events.deadletters import DeadLetter
from insieme_events.envelope import KafkaRecord, Received, Stored
from insieme_events.position import Standing
from insieme_events.relay import Relay
from insieme_events.sequencing import Sequenced
from insieme_events.store import COLUMNS, START, Connection, Position, Record


def _put(module: ModuleType, name: str, value: object) -> None:
    """In the place of what the module has imported or defined under that name."""
    assert hasattr(module, name)
    setattr(module, name, value)


class Unfenced(BatchTransaction):
    """Whoever comes moves the cursor, whether it is his or not."""

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        for step in steps:
            await connection.execute(
                """update events.cursors set next_offset = greatest(next_offset, %s)
                   where subscription = %s and topic = %s and partition = %s""",
                (step.next_offset, self.subscription, step.topic, step.partition),
            )


def fence() -> None:
    _put(subscription, "BatchTransaction", Unfenced)


class _Later:
    """Takes a batch's events and writes nothing of them yet."""

    types: frozenset[type[DomainEvent]] | None = None

    def __init__(self, types: frozenset[type[DomainEvent]] | None) -> None:
        self.types = types
        self.events: list[Stored] = []

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        self.events += events


class CursorsFirst(BatchTransaction):
    """Offsets and sequences are committed before the effect, in a transaction of their own."""

    async def run(self, connection: Connection, records: Sequence[KafkaRecord], steps: Sequence[Advance]) -> Applied:
        real, later = self.handler, _Later(self.handler.types)
        self.handler = later
        try:
            applied = await super().run(connection, records, steps)
        finally:
            self.handler = real
        if later.events:
            async with connection.transaction():
                await real.apply(connection, later.events)
        return applied


def cursor_in_the_transaction() -> None:
    _put(subscription, "BatchTransaction", CursorsFirst)


async def as_they_come(
    connection: Connection, name: str, incoming: Sequence[Received | DeadLetter], releasing: bool = True
) -> Sequenced:
    """Everything is ready, in the order in which it came, however often."""
    events = [item for item in incoming if isinstance(item, Received)]
    return Sequenced(ready=events, last={event.stream: Last(event.sequence, event.event_id) for event in events})


def contiguous_sequence() -> None:
    _put(applying, "sort", as_they_come)
    _put(reactions, "sort", as_they_come)


async def _by_number(connection: Connection, after: Position, limit: int) -> list[tuple[Position, Record]]:
    """What is committed, by its number: a transaction that is still open is passed by, and never read."""
    rows = await connection.execute(
        f"""select {COLUMNS}, epoch, transaction_id::text::bigint, position from events.events
            where position > %s order by position limit %s""",
        (after.position, limit),
    )
    return [(Position(*row[10:]), Record(*row[:10])) for row in await rows.fetchall()]


def gap_safe_read() -> None:
    _put(store, "read", _by_number)


async def _no_answers(asked: Any) -> dict[Any, Any]:
    return {}


def idempotency_key() -> None:
    """The key is neither looked up nor stored."""
    written = transaction._written

    def forgetting(
        edge: Any, connection: Connection, prepared: transaction.Prepared
    ) -> AbstractAsyncContextManager[None]:
        prepared.stored_answers = []
        return written(edge, connection, prepared)

    _put(transaction, "_stored_answers", _no_answers)
    _put(transaction, "_written", forgetting)


class OfItsOwnId(AIOKafkaProducer):  # type: ignore[misc] # aiokafka has no types
    """A producer that shares its transactional id with nobody, so that nobody is fenced by it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "transactional_id": f"{options['transactional_id']}.{uuid4()}"})


def transactional_id() -> None:
    _put(relay, "AIOKafkaProducer", OfItsOwnId)


class _Granting:
    """A connection on which every lock is granted at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, query: Any, parameters: Any = None) -> Any:
        if "pg_try_advisory_lock" in str(query):
            return await self._connection.execute("select true")
        return await self._connection.execute(query, parameters)


class Unlocked(Relay):
    """Leads, whoever else does; while another one sends, what is on the topics is always beyond the position."""

    async def _look(self, connection: Connection) -> Standing:
        return position.read(self._bootstrap, self._topics.position) or Standing(START)

    async def _unchanged(self) -> None:
        return None

    async def _lead(self, connection: Connection) -> None:
        await super()._lead(cast("Connection", _Granting(connection)))


def lock_of_the_relay() -> None:
    _put(service, "Relay", Unlocked)


GUARDS: Mapping[str, Callable[[], None]] = {
    guard.__name__: guard
    for guard in (
        fence,
        cursor_in_the_transaction,
        contiguous_sequence,
        gap_safe_read,
        idempotency_key,
        transactional_id,
        lock_of_the_relay,
    )
}


def take_out(environment: Mapping[str, str]) -> Collection[str]:
    """Takes the named guards out of this process; answers their names."""
    names = [name for name in environment.get("WITHOUT_GUARDS", "").split(",") if name]
    for name in names:
        GUARDS[name]()
    return names
