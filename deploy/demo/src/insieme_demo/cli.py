"""`insieme-demo load|digest|figures`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Annotated, NoReturn, TypeVar

import psycopg
import typer
from psycopg_pool import PoolTimeout
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from insieme_demo.digest import digest as digest_of
from insieme_demo.load import founding, history, is_loaded, load, mark_loaded, services
from insieme_demo.plan import SEED
from insieme_demo.writing import TOO_SLOW, DemonstrationRefused
from insieme_events.waiting import NotApplied
from insieme_governance.founding import FoundingRefused

main = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False, add_completion=False)

Scale = Annotated[float, typer.Option(min=0.01, max=1.0, help="1.0 is the whole history, 0.1 a tenth of it.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same history.")]

T = TypeVar("T")


class Rate(ProgressColumn):
    """Happenings per second so far."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f}/s")


@main.command("load")
def load_command(scale: Scale = 1.0, seed: Seed = SEED) -> None:
    """Write the history through the services that the environment names; goes on where it was stopped."""
    _finish(_load(scale, seed), "Stopped; what is written stays, and the next start goes on from there.")


async def _load(scale: float, seed: int) -> None:
    console = Console()
    async with services() as to:
        if await is_loaded(to, seed, scale):
            console.print("The demonstration is loaded already.")
            return
        with console.status("The protocol and the agreement …"):
            await founding(to)
        with console.status("Planning the demonstration …"):
            plan, months = history(seed, scale)
        total = sum(1 for month in months for _ in month.told)
        columns = (TextColumn("Demonstration"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("load", total=total)
            await load(to, plan, months, lambda count: progress.advance(bar, count))
        await mark_loaded(to, seed, scale)
        console.print(f"The demonstration is loaded: {total} happenings from June 2017 to December 2021.")


@main.command()
def digest() -> None:
    """Print a digest of what the services' stores hold of it: the same history, the same digest."""
    _finish(_digest(), "Stopped; nothing was changed.")


async def _digest() -> None:
    async with services() as to:
        typer.echo(await digest_of(to))


@main.command()
def figures() -> None:
    """Load the whole history on servers of its own and check the published cases over HTTP."""
    from insieme_demo.figures import check  # needs what only a developer's machine has: local servers

    raise typer.Exit(check(Console()))


def _finish(work: Coroutine[None, None, T], stopped: str) -> T:
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        Console().print(stopped)
        raise typer.Exit(130) from None
    except (DemonstrationRefused, FoundingRefused, NotApplied) as problem:
        _fail(str(problem))
    except (psycopg.OperationalError, PoolTimeout, *TOO_SLOW) as away:
        _fail(f"demo.database_away: a database does not answer ({type(away).__name__}); start it and load again")
    except ValidationError as invalid:
        missing = ", ".join(str(error["loc"][0]) for error in invalid.errors())
        _fail(f'demo.settings: set {missing}; `eval "$(insieme-local env)"` sets what `make run` uses')


def _fail(sentence: str) -> NoReturn:
    Console(stderr=True).print(sentence, style="bold red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)
