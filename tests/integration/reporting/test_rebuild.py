"""A version made anew has the bytes, letters and sequences of the one that lived, killed or not (decision 13)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
import typer
from tests.integration.reporting.versions_bed import CHANGED, OPERATOR, SAME, TWICE, Bed, companies
from typer.testing import CliRunner

from insieme_events import projection_versions
from insieme_events.clock import system_clock
from insieme_events.projection_versions import State, Superseded
from insieme_events.projection_worker import ProjectionWorker
from insieme_events.rebuild_processes import RebuildFailed
from insieme_events.rebuild_reader import connect
from insieme_events.rebuilding import RebuildRefused
from insieme_events.service import Role, Running, create_app, running
from insieme_events.testing.road import at_work, eventually, produce
from insieme_local.provision import Provisioned
from insieme_reporting import rebuild, versions
from insieme_reporting.service import SERVICE
from insieme_reporting.v1.facts import DEFINITION
from insieme_reporting.versions import VERSIONS, Version, make_first

pytestmark = pytest.mark.integration

INDEXES = """
select tablename, indexname, replace(indexdef, schemaname, '') from pg_indexes where schemaname = %s
union all
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = %s::regnamespace and contype = 'p' order by 1, 2, 3
"""


@pytest.fixture(scope="module")
def bed(provisioned: Provisioned) -> Bed:
    """A history with everything in it, applied by the live subscription of version 1."""
    made = Bed(provisioned)
    made.prepare()
    asyncio.run(live(made))
    return made


async def live(bed: Bed) -> None:
    await bed.fill(30)
    await bed.send_irregular()
    person, _ = await bed.enrolled(erased=True)
    other, _ = await bed.enrolled(erased=True)
    await bed.enrolled()
    await bed.destroy(other)
    async with running(SERVICE, bed.settings) as service:
        await make_first(service, DEFINITION)
        async with at_work(ProjectionWorker.of(service, "facts", {1: DEFINITION})):
            await eventually(lambda: bed.caught_up(DEFINITION), 60)
    await bed.destroy(person)


@pytest.fixture
async def service(bed: Bed) -> AsyncIterator[Running]:
    async with running(SERVICE, bed.settings) as made:
        yield made


async def test_a_rebuild_gives_the_bytes_the_letters_and_the_sequences_of_the_version_that_lived(bed: Bed) -> None:
    done = await bed.rebuilt(SAME)
    assert await bed.bytes_of(SAME) == await bed.bytes_of(DEFINITION)
    assert await bed.letters(SAME) == await bed.letters(DEFINITION)
    assert await bed.sequences(SAME) == await bed.sequences(DEFINITION)
    reasons = {row[7] for row in await bed.letters(SAME)}
    assert reasons == {"out_of_order", "behind", "forked", "unknown_type", "unreadable", "failed"}
    assert (done.erased, done.handled > 300, done.deferred_streams >= 8) == (2, True, True)


async def test_its_tables_have_the_indexes_of_tables_that_were_made_at_once(bed: Bed) -> None:
    await bed.built(SAME)
    found = await bed.rows(INDEXES, SAME.schema, SAME.schema)
    assert len(found) > 20
    same = [tuple(str(part).replace("facts_2.", "").replace(".", "") for part in row) for row in found]
    other = await bed.rows(INDEXES, DEFINITION.schema, DEFINITION.schema)
    assert same == [tuple(str(part).replace("facts_1.", "").replace(".", "") for part in row) for row in other]


async def test_its_progress_is_told_to_the_end(bed: Bed) -> None:
    await bed.built(SAME)
    columns = "progress->>'phase', (progress->>'read')::int, (progress->>'total')::int"
    ((phase, read, total),) = await bed.rows(f"select {columns} from events.rebuild_progress")
    assert (phase, read) == ("done", total)
    assert total > 300


async def test_its_subscription_goes_on_where_the_rebuild_ended_without_a_restart(bed: Bed, service: Running) -> None:
    definitions = {1: DEFINITION, 2: SAME}
    async with at_work(ProjectionWorker.of(service, "facts", definitions)):
        await bed.rebuilt(SAME)
        await bed.enrolled()
        await bed.fill(3)
        for definition in (DEFINITION, SAME):
            await eventually(lambda definition=definition: bed.caught_up(definition), 60)  # type: ignore[misc]
        await eventually(lambda: is_live(bed), 30)
    assert await bed.bytes_of(SAME) == await bed.bytes_of(DEFINITION)


async def is_live(bed: Bed) -> bool:
    return await bed.rows("select state from events.projection_versions where version = 2") == [("live",)]


KILLS = ["rebuild.after_rows", "rebuild.after_indexes"]


def killed_at(bed: Bed, point: str) -> int:
    """Runs a rebuild of version 2 as a program that ends by SIGKILL at that point; its exit code."""
    told = {**os.environ, **bed.provisioned.environment("reporting"), "INSIEME_CRASH_POINT": point}
    line = [sys.executable, "-m", "tests.integration.reporting.second_version", "facts", "--version", "2", "--again"]
    return subprocess.run(line, env=told, capture_output=True, timeout=100).returncode


@pytest.mark.timeout(300)
async def test_killed_anywhere_it_starts_again_without_a_trace(bed: Bed) -> None:
    for point in KILLS:
        code = await asyncio.to_thread(killed_at, bed, point)
        # A reading process that is killed ends the program with a sentence; else the program itself is killed.
        assert code == (1 if point == "rebuild.after_rows" else -9), point
        assert await bed.rows("select state from events.projection_versions where version = 2") == [("building",)]
        assert await bed.rows("select 1 from events.cursors where subscription = %s", SAME.subscription) == []
    await bed.rebuilt(SAME)
    assert await bed.bytes_of(SAME) == await bed.bytes_of(DEFINITION)
    assert await bed.letters(SAME) == await bed.letters(DEFINITION)
    assert await bed.sequences(SAME) == await bed.sequences(DEFINITION)


async def test_what_an_earlier_attempt_still_writes_is_fenced(bed: Bed) -> None:
    async with await connect(bed.settings.database_url) as connection:
        async with connection.transaction():
            first = await projection_versions.begin(connection, replace(SAME, version=9), system_clock())
        async with connection.transaction():
            await projection_versions.hold(connection, replace(SAME, version=9), first)
        async with connection.transaction():
            await projection_versions.begin(connection, replace(SAME, version=9), system_clock())
        with pytest.raises(Superseded, match=r"projections\.superseded"):
            await projection_versions.hold(connection, replace(SAME, version=9), first)
        await projection_versions.to_state(connection, "facts", 9, State.RETIRED, State.BUILDING)


async def test_while_it_is_built_no_subscription_of_it_claims_a_partition(bed: Bed, service: Running) -> None:
    await bed.built(SAME)
    async with service.pool.connection() as connection:
        assert await projection_versions.runs(connection, SAME)
        await projection_versions.begin(connection, SAME, service.clock())
        assert not await projection_versions.runs(connection, SAME)
        await connection.rollback()


async def test_the_version_that_is_read_and_one_that_is_built_are_not_rebuilt_by_mistake(bed: Bed) -> None:
    await bed.built(SAME)
    with pytest.raises(RebuildRefused, match=r"projections\.active"):
        await bed.rebuild(DEFINITION, again=True).run()
    with pytest.raises(RebuildRefused, match=r"projections\.built"):
        await bed.rebuild(SAME).run()


async def test_of_two_rebuilds_of_one_version_at_once_one_is_refused(bed: Bed) -> None:
    both = await asyncio.gather(bed.rebuilt(SAME), bed.rebuilt(SAME), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Outcome", "RebuildRefused"]


async def test_without_a_key_row_nothing_is_finished_and_the_sentence_says_so(
    bed: Bed, provisioned: Provisioned
) -> None:
    with psycopg.connect(provisioned.urls["keys_owner"], autocommit=True) as owner:
        owner.execute("alter table keys.keys rename to elsewhere")
        owner.execute("create table keys.keys as select * from keys.elsewhere where destroyed_at is not null")
        owner.execute("grant select on keys.keys to keys_read")
        try:
            with pytest.raises(RebuildFailed, match=r"keys\.missing"):
                await bed.rebuilt(SAME)
        finally:
            owner.execute("drop table keys.keys")
            owner.execute("alter table keys.elsewhere rename to keys")
    assert await bed.rows("select state from events.projection_versions where version = 2") == [(State.BUILDING,)]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that has these versions too."""
    for definition in (SAME, CHANGED, TWICE):
        monkeypatch.setitem(versions.VERSIONS, definition.version, Version(definition, VERSIONS[1].measures))


