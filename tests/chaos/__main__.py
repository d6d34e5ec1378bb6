"""`make chaos SECONDS=600 SEED=...`: faults on real services, one run after the other, until the time is over.

A run is drawn from the seed and its number, so `--run` with the number repeats one. Behind the faults come the control
runs. Exit code 1 where anything was lost, doubled, out of order or stuck, and where a control run found nothing.
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
from dataclasses import dataclass, field

from tests.chaos import controls, disk, matrix, plan, points
from tests.chaos.broker import proxied
from tests.chaos.controls import Seen
from tests.chaos.plan import Outcome
from tests.chaos.rig import PREPARED, rig
from tests.end_to_end.nursery import Nursery, nursery

from insieme_local import folders, ladder
from insieme_local.folders import Folders
from insieme_local.provision import provision
from insieme_local.servers import Servers
from insieme_local.testing import session_folders

MOST_BAD = 5


def main() -> None:
    told = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = told.seed if told.seed is not None else secrets.randbelow(10**6)
    say(f"make chaos SECONDS={told.seconds} SEED={seed}")
    session = Session(told, seed)
    try:
        asyncio.run(chaos(session))
    except KeyboardInterrupt:
        session.notes.append("interrupted")
    out = folders.local() / "out" / "chaos.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(session.page())
    say(f"\n{session.page()}\nwritten to {out}")
    for outcome in session.bad():
        say(f"again: make chaos SEED={seed} RUN={outcome.number}")
    if session.failed():
        sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="no run begins after so many; 0: only control runs")
    parser.add_argument("--seed", type=int, default=None, help="of the choice of faults; printed at the start")
    parser.add_argument("--run", type=int, default=None, help="only the run with this number")
    parser.add_argument("--only", default=None, help=f"faults by name, with commas: {', '.join(plan.BY_NAME)}")
    parser.add_argument(
        "--controls",
        default=None,
        help="after the faults: `all` (else only with --only or --run: none), `none`, or guards with commas",
    )
    parser.add_argument("--keep", action="store_true", help="leave the logs where they are")
    return parser.parse_args()


@dataclass
class Session:
    """What was asked for, and what was found so far."""

    told: argparse.Namespace
    seed: int
    outcomes: list[Outcome] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def bad(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.verdict.good()]

    def page(self) -> str:
        heading = f"Chaos, seed {self.seed}, {self.told.seconds} s"
        faults = matrix.markdown(self.outcomes, heading, self.notes) if self.outcomes else ""
        return faults + (controls.markdown(self.seen) if self.seen else "")

    def failed(self) -> bool:
        unseen = [one for one in self.seen if not one.failed_as_it_should]
        return bool(self.bad() or unseen or not (self.outcomes or self.seen))


async def chaos(session: Session) -> None:
    """Servers of its own, the nursery, the faults and then the controls."""
    where = Folders(session_folders().root / "chaos")
    with ExitStack() as stack:
        servers = ladder.own(where, "chaos has servers of its own")
        proxied(servers)
        assert servers.postgres is not None
        possible = chosen(session.told.only)
        if why := disk.mount(servers.postgres.home):
            possible = [name for name in possible if name != "disk_full"]
            session.notes.append(f"disk_full did not run: {why}")
        else:
            stack.callback(disk.unmount, servers.postgres.home)
        if not session.told.keep:
            stack.callback(folders.forget, where)
        stack.callback(servers.stop)
        await asyncio.to_thread(servers.start)
        young = stack.enter_context(nursery(*PREPARED))
        if session.told.seconds:
            await fault_runs(session, possible, servers, where, young)
            session.notes += unvisited(session.outcomes)
        await control_runs(session, servers, where, young)


async def fault_runs(session: Session, possible: list[str], servers: Servers, where: Folders, young: Nursery) -> None:
    """Run after run; after a bad one on databases and topics that are new, so that no finding is found again."""
    told, began = session.told, time.monotonic()
    numbers = iter([told.run] if told.run is not None else range(1, sys.maxsize))
    for attempt in range(MOST_BAD):
        made = await asyncio.to_thread(provision, servers, suffix=f"_{attempt}", topic_prefix=f"chaos{attempt}")
        async with rig(servers, made, where, young) as running:
            for number in numbers:
                rng = plan.chance(session.seed, number)
                name = plan.drawn(rng, possible)
                outcome = await plan.run(running, name, plan.BY_NAME[name], rng, number, session.seed, time.monotonic)
                session.outcomes.append(outcome)
                say(line(outcome, time.monotonic() - began))
                if time.monotonic() - began > told.seconds:
                    return
                if not outcome.verdict.good():
                    break
            else:
                return


async def control_runs(session: Session, servers: Servers, where: Folders, young: Nursery) -> None:
    """Each control on databases and topics of its own."""
    told = session.told
    names = told.controls or ("none" if told.run is not None or told.only is not None else "all")
    for number, control in enumerate(controls.CONTROLS):
        if names == "none" or (names != "all" and control.guard not in names.split(",")):
            continue
        made = await asyncio.to_thread(provision, servers, suffix=f"_c{number}", topic_prefix=f"control{number}")
        one = await controls.run(control, servers, made, where, young, session.seed)
        session.seen.append(one)
        say(f"{one.seconds:6.0f} s  without {control.guard}: {one.found or 'NOT SEEN'}")


def chosen(only: str | None) -> list[str]:
    return list(plan.BY_NAME) if only is None else [name for name in only.split(",") if name in plan.BY_NAME]


def line(outcome: Outcome, seconds: float) -> str:
    verdict = "good" if outcome.verdict.good() else f"BAD {outcome.verdict.counts()}"
    what = "; ".join(outcome.labels)
    said = "".join(f"\n    {one}" for one in outcome.verdict.said)
    return f"{seconds:6.0f} s  {outcome.seed:>12}  {outcome.acknowledged:5} commands  {verdict}  {what}{said}"


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
