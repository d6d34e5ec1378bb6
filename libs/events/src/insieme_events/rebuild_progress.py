"""How a rebuild shows how far it is: a bar with rate and time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from insieme_events.rebuilding import Progress

LINE_EVERY = 5.0


@contextmanager
def shown(title: str, console: Console | None = None) -> Iterator[Callable[[Progress], None]]:
    """Gives what a rebuild is to call with its progress."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield _lines(title, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:,.0f} events/s"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, refresh_per_second=4) as bar:
        task = bar.add_task(title, total=None, rate=0)

        def move(progress: Progress) -> None:
            named = f"{title}: {progress.phase}"
            bar.update(
                task, description=named, completed=progress.read, total=progress.total or None, rate=progress.rate
            )

        yield move


def _lines(title: str, console: Console) -> Callable[[Progress], None]:
    last: tuple[str, float] = ("", 0.0)

    def line(progress: Progress) -> None:
        nonlocal last
        if progress.phase == last[0] and time.monotonic() - last[1] < LINE_EVERY:
            return
        last = progress.phase, time.monotonic()
        left = f", {progress.left:.0f} s left" if progress.left is not None and progress.phase == "reading" else ""
        console.print(
            f"{title}: {progress.phase}, {progress.read:,} of {progress.total:,}, {progress.rate:,.0f} events/s{left}",
            highlight=False,
            soft_wrap=True,
        )

    return line
