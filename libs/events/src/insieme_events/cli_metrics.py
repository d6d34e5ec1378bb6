"""`insieme metrics`: the operators' page of metrics, written from their declarations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from insieme_events import metrics as declared

PAGE = Path("docs/operations/metrics.md")

metrics = typer.Typer(no_args_is_help=True)

At = Annotated[Path, typer.Option("--page", help="The page, from the root of the checkout")]


@metrics.command("write")
def write(page: At = PAGE) -> None:
    """Write the page where a declaration changed."""
    text = declared.page()
    if page.exists() and page.read_text(encoding="utf-8") == text:
        typer.echo("metrics: nothing changed")
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    typer.echo(str(page))


@metrics.command("check")
def check(page: At = PAGE) -> None:
    """Fail where the committed page differs from the declarations."""
    if not page.exists() or page.read_text(encoding="utf-8") != declared.page():
        typer.echo(f"insieme: {page} differs from the declared metrics, run `make docs`", err=True)
        sys.exit(1)
