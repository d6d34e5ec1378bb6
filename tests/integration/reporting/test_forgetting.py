"""Reporting answers an erasure once no version of its facts holds anything readable of the person (decision 24)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.end_to_end.oracle import in_topics
from tests.integration.reporting.versions_bed import Bed

from insieme_events import projection_versions, store
from insieme_events.contracts import DomainEvent, intake
from insieme_events.contracts.intake import ErasureGround, PersonErased, PersonsMerged
from insieme_events.contracts.reporting import ErasureCompleted
from insieme_events.service import Role
from insieme_events.testing.http import Served, served
from insieme_events.testing.road import chain, eventually, produce
from insieme_events.waiting import applied
from insieme_local.provision import Provisioned
from insieme_reporting import examples, versions
from insieme_reporting.forgetting import ERASURES, Forgetting
from insieme_reporting.service import SERVICE
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST, VERSIONS

pytestmark = pytest.mark.integration

DAY = date(2020, 2, 3)
READABLE = "has readable rows"
ANSWERS = "select count(*) from events.events where stream = %s and type = 'ErasureCompleted'"


@dataclass
class Somebody:
    """What intake tells of a person: a case whose marker comes when a test says so, and the erasure."""

    person: UUID
    case: UUID
    of_case: Sequence[store.Record]
    marker: store.Record
    erased: store.Record


@dataclass
class Reporting:
    """The service at work on a bed whose topics the test fills."""

    bed: Bed
    served: Served
    worker: Forgetting = field(init=False)

    def __post_init__(self) -> None:
        service = self.served.service
        self.worker = Forgetting(service, versions.PROJECTION, versions.definitions())

    async def somebody(self) -> Somebody:
        history = History()
        person, case = history.enrolled(DAY)
        async with self.bed.manager() as pool:
            keys = await self.bed.vault(pool).ensure([person], datetime(2020, 1, 1, tzinfo=UTC))
        told: list[DomainEvent] = [stored.event for stored in history.events]
        marker = intake.SealedFieldsErased(person_id=person, occurred_on=DAY)
        *of_case, end = chain(f"case-{case}", *told, marker, keys=keys)
        erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=DAY)
        return Somebody(person, case, of_case, end, chain(f"person-{person}", erased)[0])

    async def tell(self, *records: store.Record) -> None:
        """Sends them, and waits until both subscriptions that listen to intake have them."""
        await self.bed.send("intake", *records)
        streams = {record.stream: record.sequence for record in records}
        for name in (NEWEST.definition.subscription, "reporting.persons"):
            await applied(self.served.service.pool, name, streams, 30)

    async def waits_for(self, person: UUID) -> list[str] | None:
        """What operators are told; None where the erasure is answered or not heard of."""
        found = {each["person_id"]: each["waits_for"] for each in await self.served.get("/v1/operations/erasures")}
        return found.get(str(person))

    async def answers(self, person: UUID) -> int:
        ((count,),) = await self.served.rows(ANSWERS, ERASURES.stream(person))
        return int(count)

    async def answered(self, person: UUID) -> None:
        async def done() -> bool:
            return await self.answers(person) == 1

        await eventually(done)
        assert await self.waits_for(person) is None

    async def still_open(self, person: UUID, *waits_for: str) -> None:
        """Also after a look that began now."""
        assert await self.worker.look()
        assert await self.answers(person) == 0
        found = await self.waits_for(person)
        assert found is not None
        assert sorted(found) == sorted(waits_for)

    async def rows(self, person: UUID) -> set[str]:
        query = (
            f"select gender from {NEWEST.definition.schema}.case_versions where person_id = %s and gender is not null"
        )
        return {gender for (gender,) in await self.served.rows(query, person)}


@asynccontextmanager
async def at_work(bed: Bed) -> AsyncIterator[Reporting]:
    async with served(SERVICE, bed.provisioned.environment("reporting"), Role.SERVE) as running:

        async def ready() -> bool:
            return bool((await running.client.get("/readyz")).json()["ready"])

        await eventually(ready)
        yield Reporting(bed, running)


@pytest.fixture(scope="module")
def bed(provisioned: Provisioned) -> Bed:
    made = Bed(provisioned)
    made.prepare()
    return made


@pytest.fixture
async def reporting(bed: Bed) -> AsyncIterator[Reporting]:
    async with at_work(bed) as made:
        yield made


async def test_it_answers_after_the_rows_are_blank_and_the_key_is_gone(reporting: Reporting) -> None:
    someone, other = await reporting.somebody(), await reporting.somebody()
    await reporting.tell(*someone.of_case, *other.of_case, someone.erased)
    newest = f"version {NEWEST.definition.version} {READABLE}"
    await reporting.still_open(someone.person, "the key is not destroyed", newest)
    await reporting.bed.destroy(someone.person)
    await reporting.still_open(someone.person, newest)
    assert await reporting.rows(someone.person) == {"female"}
    await reporting.tell(someone.marker)
    await reporting.answered(someone.person)
    assert await reporting.rows(someone.person) == {"unknown"}
    assert await reporting.rows(other.person) == {"female"}

    async def relayed() -> bool:
        carried = await in_topics(reporting.bed.provisioned, ["reporting"])
        return [one.type for one in carried if one.stream == ERASURES.stream(someone.person)] == ["ErasureCompleted"]

    await eventually(relayed)


async def test_rows_that_are_blank_are_not_enough_while_the_key_is_there(reporting: Reporting) -> None:
    """Whatever comes later would be readable."""
    someone = await reporting.somebody()
    await reporting.tell(*someone.of_case, someone.marker, someone.erased)
    await reporting.still_open(someone.person, "the key is not destroyed")
    await reporting.bed.destroy(someone.person)
    await reporting.answered(someone.person)


async def test_an_erasure_that_comes_twice_or_before_anything_else_is_answered_once(reporting: Reporting) -> None:
    someone = await reporting.somebody()
    await reporting.bed.destroy(someone.person)
    await reporting.tell(someone.erased)
    await reporting.answered(someone.person)
    await reporting.tell(*someone.of_case, someone.marker)
    await reporting.bed.send("intake", someone.erased, someone.erased)
    await reporting.tell(*(await reporting.somebody()).of_case)
    await asyncio.gather(*(reporting.worker.look() for _ in range(4)))
    assert await reporting.answers(someone.person) == 1
    assert await reporting.rows(someone.person) == {"unknown"}


async def test_processes_that_look_at_once_answer_once(reporting: Reporting) -> None:
    people = [await reporting.somebody() for _ in range(12)]
    await reporting.bed.destroy(*(someone.person for someone in people))
    await reporting.tell(*(record for one in people for record in (*one.of_case, one.marker, one.erased)))
    others = [Forgetting(reporting.served.service, versions.PROJECTION, versions.definitions()) for _ in range(4)]
    await asyncio.gather(*(worker.look() for worker in others))
    for someone in people:
        await reporting.answered(someone.person)


async def test_a_transaction_that_began_before_the_key_was_gone_is_waited_for(reporting: Reporting) -> None:
    """It may have opened values, and write them after the look."""
    someone = await reporting.somebody()
    await reporting.tell(someone.erased)
    async with await psycopg.AsyncConnection.connect(reporting.bed.provisioned.urls["reporting_owner"]) as writer:
        await writer.execute("select pg_current_xact_id()")
        await reporting.bed.destroy(someone.person)
        await asyncio.sleep(1)
        await reporting.still_open(someone.person)
        await writer.commit()
    await reporting.answered(someone.person)


async def test_a_version_that_is_being_built_is_waited_for(fresh_provisioned: Provisioned) -> None:
    """Its rows were opened by processes of their own; so was what a rebuild left that was killed."""
    bed = Bed(fresh_provisioned)
    await asyncio.to_thread(bed.prepare)
    first = VERSIONS[1].definition
    async with at_work(bed) as reporting:
        someone = await reporting.somebody()
        await reporting.tell(*someone.of_case)
        async with reporting.served.service.pool.connection() as connection:
            await projection_versions.begin(connection, first, datetime.now(UTC))
        await reporting.tell(someone.marker, someone.erased)
        await bed.destroy(someone.person)
        await reporting.still_open(someone.person, "version 1 is being built")
        await bed.rebuild(first, again=True, processes=1).run()
        await reporting.answered(someone.person)
        query = f"select distinct gender from {first.schema}.case_versions where person_id = %s"
        assert await reporting.served.rows(query, someone.person) == [("unknown",)]


async def test_what_a_parked_stream_holds_back_is_waited_for(reporting: Reporting) -> None:
    """The marker stands behind an event that nobody can read: the rows before it stay readable until that is solved."""
    someone = await reporting.somebody()
    *before, last = someone.of_case
    await reporting.tell(*before)
    broken = replace(reporting.bed.wire("intake", last), value=b"{}")
    await produce(reporting.bed.bootstrap, broken)
    await reporting.bed.send("intake", someone.marker)
    await reporting.tell(someone.erased)
    await reporting.bed.destroy(someone.person)
    await reporting.still_open(someone.person, f"version {NEWEST.definition.version} {READABLE}")


async def test_an_answer_that_was_lost_is_not_given_again(fresh_provisioned: Provisioned) -> None:
    """A new database does not know what Kafka has: a second answer would fork the stream of the first."""
    bed = Bed(fresh_provisioned)
    await asyncio.to_thread(bed.prepare)
    person = uuid4()
    done = ErasureCompleted(person_id=person, occurred_on=DAY, service="reporting")
    await bed.send("reporting", *chain(ERASURES.stream(person), done))
    await bed.destroy(person)
    erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=DAY)
    await bed.send("intake", *chain(f"person-{person}", erased))
    environment = bed.provisioned.environment("reporting")
    async with served(SERVICE, environment, Role.SUBSCRIPTIONS) as running:
        await applied(running.service.pool, "reporting.persons", {f"person-{person}": 1}, 30)
        worker = Forgetting(running.service, versions.PROJECTION, versions.definitions())
        assert await worker.look()
        assert await running.rows(ANSWERS, ERASURES.stream(person)) == [(0,)]


async def test_the_part_of_a_person_is_every_row_under_every_id(reporting: Reporting) -> None:
    someone, other, nobody = await reporting.somebody(), await reporting.somebody(), uuid4()
    await reporting.tell(*someone.of_case, *other.of_case)
    first = await reporting.served.get(f"/v1/persons/{someone.person}/data")
    assert first["person_ids"] == [str(someone.person)]
    assert {row["case_id"] for row in first["copies"]["case_versions"]} == {str(someone.case)}
    assert {row["gender"] for row in first["copies"]["case_versions"]} == {None, "female"}
    counts = await of_person(reporting, someone.person)
    assert {name: len(rows) for name, rows in first["copies"].items() if rows} == counts
    assert first.keys() == examples.PERSON_DATA.keys()

    merged = PersonsMerged(person_id=someone.person, merged_id=other.person, occurred_on=DAY)
    await reporting.tell(*chain(f"person-{someone.person}", merged))
    for asked in (someone.person, other.person):
        both = await reporting.served.get(f"/v1/persons/{asked}/data")
        assert set(both["person_ids"]) == {str(someone.person), str(other.person)}
        assert {row["case_id"] for row in both["copies"]["case_versions"]} == {str(someone.case), str(other.case)}

    answer = await reporting.served.client.get(f"/v1/persons/{nobody}/data")
    assert (answer.status_code, answer.json()["code"]) == (404, "reporting.nothing_held")


async def test_of_somebody_erased_there_is_no_part(reporting: Reporting) -> None:
    someone = await reporting.somebody()
    await reporting.bed.destroy(someone.person)
    await reporting.tell(*someone.of_case, someone.marker, someone.erased)
    await reporting.answered(someone.person)
    answer = await reporting.served.client.get(f"/v1/persons/{someone.person}/data")
    assert (answer.status_code, answer.json()["code"]) == (409, "reporting.data_erased")


async def of_person(reporting: Reporting, person: UUID) -> dict[str, int]:
    """Rows by table of the active version, counted where any table has a column of that name."""
    schema = NEWEST.definition.schema
    tables = await reporting.served.rows(
        "select table_name from information_schema.columns where table_schema = %s and column_name = 'person_id'",
        schema,
    )
    found: dict[str, int] = {}
    for (table,) in tables:
        query = f"select count(*) from {schema}.{table} where person_id = %s"
        ((count,),) = await reporting.served.rows(query, person)
        found |= {table: int(count)} if count else {}
    return found


def test_every_sealed_fact_says_whose_it_is() -> None:
    """Else nobody could look whether it is blank."""
    sealed: list[Any] = [f.row for v in VERSIONS.values() for f in v.definition.facts if f.row.sealed]
    assert sealed
    assert all("person_id" in row.__dataclass_fields__ for row in sealed)
