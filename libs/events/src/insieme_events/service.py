"""A service as one declaration, and the roles in which its process runs."""

from __future__ import annotations

import asyncio
import re
import select
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import prometheus_client
import psycopg
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from insieme_events import documenting, letters_api, many_api, problems, telemetry
from insieme_events.clock import Clock, system_clock
from insieme_events.commands import Commands
from insieme_events.connecting import ALIVE, Answering
from insieme_events.housekeeping import Housekeeping
from insieme_events.relay import Relay
from insieme_events.settings import ServiceSettings
from insieme_events.store import Connection
from insieme_events.timers import Timer, Timers
from insieme_events.tracing import trace_requests
from insieme_events.units import Aggregate
from insieme_events.vault import KeyVault, MasterKey


class Role(StrEnum):
    """What a process does; `serve` is all of it."""

    SERVE = "serve"
    HTTP = "http"
    RELAY = "relay"
    SUBSCRIPTIONS = "subscriptions"


class Worker(Protocol):
    """Something that runs beside HTTP until it is stopped. It ends by itself only with an error."""

    name: str

    def ready(self) -> bool: ...
    async def run(self) -> None: ...
    async def stop(self) -> None: ...


@runtime_checkable
class MayBeStuck(Protocol):
    """A worker that knows when only a new start of the process can help."""

    def stuck(self) -> str | None: ...


@dataclass(frozen=True)
class ServiceDefinition:
    """`subscriptions` makes the service's subscriptions once it runs; `before_serving` runs before anything is
    served (erasures applied again after a restore). `migrations` is the service's own version location, `aggregates`
    are those whose streams the service's store holds, `timers` what happens because a day has come. With
    `edits_letters` an operator may have an event handled with other data.
    """

    name: str
    title: str
    description: str
    settings: type[ServiceSettings]
    routers: Sequence[APIRouter] = ()
    migrations: Path | None = None
    publishes: bool = True
    reads_keys: bool = False
    owns_keys: bool = False
    aggregates: Sequence[Aggregate[Any, Any, Any]] = ()
    subscriptions: Callable[[Running], Sequence[Worker]] = field(default=lambda _: ())
    timers: Sequence[Timer] = ()
    before_serving: Callable[[Running], Awaitable[None]] | None = None
    edits_letters: bool = True


@dataclass
class Running:
    """A service that runs: its settings, pools and command runner; `app.state.service` of its HTTP."""

    definition: ServiceDefinition
    settings: ServiceSettings
    pool: AsyncConnectionPool[Connection]
    keys: KeyVault | None
    commands: Commands
    clock: Clock
    workers: list[Worker] = field(default_factory=list)

    @property
    def master_key(self) -> MasterKey:
        return self.settings.master_key


async def check_connection(connection: Connection) -> None:
    """Raises psycopg's OperationalError where the server has closed the connection.

    A server that ends a session says so, so an idle connection with nothing to read is taken as it is: asking costs a
    round trip on every use. One that breaks without a word is found by its first statement, as between check and use,
    and one that is silent by the time that an answer may take (`connecting`).
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        await AsyncConnectionPool.check_connection(connection)


def open_pool(url: str, size: int, name: str) -> AsyncConnectionPool[Connection]:
    """A pool whose connections are looked at before use: a database that restarted is met with a new one."""
    return AsyncConnectionPool[Connection](
        url,
        connection_class=Answering,
        min_size=1,
        max_size=size,
        open=False,
        timeout=5,
        check=check_connection,
        kwargs={"application_name": name, **ALIVE},
        name=name,
    )


@asynccontextmanager
async def running(
    definition: ServiceDefinition, settings: ServiceSettings, clock: Clock = system_clock
) -> AsyncIterator[Running]:
    """The service's pools and command runner, without HTTP, relay or subscriptions: for in-process use."""
    async with AsyncExitStack() as stack:
        name = f"insieme-{definition.name}"
        pool = open_pool(settings.database_url, settings.pool_size, name)
        await stack.enter_async_context(pool)
        keys = None
        if definition.reads_keys:
            if settings.database_url_keys is None:
                raise ValueError("settings.keys: set DATABASE_URL_KEYS, this service reads sealed fields")
            key_pool = open_pool(settings.database_url_keys, settings.pool_size, name)
            await stack.enter_async_context(key_pool)
            keys = KeyVault(key_pool, settings.master_key, makes=definition.owns_keys)
        yield Running(definition, settings, pool, keys, Commands(definition.name, pool, keys, clock), clock)


