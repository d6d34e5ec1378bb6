"""Verify, promote, roll back, retire: what is refused, what is found, what a reader sees meanwhile (decision 13)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from uuid import UUID, uuid4

import pytest
from tests.integration.reporting.versions_bed import CHANGED, DEFINITIONS, OPERATOR, SAME, WRONG

from insieme_events import projection_versions
from insieme_events.clock import system_clock
from insieme_events.problems import ProblemError
from insieme_events.projection import ProjectionDefinition, ProjectionHandler, create_tables
from insieme_events.projection_operations import Operations
from insieme_events.projection_versions import State
from insieme_events.rebuild_tables import drop, forget
from insieme_events.service import Running, open_pool
from insieme_events.store import Connection
from insieme_events.testing import databases
from insieme_events.vault import KeyVault
from insieme_local.provision import Provisioned
from insieme_reporting import versions
from insieme_reporting.service import SERVICE
from insieme_reporting.testing import History
from insieme_reporting.v1.facts import DEFINITION

pytestmark = pytest.mark.integration

DAY = date(2020, 1, 7)


class Destroyed(KeyVault):
    """A vault in which these persons' keys are destroyed."""

    def __init__(self, *persons: UUID) -> None:
        self.persons = persons

    async def destroyed(self) -> list[UUID]:
        return list(self.persons)


@dataclass
class Bed:
    """Versions 1 to 4 with the same history in each, as their subscriptions would have written it."""

    operations: Operations
    person: UUID
    offset: int = 0

    async def apply(self, history: History, *definitions: ProjectionDefinition) -> None:
        """Facts, sequences and cursor of each version, in a transaction per version."""
        self.offset += len(history.events)
        for definition in definitions:
            async with self.operations.pool.connection() as connection:
                await ProjectionHandler(definition).apply(connection, list(history))
                for stored in history:
                    await connection.execute(
                        """insert into events.sequences values (%s, %s, %s, %s)
                           on conflict on constraint sequences_key do update set sequence = excluded.sequence""",
                        (definition.subscription, stored.stream, stored.sequence, stored.event_id),
                    )
                await connection.execute(
                    """insert into events.cursors values (%s, 't', 0, %s, 1, 'g')
                       on conflict on constraint cursors_key do update set next_offset = excluded.next_offset""",
                    (definition.subscription, self.offset),
                )

    async def execute(self, statement: str, *values: object) -> None:
        async with self.operations.pool.connection() as connection:
            await connection.execute(statement.encode(), values)

    async def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        async with self.operations.pool.connection() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> str:
    databases.upgraded(provisioned.urls["reporting_owner"], "reporting", SERVICE.migrations)
    return provisioned.urls["reporting"]


@pytest.fixture
async def bed(migrated: str) -> AsyncIterator[Bed]:
    async with open_pool(migrated, 5, "test-versions") as pool:
        made = Bed(Operations("facts", DEFINITIONS, pool, migrated, None, system_clock), uuid4())
        async with pool.connection() as connection:
            await connection.set_autocommit(True)
            for definition in DEFINITIONS.values():
                await drop(connection, definition)
                await forget(connection, definition.subscription)
                await projection_versions.forget_cursors(connection, definition.subscription)
            await connection.set_autocommit(False)
            await registered(connection)
        await made.apply(told(made.person), *DEFINITIONS.values())
        yield made


async def registered(connection: Connection) -> None:
    """Version 1 is read, the others are live beside it, none compared yet."""
    await projection_versions.first(connection, DEFINITION, system_clock())
    for definition in DEFINITIONS.values():
        await create_tables(connection, definition)
        if definition.version > 1:
            await projection_versions.begin(connection, definition, system_clock())
            await projection_versions.to_state(connection, "facts", definition.version, State.LIVE, State.BUILDING)
    await connection.execute("update events.active_version set version = 1, previous = null")