async def typed(*words: str) -> tuple[int, str]:
    """What `insieme-reporting rebuild` answers."""
    program = typer.Typer()
    program.command()(rebuild.rebuild)
    answer = await asyncio.to_thread(CliRunner().invoke, program, list(words))
    return answer.exit_code, answer.output


async def test_a_key_of_two_streams_ends_a_rebuild_and_a_subscription_can_build_the_version(
    bed: Bed, service: Running, deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bed.provisioned.environment("reporting").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RebuildFailed, match=r"projections\.key_twice: .* in company_versions.* --by-subscription"):
        await bed.rebuilt(TWICE)
    for definition in (SAME, TWICE):
        code, said = await typed(
            "facts", "--version", str(definition.version), "--again", "--by-subscription", "--processes", "1"
        )
        assert (code, "its subscription reads everything now" in said) == (0, True), said
        assert await bed.rows(f"select from {definition.schema}.company_versions") == []
    async with at_work(ProjectionWorker.of(service, "facts", {1: DEFINITION, 2: SAME, 5: TWICE})):
        for definition in (SAME, TWICE):
            await eventually(lambda definition=definition: bed.caught_up(definition), 60)  # type: ignore[misc]
    assert await bed.bytes_of(SAME) == await bed.bytes_of(DEFINITION)
    companies = await bed.rows("select count(distinct company_id) from facts_1.company_versions")
    places = await bed.rows("select comune from facts_5.company_versions")
    assert len(places) == len(set(places)) < companies[0][0]
    assert len(await bed.letters(TWICE)) > len(await bed.letters(SAME))


