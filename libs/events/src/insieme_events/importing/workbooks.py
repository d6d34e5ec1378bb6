"""XLSX: the first sheet, read row by row, after the archive was weighed without unpacking it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from insieme_events.importing.problems import FileProblem
from insieme_events.importing.texts import EXCEL_1900

MAX_UNPACKED = 256 * 1024 * 1024
MAX_SHARED = 64 * 1024 * 1024
"""Everything but the sheets is held in memory whole."""
MAX_RATIO = 200
SMALL = 1024 * 1024
"""A part that unpacks to less is no bomb, however well it packs."""
MAX_COLUMNS = 200
EXCEL_1904 = date(1904, 1, 1)
BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError, EOFError, OSError)


class Workbook:
    """The first sheet of a workbook. Formulas count with the values that the spreadsheet stored."""

    pads = False
    delimiter = ";"

    def __init__(self, path: Path) -> None:
        self._path = path
        weigh(path)
        self.since = EXCEL_1900

    def lines(self) -> Iterator[tuple[int, list[str | int | float | bool | date | datetime | None]]]:
        """The number of each row and its cells. Raises FileProblem."""
        try:
            # Opened here, because openpyxl leaves open what it cannot read.
            with self._path.open("rb") as file:
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
                self.since = EXCEL_1904 if book.epoch == CALENDAR_MAC_1904 else EXCEL_1900
                sheet = book.worksheets[0]
                # What the file says of its own size is not believed.
                sheet.reset_dimensions()
                for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
                    yield number, list(cells)
        except (*BROKEN, IndexError, TypeError, AttributeError) as wrong:
            # openpyxl wraps what the XML parser refused.
            if isinstance(wrong, DefusedXmlException) or isinstance(wrong.__cause__, DefusedXmlException):
                raise FileProblem(
                    "import.unsafe_workbook", "The workbook declares entities, which no spreadsheet does. Save it anew."
                ) from None
            raise FileProblem(
                "import.broken_workbook",
                f"The workbook cannot be read ({type(wrong).__name__}): open it, save it as XLSX, and send that.",
            ) from None


def weigh(path: Path) -> None:
    """By what the archive says of its parts; zipfile never unpacks more of a part than that. Raises FileProblem."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN:
        raise FileProblem(
            "import.broken_workbook", "The file begins like a workbook and is none: save it as XLSX or CSV."
        ) from None
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise FileProblem("import.not_a_table", "This archive is no workbook: send CSV or XLSX.")
    whole = sum(part.file_size for part in parts)
    held = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    dense = any(part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in parts)
    if whole > MAX_UNPACKED or held > MAX_SHARED or dense:
        raise FileProblem(
            "import.unpacks_too_large",
            f"The workbook unpacks to more than is read at once ({MAX_UNPACKED // 2**20} MB, and {MAX_RATIO} times"
            " what it weighs). Divide it, or send it as CSV.",
        )
