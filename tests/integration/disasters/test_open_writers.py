"""A writer that stays open holds up every reader of the store: it is named, and a limit of its role ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY
from tests.integration.disasters.cluster import Cluster

from insieme_events import catalogue, housekeeping, store
from insieme_events.clock import system_clock
from insieme_events.housekeeping import Housekeeping
from insieme_events.relay import Relay
from insieme_events.service import open_pool
from insieme_events.testing.road import Road, accepted, at_work, chain, committed, eventually
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.integration

LIMITS = "select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where rolname = %s"


@pytest.fixture
async def stuck(way: Road, cluster: Cluster) -> AsyncIterator[psycopg.AsyncConnection[object]]:
    """A session of the service's role, whose limit is a second here, that appended and then does nothing."""
    async with await psycopg.AsyncConnection.connect(cluster.servers.admin_url, autocommit=True) as admin:
        await admin.execute("alter role intake set idle_in_transaction_session_timeout = '1s'")
    session = await psycopg.AsyncConnection.connect(way.url)
    yield session
    await session.close()


async def append(session: psycopg.AsyncConnection[object]) -> None:
    stream = uuid4()
    await store.append(session, chain(f"referral-{stream}", accepted(stream)), system_clock())


async def relayed(way: Road) -> int:
    return len(await asyncio.to_thread(committed, way.bootstrap, catalogue.restricted_topic(way.prefix, "intake")))


async def test_every_role_has_its_limits(cluster: Cluster, made: Provisioned) -> None:
    async with await psycopg.AsyncConnection.connect(made.urls["intake"]) as session:
        for name, value in (("lock_timeout", "7s"), ("transaction_timeout", "30s")):
            assert await (await session.execute(f"show {name}".encode())).fetchone() == (value,)
    async with await psycopg.AsyncConnection.connect(made.urls["intake_owner"]) as session:
        assert await (await session.execute("show transaction_timeout")).fetchone() == ("15min",)
        rows = await (await session.execute(LIMITS, ("intake_owner",))).fetchall()
        assert len(rows[0][0]) == 3


async def test_a_session_left_open_in_its_transaction_is_ended_and_the_reader_goes_on(
    way: Road, stuck: psycopg.AsyncConnection[object]
) -> None:
    async with at_work(Relay("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)):
        await append(stuck)
        await way.record(uuid4())
        await eventually(lambda: goes_on(way))
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        await stuck.execute("select 1")
    assert len(await way.rows("select from events.events")) == 1, "what it had appended is undone"


async def goes_on(way: Road) -> bool:
    return await relayed(way) == 1


async def test_control_without_the_limit_the_reader_stalls(way: Road, stuck: psycopg.AsyncConnection[object]) -> None:
    await stuck.execute("set idle_in_transaction_session_timeout = 0")
    await stuck.commit()
    leading = Relay("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)
    async with at_work(leading):
        await append(stuck)
        await way.record(uuid4())
        await eventually(lambda: leads(leading))
        await asyncio.sleep(3)
        assert await relayed(way) == 0
        await stuck.rollback()
        await eventually(lambda: goes_on(way))


async def leads(one: Relay) -> bool:
    return one.ready()


async def test_an_open_writer_of_any_database_is_named_by_age_pid_and_database(
    way: Road, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(housekeeping, "OLD_WRITER", timedelta(seconds=0.2))
    looks = Housekeeping("intake", way.pool, system_clock)
    async with await psycopg.AsyncConnection.connect(cluster.servers.admin_url) as elsewhere:
        await elsewhere.execute("select pg_current_xact_id()")
        await asyncio.sleep(0.3)
        await looks.once()
        labels = {"database": "postgres", "pid": str(elsewhere.info.backend_pid)}
        age = REGISTRY.get_sample_value("insieme_oldest_writer_seconds", labels)
        assert age is not None
        assert age > 0.2
        said = capsys.readouterr().out
        assert "writer_stays_open" in said
        assert f"pid={elsewhere.info.backend_pid}" in said
        assert "database=postgres" in said
        await elsewhere.rollback()
    await looks.once()
    assert REGISTRY.get_sample_value("insieme_oldest_writer_seconds", labels) is None


async def test_a_role_without_its_limits_is_named_once(
    way: Road, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    async with await psycopg.AsyncConnection.connect(cluster.servers.admin_url, autocommit=True) as admin:
        await admin.execute("alter role intake reset lock_timeout")
    async with open_pool(way.url, 2, "test-limits") as pool:
        looks = Housekeeping("intake", pool, system_clock)
        await looks.once()
        await looks.once()
    said = capsys.readouterr().out
    assert said.count("role_without_limits") == 1
    assert "lock_timeout" in said
