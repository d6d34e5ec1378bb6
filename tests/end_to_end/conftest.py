"""Every service as a process of its own, on real servers, as `make run` starts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from insieme_local import ports
from insieme_local.folders import Folders
from insieme_local.plan import PLAN
from insieme_local.provision import Provisioned
from insieme_local.run import finish_all
from insieme_local.servers import Servers
from insieme_local.service import Service
from insieme_local.supervisor import start_together, stop_together
from insieme_local.testing import session_folders


@dataclass
class Platform:
    """The services of one set of databases. `kill` is SIGKILL; `start` starts again what was killed."""

    provisioned: Provisioned
    folders: Folders
    services: dict[str, Service] = field(default_factory=dict)

    def prepare(self) -> None:
        """Migrations and topics."""
        finish_all([*PLAN.migrations, PLAN.topics], self.provisioned, self.folders)

    def start_all(self) -> None:
        numbers = ports.free(len(PLAN.services))
        for (name, line), port in zip(PLAN.services.items(), numbers, strict=True):
            environment = {**self.provisioned.environment(name), f"INSIEME_{name.upper()}_PORT": str(port)}
            self.services[name] = Service(name, line, port, environment, self.folders)
        start_together(list(self.services.values()))

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

    async def figure(self, measure: str, **query: str) -> list[dict[str, Any]]:
        """The rows of a measure, as reporting answers them now."""
        async with self.client("reporting") as reporting:
            answer = await reporting.get(f"/v1/measures/{measure}", params=query)
            assert answer.status_code == 200, answer.text
            rows: list[dict[str, Any]] = answer.json()["rows"]
            return rows


@pytest.fixture(scope="module")
def platform(provisioned: Provisioned, servers: Servers) -> Iterator[Platform]:
    """All services on the session's servers; never kill the servers."""
    made = Platform(provisioned, Folders(session_folders().root / f"platform-{provisioned.topic_prefix}"))
    made.prepare()
    try:
        made.start_all()
        yield made
    finally:
        made.stop_all()


@pytest.fixture
def platform_of() -> Iterator[Callable[[Provisioned], Platform]]:
    """A factory: all services on the servers of a test's own."""
    made: list[Platform] = []

    def make(provisioned: Provisioned) -> Platform:
        platform = Platform(provisioned, Folders(session_folders().root / f"platform-own-{len(made)}"))
        made.append(platform)
        platform.prepare()
        platform.start_all()
        return platform

    try:
        yield make
    finally:
        for one in made:
            one.stop_all()
