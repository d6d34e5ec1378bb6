"""Reporting's database is lost: made anew by its migrations, its facts come out of the topics byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import psycopg
import pytest

from insieme_events import migrate
from insieme_events.contracts.intake import EntryCharacteristicsRecorded
from insieme_events.projection import content
from insieme_events.relay import Relay
from insieme_events.service import Role, Running, create_app
from insieme_events.testing import databases
from insieme_events.testing.road import ACTOR, Record, Road, at_work, recorder, road
from insieme_events.units import Done, Step, Unit
from insieme_events.waiting import applied
from insieme_local.provision import Provisioned
from insieme_reporting.service import SERVICE
from insieme_reporting.settings import ReportingSettings
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST

pytestmark = pytest.mark.integration

DEFINITION = NEWEST.definition
CASES = recorder("case")
SCHEMAS = "select nspname from pg_namespace where nspowner = current_user::regrole"


async def tell(intake: Road, cases: int) -> dict[str, int]:
    """Persons enrolled and taken in charge, in intake's store; answers the streams and their lengths."""
    history = History()
    for number in range(cases):
        person, case = history.enrolled(date(2020, 1, 1 + number % 28))
        history.taken_in_charge(person, case, date(2020, 3, 1))
    # What is sealed needs a vault; equality with sealed values is the end-to-end test's.
    streams: dict[str, list[object]] = {}
    for stored in history:
        if not isinstance(stored.event, EntryCharacteristicsRecorded):
            streams.setdefault(stored.stream, []).append(stored.event)
    units = [
        Unit(
            (Step(CASES, UUID(stream.removeprefix("case-")), Record.model_validate({"events": tuple(events)})),), ACTOR
        )
        for stream, events in streams.items()
    ]
    assert all(isinstance(answer, Done) for answer in await intake.commands.run_all(units))
    return {stream: len(events) for stream, events in streams.items()}


@asynccontextmanager
async def reporting(provisioned: Provisioned, prefix: str) -> AsyncIterator[Running]:
    """The service as it runs, its subscriptions only."""
    environment = provisioned.environment("reporting")
    settings = ReportingSettings(
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        topic_prefix=prefix,
        master_key_text=environment["INSIEME_MASTER_KEY"],
        database_url=provisioned.urls["reporting"],
        database_url_keys=provisioned.urls["reporting@keys"],
    )
    app = create_app(SERVICE, settings, Role.SUBSCRIPTIONS)
    async with app.router.lifespan_context(app):
        yield app.state.service


async def facts(provisioned: Provisioned, prefix: str, until: dict[str, int]) -> dict[str, bytes]:
    """Every fact table's bytes, once the service has applied the streams."""
    async with reporting(provisioned, prefix) as service:
        await applied(service.pool, DEFINITION.subscription, until, 60)
        async with service.pool.connection() as connection:
            return {fact.row.table: await content(connection, fact, DEFINITION.schema) for fact in DEFINITION.facts}


def lose(provisioned: Provisioned) -> None:
    """Everything that the database holds is gone: what the service's role made, and what the migrations made."""
    for role in ("reporting", "reporting_owner"):
        with psycopg.connect(provisioned.urls[role], autocommit=True) as connection:
            for (name,) in connection.execute(SCHEMAS).fetchall():
                connection.execute(f'drop schema "{name}" cascade'.encode())
    with psycopg.connect(provisioned.urls["reporting_owner"], autocommit=True) as owner:
        owner.execute("drop schema public cascade")
        owner.execute("create schema public")
        owner.execute("grant usage on schema public to public")


async def test_of_a_lost_database_the_facts_come_back_byte_for_byte(
    fresh_provisioned: Provisioned, topic_prefix: str
) -> None:
    made, prefix = fresh_provisioned, topic_prefix.rstrip(".")
    await asyncio.to_thread(migrate.upgrade_keys, made.urls["keys_owner"])
    await asyncio.to_thread(databases.upgraded, made.urls["reporting_owner"], "reporting", SERVICE.migrations)
    async with road(made.urls, made.common["KAFKA_BOOTSTRAP_SERVERS"], prefix) as intake:
        relay = Relay("intake", intake.url, intake.bootstrap, prefix, intake.commands.appended)
        async with at_work(relay):
            until = await tell(intake, 40)
            before = await facts(made, prefix, until)
    assert before["case_versions"].count(b"\n") > 80

    await asyncio.to_thread(lose, made)
    await asyncio.to_thread(databases.upgraded, made.urls["reporting_owner"], "reporting", SERVICE.migrations)

    assert await facts(made, prefix, until) == before
