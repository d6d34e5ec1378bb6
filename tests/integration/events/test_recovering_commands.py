"""The commands of the operators' pages, as they are typed: what they say and what they leave."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import Field
from tests.integration.events.disasters import (
    applied,
    delete,
    in_both,
    journeys,
    names,
    once_and_in_order,
    relay,
    relayed,
    subscription,
)
from typer.testing import CliRunner

from insieme_events import position
from insieme_events.cli_contracts import topics as topics_commands
from insieme_events.position import PositionLost
from insieme_events.process import program
from insieme_events.service import ServiceDefinition
from insieme_events.settings import ServiceSettings
from insieme_events.testing.road import Effects, Road, at_work
from insieme_events.topics import TopicError, generations

pytestmark = pytest.mark.integration


class Settings(ServiceSettings):
    port: int = 0
    database_url: str = Field(validation_alias="DATABASE_URL_INTAKE", repr=False)


@pytest.fixture
async def way(broad_way: Road) -> Road:
    await Effects.prepare(broad_way)
    return broad_way


@pytest.fixture(autouse=True)
def told(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_INTAKE", way.url)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", way.bootstrap)
    monkeypatch.setenv("INSIEME_TOPIC_PREFIX", way.prefix)


async def typed(*words: str) -> tuple[int, str]:
    """What `insieme-intake` answers: its exit code, and all that it says."""
    made = program(ServiceDefinition("intake", "intake", "intake", Settings))
    answer = await asyncio.to_thread(CliRunner().invoke, made, list(words))
    return answer.exit_code, answer.output


async def _topics(*words: str) -> tuple[int, str]:
    answer = await asyncio.to_thread(CliRunner().invoke, topics_commands, list(words))
    return answer.exit_code, answer.output


async def test_kafka_lost_as_its_page_says(way: Road) -> None:
    await journeys(way, 5)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 20)
    before = await in_both(way)
    await delete(way, names(way).restricted, names(way).party, names(way).position)

    code, said = await typed("refill", "--dry-run")
    assert code == 0, said
    assert f"{names(way).restricted} lacks 20\n{names(way).party} lacks 10\n30 records would be sent" in said
    assert await in_both(way) == ({}, {}), "only looked"
    code, said = await typed("refill")
    assert (code, "30 records sent; the position is " in said) == (0, True)
    assert await in_both(way) == before

    code, said = await typed("read-again", "test.none")
    assert (
        code,
        "events.no_such_subscription: test.none has no cursor here; those that have: test.effects" in said,
    ) == (
        1,
        True,
    )
    code, said = await typed("read-again", "test.effects")
    assert code == 0, said
    await journeys(way, 1)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 24)
    await once_and_in_order(way, 24)


async def test_the_position_lost_as_its_page_says(way: Road) -> None:
    await journeys(way, 3)
    await relayed(way, 12)
    kept = position.read(way.bootstrap, names(way).position)
    await delete(way, names(way).position)
    code, said = await typed("recover-position", "--dry-run")
    assert (code, said.endswith("not written\n")) == (0, True), said
    assert position.read(way.bootstrap, names(way).position) is None
    code, said = await typed("recover-position")
    assert (code, said.endswith(", written\n")) == (0, True), said
    assert position.read(way.bootstrap, names(way).position) == kept


async def test_a_relay_whose_position_topic_is_gone_ends_with_the_sentence_that_makes_it_again(way: Road) -> None:
    await journeys(way, 1)
    await relayed(way, 4)
    code, said = await _topics("delete", names(way).position, "--yes")
    assert code == 0, said
    with pytest.raises(TopicError, match=f"topics.missing: {names(way).position}: not there; run `insieme topics"):
        await asyncio.wait_for(relay(way).run(), 30)
    assert (await _topics("apply"))[1] == "topics: 1 made\n"
    with pytest.raises(PositionLost, match="recover-position"):
        await asyncio.wait_for(relay(way).run(), 30)


async def test_only_a_topic_of_the_catalogue_is_deleted_and_only_when_it_was_said_twice(way: Road) -> None:
    code, said = await _topics("delete", f"{way.prefix}.payroll.v1", "--yes")
    assert code == 1
    code, said = await _topics("delete", names(way).restricted)
    assert (code, "Delete" in said) == (1, True), "asked, and nobody said yes"
    assert names(way).restricted in await asyncio.to_thread(generations, way.bootstrap, [names(way).restricted])


async def test_servers_that_are_away_are_told_in_a_sentence(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_INTAKE", "postgresql://nobody@127.0.0.1:9/nothing")
    code, said = await typed("refill", "--dry-run")
    assert code == 1
    assert "a server does not answer" in said
    assert "are Kafka and PostgreSQL running?" in said
