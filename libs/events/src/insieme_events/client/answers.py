"""An answer as a person reads it: a table of rows, or names and values; or as it came, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 100_000
"""Where no terminal sets a width nothing is cut: somebody reads it with other tools."""


def show(answers: Iterable[httpx.Response], *, as_json: bool, every_page: bool) -> None:
    """With `every_page` and `as_json` a row a line, so that it may be as long as it is."""
    for answer in answers:
        if "json" not in answer.headers.get("content-type", "") or "ndjson" in answer.headers["content-type"]:
            typer.echo(answer.text, nl=bool(answer.text) and not answer.text.endswith("\n"))
            continue
        told = answer.json()
        if as_json and every_page:
            for row in told["items"]:
                typer.echo(json.dumps(row, ensure_ascii=False))
        elif as_json:
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            _show(told, every_page=every_page)


def _show(told: Any, *, every_page: bool) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    rows = told.get("items") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        _pairs(console, told)
        return
    beside = {name: value for name, value in told.items() if name != "items"} if isinstance(told, dict) else {}
    following = beside.pop("next", None)
    if beside:
        _pairs(console, beside)
    if not rows:
        console.print("nothing found")
    elif all(isinstance(row, dict) for row in rows):
        _rows(console, rows)
    else:
        for row in rows:
            console.print(_text(row))
    if following is not None and not every_page:
        typer.echo(f"there is more: --after {following}, or --all", err=True)


def _rows(console: Console, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in names))
    beside = console.measure(table, options=console.options.update(max_width=WIDE)).maximum
    if beside <= console.width:
        console.print(table)
        return
    # What does not fit beside one another stands below one another.
    for row in rows:
        _pairs(console, row)
        console.print()


def _pairs(console: Console, told: Any) -> None:
    if not isinstance(told, dict):
        console.print(_text(told))
        return
    table = Table("", "", box=None, pad_edge=False, show_header=False)
    table.columns[1].overflow = "fold"
    for name, value in told.items():
        table.add_row(Text(name), _text(value))
    console.print(table)


def _text(value: Any) -> Text:
    """Text as it is, never read as markup; nothing for null; what has parts as JSON."""
    if value is None:
        return Text("")
    return Text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