class Operator:
    """Reporting's operations over HTTP."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, method: str, path: str) -> Any:
        answer = await self.http.request(method, f"/v1/operations/projections{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, method: str, path: str) -> tuple[int, str]:
        answer = await self.http.request(method, f"/v1/operations/projections{path}")
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]


@pytest.fixture
async def operator(bed: Bed, deployed: None) -> AsyncIterator[Operator]:
    app = create_app(SERVICE, bed.settings, Role.HTTP)
    actor = {"X-Insieme-Party": OPERATOR.party, "X-Insieme-Role": OPERATOR.role, "X-Insieme-Purpose": OPERATOR.purpose}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=actor) as http:
            yield Operator(http)


async def test_a_changed_definition_is_built_compared_promoted_and_taken_back_over_http(
    bed: Bed, service: Running, operator: Operator
) -> None:
    three = "/facts/versions/3"
    async with at_work(ProjectionWorker.of(service, "facts", {1: DEFINITION, 3: CHANGED})):
        assert await operator.refused("POST", f"{three}/promote") == (409, "projections.not_built")
        await bed.rebuilt(CHANGED)
        assert await operator.refused("POST", f"{three}/promote") == (409, "projections.not_verified")
        found = await operator.ask("POST", f"{three}/verify")
        assert (found["equal"], found["against"], found["differences"]) == (True, 1, [])
        assert found["declared"] == ["company_versions (introduced_by, known_since): known since, not by whom"]
        assert await operator.ask("POST", f"{three}/promote") == {"active": 3, "previous": 1}
        assert await operator.refused("POST", f"{three}/retire") == (409, "projections.active")
        assert await operator.ask("POST", "/facts/rollback") == {"active": 1, "previous": 3}
        assert await operator.ask("POST", f"{three}/retire") == {"retired": 3}
    (listed,) = await operator.ask("GET", "")
    assert listed == await operator.ask("GET", "/facts")
    assert {one["version"]: one["state"] for one in listed["versions"]}[3] == "retired"
    done = [(one["action"], one["outcome"]) for one in await operator.ask("GET", "/facts/actions?limit=3")]
    assert done == [("retire", "done"), ("rollback", "done"), ("retire", "projections.active")]


async def test_what_is_asked_wrongly_over_http_is_refused_by_name(operator: Operator) -> None:
    assert await operator.refused("GET", "/elsewhere") == (404, "projections.no_such_projection")
    assert await operator.refused("POST", "/facts/versions/9/verify") == (404, "projections.unknown")
    assert await operator.refused("POST", "/facts/versions/1/promote") == (409, "projections.not_verified")
    assert await operator.refused("POST", "/facts/versions/0/promote") == (422, "http.invalid")
    assert await operator.refused("GET", "/facts/actions?limit=0") == (422, "http.invalid")


async def test_behind_the_mark_of_a_transaction_it_is_no_further_than_a_subscription(
    bed: Bed, service: Running, operator: Operator
) -> None:
    """The relay's transactions leave a mark behind their last record: on a quiet topic the way back stays open."""
    sent = companies(2)
    stream = sent[0].stream
    async with at_work(ProjectionWorker.of(service, "facts", {1: DEFINITION, 2: SAME})):
        wires = [bed.wire("matching", record) for record in sent]
        await produce(bed.bootstrap, *wires, transactional_id=f"{bed.prefix}.test")
        await eventually(lambda: has_both(bed, stream), 30)
        await bed.rebuilt(SAME)
        await operator.ask("POST", "/facts/versions/2/verify")
        assert await operator.ask("POST", "/facts/versions/2/promote") == {"active": 2, "previous": 1}
        assert await operator.ask("POST", "/facts/rollback") == {"active": 1, "previous": 2}


async def has_both(bed: Bed, stream: str) -> bool:
    """Whether version 1 has handled both events of the stream."""
    query = "select sequence from events.sequences where subscription = %s and stream = %s"
    return await bed.rows(query, DEFINITION.subscription, stream) == [(2,)]
