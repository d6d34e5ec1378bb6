"""Kafka, PostgreSQL and every service on free ports, for a load of its own; gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from insieme_local import folders, ladder, ports, processes
from insieme_local.folders import Folders
from insieme_local.plan import PLAN, program
from insieme_local.provision import SERVICES, Provisioned, provision
from insieme_local.run import finish_all, only_one
from insieme_local.service import Service, inherited
from insieme_local.supervisor import start_together, stop_together


@dataclass(frozen=True)
class House:
    """Everything that runs. `environment` is for a program that acts for all services."""

    provisioned: Provisioned
    services: dict[str, Service]
    folders: Folders

    @property
    def environment(self) -> dict[str, str]:
        return {**inherited(), **self.provisioned.environment()}

    def url(self, service: str) -> str:
        return f"http://{ports.HOST}:{self.services[service].port}"


@contextmanager
def house(name: str, services: Sequence[str] = SERVICES) -> Iterator[House]:
    """Raises LocalError when something does not start, or when a house of that name stands already.

    Its data are forgotten at the end.
    """
    where = Folders(folders.local() / name)
    with only_one(where):
        processes.stop_leftovers(where.records)
        folders.forget(where)
        with _running(where, services) as made:
            yield made


@contextmanager
def _running(where: Folders, services: Sequence[str]) -> Iterator[House]:
    servers = ladder.own(where, "a load of its own")
    running: list[Service] = []
    try:
        servers.start()
        made = provision(servers, services)
        wanted = [command for command in PLAN.migrations if command.service in services]
        finish_all([*wanted, PLAN.topics], made, where)
        for service, port in zip(services, ports.free(len(services)), strict=True):
            # The history is told as it was: no deadline of today falls into it.
            timers = {"INSIEME_TIMERS_SECONDS": "0"}
            told = {**made.environment(service), f"INSIEME_{service.upper()}_PORT": str(port), **timers}
            running.append(Service(service, PLAN.services[service], port, told, where))
        start_together(running)
        yield House(made, {service.name: service for service in running}, where)
    finally:
        stop_together(running)
        servers.stop()
        folders.forget(where)


LOAD = ("insieme-demo", "load")


def load_command(scale: float = 1.0) -> list[str]:
    """The command line that loads the demonstration."""
    return [*program(LOAD), "--scale", str(scale)]
