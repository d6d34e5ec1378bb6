"""Files as people send them: every encoding and spelling that spreadsheets write, and what is no table at all."""

from __future__ import annotations

import csv
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pydantic import BaseModel, ConfigDict

from insieme_events.importing import tables, templates, texts, workbooks
from insieme_events.importing.kinds import Kind
from insieme_events.importing.problems import Fault, FileProblem
from insieme_events.importing.values import Reader, Ready

pytestmark = pytest.mark.unit


class Body(BaseModel):
    """A command as a service may have it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    comune: str
    on: date
    positions: int = 1
    urgent: bool = False


KIND = Kind(
    name="things",
    about="Things",
    service="matching",
    path="/v1/things",
    body=Body,
    recorded=frozenset(),
    digits={"comune": 6},
)
HEADER = "row_key,name,comune,on,positions,urgent"
ROW = "1,Caffè Città,037006,2024-05-31,2,sì"
READ = {"name": "Caffè Città", "comune": "037006", "on": date(2024, 5, 31), "positions": 2, "urgent": True}


def text(path: Path, *lines: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def book(path: Path, *rows: list[Any], since_1904: bool = False) -> Path:
    made = Workbook()
    if since_1904:
        made.epoch = CALENDAR_MAC_1904
    for row in (HEADER.split(","), *rows):
        made.active.append(row)
    made.save(path)
    return path


def read(path: Path) -> list[Ready | list[Fault]]:
    table = tables.opened(path, KIND.columns())
    reader = Reader(KIND, table.since)
    return [reader.read(row) for row in table.rows()]


def bodies(path: Path) -> list[dict[str, Any]]:
    found = []
    for one in read(path):
        assert isinstance(one, Ready), one
        found.append(one.body.model_dump(exclude_unset=True))
    return found


def faults(path: Path) -> list[tuple[str, str]]:
    (one,) = read(path)
    assert isinstance(one, list)
    return [(fault.code, fault.column) for fault in one]


def refused(path: Path) -> str:
    with pytest.raises(FileProblem) as wrong:
        tables.opened(path, KIND.columns())
    return wrong.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_text_in_every_spelling_is_the_same_row(tmp_path: Path, encoding: str, delimiter: str, newline: str) -> None:
    lines = [line.replace(",", delimiter) for line in (HEADER, ROW)]
    assert bodies(text(tmp_path / "a.csv", *lines, encoding=encoding, newline=newline)) == [READ]


def test_a_text_that_is_windows_1252_from_its_last_line_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join([HEADER, *["1,Officina,037006,2024-05-31,2,no"] * 60_000, ROW]).encode("cp1252"))
    assert path.stat().st_size > texts.CHUNK
    assert texts.encoding_of(path) == "cp1252"


def test_a_byte_that_neither_encoding_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEADER}\n1,Caff".encode() + b"\x81\n")
    assert refused(path) == "import.encoding"


def test_quoted_cells_hold_delimiters_and_lines_and_the_line_is_where_the_row_begins(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv", HEADER, '1,"Bar ""Da Gino"", due\nrighe",037006,31/05/2024,,', "", "2,Bar,037006,,,"
    )
    table = tables.opened(path, KIND.columns())
    first, second = table.rows()
    assert (first.line, first.cells["name"]) == (2, 'Bar "Da Gino", due\nrighe')
    assert second.line == 5


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-05-31", date(2024, 5, 31)),
        ("31/05/2024", date(2024, 5, 31)),
        ("3/4/2024", date(2024, 4, 3)),
        ("31.05.2024", date(2024, 5, 31)),
        ("31-05-2024", date(2024, 5, 31)),
        ("2024-05-31 00:00:00", date(2024, 5, 31)),
        ("45443", date(2024, 5, 31)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_a_day_as_people_and_spreadsheets_write_it(tmp_path: Path, written: str, day: date) -> None:
    assert bodies(text(tmp_path / "a.csv", HEADER, f"1,Bar,037006,{written},,"))[0]["on"] == day


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("29/02/2023", "import.no_such_day"),
        ("05/31/2024", "import.no_such_day"),
        ("31/05/24", "import.date_unreadable"),
        ("2024", "import.date_unreadable"),
        ("maggio", "import.date_unreadable"),
        ("99999", "import.date_unreadable"),
    ],
)
def test_what_is_no_day(tmp_path: Path, written: str, code: str) -> None:
    assert faults(text(tmp_path / "a.csv", HEADER, f"1,Bar,037006,{written},,")) == [(code, "on")]


def test_a_workbook_with_a_date_a_number_of_days_and_codes_without_their_zeros(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        [1, "Caffè Città", 37006, datetime(2024, 5, 31), 2.0, True],  # noqa: DTZ001 - what a cell holds
        ["2", "Caffè Città", "037006", 45443, "2", "sì"],
        [None, None, None, None, None, None],
        [3, "Caffè Città", "037006", "31/05/2024", 2],
    )
    assert bodies(path) == [READ, READ, {name: value for name, value in READ.items() if name != "urgent"}]


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    days = (date(2024, 5, 31) - date(1904, 1, 1)).days
    path = book(tmp_path / "a.xlsx", [1, "Caffè Città", "037006", days, 2, True], since_1904=True)
    assert bodies(path) == [READ]


def test_a_name_that_is_a_word_for_yes_stays_a_name(tmp_path: Path) -> None:
    assert bodies(text(tmp_path / "a.csv", HEADER, "1,Si,037006,2024-05-31,,si"))[0]["name"] == "Si"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (",Bar,037006,2024-05-31,,", [("import.value_missing", "row_key")]),
        ("1,,037006,,,", [("import.value_missing", "name"), ("import.value_missing", "on")]),
        ("1,Bar,037006,2024-05-31,due,", [("import.value_wrong", "positions")]),
        ("1,Bar,037006,2024-05-31,,forse", [("import.value_wrong", "urgent")]),
        ("1,Bar,037006,2024-05-31,,,x", [("import.too_many_cells", "")]),
        ("1,Bar,037006", [("import.too_few_cells", "")]),
        (f"1,{'x' * 2001},037006,2024-05-31,,", [("import.cell_too_long", "name")]),
        ("RSSMRA80A01A944I,Bar,037006,2024-05-31,,", [("import.row_key_personal", "row_key")]),
        ("città,Bar,037006,2024-05-31,,", [("import.row_key_wrong", "row_key")]),
    ],
)
def test_what_is_wrong_with_a_row(tmp_path: Path, row: str, found: list[tuple[str, str]]) -> None:
    assert faults(text(tmp_path / "a.csv", HEADER, row)) == found


def test_the_second_of_two_rows_with_one_key_is_told_where_the_first_is(tmp_path: Path) -> None:
    first, second = read(text(tmp_path / "a.csv", HEADER, ROW, ROW))
    assert isinstance(first, Ready)
    assert isinstance(second, list)
    assert (second[0].code, second[0].sentence[:6]) == ("import.row_key_doubled", "Line 2")


def test_no_sentence_repeats_what_stood_in_a_cell(tmp_path: Path) -> None:
    """Each cell holds something of a person, and is wrong for its column."""
    header = [column.name for column in KIND.columns()]
    (found,) = read(text(tmp_path / "a.csv", ",".join(header), ",".join("Esempietti Anna è" for _ in header)))
    assert isinstance(found, list)
    assert {fault.column for fault in found} >= {"row_key", "on", "positions", "urgent"}
    assert not any("Esempietti" in fault.sentence for fault in found)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "import.empty"),
        ([HEADER], "import.no_rows"),
        ([HEADER, ",,,,,", ""], "import.no_rows"),
        ([HEADER + ",name", ROW + ",x"], "import.column_doubled"),
        ([HEADER + ",Anna Esempietti", ROW + ",x"], "import.column_unknown"),
        (["row_key,name,comune", "1,Bar,037006"], "import.column_missing"),
        ([HEADER, '1,"Bar,037006,2024-05-31,,', ROW], "import.broken_quotes"),
        ([HEADER, '1,"Bar" e basta,037006,2024-05-31,,'], "import.broken_quotes"),
        ([HEADER, "1,B\0r,037006,2024-05-31,,"], "import.not_a_table"),
    ],
)
def test_a_text_that_is_refused_whole(tmp_path: Path, lines: list[str], code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert refused(path) == code


def test_an_unknown_column_is_told_by_its_place_and_not_by_its_name(tmp_path: Path) -> None:
    """A file without a header has somebody's data in its first line."""
    with pytest.raises(FileProblem) as wrong:
        tables.opened(text(tmp_path / "a.csv", HEADER + ",Esempietti"), KIND.columns())
    assert "Column 7" in wrong.value.sentence
    assert "Esempietti" not in wrong.value.sentence


