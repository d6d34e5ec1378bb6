"""A link to the database that stays open and carries nothing any more: nobody waits on it for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from tests.chaos.proxy import Proxy, SqlCommits, proxy_to
from tests.integration.events.disasters import (
    QuickRelay,
    applied,
    journeys,
    on_topic,
    once_and_in_order,
    relay,
    subscription,
)

from insieme_events.commands import Commands
from insieme_events.connecting import Answering
from insieme_events.service import open_pool
from insieme_events.testing.road import Effects, Road, at_work

pytestmark = pytest.mark.integration


class LettingGo(QuickRelay):
    let_go = 2.0


class NeverLettingGo(QuickRelay):
    let_go = 600.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "answer_within", 1.0)


@pytest.fixture
async def link(broad_way: Road) -> AsyncIterator[tuple[Proxy, Road]]:
    """The same road through a proxy."""
    await Effects.prepare(broad_way)
    server = urlsplit(broad_way.url)
    async with proxy_to(server.hostname or "", server.port or 5432, SqlCommits) as proxy:
        url = proxy.url(broad_way.url)
        async with open_pool(url, 4, "test-link") as pool:
            yield proxy, replace(broad_way, url=url, pool=pool, commands=Commands("intake", pool))


async def test_a_road_whose_database_falls_silent_goes_on_over_new_connections(
    broad_way: Road, link: tuple[Proxy, Road]
) -> None:
    proxy, far = link
    async with at_work(relay(far, LettingGo), subscription(far)):
        await journeys(far, 2)
        await applied(broad_way, 8)
        proxy.silence()
        async with asyncio.timeout(20):
            await journeys(broad_way, 2)
            await applied(broad_way, 16)
    await once_and_in_order(broad_way, 16)


async def test_a_command_whose_database_is_silent_is_told_so_and_sent_again_it_is_stored_once(
    link: tuple[Proxy, Road],
) -> None:
    proxy, far = link
    one = uuid4()
    await far.record(one)
    proxy.silence()
    told: list[str] = []
    async with asyncio.timeout(15):
        while True:
            try:
                done = await far.record(one)
                break
            except psycopg.OperationalError as away:
                told.append(str(away))
    assert done.results[0].sequence == 2
    assert told, "a connection of the pool was silent"
    assert all(one.startswith("events.database_silent: ") for one in told)


async def test_control_without_a_limit_a_command_waits_for_as_long_as_the_link_is_silent(
    link: tuple[Proxy, Road], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answering, "answer_within", None)
    proxy, far = link
    await far.record(uuid4())
    proxy.silence()
    waits = asyncio.create_task(far.record(uuid4()))
    await asyncio.wait({waits}, timeout=3)
    assert not waits.done()
    proxy.cut()
    await asyncio.gather(waits, return_exceptions=True)


async def test_control_without_letting_go_no_relay_leads_while_the_silent_ones_session_lives(
    broad_way: Road, link: tuple[Proxy, Road]
) -> None:
    proxy, far = link
    async with at_work(relay(far, NeverLettingGo)):
        await far.record(uuid4())
        await on_topic(far, 1)
        proxy.silence()
        await broad_way.record(uuid4())
        with pytest.raises(AssertionError, match="not within"):
            await on_topic(broad_way, 2, seconds=4)
        proxy.cut()
