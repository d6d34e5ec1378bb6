"""docs/importing.md lists every code of the importer and every kind, and no other; every kind can be filled in."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from insieme_events.importing import kinds
from insieme_events.importing.tables import VERDICTS, Row
from insieme_events.importing.texts import EXCEL_1900
from insieme_events.importing.values import Reader, Ready

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SOME_ID = "00000000-0000-4000-8000-000000000001"
PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")


def codes_of_the_source() -> set[str]:
    sources = [
        *(ROOT / "libs/events/src/insieme_events/importing").glob("*.py"),
        *(ROOT / "services").glob("*/src/*/importing.py"),
    ]
    return {code for path in sources for code in re.findall(r'"(import\.[a-z_]+)"', path.read_text(encoding="utf-8"))}


def test_every_code_stands_in_the_page_and_no_other() -> None:
    told = re.findall(r"^\| `(import\.[a-z_]+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(codes_of_the_source())


def test_every_kind_stands_in_the_page_with_its_service() -> None:
    told = dict(re.findall(r"^\| `([a-z]+)` \| .* \| (\w+) \|$", PAGE, re.MULTILINE))
    assert told == {name: kinds.load(name).service for name in kinds.names()}


@pytest.mark.parametrize("name", kinds.names())
def test_the_example_of_a_kind_is_a_row_that_may_be_sent(name: str) -> None:
    kind = kinds.load(name)
    columns = [column.name for column in kind.columns()]
    assert set(kind.example) <= set(columns)
    assert len(set(columns)) == len(columns)
    assert not set(columns) & set(VERDICTS)
    read = Reader(kind, EXCEL_1900).read(Row(2, dict(kind.example)))
    assert isinstance(read, Ready), read


@pytest.mark.parametrize("name", kinds.names())
def test_a_required_column_is_one_without_which_the_row_is_no_command(name: str) -> None:
    kind = kinds.load(name)
    for column in kind.columns():
        cells = {other: value for other, value in kind.example.items() if other != column.name}
        read = Reader(kind, EXCEL_1900).read(Row(2, dict(cells)))
        if column.required:
            assert isinstance(read, list), column.name
            assert column.name in {fault.column for fault in read}


@pytest.mark.parametrize("name", kinds.names())
def test_a_row_is_checked_against_the_body_that_its_route_takes(name: str) -> None:
    """What is sent of the example goes to one route, and to a kind without `request` that route's very body."""
    kind = kinds.load(name)
    read = Reader(kind, EXCEL_1900).read(Row(2, dict(kind.example)))
    assert isinstance(read, Ready), read
    path, sent = kind.command(read.json({lookup.fills: SOME_ID for lookup, _ in read.looked_up}))
    api = importlib.import_module(f"insieme_{kind.service}.api")
    routes = [route for router in api.ROUTERS for route in router.routes if route.path_regex.fullmatch(path)]
    (route,) = [route for route in routes if "POST" in route.methods]
    taken = route.body_field.field_info.annotation
    taken.model_validate(sent)
    assert (taken is kind.body) == (kind.request is None)
