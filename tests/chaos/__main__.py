"""`make chaos SECONDS=600 SEED=...`: faults on real services, one run after the other, until the time is over.

A run is drawn from the seed and its number, so `--run` with the number repeats one. Exit code 1 where anything was
lost, doubled, out of order or stuck.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from tests.chaos import controls, disk, matrix, plan, points
from tests.chaos.broker import proxied
from tests.chaos.controls import Seen
from tests.chaos.nursery import Nursery, nursery
from tests.chaos.plan import Outcome
from tests.chaos.rig import rig

from insieme_local import folders, ladder
from insieme_local.folders import Folders
from insieme_local.provision import provision
from insieme_local.servers import Servers
from insieme_local.testing import session_folders


def main() -> None:
    told = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = told.seed if told.seed is not None else secrets.randbelow(10**6)
    say(f"make chaos SECONDS={told.seconds} SEED={seed}")
    outcomes: list[Outcome] = []
    seen: list[Seen] = []
    notes: list[str] = []
    try:
        asyncio.run(chaos(told, seed, outcomes, seen, notes))
    except KeyboardInterrupt:
        notes.append("interrupted")
    page = matrix.markdown(outcomes, f"Chaos, seed {seed}, {told.seconds} s", notes) if outcomes else ""
    if seen:
        page += controls.markdown(seen)
    out = folders.local() / "out" / "chaos.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page)
    say(f"\n{page}\nwritten to {out}")
    bad = [outcome for outcome in outcomes if not outcome.verdict.good()]
    for outcome in bad:
        say(f"again: make chaos SEED={seed} RUN={outcome.number}")
    unseen = [one for one in seen if not one.failed_as_it_should]
    if bad or unseen or not (outcomes or seen):
        sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="no run begins after so many seconds")
    parser.add_argument("--seed", type=int, default=None, help="of the choice of faults; printed at the start")
    parser.add_argument("--run", type=int, default=None, help="only the run with this number")
    parser.add_argument("--only", default=None, help=f"faults by name, with commas: {', '.join(plan.BY_NAME)}")
    parser.add_argument("--controls", default=None, help="`all`, or guards with commas: control runs, nothing else")
    parser.add_argument("--keep", action="store_true", help="leave the logs where they are")
    return parser.parse_args()


async def chaos(
    told: argparse.Namespace, seed: int, outcomes: list[Outcome], seen: list[Seen], notes: list[str]
) -> None:
    where = Folders(session_folders().root / "chaos")
    with ExitStack() as stack:
        possible = chosen(told.only)
        servers = ladder.own(where, "chaos has servers of its own")
        proxied(servers)
        assert servers.postgres is not None
        home = servers.postgres.home
        if why := disk.mount(home):
            possible = [name for name in possible if name != "disk_full"]
            notes.append(f"disk_full did not run: {why}")
        else:
            stack.callback(disk.unmount, home)
        if not told.keep:
            stack.callback(folders.forget, where)
        stack.callback(servers.stop)
        await asyncio.to_thread(servers.start)
        made = await asyncio.to_thread(provision, servers)
        young = stack.enter_context(nursery())
        if told.controls:
            await control_runs(told.controls, seed, servers, where, young, seen)
            return
        async with rig(servers, made, where, young) as running:
            say(f"{len(possible)} faults, {len(running.platform.services)} services, servers of their own")
            began = time.monotonic()
            numbers = [told.run] if told.run is not None else range(1, sys.maxsize)
            for number in numbers:
                rng = plan.chance(seed, number)
                name = plan.drawn(rng, possible)
                outcome = await plan.run(running, name, plan.BY_NAME[name], rng, number, seed, time.monotonic)
                outcomes.append(outcome)
                say(line(outcome, time.monotonic() - began))
                if not outcome.verdict.good():
                    say("\n".join(f"    {said}" for said in outcome.verdict.said))
                    break
                if time.monotonic() - began > told.seconds:
                    break
    notes += unvisited(outcomes)


async def control_runs(
    names: str, seed: int, servers: Servers, where: Folders, young: Nursery, seen: list[Seen]
) -> None:
    """Each control on databases and topics of its own."""
    for number, control in enumerate(controls.CONTROLS):
        if names != "all" and control.guard not in names.split(","):
            continue
        made = await asyncio.to_thread(provision, servers, suffix=f"_{number}", topic_prefix=f"control{number}")
        one = await controls.run(control, servers, made, where, young, seed)
        seen.append(one)
        say(f"{one.seconds:6.0f} s  without {control.guard}: {one.found or 'NOT SEEN'}")


def chosen(only: str | None) -> list[str]:
    return list(plan.BY_NAME) if only is None else [name for name in only.split(",") if name in plan.BY_NAME]


def line(outcome: Outcome, seconds: float) -> str:
    verdict = "good" if outcome.verdict.good() else f"BAD {outcome.verdict.counts()}"
    what = "; ".join(outcome.labels)
    return f"{seconds:6.0f} s  {outcome.seed:>12}  {outcome.acknowledged:5} commands  {verdict}  {what}"


def unvisited(outcomes: Sequence[Outcome]) -> list[str]:
    """The crash points at which nobody was killed in these runs, with the reason where there is one."""
    cut = {label.removeprefix("SIGKILL at ") for outcome in outcomes for label in outcome.labels}
    missing = [point for name in points.ALL for point in points.of_service(name) if point not in cut]
    notes = [f"not visited for want of time: {', '.join(dict.fromkeys(missing))}"] if missing else []
    return notes + [f"{point}: {why}" for point, why in points.ELSEWHERE.items() if point not in cut]


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
