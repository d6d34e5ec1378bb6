"""A projection version built anew from the first offset has the same bytes, however the batches fall (decision 13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from tests.end_to_end import oracle, versions
from tests.end_to_end.ledger import client_of
from tests.end_to_end.shared import Shared

from insieme_events.projection import ProjectionHandler
from insieme_events.service import open_pool
from insieme_events.subscription import Subscription
from insieme_events.testing.road import at_work, eventually
from insieme_events.vault import KeyVault, MasterKey
from insieme_local.provision import Provisioned
from insieme_reporting.versions import NEWEST

DEFINITION = NEWEST.definition

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

SEALED = ("gender", "birth_month", "citizenship", "isced", "comune")


@asynccontextmanager
async def version(provisioned: Provisioned, schema: str, max_records: int) -> AsyncIterator[None]:
    """A new version under that schema and a subscription of its own, at work with reporting's own role."""
    await versions.make(provisioned, schema)
    urls, common = provisioned.urls, provisioned.common
    async with open_pool(urls["reporting"], 3, schema) as pool, open_pool(urls["reporting@keys"], 3, schema) as keys:
        subscription = Subscription(
            f"reporting.{schema}",
            DEFINITION.contexts,
            ProjectionHandler(DEFINITION, schema),
            pool,
            KeyVault(keys, MasterKey.from_base64(common["INSIEME_MASTER_KEY"])),
            common["KAFKA_BOOTSTRAP_SERVERS"],
            common["INSIEME_TOPIC_PREFIX"],
            max_records=max_records,
        )
        async with at_work(subscription):
            yield


async def built(provisioned: Provisioned, schema: str, max_records: int) -> dict[str, bytes]:
    """The content of a new version that has caught up with the topics."""
    wanted = oracle.heads(await oracle.in_topics(provisioned))
    async with version(provisioned, schema, max_records):
        await oracle.caught_up(provisioned.urls["reporting"], f"reporting.{schema}", wanted)
    return await versions.bytes_of(provisioned, schema)


async def running_version(shared: Shared) -> dict[str, bytes]:
    """The content of the version that reporting keeps while it runs, up to the ledger and the end of the topics."""
    provisioned = shared.platform.provisioned
    for wanted in (shared.ledger.streams(), oracle.heads(await oracle.in_topics(provisioned))):
        await oracle.caught_up(provisioned.urls["reporting"], NEWEST.definition.subscription, wanted)
    return await versions.bytes_of(provisioned, DEFINITION.schema)


async def test_a_version_built_from_the_first_offset_is_byte_identical_whatever_the_batches(shared: Shared) -> None:
    made = shared.platform.provisioned
    running = await running_version(shared)
    sizes = {f"{DEFINITION.schema}b": 5000, f"{DEFINITION.schema}c": 7, f"{DEFINITION.schema}d": 1}
    new = await asyncio.gather(*(built(made, schema, size) for schema, size in sizes.items()))

    assert all(running[table] for table in set().union(*oracle.FACTS.values())), "an empty table proves nothing"
    for schema, found in zip(sizes, new, strict=True):
        assert found == running, f"{schema} differs from the version that was there all along"


@pytest.mark.invariant("I15", "replay")
async def test_it_is_byte_identical_after_an_erasure_too_when_the_keys_are_gone(shared: Shared) -> None:
    made = shared.platform.provisioned
    async with client_of(shared.platform, shared.ledger) as client:
        told = [await client.journey(number) for number in range(100_001, 100_005)]
        before = await running_version(shared)
        erased = told[:2]
        for one in erased:
            ground = {"ground": "request", "on": "2024-05-02"}
            await client.send("intake", f"/v1/persons/{one['person_id']}/erasure", ground)
        # Rows are made after the erasure as well, of the erased persons' cases too.
        for one in told[1:]:
            body = {"exit_state": "temporary_work", "on": "2024-06-03"}
            await client.send("intake", f"/v1/cases/{one['case_id']}/close", body)
    await _keys_destroyed(made, [one["person_id"] for one in erased])
    running = await running_version(shared)
    new = await asyncio.gather(built(made, f"{DEFINITION.schema}e", 7), built(made, f"{DEFINITION.schema}f", 5000))

    assert running["case_versions"] != before["case_versions"]
    assert [found == running for found in new] == [True, True]
    assert await _readable(made, f"{DEFINITION.schema}e", [one["case_id"] for one in erased]) == {
        ("unknown",) * len(SEALED)
    }
    assert await _readable(made, f"{DEFINITION.schema}e", [one["case_id"] for one in told[2:]]) != {
        ("unknown",) * len(SEALED)
    }


async def _keys_destroyed(provisioned: Provisioned, persons: list[str]) -> None:
    """Returns when the key database holds no key of these persons any more."""
    query = "select count(*) from keys.keys where key_id = any(%s::uuid[]) and wrapped is null"
    async with await psycopg.AsyncConnection.connect(provisioned.urls["keys_owner"], autocommit=True) as connection:

        async def destroyed() -> bool:
            return await (await connection.execute(query, (persons,))).fetchone() == (len(persons),)

        await eventually(destroyed)


async def _readable(provisioned: Provisioned, schema: str, cases: list[str]) -> set[tuple[str, ...]]:
    """The sealed columns of these cases where they are filled at all."""
    query = (
        f"select {', '.join(SEALED)} from {schema}.case_versions where case_id = any(%s::uuid[]) and gender is not null"
    )
    async with await psycopg.AsyncConnection.connect(provisioned.urls["reporting"]) as connection:
        return set(await (await connection.execute(query, (cases,))).fetchall())
