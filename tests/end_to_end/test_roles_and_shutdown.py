"""Each role of a service as a process of its own: what it answers, what it says when something is away, how it ends."""

from __future__ import annotations

import asyncio
import signal

import httpx
import psycopg
import pytest
from tests.end_to_end import oracle
from tests.end_to_end.gate import gate_to
from tests.end_to_end.ledger import Ledger, traffic
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform

from insieme_events.testing.road import eventually
from insieme_local.service import Service
from insieme_local.supervisor import start_together
from insieme_reporting.versions import NEWEST

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

ROLES = {
    "intake": ("http", "relay", "subscriptions"),
    "matching": ("http", "relay", "subscriptions"),
    "reporting": ("http", "subscriptions"),
}
PROCESSES = [f"{name}-{role}" for name, roles in ROLES.items() for role in roles]
ENDED = ["intake-http", "intake-relay", "matching-subscriptions", "reporting-subscriptions"]


@pytest.fixture(scope="module")
def roles(prepared: Platform) -> Platform:
    """Every service, each of its roles alone."""
    start_together([prepared.make(name, role) for name, roles in ROLES.items() for role in roles])
    return prepared


async def asked(platform: Platform, name: str, path: str) -> httpx.Response:
    async with platform.client(name) as client:
        return await client.get(path)


@pytest.mark.parametrize("name", PROCESSES)
async def test_each_role_answers_health_readiness_and_metrics(roles: Platform, name: str) -> None:
    health, ready, metrics = [await asked(roles, name, path) for path in ("/healthz", "/readyz", "/metrics")]

    assert (health.status_code, health.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "missing": []})
    assert metrics.status_code == 200
    assert "insieme_" in metrics.text


@pytest.mark.parametrize(
    ("name", "path"), [("intake", "/v1/cases"), ("matching", "/v1/companies"), ("reporting", "/v1/measures")]
)
async def test_only_the_role_http_has_the_routes(roles: Platform, name: str, path: str) -> None:
    answers = {role: (await asked(roles, f"{name}-{role}", path)).status_code for role in ROLES[name]}

    assert answers == {role: 200 if role == "http" else 404 for role in ROLES[name]}


async def test_readiness_names_what_is_missing_while_the_database_is_away_and_comes_back_by_itself(
    roles: Platform,
) -> None:
    url = roles.provisioned.urls["matching"]
    async with gate_to(url) as gate:
        service = roles.make("matching", "relay", "gated", DATABASE_URL_MATCHING=gate.url(url))
        try:
            await asyncio.to_thread(service.start)
            before = await asked(roles, "gated", "/readyz")
            await gate.shut()
            away = await asked(roles, "gated", "/readyz")
            alive = await asked(roles, "gated", "/healthz")
            later = await asked(roles, "gated", "/readyz")
            await gate.open()
            await asyncio.to_thread(service.wait_ready)
        finally:
            await asyncio.to_thread(service.stop)
            del roles.services["gated"]

    assert (before.status_code, before.json()["missing"]) == (200, [])
    assert (away.status_code, away.json()["ready"]) == (503, False)
    assert "database" in away.json()["missing"]
    assert {"database", "relay.matching"} <= set(later.json()["missing"]), "a worker that noticed is named too"
    assert alive.status_code == 200


async def test_sigterm_during_load_drains_every_role_and_loses_nothing_acknowledged(roles: Platform) -> None:
    ledger = Ledger()
    services = [roles.services[name] for name in ENDED]
    async with traffic(roles, ledger) as going:
        await going.more(40)
        codes = await asyncio.gather(*(asyncio.to_thread(terminated, service) for service in services))
        async with asyncio.timeout(120):
            while not ledger.repeats:  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.05)
        await asyncio.to_thread(start_together, services)
        await going.more(40)
    urls = roles.provisioned.urls
    await oracle.caught_up(urls["reporting"], NEWEST.definition.subscription, ledger.streams())
    found = oracle.compare(ledger, await oracle.in_topics(roles.provisioned), await oracle.in_facts(urls["reporting"]))

    assert dict(zip(ENDED, codes, strict=True)) == dict.fromkeys(ENDED, 0)
    assert found == oracle.Findings()
    print(f"\nacknowledged commands {len(ledger.entries)}, repeats by cause {dict(ledger.repeats)}")


def terminated(service: Service) -> int:
    """The exit code after a SIGTERM, within the time in which the supervisor would kill."""
    child = service.child
    assert child is not None
    child.process.send_signal(signal.SIGTERM)
    return child.process.wait(timeout=service.grace)


async def test_a_command_in_flight_at_the_sigterm_is_answered(roles: Platform) -> None:
    """Held up by a lock in the database, so that it certainly is in flight."""
    url = roles.provisioned.urls["intake_owner"]
    service = roles.services["intake-http"]
    async with await psycopg.AsyncConnection.connect(url) as connection, roles.client("intake-http") as client:
        await connection.execute("lock table views.cases in exclusive mode")
        sent = asyncio.create_task(client.post("/v1/applications", json=Someone(500_001).application()))
        await eventually(lambda: _waited_for(connection))
        ended = asyncio.create_task(asyncio.to_thread(terminated, service))
        await asyncio.sleep(0.5)
        assert not sent.done()
        assert not ended.done()
        await connection.rollback()
        answer = await sent
        row = await connection.execute("select status from views.cases where case_id = %s", (answer.json()["case_id"],))
        assert await row.fetchone() == ("enrolled",)

    assert (answer.status_code, await ended) == (201, 0)


async def _waited_for(connection: psycopg.AsyncConnection) -> bool:
    """Whether somebody waits for the lock on the cases."""
    query = "select count(*) from pg_locks where not granted and relation = 'views.cases'::regclass"
    return await (await connection.execute(query)).fetchone() != (0,)
