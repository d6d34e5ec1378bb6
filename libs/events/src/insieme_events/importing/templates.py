"""Files to begin with: the names of the columns, and in a workbook a second sheet that says what belongs there."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from insieme_events.importing.kinds import ROW_KEY, Column, Kind

ROWS = 1000
"""Rows of the template whose cells are text, so that codes keep their leading zeros."""
TEXT, DAY = "@", "yyyy-mm-dd"


def about(column: Column) -> str:
    """What belongs into a column, in a line."""
    if column.name == ROW_KEY:
        return "this row's own number or code; the same row always has the same one, and it names nobody"
    if column.is_date:
        return "a day: 2024-05-31 or 31/05/2024"
    if column.is_yes_or_no:
        return "true or false, sì or no"
    if column.choices:
        return "one of " + ", ".join(column.choices)
    return f"{column.digits} digits" if column.digits is not None else "text"


def write_csv(kind: Kind, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerow([column.name for column in kind.columns()])


def write_xlsx(kind: Kind, path: Path) -> None:
    book = Workbook()
    rows = book.active
    rows.title = kind.name
    columns = kind.columns()
    for place, column in enumerate(columns, start=1):
        cell = rows.cell(1, place, column.name)
        cell.font = Font(bold=column.required)
        rows.column_dimensions[cell.column_letter].width = max(12, len(column.name) + 2)
        for line in range(2, ROWS + 2):
            rows.cell(line, place).number_format = DAY if column.is_date else TEXT
    rows.freeze_panes = "A2"
    notes = book.create_sheet("columns")
    notes.append(["column", "required", "what belongs there", "example"])
    for column in columns:
        required = "yes" if column.required else ""
        notes.append([column.name, required, about(column), kind.example.get(column.name, "")])
    book.save(path)
