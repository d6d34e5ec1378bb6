"""CSV as spreadsheets write it: UTF-8 with or without a mark, UTF-16, Windows-1252; commas, semicolons, tabs."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from insieme_events.importing.problems import FileProblem

DELIMITERS = ";,\t|"
CHUNK = 1 << 20
LONGEST = 100_000
"""A quote that is not closed swallows the rest of the file: a cell of so many characters is taken for one."""
EXCEL_1900 = date(1899, 12, 30)


class Text:
    """A text file as lines of cells. `delimiter` is the one under which the first line has most of the known names."""

    pads = True
    since = EXCEL_1900

    def __init__(self, path: Path, known: Collection[str]) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        with path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(LONGEST)
        self.delimiter = delimiter_of(first, known)

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """The line on which each row begins, and its cells. Raises FileProblem."""
        before = csv.field_size_limit(LONGEST)
        begins = 1
        try:
            with self._path.open(encoding=self._encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self.delimiter, strict=True)
                for cells in reader:
                    if any("\0" in cell for cell in cells):
                        raise FileProblem("import.not_a_table", "This is no text: send CSV or XLSX.", begins)
                    yield begins, cells
                    begins = reader.line_num + 1
        except csv.Error:
            raise FileProblem(
                "import.broken_quotes",
                "A quotation mark is not closed, or something stands behind one that is. Double those inside a cell.",
                begins,
            ) from None
        finally:
            csv.field_size_limit(before)


def encoding_of(path: Path) -> str:
    """By its mark; without one UTF-8 where the whole file is that, else Windows-1252. Raises FileProblem."""
    with path.open("rb") as file:
        head = file.read(4)
    candidates: tuple[str, ...]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    elif head.startswith(codecs.BOM_UTF8):
        candidates = ("utf-8-sig",)
    else:
        candidates = ("utf-8", "cp1252")
    for name in candidates:
        if _decodes(path, name):
            return name
    raise FileProblem(
        "import.encoding", "The file is neither UTF-8 nor Windows-1252: save it as CSV in UTF-8, or as XLSX."
    )


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def delimiter_of(first: str, known: Collection[str]) -> str:
    """Ties go to the one that divides the line into more cells, so that a file of strange names is still divided."""

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"').lower() for name in first.split(delimiter)]
        return sum(name in known for name in names), len(names)

    return max(DELIMITERS, key=fit)
