"""`insieme import`: rows of a file, sent to the service that records them; a verdict for each (decision 27)."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from insieme_events.desk import CITY, OPERATOR, desk_of, fail
from insieme_events.importing import kinds, running, tables, templates
from insieme_events.importing.kinds import Kind
from insieme_events.importing.problems import FileProblem
from insieme_events.importing.sending import Verdict

importing = typer.Typer(no_args_is_help=True)
console = Console()

SOME_REFUSED = 3
"""The exit code where every row was judged and some were refused; 1 is for a run that could not be finished."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


def _complete(begun: str) -> list[str]:
    return [name for name in kinds.names() if name.startswith(begun)]


KindName = Annotated[str, typer.Argument(help="What the rows are; `kinds` lists them", autocompletion=_complete)]
Source = Annotated[Path, typer.Argument(help="CSV or XLSX", dir_okay=False)]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; else beside the file, or here")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer for programs")]


@importing.command("kinds")
def list_kinds(as_json: AsJson = False) -> None:
    """What can be imported."""
    found = [kinds.load(name) for name in kinds.names()]
    if as_json:
        _print_json([{"kind": kind.name, "about": kind.about, "service": kind.service} for kind in found])
        return
    shown = Table("kind", "about", "service")
    for kind in found:
        shown.add_row(kind.name, kind.about, kind.service)
    console.print(shown)


@importing.command("columns")
def list_columns(kind: KindName, as_json: AsJson = False) -> None:
    """The columns of a kind, and what belongs there."""
    known = _kind(kind)
    if as_json:
        _print_json(
            [
                {
                    "column": column.name,
                    "required": column.required,
                    "about": templates.about(column),
                    "example": known.example.get(column.name),
                }
                for column in known.columns()
            ]
        )
        return
    shown = Table("column", "required", "what belongs there", "example", show_lines=True)
    for column in known.columns():
        required = "yes" if column.required else ""
        shown.add_row(column.name, required, templates.about(column), known.example.get(column.name, ""))
    console.print(shown)


@importing.command("template")
def template(
    kind: KindName,
    format_: Annotated[Format, typer.Option("--format", help="csv or xlsx")] = Format.XLSX,
    out: Out = None,
) -> None:
    """Write an empty file with the columns of a kind."""
    known = _kind(kind)
    path = out or Path(f"{known.name}.{format_.value}")
    if path.exists():
        fail(f"{path} is there already: give another name with --out")
    (templates.write_csv if format_ is Format.CSV else templates.write_xlsx)(known, path)
    typer.echo(path)


@importing.command("run")
def run(
    kind: KindName,
    file: Source,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, send none")] = False,
    out: Out = None,
    at_once: Annotated[int, typer.Option("--at-once", min=1, max=64, help="Requests at once")] = running.AT_ONCE,
    party: Annotated[str, typer.Option("--party", help="For whom you act", envvar="INSIEME_PARTY")] = CITY,
    role: Annotated[str, typer.Option("--role", help="In which role", envvar="INSIEME_ROLE")] = OPERATOR,
    url: Annotated[str | None, typer.Option("--url", help="The service's base URL, if not the configured one")] = None,
    as_json: AsJson = False,
) -> None:
    """Send every row; write the file again with a verdict beside each. Repeating it changes nothing.

    Ends with 0 where every row is recorded, 3 where some were refused, 1 where the file or the service cannot be used.
    """
    known = _kind(kind)
    desk = desk_of(known.service, url, party, role)
    desk = replace(desk, actor={**desk.actor, "X-Insieme-Purpose": known.purpose})
    verdicts = out or running.verdict_path(file)
    began = time.monotonic()
    try:
        table = tables.opened(file, known.columns())
        with _progress(as_json) as bar:
            task = bar.add_task(known.name, total=table.count)
            tally = asyncio.run(
                running.run(
                    known, table, desk, verdicts, dry=dry_run, at_once=at_once, advance=lambda: bar.advance(task)
                )
            )
    except FileProblem as wrong:
        _refuse(wrong, as_json)
    except OSError as wrong:
        fail(f"the verdicts cannot be written to {verdicts} ({type(wrong).__name__})")
    except KeyboardInterrupt:
        fail("interrupted: what was sent is recorded whole, and sending the file again finishes the rest")
    told = {
        "kind": known.name,
        "dry_run": dry_run,
        "rows": table.count,
        **{verdict.value: tally.verdicts[verdict] for verdict in Verdict},
        "codes": dict(sorted(tally.codes.items())),
        "stopped": tally.stopped,
        "verdicts": str(verdicts),
        "seconds": round(time.monotonic() - began, 1),
    }
    if as_json:
        _print_json(told)
    else:
        _tell(told)
    if tally.stopped is not None:
        raise typer.Exit(1)
    if tally.verdicts[Verdict.REFUSED]:
        raise typer.Exit(SOME_REFUSED)


def _kind(name: str) -> Kind:
    try:
        return kinds.load(name)
    except KeyError:
        fail(f"there are no rows of the kind {name}: there are {', '.join(kinds.names())}")


def _progress(as_json: bool) -> Progress:
    """A bar where a person looks on; nothing in a pipe."""
    bars = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=bars,
        disable=as_json or not bars.is_terminal,
    )


def _tell(told: dict[str, Any]) -> None:
    counts = ", ".join(f"{told[verdict.value]} {verdict.value}" for verdict in Verdict if told[verdict.value])
    typer.echo(f"{told['rows']} rows of {told['kind']} in {told['seconds']} s: {counts}")
    for code, count in told["codes"].items():
        typer.echo(f"  {count} {code}")
    if told["stopped"] is not None:
        typer.echo(f"insieme: stopped, {told['stopped']}; send the same file again", err=True)
    typer.echo(f"verdicts: {told['verdicts']}")


def _refuse(wrong: FileProblem, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"code": wrong.code, "detail": wrong.sentence, "line": wrong.line})
        sys.exit(1)
    fail(f"{wrong.sentence} [{wrong.code}]")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
