"""One run of a file: every row is judged, and its verdict written in the order of the file."""

from __future__ import annotations

import asyncio
import csv
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from insieme_events.desk import Desk
from insieme_events.importing.kinds import Kind
from insieme_events.importing.problems import Fault
from insieme_events.importing.sending import Judged, Sender, Verdict, client_of
from insieme_events.importing.tables import VERDICTS, Row, Table
from insieme_events.importing.values import Reader, Ready, row_faults, text

AT_ONCE = 16
ENDING = ".verdicts"


@dataclass
class Tally:
    """How many rows of each verdict; `stopped` says why the rest was not sent."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None

    def add(self, judged: Judged) -> None:
        self.verdicts[judged.verdict] += 1
        if judged.fault is not None:
            self.codes[judged.fault.code] += 1


def verdict_path(source: Path) -> Path:
    """Beside the file; a verdict file that was corrected and sent again is replaced by its successor."""
    stem = source.stem if source.stem.endswith(ENDING) else source.stem + ENDING
    return source.with_name(f"{stem}.csv")


@contextmanager
def verdict_file(path: Path, table: Table) -> Iterator[Callable[[Row, Judged], None]]:
    """Writes beside `path`, readable by its owner alone, and takes its place at the end: never half a file there."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter)
        writer.writerow([*table.header, *VERDICTS])

        def write(row: Row, judged: Judged) -> None:
            fault = judged.fault
            told = (fault.column, fault.code, fault.sentence) if fault is not None else ("", "", "")
            cells = [text(row.cells.get(name)) or "" for name in table.header]
            writer.writerow([*cells, row.line, judged.verdict.value, *told, judged.id])

        yield write
    part.replace(path)


async def run(
    kind: Kind,
    table: Table,
    desk: Desk,
    out: Path,
    *,
    dry: bool = False,
    at_once: int = AT_ONCE,
    advance: Callable[[], None] = lambda: None,
) -> Tally:
    """Sends every row that can be sent, `at_once` of them at most, and writes every verdict to `out`."""
    reader, tally = Reader(kind, table.since), Tally()
    waiting: deque[tuple[Row, asyncio.Task[Judged], str | None]] = deque()
    last: dict[str, asyncio.Task[Judged]] = {}
    async with client_of(desk, at_once) as client:
        sender = Sender(client, kind, dry=dry)
        with verdict_file(out, table) as write:

            async def settle() -> None:
                row, task, order = waiting.popleft()
                judged = await task
                if order is not None and last[order] is task:
                    del last[order]
                write(row, judged)
                tally.add(judged)
                advance()

            for row in table.rows():
                if len(waiting) == at_once:
                    await settle()
                read = reader.read(row)
                order = read.order if isinstance(read, Ready) else None
                task = asyncio.create_task(_judged(sender, read, last.get(order) if order is not None else None))
                waiting.append((row, task, order))
                if order is not None:
                    last[order] = task
            while waiting:
                await settle()
        tally.stopped = sender.stopped
    return tally


async def _judged(sender: Sender, read: Ready | list[Fault], before: asyncio.Task[Judged] | None) -> Judged:
    if not isinstance(read, Ready):
        return Judged(Verdict.REFUSED, row_faults(read))
    if before is not None:
        await asyncio.wait([before])
    return await sender.judge(read)
