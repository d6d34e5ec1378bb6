"""What a running platform tells of itself: spans that are joined over Kafka, and logs of ids only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from tests.end_to_end import oracle
from tests.end_to_end.collector import Collector, Span, collecting
from tests.end_to_end.ledger import Ledger, client_of
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform

from insieme_local.supervisor import start_together

pytestmark = pytest.mark.end_to_end

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.invalid:4318"}


def behind(collector: Collector) -> dict[str, str]:
    """The collector as a proxy in the way of every HTTP request that a service sends, wherever to; and no delay."""
    proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy"), collector.endpoint)
    return {**proxy, "NO_PROXY": "", "no_proxy": "", "OTEL_BSP_SCHEDULE_DELAY": "100"}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture(scope="module")
def traced(prepared: Platform, collector: Collector) -> Platform:
    """Intake and reporting, told to send their spans."""
    start_together([prepared.make(name, "serve", **behind(collector), **ENDPOINT) for name in ("intake", "reporting")])
    return prepared


async def enrolled(platform: Platform, number: int) -> list[UUID]:
    """One application within a trace of the caller's; the ids of its events, which reporting has applied."""
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    ledger = Ledger()
    async with client_of(platform, ledger) as client:
        client.services["intake"].headers.update(headers)
        await client.enrol(Someone(number))
    await oracle.caught_up(platform.provisioned.urls["reporting"], "reporting.facts.1", ledger.streams())
    return list(ledger.events())


async def test_spans_of_request_command_relay_and_projection_are_joined_by_the_events_traceparent(
    traced: Platform, collector: Collector
) -> None:
    events = await enrolled(traced, 1)
    carried = [one for one in await oracle.in_topics(traced.provisioned) if one.event_id in events]
    request = await seen(collector, "insieme-intake", "POST")
    command = await seen(collector, "insieme-intake", "command")
    relay = await seen(collector, "insieme-intake", "relay intake")
    apply = await seen(collector, "insieme-reporting", "apply reporting.facts.1")

    assert (request.trace, request.parent) == (TRACE, CALLER)
    assert (command.trace, command.parent) == (TRACE, request.span)
    assert {one.traceparent for one in carried} == {f"00-{TRACE}-{command.span}-01"}
    assert (TRACE, command.span) in relay.links
    assert (TRACE, command.span) in apply.links


async def seen(collector: Collector, service: str, name: str) -> Span:
    """The first span of that service whose name begins so and that belongs to our trace, by itself or by a link."""
    async with asyncio.timeout(15):
        while True:
            for span in collector.spans:
                ours = span.trace == TRACE or any(trace == TRACE for trace, _ in span.links)
                if span.service == service and span.name.startswith(name) and ours:
                    return span
            await asyncio.sleep(0.05)


async def test_without_an_endpoint_nothing_is_sent_anywhere(traced: Platform, collector: Collector) -> None:
    """The same proxy that sees every span of the services above sees nothing of one that was told no endpoint."""
    assert collector.requests > 0, "the proxy catches nothing: the test proves nothing"
    with collecting() as proxy:
        service = traced.make("intake", "http", **behind(proxy))
        try:
            await asyncio.to_thread(service.start)
            async with traced.client("intake-http") as client:
                answer = await client.post("/v1/applications", json=Someone(2).application())
        finally:
            await asyncio.to_thread(service.stop)

    assert answer.status_code == 201
    assert proxy.requests == 0


async def test_logs_are_lines_of_json_without_anything_that_names_a_person(
    traced: Platform, collector: Collector
) -> None:
    someone = Someone(77)
    async with traced.client("intake") as client:
        told = (await client.post("/v1/applications", json=someone.application())).json()
        wrong = await client.post("/v1/applications", json=someone.application(someone.codice_fiscale[:15] + "?"))
        known = await client.get(f"/v1/persons/{told['person_id']}/identity")
        broken = await client.post("/v1/applications", content=json.dumps(someone.application())[:-1])
    logs = traced.logs()
    lines = [json.loads(line) for log in logs.values() for line in log.splitlines()]

    assert [answer.status_code for answer in (wrong, known, broken)] == [422, 200, 400]
    assert known.json()["last_name"] == someone.surname
    assert told["person_id"] in {line.get("person_id") for line in lines}, "the look at an identity is logged by its id"
    assert not named(someone.strings(), [*logs.values(), wrong.text, broken.text, repr(collector.spans)])


def named(strings: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [string for string in strings if any(string in text for text in texts)]
