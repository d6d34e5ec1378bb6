"""One run of a file: every row is judged, and its verdict written in the order of the file."""

from __future__ import annotations

import asyncio
import csv
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from insieme_events.desk import Desk
from insieme_events.importing.kinds import Kind
from insieme_events.importing.problems import Fault
from insieme_events.importing.sending import Judged, Sender, Verdict, client_of
from insieme_events.importing.tables import VERDICTS, Row, Table
from insieme_events.importing.values import Reader, Ready, row_faults, text

AT_ONCE = 3
"""Requests: while one is decided, the next one is read by the service, and the file by us."""
TOGETHER, MIXED = 50, 100
"""Rows of a request; and of one whose rows may share a stream, which is then read once for twice as many."""
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


@dataclass
class Parcel:
    """Rows that stand behind one another in the file, those among them that can be sent, and the orders they are in."""

    mixed: bool
    """Whether rows of one order may be in it."""
    rows: list[tuple[Row, Ready | list[Fault]]] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    def takes(self, read: Ready | list[Fault]) -> bool:
        """Of two rows that exclude each other the second one belongs into another parcel."""
        excluded = not self.mixed and isinstance(read, Ready) and read.order in self.orders
        return len(self.rows) < (MIXED if self.mixed else TOGETHER) and not excluded

    def add(self, row: Row, read: Ready | list[Fault]) -> None:
        self.rows.append((row, read))
        if isinstance(read, Ready):
            self.ready.append(read)
            if read.order is not None:
                self.orders.add(read.order)


def parcels(table: Table, reader: Reader, *, mixed: bool) -> Iterator[Parcel]:
    """The whole file, in its order."""
    filled = Parcel(mixed)
    for row in table.rows():
        read = reader.read(row)
        if not filled.takes(read):
            yield filled
            filled = Parcel(mixed)
        filled.add(row, read)
    yield filled


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
    """Sends every row that can be sent, in `at_once` requests at most, and writes every verdict to `out`."""
    reader, tally = Reader(kind, table.since), Tally()
    waiting: deque[tuple[Parcel, asyncio.Task[list[Judged]]]] = deque()
    last: dict[str, asyncio.Task[list[Judged]]] = {}
    async with client_of(desk, at_once) as client:
        sender = Sender(client, kind, dry=dry)
        with verdict_file(out, table) as write:

            async def settle() -> None:
                parcel, task = waiting.popleft()
                judged = iter(await task)
                for order in parcel.orders:
                    if last[order] is task:
                        del last[order]
                for row, read in parcel.rows:
                    one = next(judged) if isinstance(read, Ready) else Judged(Verdict.REFUSED, row_faults(read))
                    write(row, one)
                    tally.add(one)
                    advance()

            for parcel in parcels(table, reader, mixed=kind.together):
                if len(waiting) == at_once:
                    await settle()
                before = {last[order] for order in parcel.orders if order in last}
                task = asyncio.create_task(_judged(sender, parcel.ready, before))
                waiting.append((parcel, task))
                last.update(dict.fromkeys(parcel.orders, task))
                # What was just made begins before the next rows are read.
                await asyncio.sleep(0)
            while waiting:
                await settle()
        tally.stopped = sender.stopped
    return tally


async def _judged(sender: Sender, ready: Sequence[Ready], before: set[asyncio.Task[list[Judged]]]) -> list[Judged]:
    if before:
        await asyncio.wait(before)
    return await sender.judge(ready)
