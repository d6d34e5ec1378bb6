"""The control run of test_survives_kills.py: with the cursors committed before the facts, a kill loses events.

The same check, the same kill between cursors and facts; only the order of the writes differs.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.end_to_end import oracle, versions
from tests.end_to_end.shared import Shared

from insieme_local.provision import Provisioned

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

REPOSITORY = Path(__file__).parents[2]
BETWEEN_CURSORS_AND_FACTS = {"one": "batch.after_fence", "cursors_first": "batch.after_commit"}


@asynccontextmanager
async def projecting(
    made: Provisioned, schema: str, transaction: str, crash: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """cut_short.py with reporting's own role; ended in any case."""
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


async def killed_and_started_again(shared: Shared, transaction: str) -> oracle.Findings:
    """What the check finds after a kill at the third passing of the point, a second start, and catching up."""
    made, schema = shared.platform.provisioned, f"facts_{transaction}"
    await versions.make(made, schema)
    crash = {"INSIEME_CRASH_POINT": BETWEEN_CURSORS_AND_FACTS[transaction], "INSIEME_CRASH_ON_PASSING": "3"}
    async with projecting(made, schema, transaction, crash) as process:
        assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL, "it never came to the named point"
    async with projecting(made, schema, transaction, {}):
        await oracle.caught_up(made.urls["reporting"], f"reporting.{schema}", shared.ledger.streams())
        # With the cursors first, the facts of the last batch are still to come.
        await asyncio.sleep(1)
    carried, rows = await oracle.in_topics(made), await oracle.in_facts(made.urls["reporting"], schema)
    return oracle.compare(shared.ledger, carried, rows)


async def test_only_with_the_cursors_committed_before_the_facts_the_same_kill_loses_events(shared: Shared) -> None:
    whole, cut = await asyncio.gather(
        killed_and_started_again(shared, "one"), killed_and_started_again(shared, "cursors_first")
    )

    assert whole == oracle.Findings(), "cursors and facts in one transaction: nothing is lost"
    assert cut.missing_in_facts, "the control run lost nothing: the check proves nothing"
    assert set(cut.counts()) == {"missing_in_facts"}, "the topics are whole, and what is in the facts is right"
    print(f"\nlost with the cursors committed first: {len(cut.missing_in_facts)} rows of facts")