def told(person: UUID) -> History:
    history = History()
    history.enrolled(DAY, person_id=person)
    for _ in range(3):
        other, _ = history.enrolled(DAY)
        history.placed(other, history.company(DAY), DAY)
    return history


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ProblemError) as raised:
        yield
    assert raised.value.refused.code == code
    assert "{" not in raised.value.refused.sentence


async def test_equal_versions_are_found_equal(bed: Bed) -> None:
    found = await bed.operations.verify(2, OPERATOR)
    assert (found["equal"], found["differences"]) == (True, [])
    assert (found["rows"]["case_versions"], found["rows"]["company_versions"]) == (12, 3)


UNKNOWN = "update facts_2.case_versions set gender = 'unknown' where person_id = %s and gender is not null"


async def test_the_dimensions_of_a_destroyed_key_count_as_unknown_on_both_sides(bed: Bed) -> None:
    """Version 2 was built when the key was gone; the marker has yet to come to version 1."""
    await bed.execute(UNKNOWN, bed.person)
    found = await replace(bed.operations, keys=Destroyed(bed.person)).verify(2, OPERATOR)
    assert (found["equal"], found["destroyed_keys"]) == (True, 1)


async def test_control_while_the_key_is_there_the_same_rows_differ(bed: Bed) -> None:
    await bed.execute(UNKNOWN, bed.person)
    found = await replace(bed.operations, keys=Destroyed(uuid4())).verify(2, OPERATOR)
    assert [one["columns"] for one in found["differences"]] == [["gender"]] * len(found["differences"]) != []


ONE = "where ctid = (select min(ctid) from facts_2.company_versions)"
PLANTED = {
    f"update facts_2.company_versions set comune = '037000' {ONE}": "comune",
    f"delete from facts_2.company_versions {ONE}": "only in old",
    f"update facts_2.company_versions set event_id = gen_random_uuid() {ONE}": "the event that made it",
}


@pytest.mark.parametrize("damage", PLANTED)
async def test_a_planted_difference_is_found_and_its_event_is_named(bed: Bed, damage: str) -> None:
    await bed.execute(damage)
    (one,) = (await bed.operations.verify(2, OPERATOR))["differences"]
    assert one["table"] == "company_versions"
    assert PLANTED[damage] in (f"only in {one.get('only_in')}", *one.get("columns", []))
    assert {"key", "sequence", "event_id"} <= one.keys()
    with refused("projections.not_verified"):
        await bed.operations.promote(2, OPERATOR)


async def test_a_changed_definition_is_equal_but_for_what_it_declares(bed: Bed) -> None:
    found = await bed.operations.verify(3, OPERATOR)
    assert found["equal"], found["differences"]
    assert found["declared"] == ["company_versions (introduced_by, known_since): known since, not by whom"]


async def test_control_a_change_that_is_not_declared_is_a_difference(bed: Bed) -> None:
    found = await bed.operations.verify(4, OPERATOR)
    assert {(one["table"], *one["columns"]) for one in found["differences"]} == {("company_versions", "ateco_section")}


async def test_only_what_both_versions_have_applied_is_compared(bed: Bed) -> None:
    await bed.apply(told(uuid4()), DEFINITION)
    found = await bed.operations.verify(2, OPERATOR)
    assert (found["equal"], found["behind"]) == (True, 4 + 3 + 3)


LETTER = """
insert into events.dead_letters (subscription, topic, partition, record_offset, stream, sequence, type, reason, detail,
    headers, parked_at) values (%s, 't', 0, 1, %s, 1, 'x', 'failed', 'd', '[]', now())
"""


async def test_a_parked_stream_is_listed_and_not_compared(bed: Bed) -> None:
    (row,) = await bed.rows(f"select stream from facts_2.company_versions {ONE}")
    await bed.execute(f"update facts_2.company_versions set comune = '037000' {ONE}")
    await bed.execute(LETTER, SAME.subscription, row[0])
    found = await bed.operations.verify(2, OPERATOR)
    assert (found["equal"], found["parked"]) == (True, [row[0]])


