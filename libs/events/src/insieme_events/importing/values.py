"""From the cells of a row to the body of its command: dates, codes that lost their zeros, closed lists, schema."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from insieme_events.importing.kinds import ROW_KEY, Column, Kind, Lookup
from insieme_events.importing.problems import Fault
from insieme_events.importing.tables import MAX_CELL, Cell, Row
from insieme_events.problems import RefusedValue

KEY = re.compile(r"[!-~]{1,80}")
TAX_CODE = re.compile(r"[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]", re.IGNORECASE)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
LAST_SERIAL = 73_050
"""2099-12-31 in a workbook that counts from 1900."""
YES_AND_NO = {"sì": True, "si": True, "vero": True, "falso": False}
NOT_YET = UUID(int=0)
"""Stands for an id that is still to be looked up while the rest of a row is checked."""


Asked = tuple[Lookup, Mapping[str, Any]]
"""A record that is to be found, and the parameters of the question."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may be sent, `order` says behind which others. `looked_up` are records that are still to be found.

    `makes`: the questions that are answered by what the row itself makes.
    """

    key: str
    body: BaseModel
    order: str | None = None
    looked_up: tuple[Asked, ...] = ()
    makes: tuple[Asked, ...] = ()

    def json(self, ids: Mapping[str, str]) -> Any:
        """The body with the ids that were found. Only what the row says: what a later build adds with a default
        changes nothing about a row that was sent before."""
        return {**self.body.model_dump(mode="json", exclude_unset=True), **ids}


class Faulty(Exception):
    """A cell that cannot be read."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


