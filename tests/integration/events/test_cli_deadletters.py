"""An operator's way through the dead letters, on the command line, against a service at work on real servers (7)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from fastapi import FastAPI
from rich.console import Console
from typer.testing import CliRunner, Result

from insieme_events import cli_deadletters, letters_api, problems
from insieme_events.cli import app as program
from insieme_events.clock import system_clock
from insieme_events.desk import PORTS, address
from insieme_events.relay import Relay
from insieme_events.subscription import Subscription
from insieme_events.testing import serving
from insieme_events.testing.road import Effects, Road, at_work, effects, eventually
from insieme_local.provision import HTTP_PORTS

pytestmark = pytest.mark.integration

NAME = "test.effects"
BECAUSE = ("--why", "fixed_build", "--ticket", "OPS-1")


@pytest.fixture
async def way(broad_way: Road) -> Road:
    await Effects.prepare(broad_way)
    return broad_way


@asynccontextmanager
async def answering(way: Road, edits: bool = True) -> AsyncIterator[str]:
    """The operations' HTTP of a service; its base URL."""
    app = FastAPI()
    problems.install(app)
    app.include_router(letters_api.router)
    definition = SimpleNamespace(edits_letters=edits)
    app.state.service = SimpleNamespace(pool=way.pool, clock=system_clock, definition=definition)
    async with serving.answering(app) as url:
        yield url


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal wide enough for the tables, whatever the environment says."""
    monkeypatch.setattr(cli_deadletters, "console", Console(width=300))


async def insieme(url: str, *arguments: str) -> Result:
    """`insieme deadletters …`."""
    runner = CliRunner(env={"INSIEME_SERVICE": "intake"})
    return await asyncio.to_thread(lambda: runner.invoke(program, ["deadletters", *arguments, "--url", url]))


def in_order(found: Sequence[tuple[str, int]], without: Sequence[tuple[str, int]] = ()) -> None:
    """Every stream's effects rise, and leave out nothing but `without`."""
    last: Counter[str] = Counter()
    for stream, sequence in found:
        last[stream] += 1
        while (stream, last[stream]) in without:
            last[stream] += 1
        assert sequence == last[stream], (stream, sequence)


async def event_of(way: Road, stream: UUID, version: int) -> UUID:
    query = "select event_id from events.events where stream = %s and version = %s"
    ((found,),) = await way.rows(query, f"referral-{stream}", version)
    return UUID(str(found))


async def test_an_operator_retries_skips_and_edits_while_traffic_goes_on_and_order_is_kept(
    way: Road, tmp_path: Path
) -> None:
    ids = await way.fill(6, 3)
    handler = Effects(*[await event_of(way, stream, 2) for stream in ids[:3]])
    relay = Relay("intake", way.url, way.bootstrap, way.prefix, way.commands.appended)
    subscription = Subscription(NAME, ["intake"], handler, way.pool, None, way.bootstrap, way.prefix)
    written = 18
    stop = asyncio.Event()

    async def traffic() -> None:
        nonlocal written
        while not stop.is_set():
            for stream in ids:
                await way.record(stream)
                written += 1
            await asyncio.sleep(0.05)

    async def parked(count: int) -> bool:
        return await way.rows("select count(*) from events.dead_letters where reason = 'failed'") == [(count,)]

    async with answering(way) as url, at_work(relay, subscription):
        busy = asyncio.create_task(traffic())
        await eventually(lambda: parked(3), 60)
        listed = await insieme(url, "list")
        assert listed.output.count("decide") == 3, listed.output
        found = json.loads((await insieme(url, "list", "--reason", "failed", "--json")).output)
        letters = {one["stream"]: str(one["id"]) for one in found}
        first, second, third = (letters[f"referral-{stream}"] for stream in ids[:3])

        again = await insieme(url, "retry", first, *BECAUSE)
        assert (again.exit_code, "parked again" in again.output) == (1, True)
        assert "ValueError at apply" in (await insieme(url, "show", first)).output

        skipped = await insieme(url, "skip", second, *BECAUSE)
        assert (skipped.exit_code, "goes on" in skipped.output) == (0, True), skipped.output
        # The handler takes what it is given from here on, as a fixed build would.
        handler.failing = ()
        retried = await insieme(url, "retry", first, *BECAUSE)
        assert (retried.exit_code, "goes on" in retried.output) == (0, True), retried.output
        edited = await insieme(url, "edit", third, *BECAUSE, "--set", "occurred_on=2020-02-09", "--json")
        assert (edited.exit_code, json.loads(edited.output)["outcome"]) == (0, "released"), edited.output
        stop.set()
        await busy

        async def all_there() -> bool:
            return len(await effects(way)) == written - 1

        await eventually(all_there, 60)
        assert "Nothing is parked." in (await insieme(url, "list")).output
        gone = await insieme(url, "show", first)
        assert (gone.exit_code, "[events.letter_unknown]" in gone.output) == (1, True)
    in_order(await effects(way), [(f"referral-{ids[1]}", 2)])
    assert await way.rows("select count(*) from events.dead_letters") == [(0,)]


async def test_what_is_asked_wrongly_is_refused_with_a_sentence(way: Road, tmp_path: Path) -> None:
    async with answering(way, edits=False) as url:
        file = tmp_path / "letters.ndjson"
        assert "0 letters in" in (await insieme(url, "export", "--to", str(file))).output
        for arguments in (
            ("retry", *BECAUSE),
            ("retry", "1", "--all", *BECAUSE),
            ("retry", "--all", *BECAUSE),
            ("edit", "1", *BECAUSE, "--set", "no value"),
            ("skip", "1", *BECAUSE),
        ):
            refused = await insieme(url, *arguments)
            assert refused.exit_code == 1
            assert refused.output.startswith("insieme: "), refused.output
        assert (await insieme(url, "skip", "1", "--why", "because", "--ticket", "OPS-1")).exit_code == 2
    away = await insieme("http://127.0.0.1:9", "list")
    assert (away.exit_code, "does not answer" in away.output) == (1, True)


def test_a_service_answers_where_the_environment_says_or_at_its_own_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIEME_MATCHING_URL", "https://matching.example")
    assert address("matching") == "https://matching.example"
    monkeypatch.setenv("INSIEME_REPORTING_PORT", "4711")
    assert address("reporting") == "http://127.0.0.1:4711"
    assert PORTS == HTTP_PORTS
