"""From Kafka to a handler, effect once: through rebalances, cuts, kills and foreign records (decisions 5 to 7)."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient

from insieme_events import catalogue, topics
from insieme_events.cursors import Cursor, CursorError
from insieme_events.relay import Relay
from insieme_events.scanning import Place
from insieme_events.subscription import Subscription
from insieme_events.testing.road import (
    Effects,
    Road,
    Wire,
    accepted,
    at_work,
    chain,
    effects,
    eventually,
    on_wire,
    produce,
)
from insieme_events.topics import TopicError, TopicFacts
from insieme_events.waiting import applied

pytestmark = pytest.mark.integration

NAME = "test.effects"


@pytest.fixture
async def way(broad_way: Road) -> Road:
    await Effects.prepare(broad_way)
    return broad_way


def subscription(
    way: Road, handler: Effects | None = None, max_records: int = 2000, kind: type[Subscription] = Subscription
) -> Subscription:
    return kind(
        NAME, ["intake"], handler or Effects(), way.pool, None, way.bootstrap, way.prefix, max_records=max_records
    )


def relay(way: Road) -> Relay:
    return Relay("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)


def wires(way: Road, name: str, length: int, partition: int = 0) -> list[Wire]:
    topic = catalogue.restricted_topic(way.prefix, "intake")
    return [on_wire(record, 0, partition, topic) for record in chain(name, *[accepted(uuid4())] * length)]


async def assert_once_and_in_order(way: Road, expected: int) -> None:
    """Each stream's effects are 1 to n."""
    found = await effects(way)
    last: Counter[str] = Counter()
    for stream, sequence in found:
        assert sequence == last[stream] + 1, (stream, sequence)
        last[stream] = sequence
    assert len(found) == expected


async def handled(way: Road, count: int, seconds: float = 60) -> None:
    async def there() -> bool:
        return len(await effects(way)) >= count

    await eventually(there, seconds)


async def test_what_happened_before_the_subscription_existed_is_handled(way: Road) -> None:
    ids = await way.fill(30, 3)
    async with at_work(relay(way)):
        async with at_work(subscription(way)):
            await applied(way.pool, NAME, {f"referral-{one}": 3 for one in ids}, 30)
        await way.fill(10, 1)
        async with at_work(subscription(way)):
            await handled(way, 100)
    await assert_once_and_in_order(way, 100)


async def test_members_come_and_go_and_every_effect_happens_once_in_order(way: Road) -> None:
    await way.fill(200, 4)
    first, second, third = (subscription(way, max_records=60) for _ in range(3))
    async with at_work(relay(way), third):
        async with at_work(first):
            await handled(way, 200)
            async with at_work(second):
                await way.fill(100, 6)
                await handled(way, 1000)
        await way.fill(100, 6)
        await handled(way, 2000)
    await assert_once_and_in_order(way, 2000)


async def test_database_sessions_that_are_cut_in_the_middle_cost_and_double_nothing(way: Road) -> None:
    await way.fill(100, 10)
    async with at_work(relay(way), subscription(way, max_records=50)):
        for goal in (100, 300, 500):
            await handled(way, goal)
            await way.rows(
                """select pg_terminate_backend(pid) from pg_stat_activity
                   where application_name = 'test-road' and pid <> pg_backend_pid()"""
            )
        await handled(way, 1000)
    await assert_once_and_in_order(way, 1000)


async def test_foreign_records_are_parked_or_ignored_and_the_others_go_on(way: Road) -> None:
    good, other = wires(way, "referral-good", 4), wires(way, "referral-other", 3)
    no_text = replace(good[0], key=b"x", headers=[("ce_id", b"\xff\xfe"), ("ce_type", b"\xc3\x28")])
    no_value = replace(other[0], key=b"y", value=None)
    garbage = replace(good[0], key=b"\x00\xff", value=b"\xff\xfe", headers=[])
    sent = [good[0], no_text, good[1], no_value, garbage, other[0], good[1], other[2], good[3], other[1], good[2]]
    await produce(way.bootstrap, *sent)
    async with at_work(subscription(way)):
        await handled(way, 7)
    await assert_once_and_in_order(way, 7)
    assert await way.rows("select reason, count(*) from events.dead_letters group by 1") == [("unreadable", 3)]