# FastAPI would send a second span per request with its query string, and the messages of exceptions.
NO_TELEMETRY_OF_ITS_OWN: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(definition: ServiceDefinition, settings: ServiceSettings, role: Role = Role.SERVE) -> FastAPI:
    """The ASGI application of one role. Every role answers /healthz, /readyz and /metrics."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(definition, settings) as service:
            app.state.service = service
            if definition.before_serving is not None:
                await definition.before_serving(service)
            service.workers.extend(_workers(service, role))
            async with _tending(app, service.workers):
                yield

    # The documentation pages bring their own scripts: nothing is fetched when somebody reads them.
    app = FastAPIOffline(
        title=definition.title,
        description=definition.description,
        version="1",
        lifespan=lifespan,
        telemetry=NO_TELEMETRY_OF_ITS_OWN,
        generate_unique_id_function=documenting.operation_id,
    )
    problems.install(app)
    trace_requests(app)
    app.include_router(_operations())
    if role in (Role.SERVE, Role.HTTP):
        for router in (*definition.routers, letters_api.router):
            app.include_router(router)
        if definition.publishes:
            app.include_router(many_api.router)
    documenting.describe(app)
    return app


def _workers(service: Running, role: Role) -> list[Worker]:
    housekeeping = Housekeeping(service.definition.name, service.pool, service.clock)
    workers: list[Worker] = [housekeeping]
    if service.definition.publishes and role in (Role.SERVE, Role.RELAY):
        relay = Relay.of(service.definition.name, service.settings, service.commands.appended)
        housekeeping.also.append(relay.unrelayed.measure)
        workers.append(relay)
    if role in (Role.SERVE, Role.SUBSCRIPTIONS):
        workers.extend(service.definition.subscriptions(service))
        every = service.settings.timers_seconds
        if service.definition.timers and every > 0:
            name, timers = service.definition.name, service.definition.timers
            workers.append(Timers(name, timers, service.pool, service.commands, service.clock, every))
    return workers


@asynccontextmanager
async def _tending(app: FastAPI, workers: Sequence[Worker]) -> AsyncIterator[None]:
    """Runs the workers; one that ends with an error ends the process, and the supervisor starts it again."""
    tasks = [asyncio.create_task(worker.run(), name=worker.name) for worker in workers]

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        # A sentence of ours begins with its code; any other message may quote somebody's data.
        detail = str(error) if re.match(r"[a-z]+\.[a-z_]+: ", str(error)) else None
        telemetry.log.error("worker_died", worker=task.get_name(), error=type(error).__name__, detail=detail)
        app.state.failed = True
        stop: Callable[[], None] | None = getattr(app.state, "stop_server", None)
        if stop is not None:
            stop()

    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers), return_exceptions=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _operations() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz(request: Request) -> JSONResponse:
        """The event loop turns, and so does every subscription that has partitions; else 503 and what does not.

        No server is asked: one that is away is no reason to start this process again.
        """
        service: Running = request.app.state.service
        watched = {worker.name: worker.stuck() for worker in service.workers if isinstance(worker, MayBeStuck)}
        stuck = {name: what for name, what in watched.items() if what is not None}
        return JSONResponse({"status": "stuck", "stuck": stuck}, 503) if stuck else JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def readyz(request: Request) -> JSONResponse:
        """The database answers and every worker has what it needs; else 503 and what is missing."""
        service: Running = request.app.state.service
        missing = [worker.name for worker in service.workers if not worker.ready()]
        try:
            async with service.pool.connection(timeout=2) as connection:
                await connection.execute("select 1")
        except (psycopg.OperationalError, PoolTimeout):
            missing.append("database")
        return JSONResponse({"ready": not missing, "missing": missing}, 200 if not missing else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    return router