class Reader:
    """Reads the rows of one file."""

    def __init__(self, kind: Kind, since: date) -> None:
        self._kind = kind
        self._since = since
        self._columns = kind.columns()
        self._by_path = {column.path: column.name for column in self._columns}
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Ready | list[Fault]:
        """The row as a command, or everything that is wrong with it."""
        if row.surplus:
            return [Fault("import.too_many_cells", "The row has more cells than the first line has names.")]
        if row.short:
            return [Fault("import.too_few_cells", "The row has fewer cells than the first line has names.")]
        faults: list[Fault] = []
        found: dict[str, Any] = {}
        for column in self._columns:
            try:
                value = _value(row.cells.get(column.name), column, self._since)
                if value is not None:
                    found[column.name] = column.words.get(value, value)
                elif column.required:
                    faults.append(Fault("import.value_missing", "This column must not be empty.", column.name))
            except Faulty as wrong:
                faults.append(Fault(wrong.code, wrong.sentence, column.name))
        key = found.pop(ROW_KEY, None)
        faults += self._key_faults(key, row.line)
        order = next((str(found[name]) for name in self._kind.in_order_by if name in found), None)
        looked_up, makes = self._lookups(found, faults)
        body = self._body(found, faults)
        if faults or body is None or key is None:
            return faults
        return Ready(key, body, order, looked_up, makes)

    def _key_faults(self, key: str | None, line: int) -> list[Fault]:
        if key is None:
            return []
        if KEY.fullmatch(key) is None:
            said = "A row_key has 1 to 80 letters, digits and signs, without spaces and accents."
            return [Fault("import.row_key_wrong", said, ROW_KEY)]
        if TAX_CODE.fullmatch(key) is not None:
            said = "A row_key must not say who somebody is: take a number of the file or of the protocol."
            return [Fault("import.row_key_personal", said, ROW_KEY)]
        first = self._seen.setdefault(key, line)
        if first != line:
            said = f"Line {first} has the same row_key: every row has one of its own."
            return [Fault("import.row_key_doubled", said, ROW_KEY)]
        return []

    def _lookups(self, found: dict[str, Any], faults: list[Fault]) -> tuple[tuple[Asked, ...], tuple[Asked, ...]]:
        """What has to be asked for before the row can be sent, and what nobody has to ask for after it.

        The ids to be found pass the schema meanwhile.
        """
        wanted: list[Asked] = []
        made: list[Asked] = []
        for lookup in self._kind.lookups:
            given = lookup.fills in found
            told = _told(lookup, found)
            if any(found.get(name) == value for name, value in lookup.unless.items()):
                if told is not None:
                    made.append((lookup, told))
                continue
            if told is None and lookup.fills in self._kind.left_out:
                # Only its own columns name it, and the one that is empty is told by itself.
                continue
            if (told is None and not given) or (told is not None and given):
                said = f"Give one of {lookup.fills} and {lookup.told_by}, and not both."
                faults.append(Fault("import.one_of_two", said, lookup.fills))
            elif told is not None and not given:
                wanted.append((lookup, told))
                found[lookup.fills] = NOT_YET
        return tuple(wanted), tuple(made)

    def _body(self, found: Mapping[str, Any], faults: list[Fault]) -> BaseModel | None:
        told: dict[str, Any] = {}
        for column in self._columns:
            if column.name in found:
                place = told
                for step in column.path[:-1]:
                    place = place.setdefault(step, {})
                place[column.path[-1]] = found[column.name]
        try:
            return self._kind.body.model_validate(told)
        except ValidationError as wrong:
            known = {fault.column for fault in faults}
            faults += [fault for fault in map(self._fault, wrong.errors()) if fault.column not in known]
            return None

    def _fault(self, error: Any) -> Fault:
        path = tuple(str(part) for part in error["loc"])
        column = next((self._by_path[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._by_path), "")
        cause = (error.get("ctx") or {}).get("error")
        if isinstance(cause, RefusedValue):
            return Fault(cause.refused.code, cause.refused.sentence, column)
        if error["type"] == "missing":
            return Fault("import.value_missing", "This column must not be empty.", column)
        return Fault("import.value_wrong", f"{str(error['msg']).removeprefix('Value error, ')}.", column)


def _told(lookup: Lookup, found: dict[str, Any]) -> dict[str, Any] | None:
    """The parameters as the row has them, None where it does not name the record by them."""
    own = None if lookup.column is None else found.pop(lookup.column.name, None)
    values = {name: found.get(column) if lookup.column is None else own for name, column in lookup.parameters.items()}
    return None if None in values.values() else values


def _value(cell: Cell, column: Column, since: date) -> Any:
    """What a cell says; None where it is empty. Raises Faulty."""
    if column.is_date:
        return day(cell, since)
    told = text(cell)
    if told is None:
        return None
    if len(told) > MAX_CELL:
        raise Faulty("import.cell_too_long", f"The cell has {len(told)} characters; {MAX_CELL} are the most.")
    if column.digits is not None and told.isascii() and told.isdigit():
        return told.zfill(column.digits)
    if column.is_yes_or_no:
        return YES_AND_NO.get(told.lower(), told)
    return next((choice for choice in column.choices if choice.lower() == told.lower()), told)


def text(cell: Cell) -> str | None:
    """A cell as text: a whole number without a point, a day as ISO has it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip() or None if cell is not None else None


def day(cell: Cell, since: date) -> date | None:
    """A day, from a date cell, a number of days as Excel counts, yyyy-mm-dd or dd/mm/yyyy. Raises Faulty."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    told = text(cell)
    if told is None:
        return None
    try:
        if iso := ISO.fullmatch(told):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if first := DAY_FIRST.fullmatch(told):
            return date(int(first[3]), int(first[2]), int(first[1]))
    except ValueError:
        raise Faulty(
            "import.no_such_day", "There is no such day in the calendar; 03/04/2024 is the 3rd of April."
        ) from None
    serial = SERIAL.fullmatch(told)
    if serial is not None and int(serial[1]) <= LAST_SERIAL:
        return since + timedelta(days=int(serial[1]))
    raise Faulty("import.date_unreadable", "This is no date: write 2024-05-31 or 31/05/2024.")


def row_faults(faults: Sequence[Fault]) -> Fault:
    """All that is wrong with a row as one verdict: the code is that of the first fault."""
    first = faults[0]
    if len(faults) == 1:
        return first
    columns = ", ".join(dict.fromkeys(fault.column for fault in faults if fault.column))
    said = " ".join(f"{fault.column}: {fault.sentence}" if fault.column else fault.sentence for fault in faults)
    return Fault(first.code, said, columns)
