"""A few runs of `make chaos` on the session's servers: crash points, a sleeping command, zombies, lost commits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from random import Random

import pytest
from tests.chaos import faults, faults_of_links, plan
from tests.chaos.plan import Fault
from tests.chaos.rig import PREPARED, Rig, rig
from tests.end_to_end.nursery import Nursery, nursery

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import session_folders

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

SEED = 4


def crashes(intake: str, matching: str, reporting: str) -> Fault:
    chosen = {"intake": intake, "matching": matching, "reporting": reporting}
    return partial(faults.crash_at, chosen=chosen)


RUNS: dict[str, Fault] = {
    "before something is committed": crashes("reaction.before_cursor", "relay.before_commit", "batch.before_commit"),
    "behind what was committed": crashes("command.after_commit", "relay.after_commit", "batch.after_commit"),
    "commits without an answer": faults_of_links.commit_lost,
    "a relay that wakes behind its successor": faults.zombie_relay,
    "a subscription that wakes behind its successor": faults.zombie_subscription,
}


@pytest.fixture(scope="module")
def young() -> Iterator[Nursery]:
    with nursery(*PREPARED) as made:
        yield made


async def test_whatever_is_cut_short_nothing_is_lost_doubled_reordered_or_stuck(
    servers: Servers, provisioned: Provisioned, young: Nursery
) -> None:
    where = Folders(session_folders().root / "chaos")
    async with rig(servers, provisioned, where, young, clients=3) as running:
        for number, (name, fault) in enumerate(RUNS.items()):
            await judged(running, name, fault, number)


async def judged(running: Rig, name: str, fault: Fault, number: int) -> None:
    outcome = await plan.run(running, name, fault, Random(f"{SEED}/{number}"), number, SEED, time.monotonic)
    print(f"\n{name}: {outcome.acknowledged} commands in {outcome.seconds:.1f} s; {'; '.join(outcome.labels)}", end="")
    assert outcome.verdict.said == []
    assert not [label for label in outcome.labels if "not reached" in label or "never sent" in label]
