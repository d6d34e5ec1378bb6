"""`python -m tests.benchmarks [--only NAME] [--rounds N] [--scale X]`: the table of `make bench`."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

import orjson
import structlog
import typer
from rich.console import Console
from rich.table import Table
from tests.benchmarks import appending, counting, freshness, growing, projecting, rebuilding, relaying
from tests.benchmarks.place import Place, place
from tests.benchmarks.rounds import Row

from insieme_events.process import settle_collector
from insieme_local import folders

BENCHMARKS: Mapping[str, Callable[[Place], Coroutine[Any, Any, list[Row]]]] = {
    "append": appending.append,
    "command": appending.command,
    "eventsourcing": appending.eventsourcing,
    "relay": relaying.relay,
    "live": projecting.live,
    "rebuild": rebuilding.rebuild,
    "freshness": freshness.freshness,
    "growth": rebuilding.growth,
    "cost": growing.cost,
}


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"One or several of: {', '.join(BENCHMARKS)}.")] = None,
    rounds: Annotated[int, typer.Option(help="Rounds of each side.", min=1)] = 5,
    scale: Annotated[float, typer.Option(help="How much every round does, as a multiple of the usual.")] = 1.0,
    counts: Annotated[bool, typer.Option("--counts", help="Only write the counts of every path.")] = False,
) -> None:
    """Measure side by side on one set of servers; the table here, and as a list in .local/out/bench.json."""
    unknown = set(only or ()) - BENCHMARKS.keys()
    if unknown:
        raise typer.BadParameter(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(BENCHMARKS)}")
    # What a relay tells of itself would stand in the middle of the table's progress.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # As a service does at its start; the references run in the same process, so they have it too.
    settle_collector()
    if counts:
        with place(1, 1.0) as where:
            urls = where.urls
            counting.write(asyncio.run(counting.counts(urls["matching"], urls["reporting"], where.servers.admin_url)))
        return
    console = Console(width=None if sys.stdout.isatty() else 120)
    rows: list[Row] = []
    with place(rounds, scale) as where:
        for name in only or BENCHMARKS:
            started = time.monotonic()
            rows += asyncio.run(BENCHMARKS[name](where))
            console.print(f"{name}: {time.monotonic() - started:.0f} s", style="dim")
    out = folders.local() / "out"
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_bytes(orjson.dumps([row.as_json() for row in rows], option=orjson.OPT_INDENT_2))
    console.print(table(rows))


def table(rows: list[Row]) -> Table:
    found = Table("path", "reference", "unit")
    for heading in ("ours", "theirs", "ratio", "spread", "aim"):
        found.add_column(heading, justify="right")
    for row in rows:
        found.add_row(
            row.path,
            row.reference,
            row.unit,
            f"{row.ours:,.{0 if row.ours >= 100 else 1}f}",
            f"{row.theirs:,.{0 if row.theirs >= 100 else 1}f}",
            f"{row.ratio:.2f}",
            f"{row.spread[0]:.2f}-{row.spread[1]:.2f}",
            row.aim + ("" if row.met else " missed"),
        )
    return found


if __name__ == "__main__":
    typer.run(main)
