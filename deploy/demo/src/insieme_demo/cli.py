"""`insieme-demo load|digest|figures`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, NoReturn, TypeVar

import psycopg
import typer
from psycopg_pool import PoolTimeout
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from insieme_demo.days import LATER_DAY
from insieme_demo.digest import digest as digest_of
from insieme_demo.load import (
    OtherHistory,
    founding,
    history,
    is_loaded,
    load,
    mark_loaded,
    of_another_scale,
    services,
)
from insieme_demo.plan import SEED
from insieme_demo.quotas import LAST_DAY
from insieme_demo.writing import TOO_SLOW, DemonstrationRefused
from insieme_events.waiting import NotApplied
from insieme_governance.founding import FoundingRefused

main = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False, add_completion=False)

Onwards = Annotated[
    bool | None,
    typer.Option("--onwards/--to-2021", help="Whether the years after 2021 are told; else of the whole only."),
]

T = TypeVar("T")


class History(StrEnum):
    """How much of the history is loaded. The published totals are those of the whole."""

    TENTH = "tenth"
    WHOLE = "whole"

    @property
    def scale(self) -> float:
        return 1.0 if self is History.WHOLE else 0.1


FOR_THE_WHOLE = (
    "This is a tenth of the history to 2021, and so are its totals. The whole takes five minutes more:"
    " stop, then `make reset` and `make run HISTORY=whole`."
)

Scale = Annotated[
    float | None, typer.Option(min=0.01, max=1.0, help="1.0 is the whole history, 0.1 a tenth of it; before --history.")
]
Asked = Annotated[
    History | None,
    typer.Option("--history", envvar="INSIEME_HISTORY", help="Without it the one that stands there, else a tenth."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same history.")]


class Rate(ProgressColumn):
    """Happenings per second so far."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f}/s")


@main.command("load")
def load_command(scale: Scale = None, seed: Seed = SEED, asked: Asked = None, onwards: Onwards = None) -> None:
    """Write the history through the services that the environment names; goes on where it was stopped."""
    wanted = scale or (asked.scale if asked is not None else None)
    _finish(_load(wanted, seed, onwards), "Stopped; what is written stays, and the next start goes on from there.")


async def _load(wanted: float | None, seed: int, onwards: bool | None) -> None:
    """Without a wish: what stands there or was begun, and where there is nothing yet a tenth."""
    console = Console()
    async with services() as to:
        for scale in [one.scale for one in History] if wanted is None else [wanted]:
            if await is_loaded(to, seed, scale):
                console.print("The demonstration is loaded already.")
                return
        with console.status("The protocol and the agreement …"):
            await founding(to)
        with console.status("Planning the demonstration …"):
            scale = wanted or History.TENTH.scale
            plan, months = history(seed, scale, onwards=_goes_on(scale, onwards))
            if await of_another_scale(to, plan, months):
                if wanted is not None:
                    raise OtherHistory(scale)
                scale = History.WHOLE.scale
                plan, months = history(seed, scale, onwards=_goes_on(scale, onwards))
        total = sum(1 for month in months for _ in month.told)
        columns = (TextColumn("Demonstration"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("load", total=total)
            await load(to, plan, months, lambda count: progress.advance(bar, count))
        await mark_loaded(to, seed, scale)
        last = f"{LATER_DAY if plan.later is not None else LAST_DAY:%B %Y}"
        console.print(f"The demonstration is loaded: {total} happenings from June 2017 to {last}.")
        if scale == History.TENTH.scale:
            console.print(FOR_THE_WHOLE, highlight=False, soft_wrap=True)


def _goes_on(scale: float, onwards: bool | None) -> bool:
    """The years after 2021 are of the whole history, unless somebody says otherwise."""
    return scale == History.WHOLE.scale if onwards is None else onwards


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
    except (DemonstrationRefused, OtherHistory, FoundingRefused, NotApplied) as problem:
        _fail(str(problem))
    except (psycopg.OperationalError, PoolTimeout, *TOO_SLOW) as away:
        _fail(f"demo.database_away: a database does not answer ({type(away).__name__}); start it and load again")
    except ValidationError as invalid:
        missing = ", ".join(str(error["loc"][0]) for error in invalid.errors())
        _fail(f'demo.settings: set {missing}; `eval "$(insieme-local env)"` sets what `make run` uses')


def _fail(sentence: str) -> NoReturn:
    Console(stderr=True).print(sentence, style="bold red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)
