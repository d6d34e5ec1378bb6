"""Which faults there are, how often each is drawn, and what one run does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from tests.chaos import faults, faults_of_links, foreign
from tests.chaos.checks import Verdict
from tests.chaos.rig import Rig

from insieme_local.errors import LocalError

Fault = Callable[[Rig, Random], Awaitable[list[str]]]

WEIGHTS: dict[Fault, int] = {
    faults.crash_points: 45,
    faults.zombie_relay: 6,
    faults.zombie_subscription: 6,
    faults.kill_service: 3,
    faults.kill_kafka: 3,
    faults.kill_postgres: 3,
    faults.kill_everything: 3,
    faults.halt_command: 4,
    faults.slow_writer: 3,
    faults.freeze_service: 2,
    faults.freeze_kafka: 2,
    faults.freeze_postgres: 2,
    faults.broker_away: 2,
    faults.rebalance_storm: 3,
    faults.two_relays: 3,
    faults.clock_steps: 2,
    faults_of_links.terminate_backends: 3,
    faults_of_links.postgres_link: 5,
    faults_of_links.kafka_link: 5,
    faults_of_links.commit_lost: 5,
    faults_of_links.end_of_transaction_lost: 4,
    faults_of_links.commit_again: 3,
    faults_of_links.database_away_at_assignment: 2,
    faults_of_links.disk_full: 2,
    foreign.foreign_duplicates: 4,
}
BY_NAME = {getattr(fault, "__name__", ""): fault for fault in WEIGHTS}

SETTLE = 15
"""So many commands are acknowledged before a fault, so that it meets work, and after it."""


@dataclass
class Outcome:
    """One run: what was done, how many commands were acknowledged meanwhile, and what the ledger says."""

    number: int
    fault: str
    seed: str
    labels: list[str]
    acknowledged: int
    seconds: float
    verdict: Verdict = field(default_factory=Verdict)


def chance(seed: int, number: int) -> Random:
    """The chance of one run: the same whichever runs went before."""
    return Random(f"{seed}/{number}")


def drawn(rng: Random, possible: list[str]) -> str:
    return rng.choices(possible, [WEIGHTS[BY_NAME[name]] for name in possible])[0]


async def run(
    rig: Rig, name: str, fault: Fault, rng: Random, number: int, seed: int, now: Callable[[], float]
) -> Outcome:
    """One fault under traffic, healing, and the judgement."""
    began, before = now(), len(rig.ledger.entries)
    outcome = Outcome(number, name, f"{seed}/{number}", [], 0, 0.0)
    try:
        await rig.traffic.more(SETTLE)
        outcome.labels = await fault(rig, rng)
        await rig.heal()
        await rig.traffic.more(SETTLE)
        outcome.verdict = await rig.judge()
    except (AssertionError, TimeoutError) as wrong:
        outcome.verdict.add("other", [f"{type(wrong).__name__}: {wrong}"], "the run did not come to its end")
    except LocalError as dead:
        outcome.verdict.add("stuck", [dead], "a part does not serve again")
    outcome.labels = outcome.labels or [name]
    outcome.acknowledged = len(rig.ledger.entries) - before
    outcome.seconds = now() - began
    return outcome
