"""The versions of the facts that this build runs, side by side, and which one is read (decision 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from insieme_events import projection_versions
from insieme_events.crash_points import reached
from insieme_events.decider import RefusalKind, Refused
from insieme_events.problems import ProblemError
from insieme_events.projection import ProjectionDefinition, create_tables
from insieme_events.projection_worker import ProjectionWorker
from insieme_events.service import Running, Worker
from insieme_events.store import Connection
from insieme_events.subscription import Subscription
from insieme_reporting.forgetting import Forgetting, PersonsView
from insieme_reporting.measuring import Measures, read_from
from insieme_reporting.v1.facts import DEFINITION as FACTS_1
from insieme_reporting.v1.measures import MEASURES as MEASURES_1
from insieme_reporting.v2.facts import DEFINITION as FACTS_2
from insieme_reporting.v2.measures import MEASURES as MEASURES_2

NOT_READY = Refused(
    "reporting.no_active_version",
    "No version of the facts is active yet. Ask again when the service is ready.",
    kind=RefusalKind.RETRY,
)


@dataclass(frozen=True)
class Version:
    """A version of the facts with the measures that were written for it; kept until it is retired."""

    definition: ProjectionDefinition
    measures: Measures


SQL_1, SQL_2 = "insieme_reporting.v1.measures", "insieme_reporting.v2.measures"
VERSIONS: dict[int, Version] = {
    1: Version(FACTS_1, Measures((SQL_1,), MEASURES_1)),
    2: Version(FACTS_2, Measures((SQL_1, SQL_2), MEASURES_2)),
}
NEWEST = VERSIONS[max(VERSIONS)]
PROJECTION = "facts"


async def prepare(service: Running) -> None:
    """On an empty database the newest version is made and read at once; any later one is rebuilt by an operator."""
    await make_first(service, NEWEST.definition)


async def make_first(service: Running, definition: ProjectionDefinition) -> None:
    """Makes and activates a version where there is none yet."""
    async with service.pool.connection() as connection:
        known = await projection_versions.rows_of(connection, PROJECTION)
        if not known:
            await create_tables(connection, definition)
            await projection_versions.first(connection, definition, service.clock())
        reached("versions.before_commit")
    reached("versions.after_commit")


def subscriptions(service: Running) -> list[Worker]:
    """One per version that is to run, each with a cursor of its own; who is erased; and the answer to that."""
    return [
        ProjectionWorker.of(service, PROJECTION, definitions()),
        Subscription.of(service, name="reporting.persons", contexts=("intake",), handler=PersonsView()),
        Forgetting(service, PROJECTION, definitions()),
    ]


def definitions() -> dict[int, ProjectionDefinition]:
    return {number: version.definition for number, version in VERSIONS.items()}


@asynccontextmanager
async def active(service: Running) -> AsyncIterator[tuple[Connection, Version]]:
    """One REPEATABLE READ transaction that reads the active version first: never a mixture of two."""
    async with service.pool.connection() as connection:
        await connection.execute("set transaction isolation level repeatable read, read only")
        row = await (
            await connection.execute("select version from events.active_version where projection = %s", (PROJECTION,))
        ).fetchone()
        if row is None or row[0] not in VERSIONS:
            raise ProblemError(NOT_READY)
        version = VERSIONS[row[0]]
        await read_from(connection, version.definition.schema)
        yield connection, version
        await connection.rollback()


async def active_subscription(service: Running) -> str:
    """The subscription behind the active version: what a read waits for."""
    async with active(service) as (_, version):
        return version.definition.subscription
