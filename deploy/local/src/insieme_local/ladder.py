"""Which servers to use: one decision, for `make run` and for the tests.

1. Servers that the environment names are used, and nothing is started.
2. Tests only, and when asked for (INSIEME_TEST_SERVERS=docker): containers, when an engine answers.
3. Otherwise: local processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from insieme_local import docker, ports
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.servers import Secrets, Servers, local_processes

BOOTSTRAP = "KAFKA_BOOTSTRAP_SERVERS"
ADMIN = "DATABASE_URL_ADMIN"


def for_tests(where: Folders, *, engine_answers: Callable[[], bool] = docker.engine_answers) -> Servers:
    """The servers of a test session: on free ports, quick to come back after a kill."""
    named = _named(where)
    if named is not None:
        if not named.admin_url:
            raise LocalError(
                Code.ENVIRONMENT_INCOMPLETE,
                f"Tests make databases of their own: set {ADMIN} to a role that may, "
                f"or unset {BOOTSTRAP} and DATABASE_URL_* to have local servers started.",
            )
        return named
    asked = os.environ.get("INSIEME_TEST_SERVERS", "")
    if asked == "docker":
        if not engine_answers():
            raise LocalError(
                Code.ENGINE_SILENT,
                "INSIEME_TEST_SERVERS=docker asks for containers, but no engine answers: "
                "start it, or unset the variable to use local processes.",
            )
        return docker.in_containers(where, "INSIEME_TEST_SERVERS=docker, and an engine answers")
    return own(where, f"{BOOTSTRAP} is not set and INSIEME_TEST_SERVERS is not docker")


def own(where: Folders, why: str) -> Servers:
    """Local processes for a test, whatever the environment says."""
    return local_processes(where, why, heap="384m", session_timeout_ms=1500)


def for_run(where: Folders) -> Servers:
    """The servers of `make run`: they keep their data, so containers are no choice."""
    named = None if _written_by_us(where) else _named(where)
    if named is not None:
        return named
    broker = ports.from_environment("INSIEME_KAFKA_PORT", 19092)
    database = ports.from_environment("INSIEME_POSTGRES_PORT", 15432)
    servers = local_processes(
        where,
        f"{BOOTSTRAP} is not set",
        kafka_ports=(broker, broker + 1),
        postgres_port=database,
    )
    ports.check_free(broker, "INSIEME_KAFKA_PORT", "Kafka")
    ports.check_free(broker + 1, "INSIEME_KAFKA_PORT", "Kafka's controller (one above Kafka's own)")
    ports.check_free(database, "INSIEME_POSTGRES_PORT", "PostgreSQL")
    return servers


def line(servers: Servers) -> str:
    """One line: which rung was taken, and why."""
    return f"Servers: {servers.rung}, because {servers.why}."


def _written_by_us(where: Folders) -> bool:
    """Whether the terminal has read the `.local/env` of servers that this checkout started: they are started again."""
    bootstrap = os.environ.get(BOOTSTRAP)
    if not bootstrap or ADMIN in os.environ or not where.environment.exists():
        return False
    said = where.environment.read_text().splitlines()
    ours = any(line.startswith("export INSIEME_ADMIN_URL=") for line in said)
    return ours and f"export {BOOTSTRAP}={bootstrap}" in said


def _named(where: Folders) -> Servers | None:
    """Rung 1. Half of it is a mistake, and said so: nobody wants half of the data elsewhere."""
    databases = {name: url for name, url in os.environ.items() if name.startswith("DATABASE_URL_") and url}
    bootstrap = os.environ.get(BOOTSTRAP)
    if not bootstrap and not databases:
        return None
    if not bootstrap:
        raise LocalError(
            Code.ENVIRONMENT_INCOMPLETE,
            f"{', '.join(sorted(databases))} is set but {BOOTSTRAP} is not: set both to use servers that exist, "
            "or neither to have local ones started.",
        )
    if not databases:
        raise LocalError(
            Code.ENVIRONMENT_INCOMPLETE,
            f"{BOOTSTRAP} is set but no DATABASE_URL_* is: set DATABASE_URL_ADMIN (a role that may create databases "
            f"and roles) or the URL of every service, or unset {BOOTSTRAP} to have local servers started.",
        )
    why = f"{BOOTSTRAP} and {'DATABASE_URL_ADMIN' if ADMIN in databases else 'DATABASE_URL_*'} are set"
    return Servers("those of the environment", why, bootstrap, databases.get(ADMIN, ""), Secrets(where))
