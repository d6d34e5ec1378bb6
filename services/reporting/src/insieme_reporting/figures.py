"""`insieme figures`: the coordination table and single figures in a terminal; speaks HTTP to reporting."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="Figures of the programme, from the reporting service.")
console = Console()

SINCE, TO = "2017-06-01", "2021-12-31"
Since = Annotated[str, typer.Option("--from", help="first day of the period")]
To = Annotated[str, typer.Option("--to", help="last day of the period; it counts")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="as known on that day")]
AsJson = Annotated[bool, typer.Option("--json", help="the answer as it comes")]

BREAKDOWN_ROWS = 12
EURO = "euro cents"


@app.command("list")
def list_measures(as_json: AsJson = False) -> None:
    """Every measure, what it counts and how it may be broken down."""
    found = _get("/v1/measures")
    if as_json:
        _print_json(found)
        return
    table = Table("measure", "counts", "breakdowns", title="Measures", show_lines=True)
    for measure in found:
        table.add_row(measure["name"], f"{measure['definition']['en']} ({measure['unit']})", ", ".join(measure["by"]))
    console.print(table)


@app.command("show")
def show(
    measure: str,
    since: Since = SINCE,
    to: To = TO,
    by: Annotated[str | None, typer.Option(help="breakdowns, separated by commas")] = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """One figure."""
    found = _get(f"/v1/measures/{measure}", **{"from": since, "to": to, "by": by, "known_at": known_at})
    if as_json:
        _print_json(found)
        return
    names = [*found["by"], *(name for name in (found["rows"] or [{"value": 0}])[0] if name not in found["by"])]
    title = f"{found['title']['it']} / {found['title']['en']}, {since} to {to}, {found['unit']}"
    table = Table(*names, title=title)
    for row in found["rows"]:
        table.add_row(*(_text(row[name]) for name in names))
    console.print(table)
    console.print(_cut(found), style="dim")


@app.command("table")
def coordination_table(since: Since = SINCE, to: To = TO, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """The table of the Tavolo di coordinamento."""
    found = _get("/v1/coordination-table", **{"from": since, "to": to, "known_at": known_at})
    if as_json:
        _print_json(found)
        return
    years = sorted({row["year"] for line in found["lines"] for row in line["by_year"]})
    counts = [line for line in found["lines"] if "denominator" not in line["total"]]
    table = Table("", *map(str, years), "total", title=f"Insieme per il lavoro, {since} to {to}")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in counts:
        by_year = {row["year"]: row for row in line["by_year"]}
        cells = [_said(by_year[year]["value"], line["unit"]) if year in by_year else "" for year in years]
        total = _said(line["total"]["value"], line["unit"])
        table.add_row(line["title"]["en"], *cells, total, style=_style(line["measure"]))
    console.print(table)
    rates = [line for line in found["lines"] if "denominator" in line["total"]]
    for line in rates:
        if _has_something(line):
            console.print(_rates(line))
    for part in found["breakdowns"]:
        if part["rows"]:
            console.print(_parts(part))
    empty = [
        *(line for line in rates if not _has_something(line)),
        *(part for part in found["breakdowns"] if not part["rows"]),
    ]
    if empty:
        console.print("Nothing in the period: " + ", ".join(each["measure"] for each in empty) + ".", style="dim")
    console.print("What each line counts: insieme figures list. A person may have several placements.", style="dim")
    console.print(_cut(found), style="dim")


def _has_something(line: dict[str, Any]) -> bool:
    """Where nothing is on record as spent, a cost of nothing each would be said of persons who did cost something."""
    return bool(line["by_year"]) and (line["value"] != "cost" or line["total"]["numerator"] > 0)


def _style(measure: str) -> str:
    return "bold" if measure in {"enrolled", "taken_in_charge", "placements"} else ""


def _parts(part: dict[str, Any]) -> Table:
    """The largest parts with their share; the rest in one row, so that the sum is the total."""
    rows = sorted(part["rows"], key=lambda row: -row["value"])
    shown, rest = rows[:BREAKDOWN_ROWS], sum(row["value"] for row in rows[BREAKDOWN_ROWS:])
    table = Table(part["by"], "number", "share", title=f"{part['title']['en']} by {part['by']}")
    table.columns[1].justify = table.columns[2].justify = "right"
    for row in shown:
        table.add_row(str(row[part["by"]]), _said(row["value"], part["unit"]), _share(row["value"], part))
    if rest:
        table.add_row("others", _said(rest, part["unit"]), _share(rest, part))
    return table


def _rates(line: dict[str, Any]) -> Table:
    """A rate by year, each with its numerator and denominator; of a cost the ratio is money."""
    cost = line["value"] == "cost"
    table = Table("year", "number", "of", "each" if cost else "share", title=line["title"]["en"])
    for column in table.columns[1:]:
        column.justify = "right"
    of_money = line["unit"] if line["value"] in {"cost", "share"} else ""
    for row in [*line["by_year"], {"year": "total", **line["total"]}]:
        ratio = "-" if row["value"] is None else _said(row["value"], EURO) if cost else f"{100 * row['value']:.1f} %"
        numerator = _said(row["numerator"], EURO if EURO in of_money else "")
        denominator = _said(row["denominator"], EURO if EURO in of_money and not cost else "")
        table.add_row(str(row["year"]), numerator, denominator, ratio)
    return table


def _said(value: Any, unit: str) -> str:
    """As a person reads it: cents as euro."""
    return f"{value / 100:,.2f} €" if unit == EURO and value is not None else _text(value)


def _share(numerator: int, part: dict[str, Any]) -> str:
    """A percentage never stands without its numbers."""
    whole, unit = part["total"], part["unit"]
    if not whole:
        return "-"
    return f"{100 * numerator / whole:.1f} % ({_said(numerator, unit)}/{_said(whole, unit)})"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else "-" if value is None else str(value)


def _cut(found: dict[str, Any]) -> str:
    known = f"as known at {found['known_at']}" if found["known_at"] else "as known now"
    read = {name: entry["last_event_id"] for name, entry in found["cut"].items()}
    events = [f"{name} up to event {last}" for name, last in read.items() if last is not None]
    silent = [name for name, last in read.items() if last is None]
    if silent:
        events.append(f"nothing from {', '.join(silent)}")
    return f"version {found['version']} of the facts, {known}; {', '.join(events) or 'nothing read yet'}"


def _get(path: str, **query: str | None) -> Any:
    port = os.environ.get("INSIEME_REPORTING_PORT", "8006")
    base = os.environ.get("INSIEME_REPORTING_URL", f"http://127.0.0.1:{port}")
    given = {name: value for name, value in query.items() if value is not None}
    try:
        answer = httpx.get(f"{base}{path}", params=given, timeout=30)
    except httpx.TransportError as away:
        _fail(f"reporting does not answer at {base} ({type(away).__name__}); is `make run` running?")
    if answer.status_code != httpx.codes.OK:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        _fail(f"{problem.get('detail', answer.text)} [{problem.get('code', answer.status_code)}]")
    return answer.json()


def _print_json(found: Any) -> None:
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    raise typer.Exit(1)
