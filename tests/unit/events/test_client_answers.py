"""A list in a terminal: columns beside one another where they fit, and else one value a line, never cut."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from insieme_events.client.answers import _rows
from insieme_events.client.requests import _where

pytestmark = pytest.mark.unit

ROWS: list[dict[str, str | None]] = [
    {"company_id": "03846932-4026-8c46-b61f-2570913a02c5", "name": "Servizi [b]della Prova[/b] 12", "closed_on": None},
    {"company_id": "045be826-8f47-8637-877f-c6cd3ae793b5", "name": "Forno", "closed_on": "2024-03-04"},
]


def shown(width: int) -> list[str]:
    page = StringIO()
    _rows(Console(file=page, width=width, highlight=False), ROWS)
    return [line.rstrip() for line in page.getvalue().splitlines()]


def test_rows_that_fit_are_a_table() -> None:
    head, first, second = shown(100)
    assert head.split() == ["company_id", "name", "closed_on"]
    assert "Servizi [b]della Prova[/b] 12" in first
    assert second.endswith("2024-03-04")


def test_rows_that_do_not_fit_stand_one_value_a_line_and_nothing_is_cut() -> None:
    lines = shown(60)
    for row in ROWS:
        assert any(line.split() == ["company_id", row["company_id"]] for line in lines)
    assert "name        Servizi [b]della Prova[/b] 12" in lines


@pytest.mark.parametrize(
    ("pointer", "named"),
    [
        ("/body/address/postal_code", "--address.postal-code"),
        ("/query/limit", "--limit"),
        ("/path/case_id", "CASE_ID"),
        ("/body", "/body"),
    ],
)
def test_where_in_a_request_is_told_as_it_was_typed(pointer: str, named: str) -> None:
    assert _where(pointer) == named