async def test_a_handler_that_fails_holds_back_one_stream(way: Road) -> None:
    ids = await way.fill(20, 4)
    ((bad,),) = await way.rows(
        "select event_id from events.events where version = 2 and stream = %s", f"referral-{ids[0]}"
    )
    async with at_work(relay(way), subscription(way, Effects(bad))):
        await handled(way, 77)
    await assert_once_and_in_order(way, 77)
    parked = await way.rows("select stream, sequence, reason from events.dead_letters order by sequence")
    stream = f"referral-{ids[0]}"
    assert parked == [(stream, 2, "failed"), (stream, 3, "behind"), (stream, 4, "behind")]


async def test_a_topic_that_was_made_anew_is_a_named_error(way: Road) -> None:
    await produce(way.bootstrap, *wires(way, "referral-a", 1))
    async with at_work(subscription(way)):
        await handled(way, 1)
    admin = AdminClient({"bootstrap.servers": way.bootstrap})
    name = catalogue.restricted_topic(way.prefix, "intake")
    await asyncio.to_thread(admin.delete_topics([name])[name].result)
    with pytest.raises(TopicError, match=r"topics\.missing"):
        await asyncio.wait_for(subscription(way).run(), 30)
    await asyncio.to_thread(topics.apply, way.bootstrap, way.prefix)
    with pytest.raises(CursorError, match=r"events\.topic_made_anew: .* is not the topic"):
        await asyncio.wait_for(subscription(way).run(), 30)


async def test_a_topic_that_lost_its_end_is_a_named_error(way: Road) -> None:
    await produce(way.bootstrap, *wires(way, "referral-a", 1))
    async with at_work(subscription(way)):
        await handled(way, 1)
    await way.rows("update events.cursors set next_offset = 7 where partition = 0 returning 1")
    with pytest.raises(CursorError, match=r"events\.topic_lost_records: .* records are lost"):
        await asyncio.wait_for(subscription(way).run(), 30)


SCRIPT = """
import asyncio, os, signal, sys
from insieme_events import cursors
from insieme_events.applying import BatchTransaction
from insieme_events.service import open_pool
from insieme_events.subscription import Subscription
from insieme_events.testing.road import Effects

url, bootstrap, prefix, kind = sys.argv[1:]

class DiesAfterItsEffect(Effects):
    async def apply(self, connection, events):
        await super().apply(connection, events)
        os.kill(os.getpid(), signal.SIGKILL)

class CursorFirst(BatchTransaction):
    async def run(self, connection, records, steps):
        await cursors.advance(connection, self.subscription, steps)
        await connection.commit()
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with open_pool(url, 4, "test-victim") as pool:
        handler = DiesAfterItsEffect()
        victim = Subscription("test.effects", ["intake"], handler, pool, None, bootstrap, prefix)
        if kind == "cursor first":
            victim.transaction = CursorFirst("test.effects", handler, None, victim.transaction.now)
        await victim.run()

asyncio.run(main())
"""


class LooksAtNoRecord(Subscription):
    """Does not compare the record before its cursor with what it has handled: that would see the loss by itself."""

    async def _check_lasts(self, known: dict[Place, Cursor], found: dict[str, TopicFacts]) -> None:
        return None


async def after_a_kill(way: Road, kind: str, next_one: type[Subscription] = Subscription) -> None:
    """A process handles 5 events and is killed at the named point; the next one handles what is left and 1 more."""
    await produce(way.bootstrap, *wires(way, "referral-a", 5))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, way.url, way.bootstrap, way.prefix, kind
    )
    assert await asyncio.wait_for(process.wait(), 40) == -signal.SIGKILL
    await produce(way.bootstrap, *wires(way, "referral-b", 1))
    survivor = subscription(way, kind=next_one)
    # A group of its own, or it would wait until the dead member's session ends; the cursors are the same.
    survivor._group += ".survivor"
    async with at_work(survivor):
        await applied(way.pool, NAME, {"referral-b": 1}, 30)


async def test_a_process_that_is_killed_between_effect_and_cursor_loses_and_doubles_nothing(way: Road) -> None:
    await after_a_kill(way, "one transaction")
    await assert_once_and_in_order(way, 6)


async def test_control_with_the_cursor_committed_first_the_killed_process_loses_its_batch(way: Road) -> None:
    await after_a_kill(way, "cursor first", LooksAtNoRecord)
    assert await effects(way) == [("referral-b", 1)]
