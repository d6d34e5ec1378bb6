"""Control runs: each guard of the road taken out of every process, and the fault that must then be seen.

Guards cover one another, so a control names those that are off with it: the fence, for one, is covered by the
contiguous sequence. Two guards are not taken out here but in tests of one server, which the table of docs/guarantees.md
names: the append that comes first, and sequenced parking.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from random import Random

from tests.chaos import faults, foreign, plan
from tests.chaos.plan import Fault, Outcome
from tests.chaos.rig import rig
from tests.end_to_end.nursery import Nursery

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers

TRIES = 4
CATCH_UP = 8.0


@dataclass(frozen=True)
class Control:
    """`seen_by` are the counts of the verdict of which one must rise."""

    guard: str
    off_with_it: tuple[str, ...]
    fault: Fault
    seen_by: tuple[str, ...]
    check: str

    def sees(self, outcome: Outcome) -> bool:
        return any(outcome.verdict.counts()[kind] for kind in self.seen_by)


CONTROLS = (
    Control(
        "fence",
        ("contiguous_sequence",),
        partial(faults.zombie_subscription, name="reporting", point="batch.before_fence"),
        ("doubled", "stuck"),
        "both owners write the batch: the second one's rows meet the key of the facts, and are parked",
    ),
    Control(
        "cursor_in_the_transaction",
        (),
        partial(faults.crash_at, chosen={"reporting": "batch.after_commit"}),
        ("lost",),
        "rows of facts are missing",
    ),
    Control(
        "contiguous_sequence",
        (),
        foreign.foreign_duplicates,
        ("doubled", "stuck"),
        "the same event again meets the key of the facts, and is parked",
    ),
    Control(
        "gap_safe_read",
        (),
        faults.slow_writer,
        ("lost", "reordered"),
        "acknowledged events are not on the topics",
    ),
    Control(
        "idempotency_key",
        (),
        partial(faults.crash_at, chosen={"intake": "command.after_commit"}),
        ("doubled", "other"),
        "a command sent again is refused or done again: events that nobody was told of",
    ),
    Control(
        "transactional_id",
        (),
        partial(faults.zombie_relay, point="relay.after_read"),
        ("doubled",),
        "events are on the topics twice",
    ),
    Control(
        "lock_of_the_relay",
        ("transactional_id",),
        faults.two_relays,
        ("doubled",),
        "events are on the topics twice",
    ),
)


@dataclass(frozen=True)
class Seen:
    """What became of a control: the runs it took, and what was found."""

    control: Control
    runs: int
    found: str
    seconds: float

    @property
    def failed_as_it_should(self) -> bool:
        return bool(self.found)


async def run(
    control: Control, servers: Servers, made: Provisioned, where: Folders, nursery: Nursery, seed: int
) -> Seen:
    """Runs the fault without the guard until it is seen, for at most so many tries."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        off = ",".join((control.guard, *control.off_with_it))
        running = await stack.enter_async_context(
            rig(servers, made, where, nursery, clients=3, without=off, catch_up=CATCH_UP)
        )
        for number in range(1, TRIES + 1):
            rng = Random(f"{seed}/{control.guard}/{number}")
            outcome = await plan.run(running, control.guard, control.fault, rng, number, seed, time.monotonic)
            if control.sees(outcome):
                return Seen(control, number, "; ".join(outcome.verdict.said), time.monotonic() - began)
            if not outcome.verdict.good():
                break
    print(f"    without {control.guard}: {'; '.join(outcome.verdict.said) or 'nothing was found'}", flush=True)
    return Seen(control, number, "", time.monotonic() - began)


def markdown(seen: Sequence[Seen]) -> str:
    lines = ["| guard taken out | off with it | must be seen | seen after runs |", "| --- | --- | --- | ---: |"]
    for one in seen:
        control = one.control
        after = str(one.runs) if one.failed_as_it_should else f"**not seen in {one.runs}**"
        lines.append(f"| {control.guard} | {', '.join(control.off_with_it)} | {control.check} | {after} |")
    return "\n".join(["## Control runs", "", *lines, ""])
