"""Every service as a process of its own, on real servers, as `make run` starts them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.end_to_end.nursery import ForkedService, Nursery

from insieme_events import migrate, topics
from insieme_events.service import ServiceDefinition, running
from insieme_events.testing import databases
from insieme_funding import service as funding
from insieme_governance import founding
from insieme_governance import service as governance
from insieme_intake import service as intake
from insieme_local import ports
from insieme_local.folders import Folders
from insieme_local.parts import Part
from insieme_local.provision import Provisioned
from insieme_local.service import Service
from insieme_local.supervisor import Supervisor, start_together, stop_together
from insieme_matching import service as matching
from insieme_reporting import service as reporting
from insieme_training import service as training

TICK = 0.1
THE_PATH_OF_A_PERSON = ("intake", "matching", "reporting")
"""The services that most journeys need: each one more costs seconds at every start."""
EVERY_SERVICE = ("governance", *THE_PATH_OF_A_PERSON, "training", "funding")
DEFINITIONS: Mapping[str, ServiceDefinition] = {
    module.SERVICE.name: module.SERVICE for module in (intake, matching, training, funding, governance, reporting)
}


@dataclass
class Platform:
    """The services of one set of databases. `kill` is SIGKILL; `start` starts again what was killed.

    They are forked by a nursery, which takes a tenth of a second instead of the seconds of an import, or are the
    installed programs. `addresses` takes the place of what a service is told elsewhere.
    """

    provisioned: Provisioned
    folders: Folders
    nursery: Nursery | None = None
    addresses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def prepare(self) -> None:
        """Migrations and topics, in this process: a program of its own takes seconds for each of them."""
        made = self.provisioned
        migrate.upgrade_keys(made.urls["keys_owner"])
        for service in (intake.SERVICE, matching.SERVICE, reporting.SERVICE):
            databases.upgraded(made.urls[f"{service.name}_owner"], service.name, service.migrations)
        migrate.upgrade_service(made.urls["governance_owner"], "governance", governance.SERVICE.migrations)
        topics.apply(made.common["KAFKA_BOOTSTRAP_SERVERS"], made.topic_prefix)

    def prepare_all(self) -> None:
        """The same for every service, with the founding data: the agreement comes from governance alone."""
        made = self.provisioned
        migrate.upgrade_keys(made.urls["keys_owner"])
        for name, service in DEFINITIONS.items():
            migrate.upgrade_service(made.urls[f"{name}_owner"], name, service.migrations)
        topics.apply(made.common["KAFKA_BOOTSTRAP_SERVERS"], made.topic_prefix)
        asyncio.run(self._found())

    async def _found(self) -> None:
        settings = governance.GovernanceSettings(
            kafka_bootstrap_servers=self.provisioned.common["KAFKA_BOOTSTRAP_SERVERS"],
            topic_prefix=self.provisioned.topic_prefix,
            database_url=self.provisioned.urls["governance"],
        )
        async with running(governance.SERVICE, settings) as service:
            await founding.found(service)

    def start_all(self, names: Sequence[str] = THE_PATH_OF_A_PERSON, **environment: str) -> None:
        """The named services, each with all its roles in one process."""
        start_together([self.make(name, "serve", **environment) for name in names])

    def make(self, name: str, role: str, known_as: str | None = None, **environment: str) -> Service:
        """A process of one role, not yet started; known as `name`, or as `name-role` where it is not all of them."""
        known = known_as or (name if role == "serve" else f"{name}-{role}")
        (port,) = ports.free(1)
        # The journeys are of other years: what is due today would fall into them.
        timers = {"INSIEME_TIMERS_SECONDS": "0"}
        told = {
            **self.provisioned.environment(name),
            **self.addresses.get(name, {}),
            f"INSIEME_{name.upper()}_PORT": str(port),
            **timers,
            **environment,
        }
        if self.nursery is None:
            made = Service(known, (f"insieme-{name}", role), port, told, self.folders)
        else:
            made = ForkedService(known, (), port, told, self.folders, self.nursery, name, role)
        self.services[known] = made
        return made

    def stop_all(self) -> None:
        stop_together(list(self.services.values()))

    def kill(self, name: str) -> None:
        child = self.services[name].child
        assert child is not None
        child.kill()

    def start(self, name: str) -> None:
        self.services[name].start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.services[name].port}"

    def client(self, name: str, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url(name), timeout=10, **options)

    def logs(self) -> dict[str, str]:
        """What each service has written to its log."""
        found: dict[str, Path] = {name: self.folders.logs / f"{name}.log" for name in self.services}
        return {name: path.read_text() for name, path in found.items() if path.exists()}

    async def figure(self, measure: str, **query: str) -> list[dict[str, Any]]:
        """The rows of a measure, as reporting answers them now."""
        async with self.client("reporting") as reporting:
            answer = await reporting.get(f"/v1/measures/{measure}", params=query)
            assert answer.status_code == 200, answer.text
            rows: list[dict[str, Any]] = answer.json()["rows"]
            return rows


@contextmanager
def supervised(parts: Sequence[Part]) -> Iterator[list[str]]:
    """Starts again what dies, by the supervisor of `make run`; gives what it says."""
    said: list[str] = []
    failed: list[BaseException] = []
    over = threading.Event()
    supervisor = Supervisor(said.append)
    supervisor.watch(parts)

    def watch() -> None:
        try:
            while not over.wait(TICK):
                supervisor.tick()
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=watch, name="supervisor")
    thread.start()
    try:
        yield said
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]
