"""Commands: all or nothing, once, and answered the same when they are sent again (decision 1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events import store
from insieme_events.commands import Aggregate, Asked, Change, Commands, Done, IdempotencyKey, Step, Unit
from insieme_events.decider import Circumstances, Decider, Decision, Refused
from insieme_events.store import CommitState, Connection, StoreError
from insieme_events.testing.road import ACTOR, RECORDER, Record, Road, accepted, chain, unit
from insieme_events.units import KEY_REUSED

pytestmark = pytest.mark.integration

NO = Refused("test.no", "Not this one.")
TAKEN = Refused("test.taken", "Somebody has it.")


def _refuse(command: Record, state: int, circumstances: Circumstances) -> Decision:
    return NO


_REFUSES = Decider("intake", "referral", 0, _refuse, RECORDER.decider.evolve)
REFUSER = Aggregate(_REFUSES, RECORDER.circumstances, RECORDER.view)


def step(stream: UUID, aggregate: Aggregate[Any, Any, Any] = RECORDER) -> Step:
    return Step(aggregate, stream, Record(events=(accepted(stream),)))


def key(body: bytes = b"body", name: str = "k1") -> IdempotencyKey:
    return IdempotencyKey("party/route", name, body)


async def versions(way: Road) -> list[tuple[str, int]]:
    return [(s, v) for s, v in await way.rows("select stream, version from events.events order by stream, version")]


async def test_the_same_key_and_body_is_answered_again_and_done_once(way: Road) -> None:
    stream = uuid4()
    first = await way.commands.run(unit(stream, accepted(stream), key=key()))
    again = await way.commands.run(unit(stream, accepted(stream), key=key()))
    assert isinstance(first, Done)
    assert again == replace(first, repeated=True)
    assert len(await versions(way)) == 1


async def test_the_same_key_with_another_body_is_refused(way: Road) -> None:
    stream = uuid4()
    await way.commands.run(unit(stream, accepted(stream), key=key()))
    assert await way.commands.run(unit(stream, accepted(stream), key=key(b"other"))) == KEY_REUSED
    assert len(await versions(way)) == 1


@pytest.mark.parametrize("same_stream", [True, False])
async def test_the_same_key_at_the_same_instant_is_done_once(way: Road, same_stream: bool) -> None:
    stream = uuid4()
    names = [stream if same_stream else uuid4() for _ in range(12)]
    answers = await asyncio.gather(*(way.commands.run(unit(name, accepted(name), key=key())) for name in names))
    done = [answer for answer in answers if isinstance(answer, Done)]
    assert len(done) == 12
    assert len({answer.results for answer in done}) == 1
    assert [answer.repeated for answer in done].count(False) == 1
    assert len(await versions(way)) == 1


async def test_a_refused_command_leaves_its_key_free(way: Road) -> None:
    stream = uuid4()
    assert await way.commands.run(Unit((step(stream, REFUSER),), ACTOR, key=key())) == NO
    assert isinstance(await way.commands.run(unit(stream, accepted(stream), key=key())), Done)


async def test_a_version_that_moved_on_is_stale(way: Road) -> None:
    stream = uuid4()
    await way.record(stream, 2)
    answer = await way.commands.run(unit(stream, accepted(stream), expected=1))
    assert isinstance(answer, Refused)
    assert (answer.code, "at version 2" in answer.sentence) == ("events.stale", True)
    assert isinstance(await way.commands.run(unit(stream, accepted(stream), expected=2)), Done)


async def test_of_many_with_the_same_if_match_one_wins(way: Road) -> None:
    stream = uuid4()
    await way.record(stream)
    answers = await asyncio.gather(*(way.commands.run(unit(stream, accepted(stream), expected=1)) for _ in range(8)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Done"] + ["Refused"] * 7
    assert len(await versions(way)) == 2


async def test_several_streams_happen_together_or_not_at_all(way: Road) -> None:
    one, two = uuid4(), uuid4()
    assert await way.commands.run(Unit((step(one), step(two, REFUSER)), ACTOR)) == NO
    assert await versions(way) == []
    answer = await way.commands.run(Unit((step(one), step(two), step(one)), ACTOR))
    assert isinstance(answer, Done)
    assert [result.sequence for result in answer.results] == [2, 1, 2]
    assert len(await versions(way)) == 3


async def test_conflicting_commands_are_decided_again_until_all_are_done(way: Road) -> None:
    stream = uuid4()
    answers = await asyncio.gather(*(way.commands.run(unit(stream, accepted(stream))) for _ in range(6)))
    assert all(isinstance(answer, Done) for answer in answers)
    assert await versions(way) == [(f"referral-{stream}", n) for n in range(1, 7)]


async def test_one_refused_unit_leaves_no_trace_and_the_others_stay(way: Road) -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    units = [
        unit(one, accepted(one)),
        Unit((step(one), step(two, REFUSER)), ACTOR),
        Unit((step(one), step(three)), ACTOR),
    ]
    answers = await way.commands.run_all(units)
    assert [type(answer) for answer in answers] == [Done, Refused, Done]
    assert sorted(await versions(way)) == sorted(
        [(f"referral-{one}", 1), (f"referral-{one}", 2), (f"referral-{three}", 1)]
    )


@pytest.fixture
async def unique_view(way: Road) -> Aggregate[int, Record, Circumstances]:
    """An aggregate with a view in which only one row may stand."""
    async with await psycopg.AsyncConnection.connect(way.owner_url) as owner:
        await owner.execute("create table public.one (only_one int constraint only_one_row unique, stream text)")
        await owner.execute("grant insert, select on public.one to intake")

    async def view(connection: Connection, changes: Sequence[Change[int]]) -> None:
        for change in changes:
            await connection.execute("insert into public.one values (1, %s)", (change.stream,))

    async def circumstances(connection: Connection, asked: Sequence[Asked[Record]]) -> Sequence[Circumstances]:
        return await RECORDER.circumstances(connection, asked)

    return Aggregate(RECORDER.decider, circumstances, view, {"only_one_row": TAKEN})


async def test_a_violated_index_is_the_refusal_that_was_declared_for_it(
    way: Road, unique_view: Aggregate[int, Record, Circumstances]
) -> None:
    async def also(connection: Connection) -> None:
        await connection.execute("select 1")

    units = [Unit((step(uuid4(), unique_view),), ACTOR, also=(also,), key=key(name=str(n))) for n in range(5)]
    answers = await asyncio.gather(*(way.commands.run(one) for one in units))
    assert sorted(type(answer).__name__ for answer in answers) == ["Done"] + ["Refused"] * 4
    assert [answer for answer in answers if isinstance(answer, Refused)] == [TAKEN] * 4
    assert len(await versions(way)) == 1
    assert await way.rows("select count(*) from events.idempotency") == [(1,)]


async def test_what_is_written_beside_the_append_shares_its_fate(
    way: Road, unique_view: Aggregate[int, Record, Circumstances]
) -> None:
    async def fails(connection: Connection) -> None:
        await connection.execute("insert into public.one values (1, 'twice')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        await way.commands.run_all([Unit((step(uuid4(), unique_view),), ACTOR, also=(fails,)), unit(uuid4())])
    assert await versions(way) == []
    assert await way.rows("select * from public.one") == []


class CutPool:
    """A pool whose first connection breaks at the named moment; afterwards everything is well again."""

    def __init__(self, way: Road, moment: str) -> None:
        self.way = way
        self.moment = moment
        self.cuts = 1

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with self.way.pool.connection() as connection:
            if self.cuts:
                self.cuts -= 1
                await self._cut(connection)
            yield connection

    async def _cut(self, connection: Connection) -> None:
        commit, execute = connection.commit, connection.execute

        async def broken_commit() -> None:
            if self.moment == "after commit":
                await commit()
                await connection.close()
            elif self.moment == "before commit":
                await self._kill(connection)
                await commit()
            raise psycopg.OperationalError("the connection is lost")

        async def broken_execute(query: Any, *arguments: Any, **options: Any) -> Any:
            if self.moment == "before append" and query == store.APPEND:
                await self._kill(connection)
            return await execute(query, *arguments, **options)

        connection.commit = broken_commit  # type: ignore[method-assign]
        connection.execute = broken_execute  # type: ignore[method-assign]

    async def _kill(self, connection: Connection) -> None:
        pid = connection.info.backend_pid
        async with self.way.pool.connection() as other:
            await other.execute("select pg_terminate_backend(%s)", (pid,))


@pytest.mark.parametrize("moment", ["before append", "before commit", "after commit"])
async def test_a_command_whose_commit_got_no_answer_is_stored_exactly_once(way: Road, moment: str) -> None:
    stream = uuid4()
    commands = Commands("intake", CutPool(way, moment))  # type: ignore[arg-type]
    answer = await commands.run(unit(stream, accepted(stream), key=key()))
    assert isinstance(answer, Done)
    assert await versions(way) == [(f"referral-{stream}", 1)]
    stored = await way.rows("select event_id from events.events")
    assert [(event_id,) for result in answer.results for event_id in result.event_ids] == stored
    assert await way.commands.run(unit(stream, accepted(stream), key=key())) == replace(answer, repeated=True)


async def test_a_process_that_slept_in_its_transaction_stores_the_command_once(
    way: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has ended the session meanwhile: that is a connection that is gone, not a command that failed."""
    append, asleep = store.append, asyncio.Event()

    async def slept(connection: Connection, records: Sequence[store.Record], now: datetime) -> int:
        number = await append(connection, records, now)
        if not asleep.is_set():
            asleep.set()
            await connection.execute("set local idle_in_transaction_session_timeout = 50")
            await asyncio.sleep(0.4)
        return number

    monkeypatch.setattr(store, "append", slept)
    stream = uuid4()
    assert isinstance(await way.commands.run(unit(stream, accepted(stream))), Done)
    assert asleep.is_set()
    assert await versions(way) == [(f"referral-{stream}", 1)]


