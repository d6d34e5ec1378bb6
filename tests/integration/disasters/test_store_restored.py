"""A store that was restored, or whose server was replaced, forks nothing in silence (decision 2, "Restored stores")."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY
from tests.integration.disasters.cluster import Cluster

from insieme_events import catalogue, moved, putting_back, store
from insieme_events.clock import system_clock
from insieme_events.commands import Commands
from insieme_events.position import Standing
from insieme_events.putting_back import Recovered, RecoveryRefused
from insieme_events.relay import Relay
from insieme_events.service import Running, ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.store import CommitState, StoreError
from insieme_events.testing.road import RECORDER, Road, Sent, accepted, at_work, chain, committed, eventually
from insieme_local.provision import Provisioned

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ROWS = "select event_id::text, stream, version, type, data::text, metadata::text, occurred_on, recorded_at, predecessor"
STORED = f"{ROWS} from events.events order by stream, version"
# What an operator must never do: say by hand that the store is where it was.
BY_HAND = """
update events.epoch set behind = false, system_identifier = (select system_identifier from pg_control_system()),
    timeline = ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer,
    relation = tableoid
"""
# What the row said before it knew its own table: server and timeline are all that is looked at.
OF_THE_SERVER_ALONE = "update events.epoch set relation = tableoid"


class Impatient(Relay):
    held = 0.5


def relay(way: Road) -> Relay:
    return Impatient("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)


async def topic(way: Road) -> list[Sent]:
    return await asyncio.to_thread(committed, way.bootstrap, catalogue.restricted_topic(way.prefix, "intake"))


async def relayed(way: Road) -> None:
    """Runs a relay until the topic has as many events as the store."""
    async with at_work(relay(way)):
        await eventually(lambda: as_many(way))


async def as_many(way: Road) -> bool:
    return len(await topic(way)) >= len(await way.rows(STORED))


async def assert_nothing_lost_or_doubled(way: Road) -> None:
    """Topic and store have the same events, each once, every stream whole and in order."""
    found = [(r.header("ce_id"), r.header("ce_subject"), int(r.header("ce_sequence"))) for r in await topic(way)]
    stored = [row[:3] for row in await way.rows(STORED)]
    assert sorted(found) == sorted(stored)
    last: dict[str, int] = {}
    for _, stream, sequence in found:
        assert sequence == last.get(stream, 0) + 1, stream
        last[stream] = sequence


async def refused(way: Road, stream: UUID) -> StoreError:
    with pytest.raises(StoreError) as error:
        await way.record(stream)
    return error.value


class Settings(ServiceSettings):
    port: int = 0
    database_url: str = ""


def service(way: Road) -> Running:
    definition = ServiceDefinition("intake", "", "", Settings, aggregates=(RECORDER,))
    settings = Settings(kafka_bootstrap_servers=way.bootstrap, topic_prefix=way.prefix, database_url=way.url)
    return Running(definition, settings, way.pool, None, Commands("intake", way.pool), system_clock)


async def recover(way: Road, *, dry_run: bool = False) -> Recovered:
    return await putting_back.recover(service(way), way.owner_url, dry_run=dry_run)


async def as_owner(way: Road, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(way.owner_url, autocommit=True) as owner:
        await owner.execute(statement.encode())


def missing_metric() -> float | None:
    return REGISTRY.get_sample_value("insieme_store_missing_events", {"context": "intake"})


async def dumped_and_restored(way: Road, cluster: Cluster, made: Provisioned) -> list[UUID]:
    """30 relayed events, 5 that still wait, then the dump in a new cluster, whose transaction ids start again."""
    for _ in range(60):
        await as_owner(way, "select pg_current_xact_id()")
    streams = await way.fill(10, 3)
    await relayed(way)
    await way.record(streams[0], 5)
    dump = await asyncio.to_thread(cluster.dump, made.urls["intake_owner"])
    await asyncio.to_thread(cluster.new_cluster, made.topic_prefix, dump)
    rows = await way.rows("select max(transaction_id) > pg_current_xact_id() from events.events")
    assert rows == [(True,)], "the new cluster's transaction ids do not start again: nothing would be shown"
    return streams


async def test_a_dump_in_a_new_cluster_goes_on_once_the_relay_has_compared_it(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    streams = await dumped_and_restored(way, cluster, made)
    told = await refused(way, streams[0])
    assert told.code == "events.store_moved"
    assert "`insieme store recover --service intake`" in told.sentence
    async with way.pool.connection() as connection:
        assert await store.commit_state(connection, 2**40) is CommitState.ABORTED, "no transaction of this server's"
    async with at_work(relay(way)):
        await eventually(lambda: settled(way))
        await way.record(streams[0], 2)
        await way.fill(5, 2)
        await eventually(lambda: as_many(way))
    assert await way.rows("select epoch, behind, at_home from events.standing") == [(2, False, True)]
    await assert_nothing_lost_or_doubled(way)


async def settled(way: Road) -> bool:
    async with way.pool.connection() as connection:
        return (await moved.home(connection)).settled


async def test_control_without_a_new_epoch_what_is_appended_there_is_never_relayed(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    streams = await dumped_and_restored(way, cluster, made)
    await as_owner(way, BY_HAND)
    await way.record(streams[1])
    leading = relay(way)
    async with at_work(leading):
        await eventually(lambda: leads(leading))
        await asyncio.sleep(1)
    assert (len(await topic(way)), len(await way.rows(STORED))) == (30, 36)


async def leads(one: Relay) -> bool:
    return one.ready()


async def lost_tail(way: Road, cluster: Cluster, *, recovering: bool = True) -> tuple[list[UUID], list[Any]]:
    """20 events before the backup, 25 relayed after it; then the backup. Answers the streams and all 45 rows."""
    streams = await way.fill(10, 2)
    await relayed(way)
    backup = await asyncio.to_thread(cluster.base_backup)
    await way.fill(5, 3)
    for stream in streams[:5]:
        await way.record(stream, 2)
    await relayed(way)
    rows = await way.rows(STORED)
    await asyncio.to_thread(lambda: cluster.bring_back(backup, recovering=recovering))
    assert len(await way.rows(STORED)) == 20
    return streams, rows


async def test_a_store_behind_kafka_is_held_until_its_lost_tail_is_put_back(
    way: Road, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    streams, rows = await lost_tail(way, cluster)
    assert (await refused(way, streams[0])).code == "events.store_moved"
    leading = relay(way)
    async with at_work(leading):
        await eventually(lambda: held(way))
        told = await refused(way, streams[0])
        assert told.code == "events.store_behind"
        assert "`insieme store recover --service intake`" in told.sentence
        assert not leading.ready()
        assert missing_metric() == 25
        assert len((await recover(way, dry_run=True)).lost) == 25
        assert (await refused(way, streams[0])).code == "events.store_behind", "a dry run changes nothing"

        found = await recover(way)
        assert (len(found.lost), found.epoch) == (25, 2)
        assert await way.rows(STORED) == rows, "each event is as it was, to the byte"
        await way.record(streams[0], 2)
        await eventually(lambda: as_many(way))
        assert leading.ready()
        assert missing_metric() == 0
    said = capsys.readouterr().out
    assert "relay.store_behind: Kafka has 25 events" in said
    await assert_nothing_lost_or_doubled(way)
    assert (await recover(way)).lost == [], "again it changes nothing"
    async with at_work(relay(way)):
        await way.record(streams[0])
        await eventually(lambda: as_many(way))
    await assert_nothing_lost_or_doubled(way)


async def restored_in_place(way: Road, cluster: Cluster, made: Provisioned) -> list[UUID]:
    """10 relayed events and a dump, 20 more, then the dump in the place of the database on the very same server."""
    streams = await way.fill(10, 1)
    await relayed(way)
    dump = await asyncio.to_thread(cluster.dump, made.urls["intake_owner"])
    for stream in streams:
        await way.record(stream, 2)
    await relayed(way)
    await asyncio.to_thread(cluster.in_place, made, dump)
    return streams


async def test_a_dump_in_the_very_server_that_it_came_from_takes_nothing_before_it_was_compared(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    streams = await restored_in_place(way, cluster, made)
    assert (await refused(way, streams[0])).code == "events.store_moved"
    async with at_work(relay(way)):
        await eventually(lambda: held(way))
        assert len((await recover(way)).lost) == 20
        await way.record(streams[0])
        await eventually(lambda: as_many(way))
    await assert_nothing_lost_or_doubled(way)


async def test_control_asked_for_server_and_timeline_alone_the_dump_is_written_to_and_forks(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    streams = await restored_in_place(way, cluster, made)
    await as_owner(way, OF_THE_SERVER_ALONE)
    await way.record(streams[0])
    with pytest.raises(RecoveryRefused, match=r"store\.forked"):
        await recover(way)


async def held(way: Road) -> bool:
    return await way.rows("select behind from events.standing") == [(True,)]


async def test_control_with_the_epoch_row_matched_by_hand_the_store_forks_and_the_recovery_names_it(
    way: Road, cluster: Cluster
) -> None:
    streams, _ = await lost_tail(way, cluster)
    await as_owner(way, BY_HAND)
    await way.record(streams[0])
    stream = f"referral-{streams[0]}"
    ours = {event_id for event_id, name, version, *_ in await way.rows(STORED) if (name, version) == (stream, 3)}
    found = await topic(way)
    theirs = {r.header("ce_id") for r in found if (r.header("ce_subject"), r.header("ce_sequence")) == (stream, "3")}
    assert (len(ours), len(theirs), ours & theirs) == (1, 1, set()), "two events have the same place in the stream"
    with pytest.raises(RecoveryRefused, match=f"store.forked: .*{stream} at 3"):
        await recover(way)
    assert len(await way.rows(STORED)) == 21


async def test_a_copy_of_the_files_started_as_if_nothing_had_happened_is_seen_by_the_relay(
    way: Road, cluster: Cluster
) -> None:
    """System identifier and timeline are the same: events are taken until the relay looks, and none of them is lost."""
    streams, rows = await lost_tail(way, cluster, recovering=False)
    await way.record(streams[9], 3)
    async with at_work(relay(way)):
        await eventually(lambda: held(way))
        assert (await refused(way, streams[0])).code == "events.store_behind"
        await recover(way)
        assert len(await way.rows(STORED)) == len(rows) + 3
        await way.record(streams[9], 2)
        await eventually(lambda: as_many(way))
    await assert_nothing_lost_or_doubled(way)


class LooksAtTheLastOneOnly(Relay):
    """Takes the event of its position for all that it relayed."""

    async def _settle(self, connection: store.Connection, last: Standing) -> None:
        assert last.event_id is not None
        assert await store.contains(connection, UUID(last.event_id))
        await connection.execute(moved.SETTLE, (last.position.epoch,))


async def lost_before_the_last(way: Road, cluster: Cluster, made: Provisioned) -> None:
    """A transaction that began before the last one and committed after it is lost with its end."""
    early, late = uuid4(), uuid4()
    await way.record(late)
    async with await psycopg.AsyncConnection.connect(way.url) as slow:
        await store.append(slow, chain(f"referral-{early}", accepted(early)), system_clock())
        await way.record(late)
        dump = await asyncio.to_thread(cluster.dump, made.urls["intake_owner"])
        await slow.commit()
    await relayed(way)
    assert (await topic_in_order(way))[-1] == f"referral-{late}"
    await asyncio.to_thread(cluster.new_cluster, made.topic_prefix, dump)


async def topic_in_order(way: Road) -> list[str]:
    rows = await way.rows("select stream from events.events order by epoch, transaction_id, position")
    return [stream for (stream,) in rows]


async def test_a_lost_event_is_found_also_when_the_last_relayed_one_is_there(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    await lost_before_the_last(way, cluster, made)
    async with at_work(relay(way)):
        await eventually(lambda: held(way))
        assert len((await recover(way)).lost) == 1
        await way.fill(2, 2)
        await eventually(lambda: as_many(way))
    await assert_nothing_lost_or_doubled(way)


async def test_control_a_relay_that_looks_at_the_last_one_only_misses_it(
    way: Road, cluster: Cluster, made: Provisioned
) -> None:
    await lost_before_the_last(way, cluster, made)
    async with at_work(LooksAtTheLastOneOnly("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)):
        await eventually(lambda: settled(way))
        await way.record(uuid4())
    assert len((await recover(way, dry_run=True)).lost) == 1
