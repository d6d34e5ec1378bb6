"""A file as a table: its header, and its rows one after the other with their lines. Nothing is held but one row.

A file is read twice: once to its end before anything is sent, so that one that breaks off is refused whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from insieme_events.importing import texts, workbooks
from insieme_events.importing.kinds import Column
from insieme_events.importing.problems import FileProblem

Cell = str | int | float | bool | date | datetime | None

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_CELL = 2000
VERDICTS = (
    "import_line",
    "import_verdict",
    "import_column",
    "import_code",
    "import_sentence",
    "import_id",
)
"""Columns of a verdict file. In a file that is sent they are passed over."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins; `cells` are by the name of the column, as they stand in the file."""

    line: int
    cells: dict[str, Cell]
    surplus: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`header` are the names of the columns as the file has them, without those of a verdict file.

    `delimiter` is what a verdict file is written with; `since` is the day from which numbers count days.
    """

    header: tuple[str, ...]
    delimiter: str
    since: date
    rows: Callable[[], Iterator[Row]]
    count: int


def opened(path: Path, columns: Sequence[Column]) -> Table:
    """Reads the whole file once. Raises FileProblem."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as wrong:
        raise FileProblem(
            "import.unreadable", f"The file cannot be opened ({type(wrong).__name__}): check its name and your rights."
        ) from None
    if size == 0:
        raise FileProblem("import.empty", "The file is empty: begin with the template of this kind.")
    if size > MAX_BYTES:
        raise FileProblem(
            "import.too_large",
            f"The file has {size // 2**20} MB; {MAX_BYTES // 2**20} MB are read at once. Divide it into several files.",
        )
    known = [column.name for column in columns]
    source: texts.Text | workbooks.Workbook
    if head.startswith(b"PK"):
        source = workbooks.Workbook(path)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileProblem(
            "import.old_workbook",
            "This is a workbook of the old format, or one with a password: save it as XLSX without one, or as CSV.",
        )
    else:
        source = texts.Text(path, {*known, *VERDICTS})
    header = _header(source.lines(), columns)

    def rows() -> Iterator[Row]:
        lines = source.lines()
        next(lines)
        for line, cells in lines:
            if all(cell is None or cell == "" for cell in cells):
                continue
            given = {name: cell for name, cell in zip(header, cells, strict=False) if name not in VERDICTS}
            surplus = any(cell not in (None, "") for cell in cells[len(header) :])
            yield Row(line, given, surplus, source.pads and len(cells) < len(header))

    count = 0
    for _ in rows():
        count += 1
        if count > MAX_ROWS:
            raise FileProblem(
                "import.too_many_rows", f"The file has more than {MAX_ROWS} rows. Divide it into several files."
            )
    if count == 0:
        raise FileProblem("import.no_rows", "The file has a header and no row below it.")
    own = tuple(name for name in header if name not in VERDICTS)
    return Table(own, source.delimiter, source.since, rows, count)


def _header(lines: Iterator[tuple[int, Sequence[Cell]]], columns: Sequence[Column]) -> tuple[str, ...]:
    """The names of the columns in the order of the file. An unknown one is told by its place: a file without a
    header has somebody's data there."""
    first = next(lines, None)
    if first is None:
        raise FileProblem("import.empty", "The file is empty: begin with the template of this kind.")
    header = [str(cell if cell is not None else "").strip().lower() for cell in first[1]]
    while header and header[-1] == "":
        header.pop()
    known = {column.name for column in columns}
    strange = [place for place, name in enumerate(header, start=1) if name not in known and name not in VERDICTS]
    if strange:
        there_is = ", ".join(column.name for column in columns)
        raise FileProblem(
            "import.column_unknown",
            f"{_places(strange)} of the first line has a name that there is not. There are: {there_is}.",
        )
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise FileProblem("import.column_doubled", f"The first line has {', '.join(doubled)} more than once.")
    missing = [column.name for column in columns if column.required and column.name not in header]
    if missing:
        raise FileProblem("import.column_missing", f"The first line lacks {', '.join(missing)}.")
    return tuple(header)


def _places(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    return f"Column {shown}" + (" and others" if len(numbers) > 10 else "")
