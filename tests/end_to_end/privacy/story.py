"""Twelve canaries live through the programme, in every service, and ten of them are erased; what stands where is read
on the way. One of the ten is known under two ids."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from tests.end_to_end.collector import Collector
from tests.end_to_end.platform import EVERY_SERVICE, Platform
from tests.end_to_end.privacy import whole_way
from tests.end_to_end.privacy.canaries import Canary
from tests.end_to_end.privacy.journey import Journey
from tests.end_to_end.privacy.programme import set_up
from tests.end_to_end.privacy.settling import FAILING
from typer.testing import CliRunner, Result

from insieme_events import cli
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import FragilityAssessed
from insieme_events.envelope import Stored
from insieme_events.service import open_pool
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import at_work, eventually
from insieme_events.testing.snapshot import Snapshot, take
from insieme_events.vault import KeyVault, MasterKey
from insieme_local.provision import SERVICES, Provisioned
from insieme_local.servers import Servers

CANARIES = [Canary(number) for number in range(12)]
ERASED = CANARIES[:10]
KEPT = CANARIES[10:]
TWIN = Canary(12)
"""The other id of number 1."""
HOLDING = ("intake", "matching", "training", "funding", "reporting")
"""The services that hold something of persons."""

PERIOD = {"from": "2024-01-01", "to": "2025-12-31"}
FIGURES = {
    "enrolled": ("gender", "age_band", "citizenship", "comune"),
    "taken_in_charge": ("gender", "age_band", "citizenship", "comune"),
    "placements": ("gender", "age_band", "citizenship"),
}
"""The measures, and their breakdowns by what an erasure makes unknown."""

Figures = dict[tuple[str, str | None], dict[str | None, int]]


Answers = dict[tuple[str, int], tuple[int, Any]]
"""Status and content of an answer, by service and canary."""


@dataclass
class Moment:
    """All that stands anywhere, what the identity route and the vault's table yield, and the figures.

    `parts` is what each service tells that it holds of whom, `documents` what the tool makes of it for number 1 and for
    number 11. The snapshot's logs hold the metrics and the spans of every service, too.
    """

    snapshot: Snapshot
    identities: dict[int, tuple[int, Any]]
    figures: Figures
    parts: Answers
    documents: dict[int, Result]


@dataclass
class Story:
    platform: Platform
    persons: dict[int, str]
    cases: dict[int, str]
    before: Moment
    after: Moment
    erased_again: list[dict[str, Any]]
    after_again: Snapshot
    newcomer: dict[str, Any]
    figures_with_newcomer: Figures


class Failing:
    """A handler with a defect that has somebody's value in its message."""

    types: frozenset[type[DomainEvent]] | None = frozenset({FragilityAssessed})

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        raise ValueError(f"cannot handle {[stored.event for stored in events]}")


async def tell(platform: Platform, servers: Servers, collector: Collector) -> Story:
    """Runs it all; every command must be accepted."""
    async with AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(platform.client(name)) for name in EVERY_SERVICE}
        journey = Journey(platform, clients)
        programme = await set_up(journey)
        await asyncio.gather(*(whole_way.whole_way(journey, canary, programme) for canary in CANARIES))
        await whole_way.all_together(journey, CANARIES, programme)
        await whole_way.meet_again(journey, TWIN, CANARIES[1])
        await whole_way.restrict_for_a_while(journey, KEPT[0])
        await park_sealed_events(platform.provisioned, len(CANARIES))
        await journey.settled()
        before = await moment(platform, servers, collector, journey)
        for canary in ERASED:
            await journey.erase(canary)
        await journey.answered()
        await journey.settled()
        after = await moment(platform, servers, collector, journey)
        again = [await journey.erase(canary) for canary in ERASED]
        await journey.settled()
        after_again = snapshot(platform, servers)
        persons = {number: way.person_id for number, way in journey.ways.items()}
        cases = {number: way.case_id for number, way in journey.ways.items() if way.case_id}
        await journey.apply(ERASED[0])
        await journey.settled()
        newcomer = await journey.person(ERASED[0])
        return Story(platform, persons, cases, before, after, again, after_again, newcomer, await figures(platform))


