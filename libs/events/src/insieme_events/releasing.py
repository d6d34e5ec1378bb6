"""The owner of a partition lets parked streams go on, in order, inside its own transactions (decision 7).

All parked events of a stream are sorted again as if they arrived now: what is handled leaves the table, what fails or
waits stays in it. The partition's cursor does not move, and is the fence all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insieme_events import cursors, deadletters, decisions, letter_actions
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.catalogue import BY_TYPE
from insieme_events.crash_points import reached
from insieme_events.cursors import Advance, Last
from insieme_events.deadletters import DeadLetter, Letter, Place, Reason
from insieme_events.decisions import Decisions, read
from insieme_events.envelope import Received
from insieme_events.letter_actions import Filed, Outcome
from insieme_events.sequencing import Sequenced, sequence
from insieme_events.store import Connection

CHUNK = 2000
"""Letters of one transaction."""
STREAMS = 200
"""Streams of one transaction."""


async def due(connection: Connection, subscription: str, consumer: str, thorough: bool) -> dict[Place, list[str]]:
    """The streams that are to go on: those about which somebody asked, and, where the look is `thorough`, those that
    nothing holds back any more."""
    found = await letter_actions.asked(connection, subscription)
    if thorough:
        for place, streams in (await deadletters.due(connection, subscription, consumer, BY_TYPE)).items():
            found[place] = list(dict.fromkeys([*found.get(place, []), *streams]))
    return found


async def release(
    transaction: BatchTransaction, connection: Connection, step: Advance, streams: Sequence[str]
) -> tuple[Applied, list[str]]:
    """Lets these streams go on in one transaction; `step` stays where the claim is.

    Answers what became of the events, and the streams that have more of them than one transaction takes.
    """
    subscription, now = transaction.subscription, transaction.now()
    async with connection.transaction():
        await transaction.fence(connection, [step])
        filed = await letter_actions.waiting(connection, subscription, streams)
        records = await deadletters.of_streams(connection, subscription, streams, CHUNK)
        here = {record.letter_id for record in records}
        made = {one.subject: one.decision for one in filed if one.letter_id in here and one.decision is not None}
        await decisions.decide(connection, transaction.consumer, made, now)
        decided = await decisions.of_consumer(connection, transaction.consumer)
        incoming = read(records, transaction.park_unknown, decided)
        last = await cursors.last_sequences(connection, subscription, {item.stream for item in incoming})
        sequenced = sequence(incoming, last, {})
        settled = await transaction.settle(connection, sequenced)
        letters = decisions.marked(settled.letters, decided)
        stay = await deadletters.park_again(connection, letters, {one.letter_id: one.id for one in filed}, now)
        await deadletters.release(connection, here - stay)
        await cursors.save_sequences(connection, subscription, settled.last)
        left = await deadletters.remaining(connection, [one.letter_id for one in filed])
        await letter_actions.finish(connection, _outcomes(filed, here, stay, left), now)
        reached("release.before_commit")
    reached("release.after_commit")
    applied = Applied(settled.handled, settled.passed_over, sequenced.ignored, 0, len(here - stay))
    cut = {records[-1].key} if len(records) == CHUNK else set()
    stopped = {letter.stream for letter in letters if letter.reason.holds}
    return applied, [stream for stream in streams if stream.encode() in cut and stream not in stopped]


def _outcomes(filed: Sequence[Filed], here: set[int], stay: set[int], left: set[int]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for one in filed:
        if one.letter_id in stay:
            found[one.id] = Outcome.PARKED_AGAIN
        elif one.letter_id in here:
            found[one.id] = Outcome.RELEASED
        elif one.letter_id not in left:
            found[one.id] = Outcome.VOID
    return found


@dataclass(frozen=True)
class Turn:
    """An event of a reaction, with what shall happen to its letters in the transaction of its effect.

    A fresh event has at most `letters` that go with it; one from the table has a `record`, and `filed` where somebody
    asked.
    """

    transaction: BatchTransaction
    decided: Decisions
    letters: Sequence[int] = ()
    record: Letter | None = None
    filed: Filed | None = None

    async def done(self, connection: Connection) -> None:
        """Handled, passed over or dropped. Writes only: it may stand in a pipeline."""
        await self._decide(connection)
        own = [] if self.record is None else [self.record.letter_id]
        await deadletters.release(connection, [*self.letters, *own])
        await self._finish(connection, Outcome.RELEASED)

    async def parked(self, connection: Connection, letter: DeadLetter) -> None:
        await self._decide(connection)
        letters, now = decisions.marked([letter], self.decided), self.transaction.now()
        if self.record is None:
            await deadletters.release(connection, self.letters)
            await deadletters.park(connection, self.transaction.subscription, letters, now)
        else:
            asked = {} if self.filed is None else {self.filed.letter_id: self.filed.id}
            await deadletters.park_again(connection, letters, asked, now)
        await self._finish(connection, Outcome.PARKED_AGAIN)

    async def _decide(self, connection: Connection) -> None:
        decision = None if self.filed is None else self.filed.decision
        if self.filed is not None and decision is not None:
            made = {self.filed.subject: decision}
            await decisions.decide(connection, self.transaction.consumer, made, self.transaction.now())

    async def _finish(self, connection: Connection, outcome: Outcome) -> None:
        if self.filed is not None:
            await letter_actions.finish(connection, {self.filed.id: outcome}, self.transaction.now())


async def next_turn(
    transaction: BatchTransaction, connection: Connection, stream: str
) -> tuple[Turn, Sequenced] | None:
    """The parked event of a stream whose turn it is, sorted alone; None where the stream has to wait."""
    subscription = transaction.subscription
    record = await deadletters.first(connection, subscription, stream)
    if record is None:
        return None
    waiting = await letter_actions.waiting(connection, subscription, [stream])
    filed = next((one for one in waiting if one.letter_id == record.letter_id), None)
    decided = await decisions.of_consumer(connection, transaction.consumer)
    (item,) = read([record], False)
    if filed is not None and filed.decision is not None:
        decided = {**decided, filed.subject: filed.decision}
    last = await cursors.last_sequences(connection, subscription, [stream])
    decision = decided.get(deadletters.subject_of(item))
    anew = decision is not None and decision.action_id != record.decision
    if not (filed or anew or _goes_on(record, item, last.get(stream))):
        return None
    sequenced = sequence(read([record], transaction.park_unknown, decided), last, {})
    return Turn(transaction, decided, (), record, filed), sequenced


def _goes_on(record: Letter, item: Received | DeadLetter, last: Last | None) -> bool:
    """Nothing holds it back any more."""
    if record.reason is Reason.OUT_OF_ORDER:
        return item.sequence <= (last.sequence if last is not None else 0) + 1
    known = isinstance(item, Received) and item.contract is not None
    return record.reason is Reason.BEHIND or (record.reason is Reason.UNKNOWN_TYPE and known)


async def clear_void(transaction: BatchTransaction, connection: Connection, step: Advance, stream: str) -> None:
    """Ends the requests whose letter is gone."""
    waiting = await letter_actions.waiting(connection, transaction.subscription, [stream])
    left = await deadletters.remaining(connection, [one.letter_id for one in waiting])
    void = {one.id: Outcome.VOID for one in waiting if one.letter_id not in left}
    if void:
        async with connection.transaction():
            await transaction.fence(connection, [step])
            await letter_actions.finish(connection, void, transaction.now())
            reached("release.void_before_commit")
        reached("release.void_after_commit")