async def test_a_version_that_lags_is_not_promoted(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insieme_events.projection_operations.PATIENCE", 0.3)
    await bed.operations.verify(2, OPERATOR)
    await bed.apply(told(uuid4()), DEFINITION)
    with refused("projections.lagging"):
        await bed.operations.promote(2, OPERATOR)


async def test_more_parked_streams_than_the_active_version_has_are_a_refusal(bed: Bed) -> None:
    await bed.operations.verify(2, OPERATOR)
    await bed.execute(LETTER, SAME.subscription, "company-x")
    with refused("projections.more_parked"):
        await bed.operations.promote(2, OPERATOR)


async def test_every_refusal_has_its_row_of_who_asked(bed: Bed) -> None:
    with refused("projections.unknown"):
        await bed.operations.promote(7, OPERATOR)
    with refused("projections.not_verified"):
        await bed.operations.promote(4, OPERATOR)
    with refused("projections.active"):
        await bed.operations.retire(1, OPERATOR)
    with refused("projections.no_previous"):
        await bed.operations.rollback(OPERATOR)
    asked = await bed.operations.history(3)
    assert [(row["action"], row["outcome"]) for row in asked] == [
        ("retire", "projections.active"),
        ("promote", "projections.not_verified"),
        ("promote", "projections.unknown"),
    ]
    assert asked[0]["actor"] == OPERATOR.model_dump()


async def test_a_reader_sees_the_old_or_the_new_while_versions_are_promoted_and_rolled_back(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, definition in DEFINITIONS.items():
        monkeypatch.setitem(versions.VERSIONS, number, versions.Version(definition, versions.VERSIONS[1].measures))
    # A read uses nothing of a service but its pool.
    service = cast("Running", bed.operations)
    seen: Counter[int] = Counter()
    least, over = 0, asyncio.Event()

    async def read() -> None:
        nonlocal least
        while not over.is_set():
            async with versions.active(service) as (connection, version):
                query = "select count(*), current_schema() from case_versions"
                ((rows, schema),) = await (await connection.execute(query)).fetchall()
                ((again, _),) = await (await connection.execute(query)).fetchall()
            assert schema == version.definition.schema
            assert rows == again >= least > -1, "a reader saw a mixture, or less than before"
            least = rows
            seen[version.definition.version] += 1

    async def go_on() -> None:
        while not over.is_set():
            # The version that is read is always ahead for a moment, whichever it is.
            await bed.apply(told(uuid4()), DEFINITION, SAME, CHANGED)

    await bed.operations.verify(3, OPERATOR)
    tasks = [asyncio.create_task(read()), asyncio.create_task(go_on())]
    for step in ("promote", "rollback", "promote"):
        now = await (bed.operations.promote(3, OPERATOR) if step == "promote" else bed.operations.rollback(OPERATOR))
        assert (now.version, now.previous) == ((3, 1) if step == "promote" else (1, 3))
        count = seen[now.version]
        while seen[now.version] < count + 3:
            for task in tasks:
                assert not task.done() or task.result() is None
            await asyncio.sleep(0.01)
    over.set()
    await asyncio.gather(*tasks)
    assert set(seen) == {1, 3}
    assert least > 12


async def test_a_retired_version_leaves_nothing_and_the_others_stay(bed: Bed) -> None:
    await bed.operations.retire(4, OPERATOR)
    await bed.operations.retire(4, OPERATOR)
    for table in ("cursors", "sequences"):
        query = f"select 1 from events.{table} where subscription = %s"
        assert await bed.rows(query, WRONG.subscription) == []
        assert await bed.rows(query, SAME.subscription) != []
    assert await bed.rows("select 1 from pg_namespace where nspname = %s", WRONG.schema) == []
    with refused("projections.retired"):
        await bed.operations.verify(4, OPERATOR)
