"""Version 2 has the same bytes live, in any batches, told twice and late, and made anew with or without the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.integration.reporting.story_of_every_stream import story
from tests.integration.reporting.versions_bed import Bed

from insieme_events.envelope import Stored
from insieme_events.projection import ProjectionDefinition
from insieme_events.projection_worker import ProjectionWorker
from insieme_events.service import running
from insieme_events.testing.projections import projected
from insieme_events.testing.road import at_work, chain, eventually
from insieme_events.vault import Keys
from insieme_local.provision import Provisioned
from insieme_reporting.service import SERVICE
from insieme_reporting.v2.facts import DEFINITION
from insieme_reporting.versions import make_first

pytestmark = pytest.mark.integration

ANEW = replace(DEFINITION, version=DEFINITION.version + 1)


@pytest.fixture(scope="module")
def bed(provisioned: Provisioned) -> Bed:
    """The story on the topics of five contexts, applied by a live subscription; some of its persons are erased."""
    made = Bed(provisioned)
    made.prepare()
    asyncio.run(live(made))
    return made


async def live(bed: Bed) -> None:
    streams: dict[str, list[Stored]] = {}
    for stored in story():
        streams.setdefault(stored.stream, []).append(stored)
    persons = {p for events in streams.values() for e in events if (p := getattr(e.event, "person_id", None))}
    async with bed.manager() as pool:
        keys = await bed.vault(pool).ensure(sorted(persons), datetime(2019, 1, 1, tzinfo=UTC))
    for events in streams.values():
        await send(bed, events, keys)
    async with running(SERVICE, bed.settings) as service:
        await make_first(service, DEFINITION)
        async with at_work(ProjectionWorker.of(service, "facts", {DEFINITION.version: DEFINITION})):
            await eventually(lambda: bed.caught_up(DEFINITION), 120)


async def send(bed: Bed, events: Sequence[Stored], keys: Keys) -> None:
    """A stream on its topic, its last event told twice."""
    records = chain(events[0].stream, *(stored.event for stored in events), keys=keys)
    await bed.send(context_of(events), *records, records[-1])


def context_of(events: Sequence[Stored]) -> str:
    return str(events[0].event.context)


async def erased(bed: Bed) -> list[UUID]:
    rows = await bed.rows("select distinct person_id from facts_2.follow_up_versions where outcome = 'unknown'")
    return [person for (person,) in rows]


async def test_every_fact_of_the_version_has_rows(bed: Bed) -> None:
    """Else the comparisons below would compare nothing."""
    content = await bed.bytes_of(DEFINITION)
    empty = sorted(table for table, found in content.items() if not found)
    assert empty == []
    assert await bed.letters(DEFINITION) == []


async def test_made_anew_it_has_the_same_bytes_while_the_keys_are_there_and_after(bed: Bed) -> None:
    await bed.rebuilt(ANEW)
    assert await bed.bytes_of(ANEW) == await bed.bytes_of(DEFINITION)
    assert await bed.sequences(ANEW) == await bed.sequences(DEFINITION)
    gone = await erased(bed)
    assert gone
    await bed.destroy(*gone)
    await bed.rebuilt(ANEW)
    assert await bed.bytes_of(ANEW) == await bed.bytes_of(DEFINITION)


@pytest.mark.parametrize("batch", [1, 7])
async def test_small_batches_make_the_same_rows_as_one(bed: Bed, batch: int) -> None:
    told = list(story())
    async with running(SERVICE, bed.settings) as service, service.pool.connection() as connection:
        found = [await content_of(connection, told, size, f"batch_{size}") for size in (len(told), batch)]
        await connection.rollback()
    assert found[0] == found[1]
    assert all(found[0].values())


async def content_of(connection: Any, told: Sequence[Stored], batch: int, schema: str) -> dict[str, bytes]:
    definition: ProjectionDefinition = DEFINITION
    facts = await projected(connection, definition, schema)
    await facts.given(told, batch=batch)
    return {fact.row.table: await facts.bytes_of(fact) for fact in definition.facts}
