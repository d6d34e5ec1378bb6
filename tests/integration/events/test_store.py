"""The event store: optimistic versions, commit order, and readers that never skip a commit (decisions 1 and 2)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from insieme_events import store
from insieme_events.clock import system_clock
from insieme_events.store import START, Position, Record, StoreError, VersionConflict
from insieme_events.testing.road import Road, accepted, chain, unit

pytestmark = pytest.mark.integration

NOW = datetime(2021, 1, 1, tzinfo=UTC)


def records(length: int = 1) -> list[Record]:
    name = uuid4()
    return chain(f"referral-{name}", *[accepted(name)] * length)


async def connect(way: Road) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(way.url)


async def read_all(way: Road, limit: int = 1000) -> list[Record]:
    async with way.pool.connection() as connection:
        return [record for _, record in await store.read(connection, START, limit)]


async def test_what_was_appended_is_loaded_in_order(way: Road) -> None:
    one, other = records(3), records(2)
    async with way.pool.connection() as connection:
        await store.append(connection, [*one, *other], NOW)
    async with way.pool.connection() as connection:
        found = await store.load(connection, [one[0].stream, "referral-none"])
    assert found == {one[0].stream: one, "referral-none": []}


async def test_whatever_stands_in_the_text_comes_back_as_it_was(way: Road) -> None:
    awkward = ["NULL", "", "null", '{"},{', '"', "\\", '\\"', "a,b", "{}", " à 日本 ", "\n\t"]
    made = [
        replace(record, type=text, data=json.dumps({"a": text, text: [text, None]}), metadata=json.dumps(text))
        for text in awkward
        for record in records(2)
    ]
    async with way.pool.connection() as connection:
        await store.append(connection, made, NOW)
    assert await read_all(way) == made


async def test_of_two_appends_of_the_same_version_the_second_is_a_conflict(way: Road) -> None:
    mine = records()[0]
    theirs = replace(mine, event_id=uuid4())
    async with await connect(way) as first, await connect(way) as second:
        await store.append(first, [mine], NOW)
        waiting = asyncio.create_task(store.append(second, [theirs], NOW))
        await asyncio.sleep(0.1)
        assert not waiting.done(), "the second waits for the first one's end"
        await first.commit()
        with pytest.raises(VersionConflict):
            await waiting
    assert await read_all(way) == [mine]


async def test_the_same_event_twice_says_that_it_is_there_already(way: Road) -> None:
    mine = records()
    async with way.pool.connection() as connection:
        await store.append(connection, mine, NOW)
    async with way.pool.connection() as connection:
        with pytest.raises(store.EventIdTaken):
            await store.append(connection, mine, NOW)
        await connection.rollback()


async def test_a_conflict_in_one_stream_appends_to_none(way: Road) -> None:
    there, fresh = records(), records()
    async with way.pool.connection() as connection:
        await store.append(connection, there, NOW)
    async with way.pool.connection() as connection:
        with pytest.raises(VersionConflict):
            await store.append(connection, [*fresh, replace(there[0], event_id=uuid4())], NOW)
        await connection.rollback()
    assert await read_all(way) == there


async def interleaved(way: Road) -> list[int]:
    """A transaction gets its id, then another appends version 1, then the first appends version 2 of that stream.

    Answers the versions in the order in which a reader sees them.
    """
    one, two = records(2)
    async with await connect(way) as early, await connect(way) as late:
        await early.execute("select pg_current_xact_id()")
        await store.append(late, [one], NOW)
        await late.commit()
        await store.append(early, [two], NOW)
        await early.commit()
    return [record.sequence for record in await read_all(way)]


async def test_an_append_that_is_not_the_first_write_is_refused(way: Road) -> None:
    with pytest.raises(StoreError) as refused:
        await interleaved(way)
    assert refused.value.code == "events.append_not_first"


async def test_control_without_that_check_a_stream_is_read_out_of_order(way: Road) -> None:
    async with await psycopg.AsyncConnection.connect(way.owner_url) as owner:
        row = await (await owner.execute("select pg_get_functiondef('events.append'::regproc)")).fetchone()
        assert row is not None
        await owner.execute(row[0].replace("is not null then", "is not null and false then").encode())
    assert await interleaved(way) == [2, 1]


async def test_recorded_at_never_goes_back_in_a_stream(way: Road) -> None:
    stream = uuid4()
    times = [NOW, NOW - timedelta(days=400), NOW + timedelta(days=1)]
    for recorded_at in times:
        await way.commands.run(unit(stream, accepted(stream), recorded_at=recorded_at))
    assert [record.recorded_at for record in await read_all(way)] == [NOW, NOW, NOW + timedelta(days=1)]


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=300)])
async def test_recorded_at_more_than_five_minutes_ahead_is_refused(way: Road, ahead: timedelta) -> None:
    stream = uuid4()
    with pytest.raises(StoreError) as refused:
        await way.commands.run(unit(stream, accepted(stream), recorded_at=system_clock() + ahead))
    assert refused.value.code == "events.recorded_ahead"
    await way.commands.run(unit(stream, accepted(stream), recorded_at=system_clock() + timedelta(minutes=4)))
    assert len(await read_all(way)) == 1


async def test_an_event_that_kafka_would_refuse_is_refused(way: Road) -> None:
    """Bytes count, not characters."""
    name = uuid4()
    large = replace(chain(f"referral-{name}", accepted(name))[0], data='"' + "è" * 450_001 + '"')
    async with way.pool.connection() as connection:
        with pytest.raises(StoreError) as refused:
            await store.append(connection, [large], NOW)
    assert refused.value.code == "events.too_large"


BY_NUMBER = (
    f"select {store.COLUMNS}, epoch, transaction_id::text::bigint, position from events.events where position > %s"
)


async def committed_in_reverse(way: Road, by_number: bool) -> list[Record]:
    """Two writers commit in the reverse order of their numbers; a reader polls in between and afterwards."""
    first, second = records()[0], records()[0]
    seen: list[Record] = []
    at: Position = START

    async def poll() -> None:
        nonlocal at
        async with way.pool.connection() as connection:
            if by_number:
                rows = await (await connection.execute(BY_NUMBER, (at.position,))).fetchall()
                found = [(Position(*row[10:]), Record(*row[:10])) for row in rows]
            else:
                found = await store.read(connection, at, 100)
        if found:
            at = found[-1][0]
        seen.extend(record for _, record in found)

    async with await connect(way) as slow, await connect(way) as quick:
        await store.append(slow, [first], NOW)
        await store.append(quick, [second], NOW)
        await quick.commit()
        await poll()
        await slow.commit()
    await poll()
    return [record for record in (first, second) if record in seen]


async def test_a_reader_skips_no_commit_whatever_the_order(way: Road) -> None:
    assert len(await committed_in_reverse(way, by_number=False)) == 2


async def test_control_a_reader_by_number_skips_one(way: Road) -> None:
    assert len(await committed_in_reverse(way, by_number=True)) == 1


async def test_readers_go_on_in_any_page_size(way: Road) -> None:
    await way.fill(7, 5, per_transaction=3)
    whole = await read_all(way)
    paged: list[Record] = []
    at = START
    async with way.pool.connection() as connection:
        while page := await store.read(connection, at, 4):
            at = page[-1][0]
            paged.extend(record for _, record in page)
    assert paged == whole
    assert len(whole) == 35


async def test_the_poll_is_an_index_scan_without_a_sort(way: Road) -> None:
    await way.fill(200, 10)
    async with await psycopg.AsyncConnection.connect(way.owner_url, autocommit=True) as owner:
        await owner.execute("analyze events.events")
        plan = await owner.execute("explain " + store.READ_COMMITTED_ORDER, (1, "5", 0, 500))
        text = "\n".join(line for (line,) in await plan.fetchall())
    assert "Index Scan using events_in_commit_order" in text
    assert "Sort" not in text
    assert "Seq Scan on events" not in text


@pytest.mark.parametrize(
    "statement", ["update events.events set type = 'x'", "delete from events.events", "truncate events.events"]
)
async def test_the_service_cannot_change_what_happened(way: Road, statement: str) -> None:
    await way.record(uuid4())
    async with await connect(way) as service:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await service.execute(statement.encode())


async def test_the_service_may_say_that_its_store_is_whole_only_where_it_moved(way: Road) -> None:
    """It writes neither the epoch nor the server's name itself."""
    async with way.pool.connection() as connection:
        row = await (await connection.execute("select events.settle(41)")).fetchone()
        assert row == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("update events.epoch set epoch = 7")
        await connection.rollback()
