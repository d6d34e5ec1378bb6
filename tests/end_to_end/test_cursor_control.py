"""The control run of test_survives_kills.py: with the cursors committed before the facts, a kill loses events.

The same check, the same kill at the same named point; only the order of the writes differs.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.end_to_end import oracle, versions
from tests.end_to_end.ledger import Ledger, client_of
from tests.end_to_end.platform import Platform

from insieme_events.testing.road import eventually
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.end_to_end

REPOSITORY = Path(__file__).parents[2]
THIRD = {"CRASH_POINT": "between_cursors_and_facts", "CRASH_ON_PASSING": "3"}


@dataclass(frozen=True)
class History:
    """What a client was told, with the topics that hold it; no service runs any more."""

    provisioned: Provisioned
    ledger: Ledger


@pytest.fixture(scope="module")
def history(prepared: Platform) -> History:
    """Ten journeys of five clients."""

    async def write() -> Ledger:
        ledger = Ledger()
        async with client_of(prepared, ledger) as client:
            await asyncio.gather(*(client.journey(number) for number in range(1, 11)))
        await _relayed(prepared.provisioned, ledger)
        return ledger

    prepared.start_all(("intake", "matching"))
    ledger = asyncio.run(write())
    prepared.stop_all()
    return History(prepared.provisioned, ledger)


async def _relayed(provisioned: Provisioned, ledger: Ledger) -> None:
    """Returns when the topics hold all that was acknowledged."""

    async def there() -> bool:
        return ledger.events().keys() <= {one.event_id for one in await oracle.in_topics(provisioned)}

    await eventually(there)


@asynccontextmanager
async def projecting(
    history: History, schema: str, transaction: str, crash: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """cut_short.py with reporting's own role; ended in any case."""
    made = history.provisioned
    told = {
        **os.environ,
        **made.common,
        "DATABASE_URL": made.urls["reporting"],
        "DATABASE_URL_KEYS": made.urls["reporting@keys"],
        "SCHEMA": schema,
        "TRANSACTION": transaction,
        **crash,
    }
    command = (sys.executable, "-m", "tests.end_to_end.cut_short")
    process = await asyncio.create_subprocess_exec(*command, env=told, cwd=REPOSITORY)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 20)


async def killed_and_started_again(history: History, transaction: str) -> oracle.Findings:
    """What the check finds after a kill at the third passing of the point, a second start, and catching up."""
    made, schema = history.provisioned, f"facts_{transaction}"
    await versions.make(made, schema)
    async with projecting(history, schema, transaction, THIRD) as process:
        assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL, "it never came to the named point"
    async with projecting(history, schema, transaction, {}):
        await oracle.caught_up(made.urls["reporting"], f"reporting.{schema}", history.ledger.streams())
        # Committed after the cursors, so not yet there when the cursors are: what is lost stays lost.
        await asyncio.sleep(1)
    return oracle.compare(
        history.ledger, await oracle.in_topics(made), await oracle.in_facts(made.urls["reporting"], schema)
    )


async def test_a_kill_between_the_cursors_and_the_facts_loses_nothing_in_one_transaction(history: History) -> None:
    assert await killed_and_started_again(history, "one") == oracle.Findings()


async def test_with_the_cursors_committed_before_the_facts_the_same_kill_loses_events(history: History) -> None:
    found = await killed_and_started_again(history, "cursors_first")

    assert found.missing_in_facts, "the control run lost nothing: the check proves nothing"
    assert set(found.counts()) == {"missing_in_facts"}, "topics are whole, and what is there is right"
    print(f"\nlost with the cursors committed first: {len(found.missing_in_facts)} rows of facts")
