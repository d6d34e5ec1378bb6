"""The relay puts every stored event on its topics once, in order per key, through kills, cuts and a second one (3)."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import orjson
import psycopg
import pytest
from aiokafka import AIOKafkaProducer

from insieme_events import catalogue, store
from insieme_events.clock import system_clock
from insieme_events.contracts.intake import EligibilityAssessed, PersonEnrolled
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.position import PositionLost
from insieme_events.relay import Relay
from insieme_events.store import Position, Record
from insieme_events.testing.road import (
    DAY,
    Road,
    Sent,
    accepted,
    at_work,
    chain,
    committed,
    eventually,
    on_wire,
    produce,
    unit,
)

pytestmark = pytest.mark.integration

SCRIPT = """
import asyncio, os, signal, sys
from aiokafka import AIOKafkaProducer
from insieme_events.relay import Relay
url, bootstrap, prefix, transactions, moment = sys.argv[1:]
left, commit = int(transactions), AIOKafkaProducer.commit_transaction

async def commit_or_die(self):
    global left
    left -= 1
    if left or moment == "after commit":
        await commit(self)
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

AIOKafkaProducer.commit_transaction = commit_or_die
asyncio.run(Relay("intake", url, bootstrap, prefix, asyncio.Event(), batch=200).run())
"""


@pytest.fixture
def way(broad_way: Road) -> Iterator[Road]:
    yield broad_way
    # A fenced producer leaves futures that nobody asked; what their end has to tell is told here, not in another test.
    gc.collect()


def relay(way: Road, kind: type[Relay] = Relay) -> Relay:
    return kind("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)


def restricted(way: Road) -> str:
    return catalogue.restricted_topic(way.prefix, "intake")


async def read(way: Road, topic: str | None = None) -> list[Sent]:
    return await asyncio.to_thread(committed, way.bootstrap, topic or restricted(way))


def relayed(way: Road, count: int) -> Callable[[], Awaitable[bool]]:
    async def there() -> bool:
        return len(await read(way)) >= count

    return there


async def assert_whole(way: Road) -> list[Sent]:
    """What is on the topic is what is in the store: complete, distinct, in order per key, predecessors contiguous."""
    records = await read(way)
    stored = await way.rows("select stream, version, event_id::text, predecessor::text from events.events")
    found = [(r.header("ce_subject"), int(r.header("ce_sequence")), r.header("ce_id")) for r in records]
    assert sorted(found) == sorted((s, v, e) for s, v, e, _ in stored)
    predecessors = {event: before for _, _, event, before in stored}
    last: dict[bytes | None, tuple[int, int, str | None]] = {}
    for record, (_, sequence, event_id) in zip(records, found, strict=True):
        partition, before, previous = last.get(record.key, (record.partition, 0, None))
        assert (record.partition, sequence) == (partition, before + 1)
        assert dict(record.headers).get("ce_predecessor", b"").decode() == (previous or "")
        assert predecessors[event_id] == previous
        last[record.key] = record.partition, sequence, event_id
    return records


async def test_every_event_is_there_once_and_in_order_after_the_relay_was_killed(way: Road) -> None:
    await way.fill(150, 20)
    for transactions, moment in ((3, "before commit"), (2, "after commit"), (4, "before commit")):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, way.url, way.bootstrap, way.prefix, str(transactions), moment
        )
        assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL
    assert len(await read(way)) == 200 * (2 + 2 + 3), "it was killed on the way"
    async with at_work(relay(way)):
        await eventually(relayed(way, 3000))
    assert len(await assert_whole(way)) == 3000


async def test_what_is_appended_while_it_runs_is_relayed_through_cut_connections(way: Road) -> None:
    async with at_work(relay(way)):
        for _ in range(4):
            await way.fill(20, 5)
            await cut(way)
        await eventually(relayed(way, 400))
    await assert_whole(way)


async def cut(way: Road) -> None:
    """Ends the relay's database session, and with it its lock."""
    await way.rows("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'relay.intake'")


async def leaders(way: Road) -> int:
    rows = await way.rows(
        """select count(*) from pg_locks l join pg_stat_activity a using (pid)
           where l.locktype = 'advisory' and l.granted and a.application_name = 'relay.intake'
             and l.database = (select oid from pg_database where datname = current_database())"""
    )
    return int(rows[0][0])


async def test_of_two_relays_one_leads_and_the_other_takes_over(way: Road) -> None:
    first, second = relay(way), relay(way)
    async with at_work(second):
        async with at_work(first):
            await way.fill(30, 4)
            await eventually(relayed(way, 120))
            assert await leaders(way) == 1
            assert first.ready()
            assert second.ready()
        await way.fill(30, 4)
        await eventually(relayed(way, 240))
        assert await leaders(way) == 1
    await assert_whole(way)


class Held(Relay):
    """Stops before it sends what it has read, as a paused process does."""

    async def _send(
        self, producer: AIOKafkaProducer, records: Sequence[Record], last: Position, newest: Record
    ) -> None:
        self.reached.set()
        await self.go_on.wait()
        await super()._send(producer, records, last, newest)

    def hold(self) -> Held:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        return self


async def paused_while_another_leads(way: Road, old: Held) -> int:
    """How many records there are after a relay, paused over a batch of 10 events, wakes behind a newer leader."""
    await way.fill(10, 1)
    task = asyncio.create_task(old.run())
    await old.reached.wait()
    await cut(way)
    async with at_work(relay(way)):
        await eventually(relayed(way, 10))
        old.go_on.set()
        await asyncio.sleep(1)
        await old.stop()
        await asyncio.wait_for(task, 20)
    return len(await read(way))


