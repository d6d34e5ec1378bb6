"""What a running platform tells of itself: spans that are joined over Kafka, and logs of ids only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from tests.end_to_end import oracle
from tests.end_to_end.collector import Collector, Span, collecting
from tests.end_to_end.ledger import client_of
from tests.end_to_end.people import Someone
from tests.end_to_end.shared import Shared

from insieme_reporting.versions import NEWEST

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
JSON = {"Content-Type": "application/json"}


async def enrolled(shared: Shared, someone: Someone) -> list[UUID]:
    """One application within a trace of the caller's; the ids of its events, which reporting has applied."""
    url = shared.platform.provisioned.urls["reporting"]
    # A span links to the first events of its batch: ours comes alone.
    await oracle.caught_up(url, NEWEST.definition.subscription, shared.ledger.streams())
    known = shared.ledger.events().keys()
    async with client_of(shared.platform, shared.ledger) as client:
        client.services["intake"].headers["traceparent"] = f"00-{TRACE}-{CALLER}-01"
        await client.enrol(someone)
    await oracle.caught_up(url, NEWEST.definition.subscription, shared.ledger.streams())
    return list(shared.ledger.events().keys() - known)


async def test_spans_of_request_command_relay_and_projection_are_joined_by_the_events_traceparent(
    shared: Shared,
) -> None:
    collector = shared.collector
    events = await enrolled(shared, Someone(300_001))
    carried = [one for one in await oracle.in_topics(shared.platform.provisioned) if one.event_id in events]
    request = await seen(collector, "insieme-intake", "POST")
    command = await seen(collector, "insieme-intake", "command")
    relay = await seen(collector, "insieme-intake", "relay intake")
    apply = await seen(collector, "insieme-reporting", f"apply {NEWEST.definition.subscription}")

    assert (request.trace, request.parent) == (TRACE, CALLER)
    assert (command.trace, command.parent) == (TRACE, request.span)
    assert {one.traceparent for one in carried} == {f"00-{TRACE}-{command.span}-01"}
    assert (TRACE, command.span) in relay.links
    assert (TRACE, command.span) in apply.links


async def seen(collector: Collector, service: str, name: str) -> Span:
    """The first span of that service whose name begins so and that belongs to our trace, by itself or by a link."""
    async with asyncio.timeout(90):
        while True:
            for span in collector.spans:
                ours = span.trace == TRACE or any(trace == TRACE for trace, _ in span.links)
                if span.service == service and span.name.startswith(name) and ours:
                    return span
            await asyncio.sleep(0.05)


async def test_without_an_endpoint_nothing_is_sent_anywhere(shared: Shared) -> None:
    """The same proxy that sees every span of the shared services sees nothing of one that was told no endpoint."""
    assert shared.collector.bodies, "the proxy catches nothing: the test proves nothing"
    with collecting() as proxy:
        service = shared.platform.make("intake", "http", **proxy.environment(endpoint=None))
        try:
            await asyncio.to_thread(service.start)
            async with shared.platform.client("intake-http") as client:
                answer = await client.get("/v1/cases")
        finally:
            await asyncio.to_thread(service.stop)

    assert answer.status_code == 200
    assert proxy.bodies == []


async def test_logs_are_lines_of_json_and_neither_they_nor_spans_nor_errors_name_a_person(shared: Shared) -> None:
    someone = Someone(300_002)
    async with client_of(shared.platform, shared.ledger) as client:
        person_id = (await client.enrol(someone))["person_id"]
    async with shared.platform.client("intake") as intake:
        wrong = await intake.post("/v1/applications", json=someone.application(someone.codice_fiscale[:15] + "?"))
        broken = await intake.post("/v1/applications", content=json.dumps(someone.application())[:-1], headers=JSON)
        known = await intake.get(f"/v1/persons/{person_id}/identity")
    logs = shared.platform.logs()
    lines = [json.loads(line) for log in logs.values() for line in log.splitlines()]
    sent = b"".join(shared.collector.bodies).decode("utf-8", "replace")

    assert [answer.status_code for answer in (wrong, broken, known)] == [422, 400, 200]
    assert known.json()["last_name"] == someone.surname
    assert person_id in {line.get("person_id") for line in lines}, "the look at an identity is logged by its id"
    assert not named(someone.strings(), [*logs.values(), wrong.text, broken.text, sent])


def named(strings: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [string for string in strings if any(string in text for text in texts)]
