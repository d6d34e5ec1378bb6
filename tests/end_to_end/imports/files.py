"""Files of made-up rows: so many right ones, every 33rd wrong in a way of its own, and the verdict beside each.

The verdicts are written down here by hand, from the rules, and nothing of them comes from the importer.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from tests.end_to_end.people import Someone, company, partita_iva

EVERY = 33
"""Three in a hundred are wrong."""
COLUMNS_OF_US = ("import_line", "import_verdict", "import_column", "import_code", "import_sentence", "import_id")
Cells = dict[str, str]
Wrong = tuple[Mapping[str, str], str, str]
"""Cells that take the place of right ones; the code and the columns of the verdict."""


@dataclass(frozen=True)
class Expected:
    line: int
    good: bool
    code: str = ""
    column: str = ""


@dataclass(frozen=True)
class Made:
    """A file and what must be said of each of its rows, by row_key; a doubled row_key has two."""

    path: Path
    rows: list[Cells]
    expected: list[Expected]

    def good(self) -> int:
        return sum(one.good for one in self.expected)


def person(number: int) -> Cells:
    body = Someone(number).application()
    identity = body.pop("identity")
    address = identity.pop("address")
    other = body.pop("other_measure")["kind"] or "none"
    return {"row_key": f"2024/{number}", **identity, **address, **body, "other_measure": other}


def registration(number: int) -> Cells:
    """With letters that Windows-1252 writes otherwise than UTF-8."""
    known = company(number)
    return {"row_key": f"REA-{number}", **known, "name": f"{known['name']} e Università"}


def vacancy(companies: int) -> Callable[[int], Cells]:
    """Vacancies of so many companies."""

    def make(number: int) -> Cells:
        return {
            "row_key": f"V-{number}",
            "partita_iva": partita_iva(1 + number % companies),
            "profile": "8.1.4",
            "positions": str(1 + number % 5),
            "comune": "037006",
            "on": "2024-03-14",
        }

    return make


def wrong_persons(_: int, before: Cells) -> Iterator[Wrong]:
    yield {"last_name": ""}, "import.value_missing", "last_name"
    yield {"birth_date": "31/02/1980"}, "import.no_such_day", "birth_date"
    yield {"gender": "donna"}, "import.value_wrong", "gender"
    yield {"comune": "038008", "quartiere": ""}, "intake.comune_unknown", ""
    yield {"codice_fiscale": "BBBBBB60A01A944A"}, "intake.codice_fiscale", ""
    yield {"codice_fiscale": before["codice_fiscale"]}, "intake.codice_fiscale", ""
    yield {"row_key": before["row_key"]}, "import.row_key_doubled", "row_key"
    yield {"other_measure": "training"}, "intake.in_other_measure", ""
    yield {"birth_date": "ieri", "isced": "12"}, "import.date_unreadable", "birth_date, isced"


def wrong_companies(number: int, before: Cells) -> Iterator[Wrong]:
    yield {"name": ""}, "import.value_missing", "name"
    yield {"partita_iva": "01234567890"}, "matching.partita_iva_wrong", "partita_iva"
    yield {"partita_iva": before["partita_iva"]}, "matching.partita_iva_taken", ""
    yield {"size": "huge"}, "import.value_wrong", "size"
    yield {"on": "2024-13-01"}, "import.no_such_day", "on"
    yield {"row_key": before["row_key"]}, "import.row_key_doubled", "row_key"


def wrong_vacancies(_: int, before: Cells) -> Iterator[Wrong]:
    yield {"partita_iva": partita_iva(99_999_999)}, "import.company_unknown", "partita_iva"
    yield {"partita_iva": ""}, "import.one_of_two", "company_id"
    yield {"positions": "molte"}, "import.value_wrong", "positions"
    yield {"profile": ""}, "import.value_missing", "profile"
    yield {"on": "2059-01-01"}, "matching.date_in_future", ""
    yield {"row_key": before["row_key"]}, "import.row_key_doubled", "row_key"


def write(
    path: Path,
    count: int,
    right: Callable[[int], Mapping[str, Any]],
    wrong: Callable[[int, Cells], Iterator[Wrong]],
    *,
    first: int = 1,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Made:
    rows: list[Cells] = []
    expected: list[Expected] = []
    ways: list[Wrong] = []
    for place in range(count):
        number, line = first + place, place + 2
        cells = {name: str(value) for name, value in right(number).items()}
        if place % EVERY == EVERY - 1:
            ways = ways or list(wrong(number, rows[-1]))
            changes, code, column = ways.pop(0)
            # What is told of the row before is that of this very one.
            fresh = dict(next(w[0] for w in wrong(number, rows[-1]) if w[1:] == (code, column)))
            cells.update(fresh or changes)
            expected.append(Expected(line, False, code, column))
        else:
            expected.append(Expected(line, True))
        rows.append(cells)
    if path.suffix == ".xlsx":
        put_workbook(path, rows)
    else:
        put(path, rows, encoding=encoding, delimiter=delimiter)
    return Made(path, rows, expected)


def put(path: Path, rows: list[Cells], *, encoding: str = "utf-8", delimiter: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def put_workbook(path: Path, rows: list[Cells]) -> None:
    """As a spreadsheet has them: days are dates, and what only looks like a number of days stays text."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_as_date(value) if name == "on" else value or None for name, value in row.items()])
    book.save(path)


def _as_date(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def zip_bomb(path: Path, megabytes: int) -> None:
    """A workbook of a few hundred kilobytes whose second sheet unpacks to so much."""
    Workbook().save(path)
    archive = zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/worksheets/sheet2.xml", "w") as part:
        for _ in range(megabytes):
            part.write(b" " * 2**20)


def of_megabytes(path: Path, megabytes: int) -> None:
    """Rows of companies, one after the other, until the file is so large."""
    row = registration(1)
    block = (",".join(row.values()) + "\n") * 10_000
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(row) + "\n")
        while file.tell() < megabytes * 2**20:
            file.write(block)


def verdicts(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(";,\t", key=first.count)
        return [dict(row) for row in csv.DictReader(file, delimiter=delimiter)]
