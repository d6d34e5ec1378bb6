"""`insieme store`: what an operator does with a store that was restored. It works on the database, as its owner."""

from __future__ import annotations

import asyncio
import importlib
import re
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from insieme_events.putting_back import Recovered
    from insieme_events.service import ServiceDefinition

SHOWN = 40

store = typer.Typer(no_args_is_help=True)


@store.callback()
def group() -> None:
    """Keeps the group a group while it has one command."""


@store.command("recover")
def recover(
    service: Annotated[str, typer.Option(help="The service whose store it is, such as `intake`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is missing, write nothing.")] = False,
) -> None:
    """Put back the events that Kafka has and the restored store has not, with the service's views."""
    # Imported for this command alone: the others start without the whole road.
    from insieme_events.position import RelayError
    from insieme_events.putting_back import RecoveryRefused
    from insieme_events.topics import TopicError
    from insieme_events.vault import KeysUnavailable

    try:
        found = asyncio.run(_recover(_definition(service), dry_run=dry_run))
    except (RecoveryRefused, RelayError, TopicError, KeysUnavailable) as refused:
        _fail(str(refused))
    tell(service, found, dry_run=dry_run)


def tell(service: str, found: Recovered, *, dry_run: bool) -> None:
    for stream, sequences in sorted(found.streams().items())[:SHOWN]:
        typer.echo(f"  {stream} {sequences[0]}-{sequences[-1]}")
    if len(found.streams()) > SHOWN:
        typer.echo(f"  and {len(found.streams()) - SHOWN} streams more")
    done = "missing" if dry_run else "put back"
    typer.echo(f"{service}: {len(found.lost)} events of {len(found.streams())} streams {done}; epoch {found.epoch}")


async def _recover(definition: ServiceDefinition, *, dry_run: bool) -> Recovered:
    from insieme_events import putting_back
    from insieme_events.service import running

    settings = definition.settings()
    if settings.database_url_owner is None:
        _fail(f"set DATABASE_URL_{definition.name.upper()}_OWNER: events are put back by the owner of the database")
    async with running(definition, settings) as service:
        return await putting_back.recover(service, settings.database_url_owner, dry_run=dry_run)


def _definition(service: str) -> ServiceDefinition:
    """The declaration of a service that is installed beside this package: `insieme_<name>.service.SERVICE`."""
    if re.fullmatch(r"[a-z]+", service) is None:
        _fail(f"{service} is no name of a service")
    try:
        found: ServiceDefinition = importlib.import_module(f"insieme_{service}.service").SERVICE
    except ModuleNotFoundError:
        _fail(f"there is no service {service} here")
    if not found.publishes:
        _fail(f"{service} has no store of its own: rebuild its projections instead")
    return found


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    raise typer.Exit(1)
