"""One service as a process of its own."""

from __future__ import annotations

import http.client
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from insieme_local import ports, processes
from insieme_local.folders import Folders
from insieme_local.parts import Part
from insieme_local.plan import program
from insieme_local.processes import Child


@dataclass
class Service(Part):
    """A service that answers `GET /readyz` with 200 when it serves."""

    name: str
    line: tuple[str, ...]
    port: int
    environment: Mapping[str, str]
    folders: Folders
    grace: ClassVar[float] = 15.0

    def spawn(self) -> Child:
        self.child = processes.start(
            self.name,
            program(self.line),
            log=self.folders.logs / f"{self.name}.log",
            records=self.folders.records,
            environment={**inherited(), **self.environment},
        )
        return self.child

    def ready(self) -> bool:
        return serves(self.port)


def inherited() -> dict[str, str]:
    """Our environment without the connections: each program is told its own, and nobody else's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL_")}


def serves(port: int) -> bool:
    """Whether `GET /readyz` on 127.0.0.1 answers 200 within a second."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