async def test_an_id_that_a_crashed_server_gave_to_somebody_else_is_no_answer(
    way: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash pg_xact_status may speak of another transaction with the same id: the event decides."""

    async def committed(connection: Connection, transaction_id: int) -> CommitState:
        return CommitState.COMMITTED

    monkeypatch.setattr(store, "commit_state", committed)
    stream = uuid4()
    answer = await Commands("intake", CutPool(way, "before commit")).run(unit(stream, accepted(stream)))  # type: ignore[arg-type]
    assert isinstance(answer, Done)
    assert await versions(way) == [(f"referral-{stream}", 1)]


async def test_a_commit_that_is_still_in_progress_is_waited_for(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = store.commit_state, []

    async def slow(connection: Connection, transaction_id: int) -> CommitState:
        asked.append(transaction_id)
        return CommitState.IN_PROGRESS if len(asked) < 3 else await real(connection, transaction_id)

    monkeypatch.setattr(store, "commit_state", slow)
    stream = uuid4()
    answer = await Commands("intake", CutPool(way, "after commit")).run(unit(stream, accepted(stream)))  # type: ignore[arg-type]
    assert isinstance(answer, Done)
    assert len(asked) == 3
    assert await versions(way) == [(f"referral-{stream}", 1)]


async def test_control_a_command_that_is_sent_again_without_a_key_is_stored_twice(way: Road) -> None:
    """The cut is real: the first one did commit."""
    stream = uuid4()
    with pytest.raises(psycopg.OperationalError):
        await append_with_a_cut(way, stream)
    await way.record(stream)
    assert len(await versions(way)) == 2


async def append_with_a_cut(way: Road, stream: UUID) -> None:
    records = chain(f"referral-{stream}", accepted(stream))
    async with CutPool(way, "after commit").connection() as connection:
        await store.append(connection, records, records[0].recorded_at)
        await connection.commit()


async def test_commands_decided_under_one_lock_happen_one_after_the_other(way: Road) -> None:
    """A rule over streams that are not known yet: each looks whether any event is there, and appends to its own."""

    async def circumstances(connection: Connection, asked: Sequence[Asked[Record]]) -> Sequence[Circumstances]:
        row = await (await connection.execute("select count(*) from events.events")).fetchone()
        found.append(int(row[0]) if row else -1)
        await asyncio.sleep(0.05)
        return await RECORDER.circumstances(connection, asked)

    found: list[int] = []
    counting = Aggregate(RECORDER.decider, circumstances, RECORDER.view)
    units = [Unit((step(uuid4(), counting),), ACTOR, locks=("rule",)) for _ in range(4)]
    await asyncio.gather(*(way.commands.run(one) for one in units))
    assert sorted(found) == [0, 1, 2, 3]
    found.clear()
    await asyncio.gather(*(way.commands.run(replace(one, locks=())) for one in units))
    assert len(set(found)) < 4, "control: without the lock several decide on the same state"


async def test_a_write_before_the_append_is_refused(way: Road) -> None:
    async def writes(connection: Connection, asked: Sequence[Asked[Record]]) -> Sequence[Circumstances]:
        await connection.execute("select pg_current_xact_id()")
        return await RECORDER.circumstances(connection, asked)

    stream = uuid4()
    with pytest.raises(StoreError, match=r"events\.append_not_first"):
        await way.commands.run(Unit((step(stream, Aggregate(RECORDER.decider, writes, RECORDER.view)),), ACTOR))
