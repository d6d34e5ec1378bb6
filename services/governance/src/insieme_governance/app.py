"""The program `insieme-governance`."""

from __future__ import annotations

import asyncio

import typer

from insieme_events.process import program, settings_of
from insieme_events.service import running
from insieme_governance import founding
from insieme_governance.service import SERVICE

main = program(SERVICE)


@main.command("found", help="Enter the protocols, agreements, legal limits and bodies that there are; once is enough.")
def found() -> None:
    async def enter() -> int:
        async with running(SERVICE, settings_of(SERVICE)) as service:
            return await founding.found(service)

    try:
        events = asyncio.run(enter())
    except founding.FoundingRefused as refused:
        typer.echo(f"insieme: {refused}", err=True)
        raise typer.Exit(1) from refused
    typer.echo(f"{events} events recorded")