def test_the_columns_of_a_verdict_file_are_passed_over(tmp_path: Path) -> None:
    told = ",".join(tables.VERDICTS)
    assert bodies(text(tmp_path / "a.csv", f"{told},{HEADER}", f"2,refused,on,c,s,,{ROW}")) == [READ]


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", HEADER, ROW)
    with path.open("r+b") as file:
        file.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    assert refused(path) == "import.too_large"
    assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    tracemalloc.stop()


def test_a_large_file_within_the_limit_is_held_one_row_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.split(","))
        writer.writerows([number, "x" * 1900, "037006", "2024-05-31", "", ""] for number in range(4_000))
    assert 7_500_000 < path.stat().st_size < tables.MAX_BYTES
    tracemalloc.start()
    table = tables.opened(path, KIND.columns())
    assert sum(1 for _ in table.rows()) == table.count == 4_000
    assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    tracemalloc.stop()


def test_more_rows_than_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    assert refused(text(tmp_path / "a.csv", HEADER, ROW, ROW, ROW)) == "import.too_many_rows"


def bomb(path: Path, name: str, megabytes: int) -> Path:
    """A workbook one part of which unpacks to so much."""
    made = book(path, [1, "Bar", "037006", "2024-05-31", 1, True])
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(name, "w") as part:
        for _ in range(megabytes):
            part.write(b" " * 1024 * 1024)
    return made


