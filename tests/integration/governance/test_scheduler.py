"""One scheduler: in order and in batches after a standstill of years, past what it cannot do; and the dry run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.governance.conftest import founded
from typer.testing import CliRunner

from insieme_events import migrate, timers
from insieme_events.cli import app as program
from insieme_events.metrics import TIMERS
from insieme_events.store import Connection
from insieme_events.testing.http import Served, served
from insieme_events.timers import Due, Timer, Timers
from insieme_events.units import Step
from insieme_governance.aggregates import BODIES, PRESENTATIONS, PROTOCOLS
from insieme_governance.body import CheckRequests
from insieme_governance.presentation import NotePresentationOverdue, presentation_id
from insieme_governance.protocol.commands import ExpireProtocol
from insieme_governance.service import SERVICE
from insieme_local.provision import Provisioned

NOTED = "select type, occurred_on from events.events where type = any(%s) order by position"
KINDS = ["MeetingCadenceWarned", "MeetingCadenceBreached", "CommitmentMissing", "AnnualPresentationOverdue"]
COUNT = "select count(*) from events.events"
YEAR = date(2022, 1, 1)


@pytest.fixture(scope="module")
def quiet(provisioned: Provisioned) -> Provisioned:
    """Governance as it was founded, and nobody has looked at a deadline yet."""
    migrate.upgrade_service(provisioned.urls["governance_owner"], "governance", SERVICE.migrations)
    asyncio.run(founded(provisioned))
    return provisioned


@pytest.fixture
async def governance(quiet: Provisioned) -> AsyncIterator[Served]:
    async with served(SERVICE, quiet.environment("governance")) as running:
        yield running


def events(quiet: Provisioned) -> int:
    async def counted() -> int:
        async with served(SERVICE, quiet.environment("governance")) as running:
            return int((await running.rows(COUNT))[0][0])

    return asyncio.run(counted())


def listed(quiet: Provisioned, *arguments: str) -> Any:
    """What `insieme due` prints, and that it wrote nothing."""
    before = events(quiet)
    told = CliRunner().invoke(program, ["due", "governance", *arguments], env=quiet.environment("governance"))
    assert told.exit_code == 0, told.output
    assert events(quiet) == before
    return told.output


@pytest.mark.clause("P54", "P56")
def test_a_dry_run_lists_what_is_due_by_a_day_in_order(quiet: Provisioned) -> None:
    rows = json.loads(listed(quiet, "--json", "--on", "2018-02-01"))
    assert [(row["due_on"], row["timer"].removeprefix("governance."), row["command"]) for row in rows] == [
        ("2017-10-01", "study_start_overdue", "NoteStudyOverdue"),
        ("2017-10-23", "cadence", "CheckCadence"),
        ("2017-11-23", "cadence", "CheckCadence"),
        ("2018-01-01", "presentation_overdue", "NotePresentationOverdue"),
        *[("2018-02-01", "commitment_missing", "NoteMissingCommitment")] * 3,
    ]
    assert {row["service"] for row in rows} == {"governance"}
    lines = listed(quiet, "--on", "2017-10-01").splitlines()
    assert lines[0].startswith("2017-10-01  governance.study_start_overdue")
    assert lines[-1] == "due by 2017-10-01: 1 steps"
    assert listed(quiet, "--on", "2017-09-30") == "due by 2017-09-30: 0 steps\n"


def test_a_dry_run_says_what_it_lacks() -> None:
    nowhere = {"DATABASE_URL_GOVERNANCE": "postgresql://127.0.0.1:1/nothing"}
    told = CliRunner().invoke(program, ["due", "governance"], env=nowhere)
    assert told.exit_code == 1
    assert "governance" in told.output


async def test_a_look_can_write_nothing(governance: Served) -> None:
    async def writes(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
        await connection.execute("delete from views.bodies")
        return []

    before = await governance.rows("select count(*) from views.bodies")
    failed = TIMERS.labels("test.writes", "failed")._value.get()
    await scheduler(governance, Timer("test.writes", writes)).once()
    assert TIMERS.labels("test.writes", "failed")._value.get() == failed + 1
    assert await governance.rows("select count(*) from views.bodies") == before


def scheduler(governance: Served, *these: Timer, monotonic: Callable[[], float] = lambda: 0.0) -> Timers:
    service = governance.service
    return Timers("governance", these, service.pool, service.commands, service.clock, monotonic=monotonic)


@pytest.mark.clause("P54", "P56", "P82")
async def test_after_years_it_catches_up_in_order_and_in_batches(
    governance: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BATCH", 5)
    monkeypatch.setattr(timers, "PAUSE", 0.05)
    loop = asyncio.get_running_loop()
    started = loop.time()
    one = scheduler(governance, *SERVICE.timers)
    done = await one.once()
    assert done > 30
    assert loop.time() - started > 0.05 * (done // 5)
    days = [on for _, on in await governance.rows(NOTED, KINDS)]
    assert days == sorted(days)
    assert days[0] == date(2017, 10, 23)
    assert await one.once() == 0


async def test_what_cannot_be_done_rests_and_stops_nobody(governance: Served) -> None:
    """Refused, failing and done steps in one list; by the clock of the test a minute is over when it says so."""
    now = 0.0
    asked: list[str] = []
    body_id, protocol_id = uuid4(), uuid4()

    async def broken(connection: Connection, asked: Sequence[Any]) -> Sequence[Any]:
        raise RuntimeError

    failing = replace(BODIES, circumstances=broken)
    overdue = NotePresentationOverdue(year=2021, on=YEAR)

    async def mixed(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
        asked.append("looked")
        return [
            Due(YEAR, Step(PROTOCOLS, protocol_id, ExpireProtocol(on=YEAR))),
            Due(YEAR, Step(failing, body_id, CheckRequests(on=YEAR))),
            Due(YEAR + timedelta(days=1), Step(PRESENTATIONS, presentation_id(2021), overdue)),
        ]

    timer = Timer("test.mixed", mixed)
    counts = {outcome: TIMERS.labels(timer.name, outcome) for outcome in ("refused", "failed", "done", "nothing")}

    def told() -> dict[str, int]:
        return {outcome: int(counter._value.get()) for outcome, counter in counts.items()}

    one = scheduler(governance, timer, monotonic=lambda: now)
    await one.once()
    first = told()
    assert (first["refused"], first["failed"], first["done"] + first["nothing"]) == (1, 1, 1)
    await one.once()
    assert told() == first
    now = timers.REST + 1
    await one.once()
    assert (told()["refused"], told()["failed"]) == (2, 2)
    now += timers.REST + 1  # The second rest is twice as long.
    await one.once()
    assert (told()["refused"], told()["failed"]) == (2, 2)
    now += timers.REST
    await one.once()
    assert (told()["refused"], told()["failed"]) == (3, 3)
    assert len(asked) < 12


async def test_steps_that_rest_do_not_hide_the_others(governance: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "LISTED", 3)
    refused = [Due(YEAR, Step(PROTOCOLS, uuid4(), ExpireProtocol(on=YEAR))) for _ in range(20)]

    async def many(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
        return refused[:at_most]

    before = TIMERS.labels("test.many", "refused")._value.get()
    await scheduler(governance, Timer("test.many", many)).once()
    assert TIMERS.labels("test.many", "refused")._value.get() == before + len(refused)