async def moment(platform: Platform, servers: Servers, collector: Collector, journey: Journey) -> Moment:
    identities: dict[int, tuple[int, Any]] = {}
    parts: Answers = {}
    for number, way in journey.ways.items():
        answer = await journey.intake.get(f"/v1/persons/{way.person_id}/identity")
        identities[number] = answer.status_code, answer.json()
        for service in HOLDING:
            answer = await journey.clients[service].get(f"/v1/persons/{way.person_id}/data")
            parts[service, number] = answer.status_code, answer.json()
    documents = {
        each.number: await asyncio.to_thread(ask, platform, UUID(journey.ways[each.number].person_id))
        for each in (ERASED[1], KEPT[1])
    }
    told = {f"{name}.metrics": (await client.get("/metrics")).content for name, client in journey.clients.items()}
    # Last, so that what was logged and traced of the requests above is in it.
    found = snapshot(platform, servers)
    found = replace(found, logs={**found.logs, **told, "spans": b"\n".join(collector.bodies)})
    return Moment(found, identities, await figures(platform), parts, documents)


def ask(platform: Platform, person_id: UUID) -> Result:
    """`insieme subject-access`, told where the services are."""
    told = {f"INSIEME_{name.upper()}_URL": platform.url(name) for name in HOLDING}
    return CliRunner().invoke(cli.app, ["subject-access", str(person_id)], env=told)


def databases(platform: Platform, servers: Servers) -> dict[str, str]:
    """Every database of the platform, read as the server's superuser."""
    head, _, query = servers.admin_url.partition("?")
    at = head.rpartition("/")[0]
    names = (*SERVICES, "keys")
    return {
        name: f"{at}/{database}" + (f"?{query}" if query else "")
        for name, database in zip(names, platform.provisioned.databases, strict=True)
    }


def snapshot(platform: Platform, servers: Servers) -> Snapshot:
    """The server's statistics are refreshed first, as it does itself sooner or later: they quote values of columns."""
    found = databases(platform, servers)
    for url in found.values():
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("analyze")
    own = platform.folders.logs.glob("*")
    of_servers = (path for part in servers.parts if part.child is not None for path in [part.child.log])
    return take(found, servers.bootstrap, platform.provisioned.topic_prefix, [*own, *of_servers])


async def figures(platform: Platform) -> Figures:
    found: Figures = {}
    for measure, breakdowns in FIGURES.items():
        for by in (None, *breakdowns):
            rows = await platform.figure(measure, **PERIOD, **({} if by is None else {"by": by}))
            found[measure, by] = {None if by is None else row[by]: row["value"] for row in rows}
    return found


def key_vault(provisioned: Provisioned, pool: Any) -> KeyVault:
    return KeyVault(pool, MasterKey.from_base64(provisioned.common["INSIEME_MASTER_KEY"]))


async def park_sealed_events(provisioned: Provisioned, count: int) -> None:
    """Lets a subscription with a defect park so many sealed events in reporting's dead letters."""
    async with (
        open_pool(provisioned.urls["reporting"], 3, "failing") as pool,
        open_pool(provisioned.urls["reporting@keys"], 2, "failing-keys") as keys,
    ):
        failing = Subscription(
            FAILING,
            ["intake"],
            Failing(),
            pool,
            key_vault(provisioned, keys),
            provisioned.common["KAFKA_BOOTSTRAP_SERVERS"],
            provisioned.topic_prefix,
            clock=lambda: datetime.now(UTC),
        )

        async def parked() -> bool:
            async with pool.connection() as connection:
                query = "select count(*) from events.dead_letters where subscription = %s and reason = 'failed'"
                row = await (await connection.execute(query, (FAILING,))).fetchone()
            return row is not None and row[0] == count

        async with at_work(failing):
            await eventually(parked)