@pytest.mark.parametrize(("name", "megabytes"), [("xl/worksheets/sheet9.xml", 257), ("xl/sharedStrings9.xml", 65)])
def test_a_zip_bomb_is_weighed_and_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, megabytes: int
) -> None:
    monkeypatch.setattr(workbooks, "MAX_RATIO", 1_000_000)
    path = bomb(tmp_path / "a.xlsx", name, megabytes)
    assert path.stat().st_size < 2 * 1024 * 1024
    tracemalloc.start()
    assert refused(path) == "import.unpacks_too_large"
    assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    tracemalloc.stop()


def test_a_workbook_that_packs_too_well_within_the_limit(tmp_path: Path) -> None:
    assert refused(bomb(tmp_path / "a.xlsx", "xl/worksheets/sheet9.xml", 20)) == "import.unpacks_too_large"


def test_an_entity_in_a_workbook_is_not_expanded(tmp_path: Path) -> None:
    path, made = tmp_path / "a.xlsx", book(tmp_path / "b.xlsx", [1, "Bar", "037006", "2024-05-31", 1, True])
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(path, "w") as other:
        for part in archive.infolist():
            content = archive.read(part)
            if part.filename.startswith("xl/worksheets/"):
                laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet '
                content = content.replace(b"<worksheet ", laughs, 1)
            other.writestr(part, content)
    assert refused(path) == "import.unsafe_workbook"


def test_archives_and_workbooks_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "cut.xlsx").write_bytes(book(tmp_path / "a.xlsx", [1]).read_bytes()[:-200])
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("letter.txt", "x")
    assert refused(tmp_path / "cut.xlsx") == "import.broken_workbook"
    assert refused(tmp_path / "old.xls") == "import.old_workbook"
    assert refused(tmp_path / "other.zip") == "import.not_a_table"
    assert refused(tmp_path / "nowhere.csv") == "import.unreadable"


def test_the_templates_are_files_with_the_columns_and_no_row(tmp_path: Path) -> None:
    templates.write_csv(KIND, tmp_path / "a.csv")
    templates.write_xlsx(KIND, tmp_path / "a.xlsx")
    assert refused(tmp_path / "a.csv") == refused(tmp_path / "a.xlsx") == "import.no_rows"
    sheet, notes = load_workbook(tmp_path / "a.xlsx").worksheets
    assert [cell.value for cell in sheet[1]] == HEADER.split(",")
    assert [row[0].value for row in notes.iter_rows(min_row=2)] == HEADER.split(",")


def test_what_a_workbook_says_of_its_own_size_is_not_believed(tmp_path: Path) -> None:
    path, made = tmp_path / "a.xlsx", book(tmp_path / "b.xlsx", [1, "Bar", "037006", "2024-05-31", 1, True])
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(path, "w") as other:
        for part in archive.infolist():
            other.writestr(part, archive.read(part).replace(b'ref="A1:F2"', b'ref="A1:XFD1048576"'))
    assert tables.opened(path, KIND.columns()).count == 1
    assert len(KIND.columns()) < workbooks.MAX_COLUMNS