async def test_a_relay_that_lost_the_lock_without_knowing_is_fenced(way: Road) -> None:
    old = relay(way, Held)
    assert isinstance(old, Held)
    assert await paused_while_another_leads(way, old.hold()) == 10
    await assert_whole(way)


async def test_control_under_another_transactional_id_it_sends_twice(way: Road) -> None:
    old = relay(way, Held)
    assert isinstance(old, Held)
    old.name = "relay.intake.other"
    async with await psycopg.AsyncConnection.connect(way.url):
        assert await paused_while_another_leads(way, old.hold()) == 20


async def test_without_its_position_it_refuses_to_send_everything_again(way: Road) -> None:
    await way.record(uuid4())
    await produce(way.bootstrap, on_wire(chain("referral-a", accepted(uuid4()))[0], 0, topic=restricted(way)))
    with pytest.raises(PositionLost, match=r"relay\.position_lost: .* holds no position, but .* is not empty"):
        await asyncio.wait_for(relay(way).run(), 20)
    assert len(await read(way)) == 1


async def test_a_relay_that_died_in_its_first_transaction_lost_no_position(way: Road) -> None:
    """Its aborted records have offsets, but nobody reads them."""
    stream = uuid4()
    await way.record(stream, 3)
    half_sent = on_wire(chain(f"referral-{stream}", accepted(stream))[0], 0, topic=restricted(way))
    await produce(way.bootstrap, half_sent, transactional_id=f"{way.prefix}.relay.intake", commit=False)
    async with at_work(relay(way)):
        await eventually(relayed(way, 3))
    await assert_whole(way)


async def test_a_record_has_the_instant_of_its_recording_far_in_the_past_or_hours_ahead(way: Road) -> None:
    times = [datetime(2017, 6, 1, 8, tzinfo=UTC), datetime(2017, 6, 1, 8, tzinfo=UTC), system_clock()]
    times.append(system_clock().replace(microsecond=0) + timedelta(hours=3))
    stream = uuid4()
    records = [
        replace(record, recorded_at=at)
        for record, at in zip(chain(f"referral-{stream}", *[accepted(stream)] * 4), times, strict=True)
    ]
    async with way.pool.connection() as connection:
        await store.append(connection, records, times[-1])
    async with at_work(relay(way)):
        await eventually(relayed(way, 4))
    found = await assert_whole(way)
    assert [record.timestamp_ms for record in found] == [int(at.timestamp() * 1000) for at in times]
    assert [datetime.fromisoformat(record.header("ce_recordedtime")) for record in found] == times


def enrolled(case: UUID) -> PersonEnrolled:
    return PersonEnrolled(
        case_id=case,
        person_id=uuid4(),
        occurred_on=DAY,
        channel_class=next(iter(ChannelClass)),
        agreement_version="a-1",
    )


async def test_signatories_get_the_declared_fields_in_order_and_nothing_else(way: Road) -> None:
    case = uuid4()
    await way.commands.run(unit(case, accepted(case), enrolled(case), accepted(case), enrolled(case)))
    async with at_work(relay(way)):
        await eventually(relayed(way, 4))
    await assert_whole(way)
    party = await read(way, catalogue.party_topic(way.prefix, "intake"))
    assert [record.header("ce_sequence") for record in party] == ["2", "4"]
    for record in party:
        assert set(orjson.loads(record.value or b"")) == set(PersonEnrolled.party_fields or ())
        assert "ce_predecessor" not in dict(record.headers)
        assert record.header("ce_dataclassification") == "party"


async def test_a_record_is_a_cloud_event_in_binary_mode(way: Road) -> None:
    stream = uuid4()
    await way.commands.run(unit(stream, accepted(stream), correlation_id="c-1", causation_id="cause"))
    async with at_work(relay(way)):
        await eventually(relayed(way, 1))
    (record,) = await assert_whole(way)
    kind = "it.insiemeperillavoro.intake.ReferralAccepted.v1"
    wanted = {
        "ce_specversion": "1.0",
        "ce_source": "urn:insieme:intake",
        "ce_type": kind,
        "ce_subject": f"referral-{stream}",
        "ce_partitionkey": f"referral-{stream}",
        "ce_sequence": "1",
        "ce_time": "2020-02-03T00:00:00+01:00",
        "ce_dataschema": f"urn:insieme:schema:{kind}",
        "ce_correlationid": "c-1",
        "ce_causationid": "cause",
        "ce_dataclassification": "restricted",
        "content-type": "application/json",
    }
    assert {name: record.header(name) for name in wanted} == wanted
    assert record.key == f"referral-{stream}".encode()
    assert orjson.loads(record.value or b"")["referral_id"] == str(stream)


async def test_the_largest_event_that_the_store_takes_gets_through(way: Road) -> None:
    case = uuid4()
    unmet = tuple(f"P{10 + n % 90}" for n in range(149_900))
    large = EligibilityAssessed(
        case_id=case,
        person_id=uuid4(),
        occurred_on=DAY,
        eligible=False,
        unmet=unmet,
        valid_until=DAY,
        agreement_version="a-1",
    )
    await way.commands.run(unit(case, large, accepted(case)))
    async with at_work(relay(way)):
        await eventually(relayed(way, 2))
    assert [len(record.value or b"") > 899_000 for record in await assert_whole(way)] == [True, False]
