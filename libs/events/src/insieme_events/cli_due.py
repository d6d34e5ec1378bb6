"""`insieme due`: what a day gives rise to in the services, and what stands undone; a dry run that writes nothing."""

from __future__ import annotations

import asyncio
import importlib
import sys
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

if TYPE_CHECKING:
    from insieme_events.service import ServiceDefinition
    from insieme_events.timers import Listed

EVERYTHING = 2**31 - 1


class ServiceName(StrEnum):
    INTAKE = "intake"
    MATCHING = "matching"
    TRAINING = "training"
    FUNDING = "funding"
    GOVERNANCE = "governance"
    REPORTING = "reporting"


def due(
    services: Annotated[
        list[ServiceName] | None, typer.Argument(help="The services to ask; all of them where none is named.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="As on this day: what will be due by then; today where it is not given."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List the steps that are due by a day and not done, in the order in which they would be done."""
    # Imported for this command alone: the others start without the whole road.
    from psycopg import OperationalError
    from psycopg_pool import PoolTimeout
    from pydantic import ValidationError

    from insieme_events.clock import business_date, system_clock

    day = business_date(system_clock()) if on is None else on.date()
    rows = []
    for name in services or list(ServiceName):
        try:
            definition: ServiceDefinition = importlib.import_module(f"insieme_{name}.service").SERVICE
            found = asyncio.run(_listed(definition, day)) if definition.timers else []
        except ValidationError:
            _fail(f"the settings of {name} are missing: `. .local/env`, or set DATABASE_URL_{name.upper()}")
        except (OperationalError, PoolTimeout):
            _fail(f"the database of {name} does not answer; is it running?")
        rows += [_row(name, one) for one in found]
    rows.sort(key=lambda row: row["due_on"])
    if as_json:
        typer.echo(orjson.dumps(rows).decode())
        return
    for row in rows:
        typer.echo(f"{row['due_on']}  {row['timer']:<32} {row['command']:<24} {row['stream']}")
    typer.echo(f"due by {day}: {len(rows)} steps")


async def _listed(definition: ServiceDefinition, day: date) -> list[Listed]:
    from insieme_events import timers
    from insieme_events.service import open_pool

    settings = definition.settings()
    async with open_pool(settings.database_url, 1, f"insieme-{definition.name}-due") as pool:
        found = [one for timer in definition.timers for one in await timers.look(pool, timer, day, EVERYTHING)]
    return timers.in_order(found)


def _row(service: str, one: Listed) -> dict[str, str]:
    """Ids, days and names only."""
    return {
        "service": service,
        "timer": one.timer,
        "due_on": one.day.isoformat(),
        "command": type(one.step.command).__name__,
        "stream": one.step.stream,
    }


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    sys.exit(1)
