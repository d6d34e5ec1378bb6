"""What an operator sees of a subscription and a relay: lag, heart-beat, liveness, what waits for the relay, spans."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from insieme_events import catalogue, telemetry, topics
from insieme_events.clock import system_clock
from insieme_events.envelope import Stored
from insieme_events.housekeeping import Housekeeping
from insieme_events.progress import Progress
from insieme_events.relay import Relay
from insieme_events.service import Role, Running, ServiceDefinition, create_app
from insieme_events.settings import ServiceSettings
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import Effects, Road, accepted, at_work, eventually, road, unit
from insieme_events.waiting import applied
from insieme_local.provision import provision
from insieme_local.servers import Servers

pytestmark = pytest.mark.integration

NAME = "test.effects"
STUCK_AFTER = 2.0


@pytest.fixture
async def way(broad_way: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setattr(Progress, "every", 0.2)
    await Effects.prepare(broad_way)
    return broad_way


class HeldBack(Effects):
    """Waits inside its transaction until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        await self.let_go.wait()
        await super().apply(connection, events)


def subscription(way: Road, handler: Effects) -> Subscription:
    return Subscription(NAME, ["intake"], handler, way.pool, None, way.bootstrap, way.prefix, stuck_after=STUCK_AFTER)


def relay(way: Road) -> Relay:
    return Relay("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)


def partitions(way: Road) -> list[str]:
    topic = catalogue.restricted_topic(way.prefix, "intake")
    return [f"{topic}/{number}" for number in range(catalogue.PARTITIONS["intake"])]


def exposed(metric: str, way: Road) -> list[float]:
    """The metric of every partition that exposes it."""
    found = [REGISTRY.get_sample_value(metric, {"subscription": NAME, "partition": p}) for p in partitions(way)]
    return [value for value in found if value is not None]


def age() -> float:
    return REGISTRY.get_sample_value("insieme_unrelayed_age_seconds", {"context": "intake"}) or 0.0


def leads() -> bool:
    return REGISTRY.get_sample_value("insieme_relay_leaders", {"context": "intake"}) == 1


def is_true(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked


async def test_lag_rises_while_a_handler_is_held_back_and_is_nothing_at_the_end(way: Road) -> None:
    handler = HeldBack()
    async with at_work(relay(way), subscription(way, handler)):
        ids = await way.fill(1, 3)
        await eventually(is_true(lambda: sum(exposed("insieme_lag_events", way)) >= 3))
        await eventually(is_true(lambda: max(exposed("insieme_lag_seconds", way)) > 1))
        before = max(exposed("insieme_lag_seconds", way))
        await eventually(is_true(lambda: max(exposed("insieme_lag_seconds", way)) > before))
        handler.let_go.set()
        await applied(way.pool, NAME, {f"referral-{ids[0]}": 3}, 30)
        # The topic ends with the marker of the relay's transaction, which is no event that somebody waits for.
        await eventually(is_true(lambda: exposed("insieme_lag_events", way) == [0.0] * 6))
        assert exposed("insieme_lag_seconds", way) == [0.0] * 6
    assert exposed("insieme_lag_events", way) == [], "whoever gave a partition up does not measure it"


@asynccontextmanager
async def served(way: Road, worker: Subscription) -> AsyncIterator[httpx.AsyncClient]:
    """A service with this one subscription, asked over HTTP."""

    def subscriptions(_: Running) -> list[Subscription]:
        return [worker]

    definition = ServiceDefinition(
        "intake", "Test", "Test", ServiceSettings, publishes=False, subscriptions=subscriptions
    )
    settings = ServiceSettings(
        port=0, database_url=way.url, kafka_bootstrap_servers=way.bootstrap, topic_prefix=way.prefix
    )
    app = create_app(definition, settings, Role.SUBSCRIPTIONS)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        yield client


async def heartbeats(client: httpx.AsyncClient, way: Road) -> dict[str, float]:
    """As Prometheus reads them."""
    text = (await client.get("/metrics")).text
    name = "insieme_consumer_heartbeat_timestamp_seconds{"
    lines = [line for line in text.splitlines() if line.startswith(name)]
    return {part: float(line.split()[-1]) for part in partitions(way) for line in lines if f'"{part}"' in line}


def status(client: httpx.AsyncClient, code: int) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return (await client.get("/healthz")).status_code == code

    return asked


async def test_a_loop_that_does_not_turn_is_not_alive_though_the_broker_answers(way: Road) -> None:
    handler = HeldBack()
    async with served(way, subscription(way, handler)) as client, at_work(relay(way)):
        # Nothing to read, for longer than it takes to be called stuck: the heart beats.
        await asyncio.sleep(STUCK_AFTER + 1)
        await eventually(is_true(lambda: len(exposed("insieme_lag_events", way)) == 6))
        idle = await heartbeats(client, way)
        assert min(idle.values()) > system_clock().timestamp() - STUCK_AFTER
        assert (await client.get("/healthz")).json() == {"status": "alive"}

        ids = await way.fill(1, 1)
        await eventually(status(client, 503))
        assert "the loop has not turned" in (await client.get("/healthz")).json()["stuck"][NAME]
        still = await heartbeats(client, way)
        assert max(still.values()) < system_clock().timestamp() - STUCK_AFTER / 2
        # The control: a ping of the broker, and of the database, finds nothing wrong.
        found = await asyncio.to_thread(AdminClient({"bootstrap.servers": way.bootstrap}).list_topics, timeout=10)
        assert catalogue.restricted_topic(way.prefix, "intake") in found.topics
        assert (await client.get("/readyz")).status_code == 200

        handler.let_go.set()
        await applied(way.pool, NAME, {f"referral-{ids[0]}": 1}, 30)
        await eventually(status(client, 200))
        await asyncio.sleep(1)
        assert min((await heartbeats(client, way)).values()) > max(still.values())


async def test_a_client_that_stopped_fetching_is_not_alive_though_the_loop_turns(way: Road) -> None:
    worker = subscription(way, Effects())
    async with served(way, worker) as client:
        await eventually(is_true(lambda: len(exposed("insieme_lag_events", way)) == 6))
        worker._subscriber.consumer._fetcher._fetch_task.cancel()
        await eventually(status(client, 503))
        assert "has not been fetched" in (await client.get("/healthz")).json()["stuck"][NAME]


@pytest.mark.timeout(300)
async def test_the_age_of_the_oldest_unrelayed_event_rises_whatever_holds_it_up(
    own_servers: Callable[..., Servers], topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Progress, "every", 0.2)
    monkeypatch.setattr(topics, "TIMEOUT", 1.0)
    servers = await asyncio.to_thread(own_servers)
    made = await asyncio.to_thread(provision, servers, ("intake",))
    async with road(made.urls, servers.bootstrap, topic_prefix.rstrip(".")) as way:
        await Effects.prepare(way)
        leader, reader = relay(way), subscription(way, Effects())
        keeping = Housekeeping("intake", way.pool, system_clock)
        keeping.also.append(leader.unrelayed.measure)

        async def waits() -> bool:
            await keeping.once()
            return age() > 1

        async def waits_no_more() -> bool:
            await keeping.once()
            return age() == 0

        async with at_work(reader):
            leading = asyncio.create_task(leader.run())
            await eventually(is_true(leads), 60)
            await way.fill(1, 1)
            await eventually(waits_no_more)

            async with await psycopg.AsyncConnection.connect(servers.admin_url) as writer:
                await writer.execute("select pg_current_xact_id()")
                await way.fill(1, 1)
                await eventually(waits)
            await eventually(waits_no_more)

            await eventually(is_true(lambda: len(exposed("insieme_lag_events", way)) == 6))
            servers.kill_kafka()
            await way.fill(1, 1)
            await eventually(waits)
            before = age()
            await eventually(is_true(lambda: age() > before + 1))
            # Another start would not bring Kafka back: the heart stands still, and the process is left alone.
            assert max(exposed("insieme_consumer_heartbeat_timestamp_seconds", way)) < system_clock().timestamp() - 2
            assert reader.stuck() is None
            # It waits inside its transaction for Kafka, for as long as that takes.
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)

        late = Relay("intake", way.url, way.bootstrap, way.prefix, asyncio.Event())
        await late.unrelayed.measure(way.pool)
        assert age() == 0, "a process that never knew the position counts from its first look on"
        await way.fill(1, 1)
        await late.unrelayed.measure(way.pool)
        await eventually(is_true(lambda: age() > 1))


async def test_the_span_of_a_batch_links_to_the_spans_of_its_events(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    streams = [uuid4() for _ in range(3)]
    for stream in streams:
        await way.commands.run(unit(stream, accepted(stream)))
    async with at_work(relay(way), subscription(way, Effects())):
        await applied(way.pool, NAME, {f"referral-{stream}": 1 for stream in streams}, 30)
    spans = kept.get_finished_spans()
    commands = {span.context.span_id for span in spans if span.context and span.name.startswith("command")}
    assert len(commands) == 3
    assert linked(spans, "relay intake") == commands
    assert linked(spans, f"apply {NAME}") == commands


def linked(spans: Sequence[ReadableSpan], name: str) -> set[int]:
    return {link.context.span_id for span in spans if span.name == name for link in span.links}
