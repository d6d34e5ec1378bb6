"""`insieme-<name>`: the command line of one service: its roles, `migrate`, and what `recovering` adds."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import typer
import uvicorn
from pydantic import ValidationError

from insieme_events import recovering, telemetry
from insieme_events.service import Role, ServiceDefinition, create_app
from insieme_events.settings import ServiceSettings

DRAIN_SECONDS = 15


def program(definition: ServiceDefinition) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=definition.description, pretty_exceptions_enable=False)
    for role, meaning in (
        (Role.SERVE, "HTTP, relay and subscriptions in one process."),
        (Role.HTTP, "HTTP only."),
        (Role.RELAY, "The relay only: from the event store to Kafka."),
        (Role.SUBSCRIPTIONS, "The subscriptions only: from Kafka to views and facts."),
    ):
        app.command(role.value, help=meaning)(_server(definition, role))

    @app.command("migrate", help="Bring the service's database to the newest version.")
    def migrate() -> None:
        # Imported for this command alone: Alembic costs every other start a third of a second.
        from insieme_events import migrate as migrations

        settings = settings_of(definition)
        if settings.database_url_owner is None:
            _fail(f"set DATABASE_URL_{definition.name.upper()}_OWNER: migrations run as the owner of the database")
        if definition.owns_keys:
            if settings.database_url_keys_owner is None:
                _fail("set DATABASE_URL_KEYS_OWNER: the keys' database is migrated as its owner")
            migrations.upgrade_keys(settings.database_url_keys_owner)
        migrations.upgrade_service(settings.database_url_owner, definition.name, definition.migrations)

    if definition.publishes:
        recovering.add_refill(app, definition.name, lambda: settings_of(definition))
    recovering.add_read_again(app, lambda: settings_of(definition))
    return app


def _server(definition: ServiceDefinition, role: Role) -> Callable[[], None]:
    def serve() -> None:
        settings = settings_of(definition)
        telemetry.configure(definition.name)
        settle_collector()
        app = create_app(definition, settings, role)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
                lifespan="on",
            )
        )
        app.state.stop_server = lambda: setattr(server, "should_exit", True)
        # uvicorn drains and then raises the signal again: without a handler of ours the process would end by it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: app.state.stop_server())
        asyncio.run(server.serve())
        if getattr(app.state, "failed", False) or not server.started:
            sys.exit(1)

    return serve


def settle_collector() -> None:
    """Leaves what the start made out of garbage collection, and collects less often: a batch of thousands of events
    is not walked through again and again while it grows.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def settings_of(definition: ServiceDefinition) -> ServiceSettings:
    try:
        return definition.settings()
    except ValidationError as invalid:
        missing = ", ".join(str(error["loc"][0]) for error in invalid.errors())
        _fail(f"the settings of {definition.name} are missing or wrong: {missing}")


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    raise typer.Exit(2)
